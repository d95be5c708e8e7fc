"""Writes a corpus of requests (a JSON list, see `requests.json`) as specs: one page per case, `<category>/<id>.yml`, its
files beside it.
"""

import base64
import json
from pathlib import Path


def write_specs(corpus: Path, folder: Path) -> int:
    """Returns how many specs were written. JSON is YAML, so a spec is written as JSON with the body's own text inside."""
    cases = json.loads(corpus.read_text(encoding="utf-8"))
    for case in cases:
        place = folder / case["category"] / case["id"]
        place.parent.mkdir(parents=True, exist_ok=True)
        request = {"method": case["method"], "url": "http://corpus.example" + case["path"]["raw"]}
        for key in ("query", "cookies"):
            if case[key]:
                request[key] = [_pair(name, value) for name, value in case[key]]
        if case["headers"]:
            request["headers"] = [_pair(name, value) for name, value in case["headers"]]
        auth = case["auth"]
        if auth["type"] == "bearer":
            request["auth"] = {"bearer": auth["token"]}
        elif auth["type"] == "basic":
            request["auth"] = {"basic": {"username": auth["username"], "password": auth["password"]}}
        elif auth["type"] == "apikey":
            request["auth"] = {auth["in"]: {auth["name"]: auth["value"]}}
        body, raw = _body(case["body"], place)
        if body is not None:
            request["body"] = body
        spec = {"title": case["id"], "description": case["note"], "request": request}
        text = json.dumps(spec, ensure_ascii=False, indent=1)
        if raw is not None:
            text = text.replace('"@raw@"', raw)
        place.with_suffix(".yml").write_text(_yaml_safe(text), encoding="utf-8", newline="")
    return len(cases)


def _pair(name, value):
    return {"name": name} if value is None else {"name": name, "value": value}


def _body(body, place: Path):
    match body["type"]:
        case "json":
            return {"json": "@raw@"}, body["raw"]
        case "form":
            return {"form": [_pair(name, value) for name, value in body["pairs"]]}, None
        case "text":
            return {"text": body["text"], "media_type": body["content_type"]}, None
        case "binary":
            return {"base64": body["base64"], "media_type": body["content_type"]}, None
        case "multipart":
            parts = []
            for number, part in enumerate(body["parts"]):
                if "value" in part:
                    parts.append({"name": part["name"], "value": part["value"]})
                    continue
                file = place.with_name(f"{place.name}-{number}.bin")
                file.write_bytes(base64.b64decode(part["content_base64"]))
                parts.append(
                    {"name": part["name"], "file": file.name, "filename": part["filename"], "media_type": part["content_type"]}
                )
            return {"multipart": parts}, None
    return None, None


def _yaml_safe(text: str) -> str:
    """YAML 1.2 §5.1 allows fewer characters than JSON does: the others are written as escapes, which both understand."""
    return "".join(
        c if c in "\n\t" or " " <= c <= "~" or ("\u00a0" <= c <= "\ud7ff" and c not in "\u2028\u2029") else _escape(c)
        for c in text
    )


def _escape(c: str) -> str:
    code = ord(c)
    return f"\\u{code:04x}" if code < 0x10000 else c
