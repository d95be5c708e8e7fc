"""Options that several commands share: `Wanted` collects what to verify, `Reports` collects which reports to write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from snippetgen.errors import UsageError

Command = Callable[..., Any]

folder = click.Path(path_type=Path, file_okay=False)
file = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class Reports:
    """The reports to write after a verification. `annotations`: None means only in GitHub Actions."""

    json_file: Path | None
    junit_file: Path | None
    annotations: bool | None


@dataclass(frozen=True)
class Wanted:
    """What to verify and how, from the command line.

    `languages` are names; empty means all. Languages in `require` must not be `not run`. `workers` None means one more than
    the number of processors. `shard` is `I/N`, `costs` an earlier report, `since` a revision of git, `dask` an address.
    """

    languages: tuple[str, ...]
    require: tuple[str, ...]
    isolation: str
    fresh: bool
    cold: bool
    workers: int | None
    errors: tuple[int, ...]
    reports: Reports
    shard: str | None = None
    costs: Path | None = None
    since: str | None = None
    dask: str | None = None


class Statuses(click.ParamType[tuple[int, ...]]):
    """Error statuses separated by commas. Raises UsageError for a status that the mock cannot answer with."""

    name = "statuses"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        words = tuple(value.split(",")) if value else ()
        if not set(words) <= {"401", "429", "500"}:
            raise UsageError(f"--errors {value} names an unknown status", "choose from 401, 429 and 500, with commas between")
        return tuple(int(word) for word in words)


def chain(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """The decorators as one; help lists options in this order."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


specs_option = click.option("--specs", type=folder, help="Folder of the specs.  [default: specs]")
templates_option = click.option(
    "--templates", type=folder, help="Folder of language folders; adds to and overrides the built-in ones."
)
cache_option = click.option(
    "--cache", type=folder, help="Folder of toolchains and remembered passes.  [default: .cache/snippetgen]"
)
folders = chain(specs_option, templates_option, cache_option)
languages_option = click.option(
    "--language", "-l", "languages", multiple=True, metavar="NAME", help="Only this language; may be repeated."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Print the specs, write nothing.")
site_options = chain(
    click.option("--out", type=folder, default=Path("build"), show_default=True, help="Folder of the generated pages."),
    click.option(
        "--builder",
        envvar="SITE_BUILDER",
        default="mkdocs",
        show_default=True,
        help="Site builder: mkdocs, zensical or properdocs; also $SITE_BUILDER.",
    ),
)


def isolation_option(help: str) -> Callable[[Command], Command]:
    """The option that says how runs are isolated from each other."""
    ways = click.Choice(["auto", "namespaces", "swap"])
    return click.option("--isolation", type=ways, default="auto", envvar="SNIPPETGEN_ISOLATION", show_default=True, help=help)


def reporting(command: Command) -> Command:
    """Adds the options of reports to a command, which receives them as `reports`."""

    @functools.wraps(command)
    def with_reports(**given: Any) -> Any:
        return command(**_gathered(Reports, "reports", given))

    return chain(
        click.option("--json", "json_file", type=file, help="Write one record per snippet."),
        click.option("--junit", "junit_file", type=file, help="Write JUnit XML."),
        click.option(
            "--annotations/--no-annotations",
            default=None,
            help="Print GitHub annotations at the specs' lines.  [default: in GitHub Actions]",
        ),
    )(with_reports)


def verifying(command: Command) -> Command:
    """Adds the options of everything that executes snippets to a command, which receives them as `wanted`."""

    @functools.wraps(command)
    def with_wanted(**given: Any) -> Any:
        return command(**_gathered(Wanted, "wanted", given))

    return chain(
        languages_option,
        click.option(
            "--require", metavar="all|NAME", multiple=True, help="A language that must not be `not run`; `all` for every one."
        ),
        isolation_option(
            "Private namespaces, or swapped origins, which protect nothing; auto takes these where there are no namespaces, but"
            " never in CI. Also $SNIPPETGEN_ISOLATION."
        ),
        click.option("--fresh", is_flag=True, help="Execute everything, whatever passed before."),
        click.option("--cold", is_flag=True, help="Start a new process for every run, never a copy of a started interpreter."),
        click.option("--workers", type=click.IntRange(1, 64), help="Snippets at a time.  [default: processors + 1]"),
        click.option(
            "--errors",
            default="401",
            show_default=True,
            metavar="STATUS,…",
            type=Statuses(),
            help="Error responses each snippet must fail on: any of 401, 429, 500.",
        ),
        reporting,
    )(with_wanted)


def _gathered(kind: type[Any], name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a command, with those that are fields of `kind` collected in one value under `name`."""
    own = {field.name: given.pop(field.name) for field in fields(kind) if field.name in given}
    return given | {name: kind(**own)}
