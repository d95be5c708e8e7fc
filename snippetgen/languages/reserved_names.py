"""Names of variables and files that a program acts on by itself. No spec may use them.

A variable named `LD_PRELOAD` loads a library, a file named `requests.py` is imported, `nul.txt` is a device. The names that a
language's programs act on are in its `language.yml` (`variables`, `loads`). The names that all systems act on are here. Case is
ignored, because some systems ignore it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from snippetgen.errors import Problem
from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.yaml_tree.node import Node, walk

# The dynamic loader, the C library and shells; what finds programs, names, files and time zones; what reads certificates,
# proxies and settings. Sources: POSIX.1-2017 §8.1 to §8.3, ld.so(8), environ(7), resolver(5), openssl-env(7), curl(1), git(1),
# the variables of Windows, and those of interpreters that a project may add or a program may start.
_VARIABLES = """
    PATH PATHEXT HOME USER LOGNAME PWD OLDPWD SHELL ENV IFS CDPATH TERM TERMCAP TERMINFO.* COLUMNS LINES PAGER EDITOR VISUAL
    BROWSER POSIXLY_CORRECT LANG LANGUAGE LC_.* LOCPATH NLSPATH TZ TZDIR TMP TEMP TEMPDIR TMPDIR MALLOC_.* GLIBC_.*
    GCONV_PATH GETCONF_DIR HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_.* NSS_.* LD_.* DYLD_.* _RLD.* LIBPATH SHLIB_PATH
    SSL_.* SSLKEYLOGFILE OPENSSL_.* CURL_.* .*_PROXY .*_CA_BUNDLE NETRC WGET.* GIT_.* SSH_.* XDG_.* DBUS_.* NOTIFY_SOCKET
    PYTHON.* PERL.* RUBY.* GEM_.* BUNDLE_.* JAVA.* _JAVA_.* JDK_.* CLASSPATH NODE_.* NPM_.* LUA_.* SYSTEMROOT SYSTEMDRIVE
    WINDIR COMSPEC APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES.* USERPROFILE HOMEDRIVE HOMEPATH PSMODULEPATH SNIPPETGEN_.*
""".split()
# Variables that machines have by themselves, of shells, logins, Windows and common services: what is read from one of them is not
# what a reader has set. POSIX.1-2017 §8.1, environ(7), bash(1), the default environment of Windows.
_COMMON = set(
    """
        PATH HOME USER USERNAME LOGNAME NAME HOST HOSTNAME HOSTTYPE SHELL PWD LANG TERM TMP TEMP TMPDIR MAIL EMAIL
        DISPLAY EDITOR VISUAL PAGER UID EUID GROUPS PORT OS OSTYPE DEBUG ENV ENVIRONMENT MODE VERSION CI URL DATE TIME
        RANDOM SECONDS COMPUTERNAME USERDOMAIN USERPROFILE PROMPT PUBLIC SYSTEMROOT WINDIR NUMBER_OF_PROCESSORS
        PROCESSOR_ARCHITECTURE SESSIONNAME LOGONSERVER DRIVERDATA HOMEDRIVE HOMEPATH PROGRAMFILES SSH_CLIENT SSH_TTY TZ
    """.split()
)
# Programs and libraries that a system runs or loads from its current folder, and names that mean a device, with any suffix
# after a dot. Source: Microsoft, "Naming Files, Paths, and Namespaces".
_FILES = r"""
    (con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])\s*(\..*)?
    .*\.(exe|com|bat|cmd|ps1|psm1|vbs|wsf|scr|lnk|pif|msi|dll|ocx|cpl|so|so\.[0-9.]+|dylib|app|command|desktop)
    desktop\.ini autorun\.inf thumbs\.db Makefile GNUmakefile
