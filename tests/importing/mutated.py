"""Texts with a few places cut out and overwritten, and what must hold of an importer that reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from snippetgen.errors import UsageError


def mutated(data: st.DataObject, seeds: list[str], pieces: st.SearchStrategy[str], longest: int = 10) -> str:
    """One of the seeds; in one to four places up to `longest` characters give way to a piece."""
    text = data.draw(st.sampled_from(seeds))
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, longest))
        text = text[:at] + data.draw(pieces) + text[at + length :]
    return text


def assert_whole_or_refused(imported: Callable[[str, Path], tuple[list, str]], text: str, work: Path) -> None:
    """Asserts that a text becomes whole specs below `work`, or is refused with help."""
    try:
        specs, _ = imported(text, work)
    except UsageError as error:
        assert "help:" in str(error)
        return
    assert len(list((work / "specs").glob("*/*.yml"))) == len(specs)
