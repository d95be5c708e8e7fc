"""The search for N pages: octets of the index, and what a reader waits for in Chromium: the worker's start, and each key.

    python benchmarks/search.py [N ...] [--document openapi.yaml]

The pages are those of scale.py, without their snippets, or those of an OpenAPI document. The questions of the tests are typed
letter by letter; a key takes from the message to the worker until its result is there.
"""

import argparse
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright
from scale import CACHE, ROOT, write_specs

sys.path.insert(0, str(ROOT / "tests"))
from searching.models import QUESTIONS

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import find
from snippetgen.site import page_markdown, search_index
from snippetgen.site.page_html import Panels
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

TYPE = """async (questions) => {
  const index = await (await fetch("index.json")).json();
  const worker = new Worker("worker.js");
  const ask = (type, data) => new Promise((done) => {
    worker.onmessage = ({ data }) => done(data);
    worker.postMessage({ type, data });
  });
  const timed = async (type, data) => {
    const start = performance.now();
    await ask(type, data);
    return performance.now() - start;
  };
  const ready = await timed(0, index);
  const keys = [];
  for (const question of questions)
    for (let end = 1; end <= question.length; end++) keys.push(await timed(2, question.slice(0, end)));
  return [ready, keys.sort((one, other) => one - other)];
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def documents(specs: Path, folder: Path) -> dict:
    """The documents of the index of these pages."""
    curl = discover([BUILTIN])["curl"]
    rendered = cases(load_specs(specs), [curl])
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    (folder / "source").mkdir()
    page_markdown.write(Results(rendered, verdicts, {"curl": find(curl, CACHE)}), folder / "source", folder / "build", [BUILTIN])
    pages = Panels(folder / "build" / "snippets", folder / "build" / "tabs", folder).pages()
    return search_index.documents([], pages, "/")


def measure(label: str, docs: dict, folder: Path) -> None:
    public = folder / "public"
    public.mkdir()
    text = json.dumps({"config": {}, "docs": docs}, ensure_ascii=False, separators=(",", ":"))
    (public / "index.json").write_text(text, encoding="utf-8")
    (public / "worker.js").write_text(search_index.worker(), encoding="utf-8")
    (public / "index.html").write_text("<!doctype html><title>Search</title>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(public)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        ready, keys = page.evaluate(TYPE, list(QUESTIONS))
        browser.close()
    server.shutdown()
    print(
        f"{label}: index {len(text.encode()) / 1e3:.0f} kB, ready after {ready:.0f} ms; {len(keys)} keys: median"
        f" {keys[len(keys) // 2]:.1f} ms, 95 % below {keys[int(len(keys) * 0.95)]:.1f} ms, longest {keys[-1]:.1f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="*", default=[100, 300, 1000])
    parser.add_argument("--document", type=Path, help="the pages of this OpenAPI document instead")
    arguments = parser.parse_args()
    for count in [0] if arguments.document else arguments.counts:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if arguments.document:
                words = ["import", "openapi", str(arguments.document.resolve())]
                subprocess.run([sys.executable, "-m", "snippetgen", *words], cwd=folder, check=True, capture_output=True)
            else:
                write_specs(folder / "specs", count)
            docs = documents(folder / "specs", folder)
            measure(f"{len(docs['pages'])} pages", docs, folder)


if __name__ == "__main__":
    main()