""".split()
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# What a shell expands if the name is not quoted; XCU §2.6, and %NAME% of cmd.
_EXPANDS = re.compile(r"[$`*?]|^~|%[^%]+%")
# On a disk there is more: lists and ranges of names, and what Windows reserves.
_EXPANDS_ON_DISK = re.compile(r"[$`*?\[\]{}!]|^~|%[^%]+%")
_KEPT_ON_DISK = re.compile(r'[<>:"|\\]|[. ]$')


@dataclass(frozen=True)
class Reserved:
    """The reserved names of a set of languages: each a pattern of the whole name, with the program that acts on it."""

    variables: tuple[tuple[re.Pattern[str], str], ...]
    files: tuple[tuple[re.Pattern[str], str], ...]
    snippets: tuple[str, ...]

    def variable(self, name: str) -> str:
        """The program that acts on a variable of this name; empty if none does."""
        return next((who for pattern, who in self.variables if pattern.fullmatch(name)), "")

    def file(self, name: str, *, on_disk: bool) -> str:
        """The reason why a file may not have this name, as shown to the user; empty if it may.

        `on_disk` means that the file is beside a snippet; otherwise its name is only sent.
        """
        if _CONTROL.search(name):
            return "it holds a control character"
        if name.casefold() in self.snippets:
            return "a snippet is called so"
        if who := next((who for pattern, who in self.files if pattern.fullmatch(name)), ""):
            return f"{who} acts on a file of this name"
        if (_EXPANDS_ON_DISK if on_disk else _EXPANDS).search(name):
            return "shells expand it"
        if on_disk and (name.startswith(".") or _KEPT_ON_DISK.search(name)):
            return "systems keep such names for themselves"
        return ""

    def check(self, request: Node, response: Node, problems: list[Problem]) -> None:
        """Reports reserved names that a request and its response give to variables and files."""
        body = request.get("body")
        for node in _values(request, body):
            variable = node.get("env")
            if variable is not None and (who := self.variable(str(variable.value))):
                help = "choose a name of your own, such as API_KEY"
                problems.append(
                    Problem(
                        variable.place,
                        f"the variable {variable.value} means something to {who}",
                        help,
                        "it would be acted on, not only sent",
                    )
                )
        parts = body.get("multipart") if body is not None else None
        listed = parts.items if parts is not None else []
        for node in [one for one in (body, *listed, response) if one is not None]:
            for key in ("file", "filename", "save"):
                name = node.get(key)
                if (
                    name is not None
                    and not isinstance(name.value, dict | list)
                    and (why := self.file(str(name.value).rpartition("/")[2], on_disk=key != "filename"))
                ):
                    problems.append(
                        Problem(
                            name.place,
                            f"no file may be called {str(name.value)!r}",
                            "give it another name, such as sample.bin",
                            why,
                        )
                    )


def _values(request: Node, body: Node | None) -> Iterator[Node]:
    """The values that may be secrets, and all nodes below them. A JSON body is data, whatever its member names are."""
    auth = request.get("auth")
    holders = [request.get(key) for key in ("query", "headers", "cookies")]
    holders += [body.get(key) for key in ("form", "multipart")] if body is not None else []
    holders += [auth.get(key) for key in ("header", "query", "basic")] if auth is not None else []
    if auth is not None and (token := auth.get("bearer")):
        yield token
    for holder in holders:
        children = holder.value if holder is not None and isinstance(holder.value, dict | list) else ()
        for child in children.values() if isinstance(children, dict) else children:
            yield from walk(child)


def reserved(languages: Iterable[Language]) -> Reserved:
    """The names that these languages and all systems act on."""
    languages = list(languages)
    variables, files = [(name, "the system") for name in _VARIABLES], [(name, "the system") for name in _FILES]
    for language in languages:
        variables += [(name, language.label) for name in language.manifest.get("variables", [])]
        files += [(name, language.label) for name in language.manifest.get("loads", [])]
    return Reserved(
        tuple((re.compile(name, re.I), who) for name, who in variables),
        tuple((re.compile(name, re.I), who) for name, who in files),
        tuple({f"{name}.{language.extension}".casefold() for language in languages for name in (language.name, "snippet")}),
    )


def free_variable(name: str) -> str:
    """A variable name that nothing acts on: the name itself, or one made from it."""
    return f"API_{name[:90]}_KEY" if usual().variable(name) else name


def is_common(name: str) -> bool:
    """Whether most machines have a variable of this name, in any case, which an importer should not read."""
    return name.upper() in _COMMON


def free_file(name: str, *, on_disk: bool) -> str:
    """A file name that nothing acts on: the name itself, or one made from it."""
    if not usual().file(name, on_disk=on_disk):
        return name
    made = re.sub(r"[$`*?\[\]{}!~%<>:\"|\\]", "_", _CONTROL.sub("_", name)).lstrip(".").rstrip(". ") or "file"
    return made if not usual().file(made, on_disk=on_disk) else f"file-{made}.txt"


@lru_cache(maxsize=1)
def usual() -> Reserved:
    """The reserved names of the languages that ship with the package."""
    return reserved(discover([BUILTIN]).values())
