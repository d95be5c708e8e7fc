"""The options of curl: which take a value, and which concern curl but not the request. Source: curl(1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.importers.curl import config_file
from snippetgen.importers.curl.expand import Expansion

# The long name of each one-letter option.
SHORT = {
    "a": "append", "E": "cert", "K": "config", "C": "continue-at", "b": "cookie", "c": "cookie-jar", "d": "data",
    "q": "disable", "D": "dump-header", "f": "fail", "F": "form", "G": "get", "g": "globoff", "I": "head", "H": "header",
    "h": "help", "0": "http1.0", "i": "include", "k": "insecure", "4": "ipv4", "6": "ipv6", "j": "junk-session-cookies",
    "l": "list-only", "L": "location", "M": "manual", "m": "max-time", "n": "netrc", ":": "next", "N": "no-buffer",
    "o": "output", "Z": "parallel", "#": "progress-bar", "x": "proxy", "U": "proxy-user", "p": "proxytunnel", "Q": "quote",
    "r": "range", "e": "referer", "J": "remote-header-name", "O": "remote-name", "R": "remote-time", "X": "request",
    "S": "show-error", "s": "silent", "Y": "speed-limit", "y": "speed-time", "t": "telnet-option", "z": "time-cond",
    "2": "sslv2", "3": "sslv3", "1": "tlsv1", "T": "upload-file", "B": "use-ascii", "u": "user", "A": "user-agent",
    "v": "verbose", "V": "version", "w": "write-out", "P": "ftp-port",
}  # fmt: skip
# Options about the request that take a value.
VALUES = {
    "aws-sigv4", "config", "continue-at", "cookie", "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "form",
    "form-string", "header", "json", "oauth2-bearer", "proto-default", "range", "referer", "request", "request-target",
    "upload-file", "url", "url-query", "user", "user-agent", "variable",
}  # fmt: skip
# Options about the request that take none.
FLAGS = {
    "anyauth", "basic", "digest", "get", "globoff", "head", "negotiate", "next", "ntlm", "ntlm-wb", "path-as-is", "use-ascii",
}  # fmt: skip
# Other options with a value: how curl reaches the server, and what it does with the response.
OTHER_VALUES = {
    "abstract-unix-socket", "alt-svc", "cacert", "capath", "cert", "cert-type", "ciphers", 
    "connect-timeout", "connect-to", "cookie-jar", "create-file-mode", "crlfile", "curves", "delegation",
    "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr", "dns-servers", "doh-url", "dump-header", "ech", "egd-file", "engine",
    "etag-compare", "etag-save", "expect100-timeout", "ftp-account", "ftp-alternative-to-user", "ftp-method", "ftp-port",
    "ftp-ssl-ccc-mode", "happy-eyeballs-timeout-ms", "haproxy-clientip", "help", "hostpubmd5", "hostpubsha256", "hsts",
    "interface", "ip-tos", "ipfs-gateway", "keepalive-cnt", "keepalive-time", "key", "key-type", "krb", "libcurl", "limit-rate",
    "local-port", "login-options", "mail-auth", "mail-from", "mail-rcpt", "max-filesize", "max-redirs", "max-time",
    "netrc-file", "noproxy", "output", "output-dir", "parallel-max", "pass", "pinnedpubkey", "preproxy", "proto",
    "proto-redir", "proxy", "proxy-cacert", "proxy-capath", "proxy-cert", "proxy-cert-type", "proxy-ciphers",
    "proxy-crlfile", "proxy-header", "proxy-key", "proxy-key-type", "proxy-pass", "proxy-pinnedpubkey", "proxy-service-name",
    "proxy-tls13-ciphers", "proxy-tlsauthtype", "proxy-tlspassword", "proxy-tlsuser", "proxy-user", "proxy1.0", "pubkey",
    "quote", "random-file", "rate", "resolve", "retry", "retry-delay", "retry-max-time", "sasl-authzid", "service-name",
    "socks4", "socks4a", "socks5", "socks5-gssapi-service", "socks5-hostname", "speed-limit", "speed-time", "stderr",
    "telnet-option", "tftp-blksize", "time-cond", "tls-max", "tls13-ciphers", "tlsauthtype", "tlspassword", "tlsuser", "trace",
    "trace-ascii", "trace-config", "unix-socket", "vlan-priority", "write-out",
}  # fmt: skip
# Other options without one: most only show or hide something, or choose how the connection is made.
OTHER_FLAGS = {
    "append", "ca-native", "cert-status", "compressed", "compressed-ssh", "create-dirs", "crlf", "disable",
    "disable-eprt", "disable-epsv", "disallow-username-in-url", "doh-cert-status", "doh-insecure", "fail", "fail-early",
    "fail-with-body", "false-start", "form-escape", "ftp-create-dirs", "ftp-pasv", "ftp-pret", "ftp-skip-pasv-ip",
    "ftp-ssl-ccc", "ftp-ssl-control", "haproxy-protocol", "http0.9", "http1.0", "http1.1", "http2", "http2-prior-knowledge",
    "http3", "http3-only", "ignore-content-length", "include", "insecure", "ipv4", "ipv6", "junk-session-cookies", "list-only",
    "location", "location-trusted", "mail-rcpt-allowfails", "manual", "metalink", "mptcp", "netrc",
    "netrc-optional", "no-alpn", "no-buffer", "no-clobber", "no-keepalive", "no-npn", "no-progress-meter", "no-sessionid",
    "parallel", "parallel-immediate", "post301", "post302", "post303", "progress-bar", "progress-meter",
    "proxy-anyauth", "proxy-basic", "proxy-ca-native", "proxy-digest", "proxy-http2", "proxy-insecure", "proxy-negotiate",
    "proxy-ntlm", "proxy-ssl-allow-beast", "proxy-ssl-auto-client-cert", "proxy-tlsv1", "proxytunnel", "raw",
    "remote-header-name", "remote-name", "remote-name-all", "remote-time", "remove-on-error", "retry-all-errors",
    "retry-connrefused", "sasl-ir", "show-error", "show-headers", "silent", "skip-existing", "socks5-basic", "socks5-gssapi",
    "socks5-gssapi-nec", "ssl", "ssl-allow-beast", "ssl-auto-client-cert", "ssl-no-revoke", "ssl-reqd",
    "ssl-revoke-best-effort", "sslv2", "sslv3", "styled-output", "suppress-connect-headers", "tcp-fastopen", "tcp-nodelay",
    "tftp-no-options", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "tr-encoding", "trace-ids", "trace-time", "verbose",
    "version", "xattr",
}  # fmt: skip
# What a spec cannot say although the server would notice it, and why.
NOTICED = {
    "cert": "a client's certificate",
    "etag-compare": "a header from another file",
    "netrc": "credentials in another file: give them with -u",
    "netrc-file": "credentials in another file: give them with -u",
    "netrc-optional": "credentials in another file: give them with -u",
    "proxy": "a proxy, which readers have or have not",
    "request-target": "a request target that is not the URL's",
    "time-cond": "a condition about a date: give it with -H",
}
ALL = VALUES | FLAGS | OTHER_VALUES | OTHER_FLAGS


@dataclass(frozen=True)
class Option:
    """An option as it was given; a URL is the option `url`."""

    name: str
    value: str = ""


MAX_CONFIG_FILES = 20


class Options:
    """Reads the words of one command. `file` gives the bytes of a file that -K or -H names, None if it is not there."""

    def __init__(self, file: Callable[[str], bytes | None], expansion: Expansion, report: Reporter) -> None:
        self.file, self.expansion, self.report = file, expansion, report
        self.harmless: list[str] = []
        self.config_files = 0

    def read(self, words: list[str]) -> Iterator[Option]:
        """The options about the request, in order. Raises Refusal for what curl refuses.

        Other options are reported; the harmless ones share one line.
        """
        yield from self._read(words)
        if self.harmless:
            self.report(f"about curl, not about the request: {' '.join(dict.fromkeys(self.harmless))}")

    def _read(self, words: list[str]) -> Iterator[Option]:
        at, ended = 0, False
        while at < len(words):
            word, at = words[at], at + 1
            if ended or not word.startswith("-") or word == "-":
                yield Option("url", word)
            elif word == "--":
                ended = True
            elif word.startswith("--"):
                name = word[2:]
                expands = name.startswith("expand-")
                name, value = _find(name.removeprefix("expand-"), word), ""
                if name.removeprefix("no-") in VALUES | OTHER_VALUES:
                    value, at = _next(words, at, word)
                    value = self.expansion.expanded(value) if expands else value
                yield from self._option(name, value, word)
            else:
                letters = word[1:]
                while letters:
                    letter, letters = letters[0], letters[1:]
                    if letter not in SHORT:
                        raise Refusal(f"curl refuses this: it has no option -{letter}", "fix the command")
                    name, value = SHORT[letter], ""
                    if name in VALUES | OTHER_VALUES:
                        value, letters = letters, ""
                        if not value:
                            value, at = _next(words, at, f"-{letter}")
                    yield from self._option(name, value, f"-{letter}")

    def _option(self, name: str, value: str, shown: str) -> Iterator[Option]:
        if name == "config":
            yield from self._config(value, shown)
        elif name == "header" and value.startswith("@"):
            yield from self._headers(value[1:])
        elif name == "variable":
            self.expansion.set(value)
        elif name.removeprefix("no-") in VALUES | FLAGS:
            yield Option(name, value)
        elif name in NOTICED:
            self.report(f"{shown}: a spec cannot say {NOTICED[name]}")
        else:
            self.harmless.append(shown)

    def _headers(self, name: str) -> Iterator[Option]:
        octets = self.file(name)
        if octets is None:
            self.report(f"-H @{name}: the headers in this file are not known", "give each with -H")
            return
        for line in octets.decode("utf-8", "surrogateescape").splitlines():
            yield Option("header", line)

    def _config(self, name: str, shown: str) -> Iterator[Option]:
        self.config_files += 1
        octets = self.file(name)
        if octets is None or self.config_files > MAX_CONFIG_FILES:
            self.report(f"{shown} {name}: the options in this file are not known", "paste them into the command")
            return
        yield from self._read(config_file.words(octets))


def _find(name: str, word: str) -> str:
    """The option with a long name; like curl, accepts any unique abbreviation, and `no-` before options without a value.

    Raises Refusal.
    """
    if name in ALL:
        return name
    if name.startswith("no-") and name[3:] in OTHER_FLAGS | FLAGS:
        return name if name[3:] in FLAGS else "no-buffer"  # any harmless option will do
    found = [option for option in sorted(ALL) if option.startswith(name)]
    if len(found) == 1 and len(name) > 2:
        return found[0]
    if found:
        raise Refusal(f"curl refuses this: the option {word} is ambiguous", f"it may be --{', --'.join(found[:5])}")
    before, equals, _ = name.partition("=")
    if equals and before in ALL:
        raise Refusal(f"curl refuses this: it has no option {word}", f"write a space: --{before} …")
    near = get_close_matches(before[:40], sorted(ALL), 1)
    raise Refusal(f"curl refuses this: it has no option {word}", f"did you mean --{near[0]}?" if near else "fix the command")


def _next(words: list[str], at: int, shown: str) -> tuple[str, int]:
    if at < len(words):
        return words[at], at + 1
    raise Refusal(f"curl refuses this: {shown} needs a value", "copy the whole command")
