"""Every error that exists has a golden text: no message of the package is without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from messages import messages, told_in

pytestmark = pytest.mark.xdist_group("trees")
TESTS = Path(__file__).parent


def test_the_messages_of_the_package_are_found():
    """By way of a function that passes them on, of a name they were given, of a choice: none of them is overlooked."""
    said = {message.text for message in messages()}
    assert len(said) > 400
    for text in [
        "header value contains a line break",
        "a lone `%` in the URL",
        "this is not an OpenAPI document",
        "cookies are given twice",
    ]:
        assert text in said


def test_a_golden_text_tells_every_message():
    paths = [path for path in sorted(TESTS.rglob("*.err")) if "node_modules" not in path.parts]
    golden = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    silent = [str(message) for message in messages() if not told_in(message, golden)]
    assert not silent, "no golden text holds these: add cases to tests/errors/ or tests/commands/\n" + "\n".join(silent)
