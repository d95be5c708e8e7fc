"""What an import says of thousands of things that its specs do not say: little, and where to look."""

from __future__ import annotations

from snippetgen.importers.losses import told
from snippetgen.importers.spec_writer import Lost

SAME = [Lost(f"request {number}", "a script is not run", "write it down", "a.py:1") for number in range(1, 451)]
LIKE = [Lost(f"request {number}", f"the variable v{number} has no value", "give it", "a.py:2") for number in range(1, 8)]
SECRET = [Lost("request 2", "a cookie held a key", "revoke it", "a.py:3", secret=True)]


def test_a_kind_is_told_once_with_its_first_places():
    text, hint = told(SAME)
    assert text == ("request 1: a script is not run\n   also in request 2, request 3 and 447 more places\n   help: write it down")
    assert hint == "more than 3 of a kind: --verbose shows all 450"


def test_of_what_is_alike_three_are_told():
    text, _ = told(LIKE)
    assert text == (
        "request 1: the variable v1 has no value\n   the like: request 2: the variable v2 has no value\n"
        "   the like: request 3: the variable v3 has no value\n   and 4 more of the kind\n   help: give it"
    )


def test_a_few_of_a_kind_are_each_told():
    assert len(list(told(LIKE[:3]))) == 3


def test_secrets_come_last_and_apart():
    *_, count, last = told([*SECRET, *SAME[:1]])
    assert count == "1 secret was replaced by an example:" and last.startswith("request 2: a cookie")


def test_each_is_told_where_all_are_wanted():
    assert len(list(told([*SAME, *LIKE, *SECRET], every=True))) == len(SAME) + len(LIKE) + 2
