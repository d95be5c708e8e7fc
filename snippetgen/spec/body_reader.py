"""The content of a request: bodies, the parts of a multipart body, and the files beside the spec."""

from __future__ import annotations

import base64
import binascii
import os
import re
from contextlib import suppress
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import Place, Problem, close
from snippetgen.request import Body, FileBody, FilePart, FormBody, JsonBody, MultipartBody, OctetsBody, TextBody, TextPart
from snippetgen.spec.http_fields import Problems, read_pairs, read_value, scalar_text
from snippetgen.spec.media_type import MEDIA_TYPE
from snippetgen.yaml_tree.node import Node, to_json
from snippetgen.yaml_tree.source import unreadable

# RFC 9110 §8.3.1, §5.6.6
MAX_FILE_OCTETS = 20_000_000


def read_body(node: Node, path: Path, folder: Path, problems: Problems) -> Body | None:
    media_node = node.get("media_type")
    media_type = str(media_node.value) if media_node else None
    if media_node and not MEDIA_TYPE.match(media_type or ""):
        problems.append(
            Problem(media_node.place, f"'{media_type}' is not a media type", "write it as type/subtype", "RFC 9110 §8.3.1")
        )
    if json_node := node.get("json"):
        return JsonBody(to_json(json_node), media_type or "application/json")
    if form := node.get("form"):
        return FormBody(read_pairs(form, problems), media_type or "application/x-www-form-urlencoded")
    if multipart := node.get("multipart"):
        parts = [_part(part, path, folder, problems) for part in multipart.items]
        if not parts:
            problems.append(
                Problem(multipart.place, "a multipart body needs a part", "add `- {name: …, value: …}`", "RFC 2046 §5.1.1")
            )
        _check_same_files(parts, multipart, problems)
        return MultipartBody(tuple(parts))
    if text := node.get("text"):
        return TextBody(str(text.value), media_type or "text/plain; charset=utf-8")
    if file := node.get("file"):
        octets = read_file(file, path, folder, problems)
        return FileBody(Path(str(file.value)).name, octets, media_type or "application/octet-stream")
    if encoded := node.get("base64"):
        try:
            octets = base64.b64decode("".join(str(encoded.value).split()), validate=True)
        except (binascii.Error, ValueError):
            problems.append(
                Problem(encoded.place, "this is not base64", "encode the bytes with `base64`, or use `file:`", "RFC 4648 §4")
            )
            return None
        return OctetsBody(octets, media_type or "application/octet-stream")
    graphql = node.get("graphql")
    assert graphql is not None
    return JsonBody(to_json(graphql), media_type or "application/json")


def _part(node: Node, path: Path, folder: Path, problems: Problems) -> TextPart | FilePart:
    name = scalar_text(node.members["name"])
    media_node, filename_node, file_node, value_node = (node.get(key) for key in ("media_type", "filename", "file", "value"))
    media_type = str(media_node.value) if media_node else None
    if media_node and not MEDIA_TYPE.match(media_type or ""):
        problems.append(
            Problem(media_node.place, f"'{media_type}' is not a media type", "write it as type/subtype", "RFC 9110 §8.3.1")
        )
    for text, place_node in ((name, node.members["name"]), (scalar_text(filename_node) if filename_node else "", filename_node)):
        if place_node and any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
            problems.append(Problem(place_node.place, "a control character in a part's name", "remove it", "RFC 7578 §5.1"))
        elif place_node and text.endswith("\\"):
            why = "RFC 2183 §2 reads it as an escape of the quote that follows, HTML forms do not"
            problems.append(
                Problem(place_node.place, "a part's name ends in a backslash", "remove it; clients and servers disagree", why)
            )
    if file_node is None:
        assert value_node is not None
        if filename_node:
            problems.append(
                Problem(filename_node.key or node.place, "a text part has no file name", "use `file:` for the content of a file")
            )
        return TextPart(name, read_value(value_node), media_type)
    octets = read_file(file_node, path, folder, problems)
    local = Path(str(file_node.value)).name
    return FilePart(
        name, local, scalar_text(filename_node) if filename_node else local, octets, media_type or "application/octet-stream"
    )


