"""`each` runs every case and shows every one that fails; none hides another."""

from __future__ import annotations

import inspect
import os

import cases
import pytest
from cases import Wrong, each


@pytest.fixture(autouse=True)
def all_cases(monkeypatch):
    """Whatever `--case` says."""
    monkeypatch.setattr(cases, "only", "")


def test_every_case_runs_and_each_that_fails_is_shown_by_its_name():
    ran = []

    @each("number", range(60))
    def check(number):
        ran.append(number)
        assert number % 2 == 0, f"it is odd: {number}!"

    with pytest.raises(Wrong) as caught:
        check()
    assert ran == list(range(60))
    told = str(caught.value)
    assert told.startswith("30 of 60 cases failed\n")
    for number in range(60):
        assert (f"check[{number}]" in told, f"it is odd: {number}!" in told) == (number % 2 == 1, number % 2 == 1)
    assert "assert (59 % 2) == 0" in told and told.count("test_cases.py:") == told.count("cases.py:") == 30


@pytest.mark.parametrize(
    "end",
    [lambda: pytest.fail("told"), lambda: {}["told"], lambda: pytest.raises(OSError, match="told").__exit__(None, None, None)],
)
def test_whatever_way_a_case_fails_it_is_told(end):
    @each("number", [1])
    def check(number):
        end()
        pytest.fail("told")

    with pytest.raises(Wrong, match="told"):
        check()


def test_a_case_that_skips_hides_no_failure_and_ends_no_other_case():
    ran = []

    @each("name", ["good", "wrong", "absent", "wrong too"])
    def check(name):
        ran.append(name)
        if name == "absent":
            pytest.skip("not here")
        assert name == "good"

    with pytest.raises(Wrong) as caught:
        check()
    assert ran == ["good", "wrong", "absent", "wrong too"]
    assert "check[wrong]" in str(caught.value) and "check[wrong too]" in str(caught.value)


def test_a_case_that_skips_is_told():
    @each("name", ["good", "absent"])
    def check(name):
        if name == "absent":
            pytest.skip("not here")

    with pytest.raises(pytest.skip.Exception, match="absent: not here"):
        check()


def test_an_interruption_is_no_case():
    @each("number", [1, 2])
    def check(number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check()


def test_lists_of_cases_are_multiplied_and_named_as_those_of_pytest():
    @each("a", [1, 2])
    @each(("b", "c"), [("x", 0), pytest.param("y", 1, id="second")])
    @each("d, e", [(3, 4)], ids=["third"])
    def check(a, b, c, d, e, capsys):
        raise AssertionError(f"{a}{b}{c}{d}{e}")

    assert [name for name, _ in check.cases] == ["1-x-0-third", "1-second-third", "2-x-0-third", "2-second-third"]
    assert list(inspect.signature(check).parameters) == ["capsys"]
    with pytest.raises(Wrong) as caught:
        check(capsys=None)
    for text in ("1x034", "1y134", "2x034", "2y134"):
        assert text in str(caught.value)


def test_a_case_has_a_folder_and_an_environment_of_its_own(tmp_path, monkeypatch):
    folders = []

    @each("number", [1, 2])
    def check(number, tmp_path, monkeypatch):
        assert list(tmp_path.iterdir()) == [] and "OF_A_CASE" not in os.environ
        monkeypatch.setenv("OF_A_CASE", "1")
        folders.append(tmp_path)

    check(tmp_path=tmp_path, monkeypatch=monkeypatch)
    assert len(set(folders)) == 2 and "OF_A_CASE" not in os.environ


def test_what_a_case_may_not_have_is_refused():
    with pytest.raises(AssertionError, match="no marks"):
        each("a", [pytest.param(1, marks=pytest.mark.long(5))])
    with pytest.raises(AssertionError, match="has no parameter"):
        each("b", [1])(lambda a: None)
    with pytest.raises(ValueError):
        each("a, b", [(1,)])
