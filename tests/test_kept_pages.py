"""A page is kept when all of it has passed, and is found again only while nothing that it was made from is different."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.languages.language import BUILTIN
from snippetgen.project.project import Project, project
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing, Program, Toolchain
from snippetgen.verify import page as module
from snippetgen.verify.engine import Options
from snippetgen.verify.page import CONTEXTS, KeptPages, Page
from snippetgen.verify.planner import WAITING, verify
from snippetgen.verify.results import Results, kept_results
from snippetgen.verify.verdicts import FAILED, NOT_RUN, PASSED, Verdict

HERE = Path(__file__).parent
FILES = {
    "specs/a/_base.yml": "extends: _deeper.yml\nsummary: From the base\n",
    "specs/a/_deeper.yml": "description: From the base of the base\n",
    "specs/a/one.yml": "extends: _base.yml\ntitle: One\nrequest: {method: POST, url: 'http://x.example', body: {file: text.txt}}",
    "specs/a/text.txt": "some text",
    "specs/a/two.yml": "title: Two\nrequest: {url: 'http://x.example/'}\n",
    "specs/a/_section.yml": "title: The first\n",
    "snippetgen.yml": "secrets: environment\n",
}
CURL = Toolchain("curl", "curl", (Program("curl", "/usr/bin/curl", "8.0", title="curl"),), {}, {"run": ["curl"]})
Change = Callable[[Path], Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copytree(BUILTIN / "curl", tmp_path / "templates" / "curl")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(own: Project | None = None, toolchain: Toolchain | Missing = CURL, errors: tuple[int, ...] = (401,)) -> KeptPages:
    own = own or project(None, None, None)
    return KeptPages(own, own.languages(("curl",)), {"curl": toolchain}, Options(errors=errors))


def verified(pages: KeptPages, outcome: str = PASSED) -> list[Page]:
    """Verifies all pages without executing anything, and keeps those that are good."""
    own = project(None, None, None)
    rendered = cases(own.load(), own.languages(("curl",)), unpublished=True)
    verdicts = [Verdict(case.spec.id, case.example.id, "curl", outcome, when="2026-11-28", runs=2) for case in rendered]
    return kept_results(pages, Results(rendered, verdicts, {"curl": CURL})).pages


def test_the_files_of_a_page_have_the_same_names_whoever_has_read_them_before(here: Path) -> None:
    """Else a page that was kept would seem to have changed when it is read alone."""
    (here / "specs/_all.yml").write_text("notes: For all\n")
    (here / "specs/_linked.yml").symlink_to("_all.yml")
    for name, base in (("b/one", "_all"), ("c/one", "_all"), ("c/two", "_linked"), ("d/one", "_all")):
        (here / f"specs/{name}.yml").parent.mkdir(exist_ok=True)
        (here / f"specs/{name}.yml").write_text(f"extends: ../{base}.yml\ntitle: One\nrequest: {{url: 'http://x.example/'}}\n")
    own = project(None, None, None)
    together = {spec.id: dict(spec.inputs) for spec in own.load()}
    assert together["c/one"].keys() == {"specs/c/one.yml", "specs/_all.yml"}
    assert together == {id: dict(own.load((id,))[0].inputs) for id in together}


def test_a_page_that_was_kept_says_what_the_verification_said(here: Path) -> None:
    made = verified(kept())
    found = kept().find()
    assert [page.id for page in made] == list(found) == ["a/one", "a/two"]
    for page in made:
        again = found[page.id]
        assert again == replace(page, verdicts=tuple(replace(one, cached=True, runs=0) for one in page.verdicts))
        assert (again.section.title, dict(again.inputs)) == ("The first", dict(page.inputs))
    assert set(found["a/one"].inputs) == {f"specs/a/{name}" for name in ("one.yml", "_base.yml", "_deeper.yml", "text.txt")}
    assert list(kept().find(["a/two"])) == ["a/two"] and list(kept().find(["b"])) == []


def edit(name: str, text: str = "") -> Change:
    return lambda here: (here / name).write_text(text + (here / name).read_text())


OF_ONE = {
    "its spec": edit("specs/a/one.yml", "# other\n"),
    "its base": edit("specs/a/_base.yml", "# other\n"),
    "the base of its base": edit("specs/a/_deeper.yml", "# other\n"),
    "the file that it sends": edit("specs/a/text.txt", "other"),
    "the file that it sends, gone": lambda here: (here / "specs/a/text.txt").unlink(),
    "the file that it sends, a link out": lambda here: (
        (here / "specs/a/text.txt").unlink(),
        (here / "text.txt").write_text("some text"),
        (here / "specs/a/text.txt").symlink_to("../../text.txt"),
    ),
    "its record, damaged": lambda here: next(here.rglob("pages/*/a/one.json")).write_text("{"),
    "its record, of another page": lambda here: shutil.copy(next(here.rglob("a/two.json")), next(here.rglob("a/one.json"))),
}
OF_ALL = {
    "a template": edit("templates/curl/request.sh.j2", "{# other #}"),
    "the manifest": edit("templates/curl/language.yml", "# other\n"),
    "a new file of a language": lambda here: (here / "templates/curl/more.txt").write_text(""),
    "how secrets are shown": lambda here: (here / "snippetgen.yml").write_text("secrets: literal\n"),
}


@pytest.mark.parametrize("what", OF_ONE)
def test_a_page_is_read_again_after_a_change_of(what: str, here: Path) -> None:
    pages = kept()
    verified(pages)
    OF_ONE[what](here)
    assert list(kept().find()) == ["a/two"]
    if "record" not in what:
        assert list(pages.find()) == ["a/two"], "the same in a process that goes on"


@pytest.mark.parametrize("what", OF_ALL)
def test_every_page_is_read_again_after_a_change_of(what: str, here: Path) -> None:
    verified(kept())
    OF_ALL[what](here)
    assert kept().find() == {}


def test_what_python_compiles_beside_the_languages_changes_nothing(here: Path) -> None:
    verified(kept())
    (here / "templates" / "curl" / "__pycache__").mkdir(exist_ok=True)
    (here / "templates" / "curl" / "__pycache__" / "literals.cpython-311.pyc").write_bytes(b"other")
    assert len(kept().find()) == 2


def test_every_page_is_read_again_with_another_toolchain_option_code_or_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified(kept())
    assert len(kept().find()) == 2
    newer = replace(CURL, programs=(Program("curl", "/usr/bin/curl", "8.1", title="curl"),))
    assert kept(toolchain=newer).find() == kept(toolchain=Missing("curl", (), ())).find() == {}
    assert kept(errors=(401, 500)).find() == {}
    assert kept(replace(project(None, None, None), specs=here / "specs")).find() == {}, "its places are other paths"
    monkeypatch.setattr(module, "made_with", lambda *_, **libraries: "other code")
    assert kept().find() == {}


def test_a_page_of_which_something_did_not_pass_is_not_kept(here: Path) -> None:
    verified(kept(), FAILED)
    assert kept().find() == {} and not list(here.rglob("pages/*/a/*.json"))


@pytest.mark.parametrize("lacking", ["all", "one language of two"])
def test_a_page_that_only_lacks_a_toolchain_is_kept_until_that_is_there(lacking: str, here: Path) -> None:
    shutil.copytree(BUILTIN / "php", here / "templates" / "php")
    php: dict[str, Toolchain | Missing] = {
        "php": Missing("php", (Program("php", trouble="not found"),), ("apt-get install php",))
    }
    curl = {"curl": Missing("curl", (Program("curl", trouble="too old"),), ())} if lacking == "all" else {"curl": CURL}
    installed = {"php": Toolchain("php", "PHP", (Program("php", "/usr/bin/php", "8.2", title="PHP"),), {}, {"run": ["php"]})}
    own = project(None, None, None)
    languages = own.languages(("curl", "php"))

    def pages(toolchains: dict[str, Toolchain | Missing]) -> KeptPages:
        return KeptPages(own, languages, toolchains, Options())

    rendered = cases(own.load(), languages, unpublished=True)
    for missing, found in ((php | curl, {"a/one", "a/two"}), (installed | curl, set())):
        verdicts = verify(rendered, php | curl, None, execute=False)
        verdicts = [replace(one, outcome=PASSED, reasons=()) if one.reasons == (WAITING,) else one for one in verdicts]
        kept_results(pages(missing), Results(rendered, verdicts, missing))
        assert set(pages(missing).find()) == found, "what was not run for another reason is not kept"
    outcomes = {"php": NOT_RUN, "curl": NOT_RUN if lacking == "all" else PASSED}
    for page in pages(php | curl).find().values():
        assert {one.language: one.outcome for one in page.verdicts} == outcomes
        assert {one.language: one.cached for one in page.verdicts} == {"php": False, "curl": lacking != "all"}
    assert pages(installed | curl).find() == {}, "it is installed now"
    other = {"php": replace(php["php"], programs=(Program("php", trouble="too old"),))}  # type: ignore[type-var]
    assert pages(other | curl).find() == {}, "the reason that is shown is another"


def test_a_page_is_kept_with_what_was_read_and_not_with_what_was_saved_meanwhile(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reading.read

    def read(path: Path | str, *rest: Any) -> bytes:
        found = real(path, *rest)
        if str(path).endswith("two.yml"):
            (here / "specs/a/two.yml").write_text("title: Other\nrequest: {url: 'http://x.example/'}\n")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", read)
        verified(kept())
    assert list(kept().find()) == ["a/one"]


def test_the_oldest_contexts_are_forgotten(here: Path) -> None:
    for version in range(CONTEXTS + 3):
        pages = kept(toolchain=replace(CURL, programs=(Program("curl", "/usr/bin/curl", str(version), title="curl"),)))
        verified(pages)
    folders = list(Path(".cache/snippetgen/pages").iterdir())
    assert len(folders) == CONTEXTS and pages.folder in folders and len(pages.find()) == 2


def test_a_record_holds_nothing_but_json(here: Path) -> None:
    verified(kept())
    for path in here.rglob("pages/*/a/*.json"):
        assert isinstance(json.loads(path.read_bytes()), list)


def test_a_page_that_changes_while_the_site_is_written_is_not_taken_for_what_has_passed(here: Path, golden) -> None:
    own = project(None, None, None)
    pages = kept()
    verified(pages)
    languages = own.languages(("curl",))
    read = Results(
        [], [], {"curl": CURL}, kept=pages.find(), read=lambda ids: cases(own.load(tuple(ids)), languages, unpublished=True)
    )
    names = [[case.name for case, _ in items] for items in read.again(["a/two", "a/one"])]
    assert names == [["a/two/default/curl"], ["a/one/default/curl"]]
    edit("specs/a/text.txt", "other")(here)
    with pytest.raises(UsageError) as error:
        list(read.again(["a/one"]))
    golden(HERE / "kept" / "told.err", f"{error.value}\n")
