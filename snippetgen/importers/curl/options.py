"""The options of curl: which take a value, and which concern curl but not the request. Source: curl(1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from snippetgen.errors import did_you_mean
from snippetgen.importers.captured.json_document import Reporter

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
    "cookie", "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "form", "form-string", "header", "json",
    "oauth2-bearer", "range", "referer", "request", "request-target", "upload-file", "url", "url-query", "user", "user-agent",
}  # fmt: skip
# Options about the request that take none.
FLAGS = {"basic", "get", "globoff", "head", "next", "path-as-is", "use-ascii"}
# Other options with a value: how curl reaches the server, and what it does with the response.
OTHER_VALUES = {
    "abstract-unix-socket", "alt-svc", "aws-sigv4", "cacert", "capath", "cert", "cert-type", "ciphers", "config",
    "connect-timeout", "connect-to", "continue-at", "cookie-jar", "create-file-mode", "crlfile", "curves", "delegation",
    "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr", "dns-servers", "doh-url", "dump-header", "ech", "egd-file", "engine",
    "etag-compare", "etag-save", "expect100-timeout", "ftp-account", "ftp-alternative-to-user", "ftp-method", "ftp-port",
    "ftp-ssl-ccc-mode", "happy-eyeballs-timeout-ms", "haproxy-clientip", "help", "hostpubmd5", "hostpubsha256", "hsts",
    "interface", "ip-tos", "ipfs-gateway", "keepalive-cnt", "keepalive-time", "key", "key-type", "krb", "libcurl", "limit-rate",
    "local-port", "login-options", "mail-auth", "mail-from", "mail-rcpt", "max-filesize", "max-redirs", "max-time",
    "netrc-file", "noproxy", "output", "output-dir", "parallel-max", "pass", "pinnedpubkey", "preproxy", "proto",
    "proto-default", "proto-redir", "proxy", "proxy-cacert", "proxy-capath", "proxy-cert", "proxy-cert-type", "proxy-ciphers",
    "proxy-crlfile", "proxy-header", "proxy-key", "proxy-key-type", "proxy-pass", "proxy-pinnedpubkey", "proxy-service-name",
    "proxy-tls13-ciphers", "proxy-tlsauthtype", "proxy-tlspassword", "proxy-tlsuser", "proxy-user", "proxy1.0", "pubkey",
    "quote", "random-file", "rate", "resolve", "retry", "retry-delay", "retry-max-time", "sasl-authzid", "service-name",
    "socks4", "socks4a", "socks5", "socks5-gssapi-service", "socks5-hostname", "speed-limit", "speed-time", "stderr",
    "telnet-option", "tftp-blksize", "time-cond", "tls-max", "tls13-ciphers", "tlsauthtype", "tlspassword", "tlsuser", "trace",
    "trace-ascii", "trace-config", "unix-socket", "variable", "vlan-priority", "write-out",
}  # fmt: skip
# Other options without one: most only show or hide something, or choose how the connection is made.
OTHER_FLAGS = {
    "anyauth", "append", "ca-native", "cert-status", "compressed", "compressed-ssh", "create-dirs", "crlf", "digest", "disable",
    "disable-eprt", "disable-epsv", "disallow-username-in-url", "doh-cert-status", "doh-insecure", "fail", "fail-early",
    "fail-with-body", "false-start", "form-escape", "ftp-create-dirs", "ftp-pasv", "ftp-pret", "ftp-skip-pasv-ip",
    "ftp-ssl-ccc", "ftp-ssl-control", "haproxy-protocol", "http0.9", "http1.0", "http1.1", "http2", "http2-prior-knowledge",
    "http3", "http3-only", "ignore-content-length", "include", "insecure", "ipv4", "ipv6", "junk-session-cookies", "list-only",
    "location", "location-trusted", "mail-rcpt-allowfails", "manual", "metalink", "mptcp", "negotiate", "netrc",
    "netrc-optional", "no-alpn", "no-buffer", "no-clobber", "no-keepalive", "no-npn", "no-progress-meter", "no-sessionid",
    "ntlm", "ntlm-wb", "parallel", "parallel-immediate", "post301", "post302", "post303", "progress-bar", "progress-meter",
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
    "anyauth": "credentials that need a first response of the server",
    "aws-sigv4": "a signature, which is new for each request",
    "cert": "a client's certificate",
    "config": "options in another file: paste them into the command",
    "digest": "credentials that need a first response of the server",
    "etag-compare": "a header from another file",
    "negotiate": "credentials that need a first response of the server",
    "netrc": "credentials in another file: give them with -u",
    "netrc-file": "credentials in another file: give them with -u",
    "netrc-optional": "credentials in another file: give them with -u",
    "ntlm": "credentials that need a first response of the server",
    "continue-at": "a range that depends on a file",
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


def read_options(words: list[str], report: Reporter) -> Iterator[Option]:
    """The options about the request, in order.

    Other options are reported; the harmless ones share one line.
    """
    harmless: list[str] = []
    at, ended = 0, False
    while at < len(words):
        word, at = words[at], at + 1
        if ended or not word.startswith("-") or word == "-":
            yield Option("url", word)
        elif word == "--":
            ended = True
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            takes = _find(name, word, report)
            if takes is None:
                # The word after an unknown option is its value, unless it looks like a URL.
                at += at < len(words) and not equals and re.search(r"^-|[/.]", words[at]) is None
                continue
            if takes in VALUES | OTHER_VALUES and not equals:
                value, at = _next(words, at, word, report)
            yield from _option(takes, value, word.partition("=")[0], harmless, report)
        else:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter not in SHORT:
                    report(f"curl has no option -{letter}: it is left out", "fix the command")
                    continue
                name, value = SHORT[letter], ""
                if name in VALUES | OTHER_VALUES:
                    value, letters = letters, ""
                    if not value:
                        value, at = _next(words, at, f"-{letter}", report)
                yield from _option(name, value, f"-{letter}", harmless, report)
    if harmless:
        report(f"about curl, not about the request: {' '.join(dict.fromkeys(harmless))}")


def _option(name: str, value: str, shown: str, harmless: list[str], report: Reporter) -> Iterator[Option]:
    if name in VALUES | FLAGS:
        yield Option(name, value)
    if name in NOTICED:
        report(f"{shown}: a spec cannot say {NOTICED[name]}")
    elif name not in VALUES | FLAGS:
        harmless.append(shown)


def _find(name: str, word: str, report: Reporter) -> str | None:
    """The option with a long name; like curl, accepts any unique abbreviation, and `no-` before options without a value."""
    if name in ALL:
        return name
    if name.startswith("no-") and name[3:] in OTHER_FLAGS | FLAGS:
        return "no-buffer"  # any harmless option will do
    found = [option for option in sorted(ALL) if option.startswith(name)]
    if len(found) == 1 and len(name) > 2:
        return found[0]
    report(
        f"curl has no option {word}: it is left out",
        did_you_mean(name, sorted(ALL)) if len(name) < 40 and not found else "fix the command",
    )
    return None


def _next(words: list[str], at: int, shown: str, report: Reporter) -> tuple[str, int]:
    if at < len(words):
        return words[at], at + 1
    report(f"{shown} has no value: it is left out", "copy the whole command")
    return "", at + 1
