"""How many pages of an imported OpenAPI document send what the document's own curl samples send, and why others do not.

    python benchmarks/samples.py openapi.yaml

Two requests agree if they have one method, one path template, the same names in the query, and the same JSON body by value.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from snippetgen.importers.address import query_pairs  # noqa: E402
from snippetgen.importers.curl.command import read_requests  # noqa: E402
from snippetgen.importers.merge import plan  # noqa: E402
from snippetgen.importers.openapi.code_samples import code_samples, sample_json  # noqa: E402
from snippetgen.importers.openapi.document import Document  # noqa: E402
from snippetgen.importers.openapi.operation import read  # noqa: E402
from snippetgen.importers.openapi.pages import Operation, operations  # noqa: E402
from snippetgen.importers.openapi.sample_request import KIND, NO_FILES  # noqa: E402
from snippetgen.importers.sent import Sent  # noqa: E402
from snippetgen.request import JsonBody, Request  # noqa: E402
from snippetgen.spec.pages import load_specs  # noqa: E402


def agrees(request: Request, sent: Sent, operation: Operation) -> bool:
    """Whether the request of a page is that of a curl sample."""
    path, _, fixed = operation.path.partition("?")  # some documents tell operations apart by a query in the path
    template = re.sub(r"\\\{[^{}/]*\\\}", "[^/]+", re.escape(path.rstrip("/")))
    query = query_pairs(urlsplit(sent.url).query or None, force=True) or ()
    names = {pair.name for pair in (*query, *sent.query, *(query_pairs(fixed or None, force=True) or ()))}
    asked = {pair.name for pair in query_pairs(request.uri.target.partition("?")[2] or None, force=True) or ()}
    if request.method != sent.method or names != asked or not re.search(f"{template}/?$", urlsplit(sent.url).path):
        return False
    if not re.search(f"{template}/?$", request.uri.target.partition("?")[0]):
        return False
    if not isinstance(request.body, JsonBody):
        return (request.body is None) == (not sent.body)
    try:
        return isinstance(sent.body, bytes) and sample_json(sent.body.decode()) == request.body.value
    except ValueError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=Path)
    path = parser.parse_args().document
    started = time.perf_counter()
    found = read(path)
    with tempfile.TemporaryDirectory() as folder:
        made = plan(found.drafts, Path(folder), "OpenAPI", keys=found.keys)
        made.write(Path(folder))
        seconds = time.perf_counter() - started
        pages = {spec.id: spec for spec in load_specs(Path(folder))}
    document, counts, lengths = Document(path), Counter(), Counter()
    for operation in operations(document):
        requests = [
            sent
            for sample in code_samples(document, operation.says, operation.at)
            for sent in read_requests(sample.commands, NO_FILES)[0]
        ]
        spec = pages.get(f"{operation.section}/{operation.page}")
        counts["operations"] += 1
        if not code_samples(document, operation.says, operation.at):
            counts["without a curl sample"] += 1
        elif spec is None:
            counts["with a sample, and no page"] += 1
        else:
            own = spec.examples[0].request
            same = [agrees(own, sent, operation) for sent in requests]
            counts[
                "the page agrees with the first"
                if same[:1] == [True]
                else "the page agrees with another"
                if any(same)
                else "the page agrees with none"
            ] += 1
            lengths[len(spec.examples)] += 1
    for name, count in counts.items():
        print(f"{count:5} {name}")
    print("examples a page:", dict(sorted(lengths.items())))
    reasons = Counter(
        re.sub(
            r"(?<=its path is ).*|\d+|(?<=JSON: ).*",
            "…",
            re.sub(r"the body[.\w\[\]]*", "a member", one.what.rpartition("not used: ")[2]),
        )
        for one in found.lost
        if one.kind == KIND
    )
    for reason, count in reasons.most_common():
        print(f"{count:5} samples do not fit: {reason}")
    print(f"{seconds:.1f} s to read, make and write all")


if __name__ == "__main__":
    main()
