"""The snippetgen that a new project installs: the one that created it, from the same origin, or as a wheel inside the project.

Source: PEP 610 for `direct_url.json`, the PyPA specification "Recording installed projects" for RECORD, PEP 427 for wheels.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import url2pathname

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from snippetgen.errors import UsageError
from snippetgen.printing import line

NAME = "snippetgen"
VENDOR = "vendor"
# What installers add to a distribution.
_OF_INSTALLERS = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json"}
_AGAIN = "install snippetgen again, or name what the project installs: --from VERSION, URL, FOLDER or WHEEL"


@dataclass(frozen=True)
class Source:
    """What pip installs in a project, and the files of the project that this refers to."""

    requirement: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def installed() -> Source:
    """The snippetgen that is running: by version if it came from an index, by address if one was given, otherwise as a wheel.

    Raises UsageError if no wheel can be made of it.
    """
    found = distribution(NAME)
    text = found.read_text("direct_url.json")
    if text is None:
        return Source(f"{NAME}=={found.version}")
    try:
        origin = json.loads(text)
        parts = urlsplit(origin["url"])
        editable = bool(origin.get("dir_info", {}).get("editable"))
        vcs, archive = origin.get("vcs_info"), origin.get("archive_info", {})
        pinned = f"{vcs['vcs']}+{_public(origin['url'])}@{vcs['commit_id']}" if vcs else _public(origin["url"])
        digest = archive.get("hashes", {}).get("sha256", "")
        more = [f"subdirectory={origin['subdirectory']}"] if "subdirectory" in origin else [f"sha256={digest}"] if digest else []
    except (ValueError, LookupError, TypeError, AttributeError):
        raise UsageError(f"{NAME} {found.version}: its direct_url.json is not what PEP 610 says", _AGAIN) from None
    if parts.scheme != "file":
        return Source(f"{NAME} @ {_quoted(pinned)}" + (f"#{'&'.join(more)}" if more else ""))
    path = Path(url2pathname(parts.path))
    if editable:
        return _built(path)
    if digest and path.suffix == ".whl" and path.is_file() and hashlib.sha256(octets := path.read_bytes()).hexdigest() == digest:
        return _vendored(path.name, octets)
    return _packed(found)


def named(what: str) -> Source:
    """What `--from` names: a version, a URL, a folder or archive of source, or a wheel.

    Raises UsageError for anything else.
    """
    what = re.sub(rf"\A{NAME}\s*(==|@)\s*", "", what.strip())
    try:
        return Source(f"{NAME}=={Version(what)}")
    except InvalidVersion:
        pass
    parts = urlsplit(what) if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", what) else None
    if parts and not parts.scheme.endswith("file"):
        # Neither ' nor \ is allowed, because the Makefile passes the address to a shell.
        if not parts.hostname or not re.fullmatch(r"[!-&(-\[\]-~]+", what):
            raise UsageError(f"{what!r} is no address that pip takes", "write it as https://… or git+https://…@REVISION")
        if parts.password or (parts.username and "ssh" not in parts.scheme):
            address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
            raise UsageError(
                "the address holds a name or a password, and a project is shown to others",
                f"leave it out; pip reads it from ~/.netrc: --from {address}",
            )
        return Source(f"{NAME} @ {what}")
    if parts and parts.scheme != "file":
        return _built(what)
    path = Path(url2pathname(parts.path)) if parts else Path(what)
    if path.suffix == ".whl" and path.is_file():
        return _vendored(path.name, path.read_bytes())
    if (path / "pyproject.toml").is_file() or (path.is_file() and path.name.endswith((".tar.gz", ".zip"))):
        return _built(path)
    raise UsageError(
        f"{what!r} is nothing that pip could install", "give --from a version, a URL, a folder with a pyproject.toml, or a wheel"
    )


def _public(url: str) -> str:
    """The address without user name and password; an ssh address keeps its user name."""
    parts = urlsplit(url)
    return url if "ssh" in parts.scheme else urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _quoted(url: str) -> str:
    return quote(url, safe="!#$%&()*+,-./:;=?@[]_~")


def _vendored(name: str, octets: bytes) -> Source:
    """A wheel that the project keeps. Raises UsageError if it is not a wheel of snippetgen."""
    try:
        good = parse_wheel_filename(name)[0] == NAME and zipfile.is_zipfile(io.BytesIO(octets))
    except InvalidWheelFilename:
        good = False
    if not good:
        raise UsageError(f"{name} is no wheel of {NAME}", f"name one: {NAME}-VERSION-py3-none-any.whl")
    return Source(f"{VENDOR}/{name}", {f"{VENDOR}/{name}": octets})


def _built(what: Path | str) -> Source:
    """The wheel built from a folder, or from anything else that pip can build."""
    if not find_spec("pip"):
        raise UsageError(
            f"{what}: there is no pip in this environment that could make a wheel of it",
            "make one, `uv build --wheel`, and name it with --from",
        )
    with tempfile.TemporaryDirectory() as temporary:
        words = [
            sys.executable,
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "wheel",
            "--no-deps",
            "--wheel-dir",
            temporary,
        ]
        done = subprocess.run(
            [*words, str(what.resolve() if isinstance(what, Path) else what)],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        wheels = sorted(Path(temporary).glob("*.whl"))
        if done.returncode or not wheels:
            lines = [one.strip() for one in done.stderr.splitlines() if one.strip().startswith("ERROR")] or done.stderr.split(
                "\n"
            )[-1:]
            reason = lines[-1].removeprefix("ERROR: ") if lines else ""
            raise UsageError(
                f"{what}: pip could make no wheel of it: {reason}",
                "building needs the package index; with no network name a wheel: --from FILE.whl",
            )
        return _vendored(wheels[0].name, wheels[0].read_bytes())


def _packed(found: Distribution) -> Source:
    """A wheel made again from the files of an installed distribution: the same files give the same bytes.

    Raises UsageError if a file is missing or differs from what was installed.
    """
    held: dict[str, bytes] = {}
    wrong = []
    for row in csv.reader((found.read_text("RECORD") or "").splitlines()):  # `Distribution.files` leaves out missing files
        name, digest = (row[0], row[1]) if len(row) == 3 else ("", "")
        path = PurePosixPath(name)
        if (
            not name
            or path.is_absolute()
            or ".." in path.parts
            or path.suffix == ".pyc"
            or (path.parent.suffix == ".dist-info" and path.name in _OF_INSTALLERS)
        ):
            continue
        try:
            held[name] = Path(str(found.locate_file(name))).read_bytes()
        except OSError:
            wrong.append(f"{name} is missing")
            continue
        if digest.startswith("sha256=") and digest != f"sha256={_digest(held[name])}":
            wrong.append(f"{name} was changed")
    about = next((name for name in held if name.endswith(".dist-info/WHEEL")), "")
    if not about:
        wrong.append("its dist-info is missing")
    if wrong:
        raise UsageError(
            f"{NAME} {found.version} is not as it was installed, so no wheel can be made of it:",
            _AGAIN,
            "\n".join(f"   {line(one)}" for one in wrong[:10]),
        )
    record = about.removesuffix("WHEEL") + "RECORD"
    rows = [f"{name},sha256={_digest(octets)},{len(octets)}\n" for name, octets in sorted(held.items())]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in [*sorted(held.items()), (record, "".join([*rows, f"{record},,\n"]).encode())]:
            entry = zipfile.ZipInfo(name)  # dated 1980, so that the bytes do not depend on the time
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, octets)
    tag = re.search(r"^Tag: (\S+)$", held[about].decode(), re.M)
    return _vendored(f"{NAME}-{found.version}-{tag[1] if tag else 'py3-none-any'}.whl", out.getvalue())


def _digest(octets: bytes) -> str:
    """The SHA-256 as RECORD writes it: URL-safe base64 without padding."""
    return urlsafe_b64encode(hashlib.sha256(octets).digest()).rstrip(b"=").decode()
