"""Every error that exists has a golden text: no message of the package is without one."""

from __future__ import annotations

from pathlib import Path

from cases import each
from messages import messages, told_in

TESTS = Path(__file__).parent
MESSAGES = messages()
GOLDEN = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.err")) if "node_modules" not in path.parts)


def test_the_messages_of_the_package_are_found():
    """By way of a function that passes them on, of a name they were given, of a choice: none of them is overlooked."""
    said = {message.text for message in MESSAGES}
    assert len(said) > 400
    for text in [
        "header value contains a line break",
        "a lone `%` in the URL",
        "this is a Swagger 2.0 document",
        "cookies are given twice",
    ]:
        assert text in said


@each("message", MESSAGES, ids=str)
def test_a_golden_text_tells_every_message(message):
    assert told_in(message, GOLDEN), f"no golden text holds it: add a case to tests/errors/ or tests/commands/\n{message}"
