"""Writes requests that others published as specs: HAR requests (http://www.softwareishard.com/blog/har-12-spec/) and Postman
collections (v2.1.0), such as those that httpsnippet and postman-code-generators test themselves with.

    python tests/real/convert.py HAR_FOLDER POSTMAN_FOLDER

writes `har/` and `postman/` beside this file. What an input says and a spec cannot say is left out, and a line tells so.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

# RFC 9112 §6, RFC 9110 §7.2: the client's business.
FRAMING = {"content-length", "transfer-encoding", "connection", "host"}
DOT_SEGMENT = re.compile(r"/\.\.?(?=/|\Z)")
Tell = Callable[[str], None]


def har(text: str) -> Iterator[dict]:
    """The requests of a HAR log, or the one request that a file holds by itself."""
    whole = json.loads(text)
    yield from (entry["request"] for entry in whole["log"]["entries"]) if "log" in whole else [whole]


def from_har(request: dict, tell: Tell) -> tuple[dict, dict[str, bytes]]:
    """The `request:` of a spec, and the files beside it: name to octets."""
    files: dict[str, bytes] = {}
    data = request.get("postData", {})
    spec: dict = {"method": request["method"], "url": _url(request["url"], tell)}
    if request.get("queryString"):
        spec["query"] = _pairs(request["queryString"], "name")
    _headers(spec, request.get("headers", []), "name", data.get("mimeType", ""), tell)
    if request.get("cookies"):
        spec["cookies"] = _pairs(request["cookies"], "name")
    parts = []
    for part in data.get("params") or []:
        if "fileName" in part:
            name = _file_name(part["fileName"], tell)
            files[name] = part["value"].encode() if "value" in part else _stand_in(name, tell)
            parts.append({"name": part["name"], "file": name, "media_type": part["contentType"]})
        else:
            parts.append({"name": part["name"], "value": part["value"]})
    _body(spec, data.get("mimeType", ""), parts, data.get("text"), tell)
    return spec, files


def postman(text: str) -> Iterator[dict]:
    """The items of a collection, those of its folders included."""

    def items(folder: dict) -> Iterator[dict]:
        for item in folder["item"]:
            yield from items(item) if "item" in item else [item]

    yield from items(json.loads(text))


def from_postman(item: dict, tell: Tell) -> tuple[dict, dict[str, bytes]]:
    """The `request:` of a spec, and the files beside it: name to octets."""
    request, files = item["request"], {}
    for name in item.get("protocolProfileBehavior", {}):
        tell(f"{name} is about answers, which the mock gives")
    spec: dict = {"method": request["method"], "url": _postman_url(request["url"], tell)}
    body = request.get("body") or {}
    mode = body.get("mode")
    headers = _enabled(request.get("header", []), tell)
    media_type = next((header["value"] for header in headers if header["key"].lower() == "content-type"), "")
    media_type = {"formdata": "multipart/form-data", "urlencoded": "application/x-www-form-urlencoded"}.get(mode, media_type)
    _headers(spec, headers, "key", media_type if mode else "", tell)
    if mode == "graphql":
        spec["body"] = {"graphql": {"query": body["graphql"]["query"], "variables": _json(body["graphql"]["variables"])}}
        return spec, files
    parts = []
    for part in _enabled(body.get(mode, []) if mode != "raw" else [], tell):
        if part["type"] == "file":
            for source in part["src"] if isinstance(part["src"], list) else [part["src"]]:
                name = _file_name(source, tell)
                files[name] = _stand_in(name, tell)
                parts.append({"name": part["key"], "file": name})
        else:
            parts.append({"name": part["key"], "value": part["value"]})
    _body(spec, media_type if mode else "", parts, body.get("raw"), tell)
    return spec, files


def _postman_url(url: dict, tell: Tell) -> str:
    """The URL as Postman sends it: from its parts, not from `raw`, whose parts are written as they travel."""
    host = ".".join(url["host"])
    origin = host if "://" in host else f"{url['protocol']}://{host}"
    query = "&".join(f"{pair['key']}={pair['value']}" for pair in _enabled(url.get("query", []), tell))
    built = origin + "".join(f"/{segment}" for segment in url.get("path", [])) + (f"?{query}" if query else "")
    if built != url["raw"]:
        tell(f"raw says {url['raw']}, its parts {built}: the parts are sent")
    return _url(built, tell)


def _url(url: str, tell: Tell) -> str:
    url, mark, fragment = url.partition("#")
    if mark:
        tell(f"the fragment #{fragment} is sent to no server")
    before, slashes, rest = url.partition("://")
    path, question, query = rest.partition("?")
    while DOT_SEGMENT.search(path):
        tell(f"clients remove the dot segments of {path}")
        path = re.sub(r"(/[^/]*)?/\.\.(?=/|\Z)|/\.(?=/|\Z)", "", path, count=1)
    if not query and question:
        tell("an empty query is sent by some clients only")
    return before + slashes + path + (question + query if query else "")


def _enabled(entries: list[dict], tell: Tell) -> list[dict]:
    for entry in entries:
        if entry.get("disabled"):
            tell(f"'{entry['key']}' is disabled, so it is not sent")
    return [entry for entry in entries if not entry.get("disabled")]


def _headers(spec: dict, headers: list[dict], name: str, media_type: str, tell: Tell) -> None:
    kept = []
    for header in headers:
        lower, value = header[name].lower(), header["value"]
        if lower in FRAMING:
            tell(f"the header {header[name]} is set by the client")
        elif lower == "content-type" and value.startswith("multipart/form-data"):
            tell(f"the header {header[name]}: {value}: its boundary is the client's")
        elif lower != "content-type" or value != media_type:
            kept.append(header)
    if kept:
        spec["headers"] = _pairs(kept, name)


def _pairs(entries: list[dict], name: str) -> list[dict]:
    return [{"name": entry[name], "value": entry["value"]} for entry in entries]


def _file_name(path: str, tell: Tell) -> str:
    folder, slash, name = path.rpartition("/")
    if slash:
        tell(f"the folder {folder} of the file {name}: no client sends it")
    return name


def _stand_in(name: str, tell: Tell) -> bytes:
    """Octets for a file that the input names and does not hold."""
    tell(f"the file {name} is not there: a small one is sent")
    return f"This is {name}.\n".encode() if "." in name else bytes(range(256))


def _body(spec: dict, media_type: str, parts: list[dict], text: str | None, tell: Tell) -> None:
    match media_type.partition(";")[0]:
        case "":
            return
        case "multipart/form-data" if not parts:
            tell("a multipart body without parts: RFC 2046 §5.1.1 wants one, so no body is sent")
        case "multipart/form-data":
            spec["body"] = {"multipart": parts}
        case "application/x-www-form-urlencoded":
            spec["body"] = {"form": parts}
        case "application/json":
            spec["body"] = {"json": _json(text or "")}
        case _:
            spec["body"] = {"text": text, "media_type": media_type}


class Digits(str):
    """A number as it was written."""


def _json(text: str) -> object:
    return json.loads(text, parse_int=Digits, parse_float=Digits)


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a block where YAML can keep it so; numbers with their digits; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _digits(dumper: yaml.Dumper, digits: Digits) -> yaml.Node:
    return yaml.ScalarNode(dumper.resolve(yaml.ScalarNode, digits, (True, False)), digits)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Digits, _digits)


def write(sources: list[Path], folder: Path, read: Callable, convert: Callable) -> None:
    """One spec for each request of the sources, its files in `files/<page>/`."""
    for path in sources:
        found = list(read(path.read_text(encoding="utf-8")))
        for item in found:
            title = item.get("name") or path.stem
            id = path.stem if len(found) == 1 else path.stem + "-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
            request, files = convert(item, lambda line, id=id: print(f"{folder.name}/{id}: {line}"))
            for part in request.get("body", {}).get("multipart", []):
                if "file" in part:
                    part["file"] = f"files/{id}/{part['file']}"
            spec = {"title": title, "request": request, "response": {"json": {"ok": True}}}
            folder.mkdir(exist_ok=True)
            text = yaml.dump(spec, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
            (folder / f"{id}.yml").write_text(text, encoding="utf-8")
            for name, octets in files.items():
                (folder / "files" / id).mkdir(parents=True, exist_ok=True)
                (folder / "files" / id / name).write_bytes(octets)


if __name__ == "__main__":
    here = Path(__file__).parent
    write(sorted(Path(sys.argv[1]).glob("*.json")), here / "har", har, from_har)
    write(sorted(Path(sys.argv[2]).glob("*.json")), here / "postman", postman, from_postman)
