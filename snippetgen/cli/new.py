"""`snippetgen new`: takes the facts about a page from options or asks for them, and writes a spec that passes at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.authoring.outline import ANSWERS, AUTHS, BODIES, METHODS_WITHOUT_BODY, Outline, path_values
from snippetgen.cli.options import specs_option
from snippetgen.errors import Place, Problem, SnippetgenError, SpecErrors, UsageError
from snippetgen.files import Folder
from snippetgen.printing import line
from snippetgen.project.project import project
from snippetgen.request import Json
from snippetgen.spec import schema_file
from snippetgen.spec.loader import check_page
from snippetgen.spec.unwritten import refused
from snippetgen.spec.uri import build_uri

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@click.command()
@click.argument("page", required=False)
@click.option("--title", help="The page's title.  [default: from its name]")
@click.option("--summary", help="What the request does, in one line.")
@click.option("--method", help="The request method.  [default: GET, or POST where there is a body]")
@click.option("--url", help="The URL in full; {name} in its path becomes a parameter.")
@click.option("--auth", type=click.Choice(AUTHS), help="How a caller proves who it is.  [default: bearer]")
@click.option("--variable", metavar="NAME", help="The environment variable of readers' keys.  [default: API_KEY]")
@click.option("--key", metavar="TEXT", help="An example key, never one in use.  [default: example_key]")
@click.option("--body", type=click.Choice(BODIES), help="What the request sends.  [default: json, or none for GET, HEAD, DELETE]")
@click.option("--json", "json_text", metavar="JSON|@FILE", help="The body, as JSON.")
@click.option("--answer", type=click.Choice(ANSWERS), help="What the API returns.  [default: json]")
@click.option("--answer-json", metavar="JSON|@FILE", help="The response, as JSON.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take the defaults for what is not given.")
@click.option("--dry-run", is_flag=True, help="Print the spec, write nothing.")
@specs_option
def new(page: str | None, specs: Path | None, yes: bool, dry_run: bool, **given: str | None) -> None:
    """Create a spec.

    PAGE is section/page. In a terminal, you are asked for everything that you do not give as an option.

    For a request that already exists, see `snippetgen import --help`.
    """
    asking = sys.stdin.isatty() and not yes
    here = project(specs, None, None)
    place, site_url = here.specs, here.site_url()
    if page is None and not asking:
        raise UsageError("which page?", "name it as section/page: snippetgen new shop/create-order")
    page = _Asked(asking)("Page, as section/page", page, "", _page_checked(place))
    begun = _outline(page, given, _Asked(asking))
    _prove(begun)
    if dry_run:
        printing.file(begun.text(site_url))
        return
    if taken := [
        str(place / page.partition("/")[0] / name) for name in begun.files if (place / page.partition("/")[0] / name).exists()
    ]:
        raise UsageError(
            f"{taken[0]} exists",
            "choose another name for the page, or move that file",
            "\n".join(f"{line(path)} exists" for path in taken[1:]),
        )
    Folder(place).write_all(_files(begun, site_url))
    schema_file.write(place, site_url)
    printing.out(
        f"{place / page}.yml: edit it, then run `snippetgen verify {page}`, or `snippetgen serve` to see it while you write"
    )


class _Asked:
    """Returns what was given; otherwise asks until the answer is valid; without a terminal, takes the default."""

    def __init__(self, asking: bool) -> None:
        self.asking = asking

    def __call__(
        self,
        question: str,
        given: str | None,
        default: str,
        check: Callable[[str], None] = lambda text: None,
        choices: tuple[str, ...] = (),
    ) -> str:
        if given is not None or not self.asking:
            answer = default if given is None else given
            check(answer)
            return answer
        while True:
            answer = printing.ask(question, default, click.Choice(choices) if choices else str)
            try:
                check(answer)
                return answer
            except SnippetgenError as error:
                printing.err_lines(str(error))


def _outline(page: str, given: dict[str, str | None], ask: _Asked) -> Outline:
    from snippetgen.importers.spec_writer import one_line
    from snippetgen.json_path import worth_showing

    section, _, name = page.partition("/")
    title = ask("Title", given["title"], name.replace("-", " ").replace("_", " ").capitalize(), _has_text("title"))
    summary = ask("What it does, in one line", given["summary"], "What this request does, in one line.", _has_text("summary"))
    sends = given["json_text"] is not None or given["body"] not in (None, "none")
    method = ask("Method", given["method"], "POST" if sends or given["body"] is None else "GET", choices=_METHODS)
    url = ask("URL", given["url"], f"https://api.example.com/v1/{section}", _check_url)
    auth = ask("Proof of who calls", given["auth"], "bearer", choices=AUTHS)
    variable = key = ""
    if auth != "none":
        variable = ask("Environment variable of readers' keys", given["variable"], "API_KEY")
        key = ask("An example key, never one in use", given["key"], "example_key")
    body = ask("Body", given["body"], "json" if sends or method not in METHODS_WITHOUT_BODY else "none", choices=BODIES)
    extra: dict[str, Json] = {}
    if body == "json":
        extra["json"] = _json(
            "--json", ask("The body as JSON, or @file", given["json_text"], '{"name": "first"}', _is_json("--json"))
        )
    elif given["json_text"] is not None:
        raise UsageError(f"--json is given, and the body is {body}", "leave out one of the two")
    answer = ask("What the API returns", given["answer"], "none" if method == "HEAD" else "json", choices=ANSWERS)
    if answer == "json":
        text = ask(
            "The response as JSON, or @file",
            given["answer_json"],
            '{"id": "thing_1", "name": "first"}',
            _is_json("--answer-json"),
        )
        value = extra["answer_json"] = _json("--answer-json", text)
        extra["show"] = worth_showing([value]) or ""
    elif given["answer_json"] is not None:
        raise UsageError(f"--answer-json is given, and --answer is {answer}", "leave out one of the two")
    return Outline(page, one_line(title), one_line(summary), method, url, auth, variable, key, body, answer, **extra)  # type: ignore[arg-type]  # texts, and one value


def _page_checked(place: Path) -> Callable[[str], None]:
    def check(page: str) -> None:
        check_page(page)
        for path in (place / f"{page}.yml", place / f"{page}.yaml"):
            if path.exists():
                raise UsageError(f"{path} exists", "choose another name, or edit that file")

    return check


def _has_text(what: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not text.strip():
            raise UsageError(f"the {what} is empty", "write a few words")

    return check


def _check_url(url: str) -> None:
    problems: list[Problem] = []
    build_uri(url, Place("the URL"), path_values(url), None, problems)
    if problems:
        raise SpecErrors(problems)


def _is_json(option: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        _json(option, text)

    return check


def _json(option: str, text: str) -> Json:
    """A JSON value, from the text or from the file named after an @. Raises UsageError."""
    from snippetgen.importers.captured.json_document import json_value, read_octets, read_text

    name = text[1:] if text.startswith("@") else ""
    if name:
        text = read_text(read_octets(Path(name)), name)
    try:
        return json_value(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{name or option}: this is no JSON: {error}", """write it as in '{"name": "first"}', or name a file as @body.json"""
        ) from None


def _prove(begun: Outline) -> None:
    """Raises UsageError for answers that contradict each other."""
    if found := refused(begun.page, _files(begun)):
        first, _, rest = found.text.partition("\n")
        raise UsageError(first, "nothing was written; change what was given", rest)


def _files(begun: Outline, site_url: str = "") -> dict[str, bytes]:
    section = begun.page.partition("/")[0]
    files = {f"{section}/{name}": octets for name, octets in begun.files.items()}
    return files | {f"{begun.page}.yml": begun.text(site_url).encode()}
