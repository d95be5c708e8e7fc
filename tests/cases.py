"""Many small cases of one claim in one test: what pytest does around a test takes longer than such a case."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

# `pytest --case csharp` runs only the cases in whose names this stands.
only = ""


class Wrong(pytest.fail.Exception):
    """Cases failed; the message holds each of them."""


def each(
    names: str | tuple[str, ...], values: Iterable[Any], ids: Callable[[Any], str] | Iterable[str] = str
) -> Callable[..., Any]:
    """Stands where `pytest.mark.parametrize` could, above another one too; yet all cases are one test.

    Every case runs, with a `tmp_path` and a `monkeypatch` of its own; then all that failed are shown by their names. Only where
    none failed, one that was skipped is told.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    single = isinstance(names, str) and len(keys) == 1
    own = [_case(keys, value, single, ids if callable(ids) else str) for value in values]
    if not callable(ids):
        own = [(name, arguments) for name, (_, arguments) in zip(ids, own, strict=True)]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        inner = getattr(test, "cases", [("", {})])
        function = getattr(test, "case", test)
        cases = [
            ("-".join(filter(None, (name, below))), {**arguments, **others}) for name, arguments in own for below, others in inner
        ]

        @wraps(function)
        def run(**fixtures: Any) -> None:
            failed, skipped = [], []
            for number, (name, arguments) in enumerate(cases):
                if only not in name:
                    continue
                try:
                    _run(function, arguments, fixtures, number)
                except pytest.skip.Exception as end:
                    skipped.append(f"{name}: {end.msg}")
                except (Exception, pytest.fail.Exception) as error:
                    below = error.__traceback__.tb_next.tb_next  # type: ignore[union-attr]  # of `run` and of `_run`
                    shown = pytest.ExceptionInfo.from_exception(error.with_traceback(below)).getrepr(style="short")
                    failed.append(f"----- {function.__name__}[{name}]\n{shown}")
            if failed:
                raise Wrong("\n".join([f"{len(failed)} of {len(cases)} cases failed", *failed]), pytrace=False)
            if skipped:
                pytest.skip("\n".join(skipped))

        asked = inspect.signature(function).parameters
        unknown = set().union(*(arguments for _, arguments in cases)) - asked.keys()
        assert not unknown, f"{function.__name__} has no parameter {unknown}"
        given = {name for _, arguments in cases for name in arguments}
        run.__signature__ = inspect.Signature([part for name, part in asked.items() if name not in given])  # type: ignore[attr-defined]
        run.cases, run.case = cases, function  # type: ignore[attr-defined]
        return run

    return decorate


def _case(keys: list[str], value: Any, single: bool, ids: Callable[[Any], str]) -> tuple[str, dict[str, Any]]:
    """The name of a case and its arguments."""
    known, values = (value.id, value.values) if hasattr(value, "marks") else (None, (value,) if single else tuple(value))
    assert not getattr(value, "marks", ()), "a case has no marks: parametrize"
    return known or "-".join(map(ids, values)), dict(zip(keys, values, strict=True))


def _run(test: Callable[..., None], arguments: dict[str, Any], fixtures: dict[str, Any], number: int) -> None:
    fixtures = dict(fixtures)
    if "tmp_path" in fixtures:
        fixtures["tmp_path"] /= str(number)
        fixtures["tmp_path"].mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        if "monkeypatch" in fixtures:
            fixtures["monkeypatch"] = monkeypatch
        test(**arguments, **fixtures)