def _check_same_files(parts: list[TextPart | FilePart], node: Node, problems: Problems) -> None:
    octets: dict[str, bytes] = {}
    for part in parts:
        if isinstance(part, FilePart) and octets.setdefault(part.file, part.octets) != part.octets:
            problems.append(
                Problem(
                    node.place,
                    f"two different files are called {part.file}",
                    "rename one; they lie in one folder beside the snippet",
                )
            )


def with_media_type(body: Body, media_type: str, place: Place, problems: Problems) -> Body:
    """The body with the media type of the spec's Content-Type header. A multipart body may not have one: appends a problem."""
    match body:
        case JsonBody(value):
            return JsonBody(value, media_type)
        case FormBody(form):
            return FormBody(form, media_type)
        case TextBody(text):
            return TextBody(text, media_type)
        case FileBody(file, octets):
            return FileBody(file, octets, media_type)
        case OctetsBody(octets):
            return OctetsBody(octets, media_type)
        case MultipartBody() if media_type.strip().lower() == "multipart/form-data":
            return body
    problems.append(
        Problem(
            place,
            "the Content-Type of a multipart body holds its boundary",
            "remove the header; the client writes it",
            "RFC 7578 §4.1",
        )
    )
    return body


def read_file(node: Node, path: Path, folder: Path, problems: Problems) -> bytes:
    """The bytes of a file beside the spec. Appends a problem if it is missing, too large or outside the folder."""
    name = str(node.value)
    target = path.parent / name
    if not is_plain_path(target) or not target.resolve().is_relative_to(folder.resolve()):
        problems.append(Problem(node.place, f"the file {name!r} is outside the folder of the specs", "put it beside the spec"))
        return b""
    if not re.fullmatch(r"[^\x00-\x1f\x7f/\\-][^\x00-\x1f\x7f/\\]*", target.name):
        problems.append(Problem(node.place, f"{target.name!r} cannot be the name of a file beside a snippet", "rename the file"))
        return b""
    try:
        if target.is_dir() or not os.path.lexists(target):
            raise FileNotFoundError(name)
        return reading.read(target, MAX_FILE_OCTETS, folder)
    except FileNotFoundError:
        problems.append(
            Problem(
                node.place,
                f"there is no file '{name}'",
                near_file(target, folder) or f"put it into {path.parent}, or fix the name",
            )
        )
    except reading.TooLarge:
        problems.append(
            Problem(
                node.place,
                f"the file {name} is too large",
                f"keep it below {MAX_FILE_OCTETS // 1_000_000} MB; a small sample proves the same",
            )
        )
    except OSError as error:
        found = unreadable("", error)
        problems.append(Problem(node.place, f"the file '{name}' {found.what}", found.help))
    return b""


def near_file(missing: Path, folder: Path) -> str:
    """`did you mean '_base.yml'?` with the file whose name is closest to a missing one; empty if no name is close.

    Searches beside the missing file and below the folder of specs.
    """
    beside = missing.parent if missing.parent.is_dir() else None
    names = sorted(path.name for path in beside.iterdir() if path.is_file()) if beside else []
    if near := close(missing.name, names) or next(
        (name for name in names if name.lstrip("_").startswith(missing.stem.lstrip("_") + ".")), ""
    ):
        return f"did you mean '{near}'?"
    with suppress(OSError):  # too many files to search
        if same := next((name for name in reading.walk(folder) if name.rpartition("/")[2] == missing.name), ""):
            return f"there is a file {folder / same}; name it relative to this one"
    return ""


def is_plain_path(path: Path) -> bool:
    """Whether the system can look up this path. False for a NUL, a name that is too long, or a circle of links."""
    try:
        return path.resolve().exists() or True
    except (OSError, ValueError, RuntimeError):
        return False
