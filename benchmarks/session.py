"""What a `Session` saves: seconds to execute one page that is edited again and again, with one and with fresh calls.

    python benchmarks/session.py [--examples 4] [--edits 5] [--language NAME ...]

The page has some examples, hence as many snippets of each language, over https, each run for its response and for HTTP 401.
Every edit changes a value in all of them, so nothing is remembered. Seconds until the last verdict: `fresh`, the median of
calls without a session; `first`, the first call of a session that was prepared and had time to start; `later`, the median of
the following ones. CPU seconds are those of `later`, of all processes together.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from snippetgen.languages.language import BUILTIN, Language, discover  # noqa: E402
from snippetgen.render.case import Case, cases  # noqa: E402
from snippetgen.run.toolchain import Missing, Toolchain, find  # noqa: E402
from snippetgen.spec.pages import load_specs  # noqa: E402
from snippetgen.verify.engine import Options  # noqa: E402
from snippetgen.verify.planner import Keys, verify  # noqa: E402
from snippetgen.verify.session import Session  # noqa: E402
from snippetgen.verify.verdicts import PASSED  # noqa: E402

CACHE = ROOT / ".cache" / "snippetgen"
STARTED = 8  # seconds for a prepared session to start all


def edits(folder: Path, examples: int, languages: list[Language]) -> Iterator[list[Case]]:
    """The cases of the page after each edit."""
    number = 0
    path = folder / "specs" / "things" / "create.yml"
    path.parent.mkdir(parents=True)
    while True:
        number += 1
        told = [{"name": f"Example {one}", "request": {"body": {"json": {"a": number, "b": one}}}} for one in range(examples)]
        request = {"method": "POST", "url": "https://api.example.test/v1/things", "auth": {"bearer": "example_key"}}
        response = {"json": {"id": f"thing_{number}"}, "show": "id"}
        path.write_text(json.dumps({"title": "Create a thing", "request": request, "response": response, "examples": told}))
        yield cases(load_specs(folder / "specs"), languages)


def seconds(all_cases: list[Case], toolchains: dict[str, Toolchain], session: Session | None) -> float:
    started = time.perf_counter()
    verdicts = verify(all_cases, toolchains, None, Options(), session=session)
    assert all(verdict.outcome == PASSED for verdict in verdicts), [verdict.reasons for verdict in verdicts]
    return time.perf_counter() - started


def cpu() -> float:
    """Seconds of processor time of this process and all that it has started and that lives."""
    own = psutil.Process()
    times = [one.cpu_times() for one in (own, *own.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=4)
    parser.add_argument("--edits", type=int, default=5)
    parser.add_argument("--language", nargs="+", default=[])
    arguments = parser.parse_args()
    found = {name: (language, find(language, CACHE)) for name, language in discover([BUILTIN]).items()}
    toolchains = {name: one for name, (_, one) in found.items() if not isinstance(one, Missing)}
    languages = [found[name][0] for name in toolchains if not arguments.language or name in arguments.language]
    groups = [[language] for language in languages] + ([languages] if len(languages) > 1 else [])
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    print("| languages | snippets | fresh | first | later | later, CPU |\n|---|---|---|---|---|---|")
    for group in groups:
        with tempfile.TemporaryDirectory() as temporary:
            edited = edits(Path(temporary), arguments.examples, group)
            fresh = [seconds(next(edited), toolchains, None) for _ in range(arguments.edits)]
            with Session() as session:
                keys = Keys(Options())
                page = next(edited)
                session.prepare([keys(case, toolchains[case.language.name]) for case in page], Options())
                time.sleep(STARTED)
                first = seconds(next(edited), toolchains, session)
                before = cpu()
                later = [seconds(next(edited), toolchains, session) for _ in range(arguments.edits)]
                spent = (cpu() - before) / arguments.edits
        label = ", ".join(language.label for language in group) if len(group) == 1 else "all"
        figures = f"{statistics.median(fresh):.2f} | {first:.2f} | {statistics.median(later):.2f} | {spent:.2f}"
        print(f"| {label} | {len(page)} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
