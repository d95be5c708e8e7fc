"""Verdicts for machines: JSON, JUnit XML and GitHub annotations; several JSON reports can be merged into one."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as xml

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.files import write_whole
from snippetgen.printing import annotation
from snippetgen.verify.verdicts import FAILED, IMPOSSIBLE, NOT_RUN, PASSED, Verdict

MAX_OCTETS = 500_000_000
# Which of two verdicts on one snippet counts: a failure stays a failure.
_WEIGHT = {FAILED: 3, PASSED: 2, IMPOSSIBLE: 1, NOT_RUN: 0}


def write_json(verdicts: list[Verdict], path: Path) -> None:
    """Writes one record per snippet; the file appears complete or not at all."""
    write_whole(
        path,
        json.dumps([verdict.record() for verdict in verdicts], indent=1, ensure_ascii=False).encode(errors="backslashreplace")
        + b"\n",
    )


def read_json(path: Path) -> list[Verdict]:
    """The verdicts of a report that `write_json` wrote. Raises UsageError if the file is not such a report."""
    try:
        records = json.loads(reading.read(path, MAX_OCTETS))
        if not isinstance(records, list):
            raise ValueError("not a list")
        return [Verdict(**{**record, "reasons": tuple(record["reasons"])}) for record in records]
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "name a report that `snippetgen verify --json` wrote"
        ) from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{path} is no report", "name a report that `snippetgen verify --json` wrote, by this version") from None


def merge(reports: Iterable[list[Verdict]]) -> list[Verdict]:
    """One verdict for each snippet of all reports, in the order they come; of two verdicts on one snippet, the worse counts."""
    found: dict[str, Verdict] = {}
    for report in reports:
        for verdict in report:
            known = found.get(verdict.name)
            if known is None or _WEIGHT[verdict.outcome] > _WEIGHT[known.outcome]:
                found[verdict.name] = verdict
    return list(found.values())


def write_junit(verdicts: list[Verdict], path: Path) -> None:
    """Writes JUnit XML: a suite for each page, a case for each snippet. Source: the schema of Jenkins' xUnit plugin."""
    root = xml.Element("testsuites", {"name": "snippetgen"} | _totals(verdicts))
    by_page: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_page[verdict.page].append(verdict)
    for page, own in by_page.items():
        suite = xml.SubElement(root, "testsuite", {"name": _xml_text(page), "file": _xml_text(own[0].path)} | _totals(own))
        for verdict in own:
            name = verdict.name.removeprefix(f"{page}/")
            case = xml.SubElement(
                suite,
                "testcase",
                classname=_xml_text(page),
                name=_xml_text(name),
                time=f"{verdict.seconds:.3f}",
                file=_xml_text(verdict.path),
                line=str(verdict.line),
            )
            reasons = _xml_text("\n".join(verdict.reasons))
            if verdict.outcome == FAILED:
                xml.SubElement(case, "failure", message=_xml_text(verdict.reasons[0] if verdict.reasons else "")).text = reasons
            elif verdict.outcome != PASSED:
                xml.SubElement(case, "skipped", message=f"{verdict.outcome}: {reasons}")
            if verdict.output:
                xml.SubElement(case, "system-out").text = _xml_text(verdict.output)
    xml.indent(root)
    write_whole(path, xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _totals(verdicts: list[Verdict]) -> dict[str, str]:
    failed = sum(verdict.outcome == FAILED for verdict in verdicts)
    skipped = sum(verdict.outcome in (NOT_RUN, IMPOSSIBLE) for verdict in verdicts)
    seconds = sum(verdict.seconds for verdict in verdicts)
    return {
        "tests": str(len(verdicts)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{seconds:.3f}",
    }


def _xml_text(text: str) -> str:
    """The text with the characters that XML 1.0 §2.2 does not allow written as `\\xNN`."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", lambda odd: f"\\x{ord(odd[0]):02x}", text)


def annotate(verdicts: Iterable[Verdict]) -> None:
    """Prints a GitHub annotation for each failure, at its line in the spec."""
    for verdict in verdicts:
        if verdict.outcome == FAILED:
            place = {"file": verdict.path, "line": verdict.line} if verdict.path else {}
            annotation("error", "\n".join(verdict.reasons), **place, title=verdict.name)
