"""`python -m importing.storm`: hundreds of thousands of mutated inputs for every importer, in all processors.

Each must become whole specs or be refused with a help, soon, and leave no memory behind. An input that does not is written to
the folder `--out`, with what happened, and the exit code is 1. The same `--seed` makes the same inputs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from snippetgen.errors import SnippetgenError
from snippetgen.importers.captured.har import read_har
from snippetgen.importers.captured.postman import read_postman
from snippetgen.importers.curl.command import read_curl
from snippetgen.importers.drafts import proven
from snippetgen.importers.losses import told
from snippetgen.importers.merge import plan
from snippetgen.importers.openapi.operation import read as read_openapi

TESTS = Path(__file__).parents[1]
BATCH = 250  # inputs that one task of a process reads
SECONDS = 10  # that one input may take
GROWTH = 150_000  # kilobytes that a process may grow by, after its first batch
PIECES = [
    *"'\"\\^$`{}()<>|&;=@-%\n\r\t\x00 [],#!~:/?*+é",
    "\\\n", "`\n", "^\n", "$(", "${", "<<E\n", "\u2028", "\u201c", "\u00a0", "%zz", "%", "{{x}}", "{{", "\\ud800", "\\u0000",
    "null", "true", "1e999", "-0", "{}", "[]", '""', '": ', "https://", "data:", "$ref: '#'", "&a", "*a", "!!x", "- ", "\n    ",
    " --data ", " -H ", " -F a=@b", "curl ", "eyJ", "0" * 40, "A" * 200,
]  # fmt: skip


def seeds() -> dict[str, list[str]]:
    """What is mutated, by format."""
    files = sorted((TESTS / "importing" / "curl").glob("*.yml"))
    curl = [case["command"] for path in files for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return {
        "curl": curl,
        "har": _small("importing/har/*.json"),
        "postman": _small("importing/postman/*.json"),
        "openapi": _small("openapi/*.yml", 6000),
    }


def _small(pattern: str, longest: int = 4000) -> list[str]:
    found = [path.read_text(encoding="utf-8") for path in sorted(TESTS.glob(pattern))]
    return [text for text in found if len(text) <= longest] or [text[:longest] for text in found]


ODD = [None, True, [], {}, "", "x", "\0", "\ud800", -1, 1e300, ["x"], [[]], {"x": None}, "{{x}}", "https://", "9" * 400]


def misshapen(chance: random.Random, tree: object, odds: float = 0.05) -> object:
    """A tree of plain values in which a few are others, are missing, or are there twice."""
    if chance.random() < odds / 3:
        return chance.choice(ODD)
    if isinstance(tree, dict):
        kept = [(name, child) for name, child in tree.items() if chance.random() > odds]
        return {name if chance.random() > odds / 2 else "x": misshapen(chance, child, odds) for name, child in kept}
    if isinstance(tree, list):
        return [misshapen(chance, child, odds) for child in tree for _ in range(1 + (chance.random() < odds))]
    return tree


def mutant(chance: random.Random, texts: list[str]) -> str:
    """One of the texts: misshapen if it is JSON; or cut, doubled, joined with another, or overwritten in a few places."""
    text = chance.choice(texts)
    if text.startswith(('{"', "{\n")) and chance.random() < 0.7:
        return json.dumps(misshapen(chance, json.loads(text)))
    for _ in range(chance.randint(1, 6)):
        at, end = sorted(chance.randint(0, len(text)) for _ in "ab")
        match chance.randint(0, 9):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + text[end:]
            case 2:
                text = text[:end] + text[at : min(end, at + 500)] + text[end:]
            case 3:
                other = chance.choice(texts)
                text = text[:at] + other[chance.randint(0, len(other)) :][:800]
            case _:
                text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 4) :]
    return text[:20_000]


def imported(kind: str, text: str, work: Path) -> int:
    """The number of specs that the text becomes. Raises whatever is wrong."""
    path = work / f"input.{'yml' if kind == 'openapi' else 'json'}"
    if kind != "curl":
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        if kind == "openapi":
            found = read_openapi(path, server="https://a.example")
            made = plan(found.drafts, work / "specs", "a document")
            list(told([*found.lost, *made.lost]))
            return len(made.copies)
        if kind == "curl":
            drafts, lost = read_curl(text, work)
        else:
            drafts, lost = read_har(path) if kind == "har" else read_postman(path, {})
        good, more = proven(drafts)
        list(told([*lost, *more]))
        return len(good)
    except SnippetgenError as error:
        assert "help: " in str(error), error
        return 0


def batch(task: tuple[str, int, int, str]) -> tuple[str, int, list[tuple[str, str]], int]:
    """Reads the inputs of one task: the format, how many specs they became, what failed, and the memory of the process."""
    kind, seed, count, work = task
    chance = random.Random(f"{kind} {seed}")
    texts, specs, failed = seeds()[kind], 0, []
    signal.signal(signal.SIGALRM, _late)
    for _ in range(count):
        text = mutant(chance, texts)
        signal.alarm(SECONDS)
        try:
            specs += imported(kind, text, Path(work))
        except BaseException:
            failed.append((text, traceback.format_exc()))
        finally:
            signal.alarm(0)
    return kind, specs, failed, os.getpid() * 10**9 + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _late(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def tasks(count: int, seed: int, work: str) -> Iterator[tuple[str, int, int, str]]:
    kinds = list(seeds())
    for number in range(0, count, BATCH):
        folder = Path(work, str(number))
        folder.mkdir()
        yield kinds[(number // BATCH) % len(kinds)], seed + number, min(BATCH, count - number), str(folder)


def main(*words: str) -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--count", type=int, default=400_000)
    wanted.add_argument("--seed", type=int, default=17)
    wanted.add_argument("--out", type=Path, default=Path("build/storm"))
    given = wanted.parse_args(words)
    read, specs, failed = Counter[str](), Counter[str](), 0
    memory: dict[int, tuple[int, int]] = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as work, multiprocessing.Pool() as pool:
        for kind, made, wrong, used in pool.imap_unordered(batch, tasks(given.count, given.seed, work)):
            read[kind] += BATCH
            specs[kind] += made
            process, kilobytes = divmod(used, 10**9)
            memory[process] = (memory.get(process, (kilobytes, 0))[0], kilobytes)
            for text, told in wrong:
                failed += 1
                given.out.mkdir(parents=True, exist_ok=True)
                (given.out / f"{kind}-{failed}.json").write_text(json.dumps({"input": text, "told": told}, indent=1))
            done = sum(read.values())
            if done % 20_000 < BATCH:
                print(f"{done:,} of {given.count:,} inputs, {failed} failed, {time.monotonic() - started:.0f} s", flush=True)
    grown = {process: last - first for process, (first, last) in memory.items() if last - first > GROWTH}
    for kind in read:
        print(f"{kind}: {read[kind]:,} inputs became {specs[kind]:,} specs")
    for kilobytes in grown.values():
        print(f"a process grew by {kilobytes // 1000} MB")
    print(f"{failed} failed" + (f"; see {given.out}" if failed else ""))
    return 1 if failed or grown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
