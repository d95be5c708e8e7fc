"""Fixtures of several modules: golden texts of errors, a small tree of pages, a wheel that is called snippetgen, passes, and a
language with its pages."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from engine.handmade import language, specs

from snippetgen.authoring import installation
from snippetgen.files import code_hash
from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing
from snippetgen.site import page_markdown
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Store, Verdict

UNREACHED = Path(__file__).parent / "unreached"
PASSES = BUILTIN.parent / ".cache" / "tests"
WHEEL = "snippetgen-1.2-py3-none-any.whl"


@pytest.fixture
def says(golden, tmp_path):
    """Asserts that an error has its golden text; what differs from machine to machine stands in it as a word."""

    def compare(name: str, error: object, **words: str) -> None:
        text = str(error).replace(f"{tmp_path}/", "").replace(str(tmp_path), ".")
        for word, value in words.items():
            text = text.replace(value, word.upper())
        assert "Traceback" not in text
        golden(UNREACHED / f"{name}.err", text.rstrip("\n") + "\n")

    return compare


@pytest.fixture
def write(tmp_path):
    """Writes the pages of specs with these ids into `build`, beside hand-written pages in `source`."""

    def run(*ids, out="build", site_url=""):
        for id in ids:
            path = tmp_path / "specs" / f"{id}.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("title: Page\nrequest: {url: http://api.example/}\nresponse: {json: {a: 1}}\n")
        languages = list(discover([BUILTIN]).values())
        rendered = cases(load_specs(tmp_path / "specs"), languages)
        verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
        toolchains = {language.name: Missing(language.name, (), ()) for language in languages}
        results = Results(rendered, verdicts, toolchains)
        return page_markdown.write(results, tmp_path / "source", tmp_path / out, [BUILTIN], site_url=site_url)

    (tmp_path / "source" / "guide").mkdir(parents=True)
    (tmp_path / "source" / "guide" / "errors.md").write_text("# By hand\n")
    return run


@pytest.fixture(scope="session")
def passes(pytestconfig: pytest.Config) -> Store | None:
    """The passes of earlier runs of the tests, while all that decided them is the same, as the command line keeps its own; a
    clone has none. None with --fresh.
    """
    if pytestconfig.getoption("--fresh"):
        return None
    folder = PASSES / code_hash("verify/planner")
    folder.mkdir(parents=True, exist_ok=True)
    for other in set(PASSES.iterdir()) - {folder}:  # of other code: they are of no use any more
        shutil.rmtree(other, ignore_errors=True)
    return Store(folder)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """A wheel that is called snippetgen and holds one module, and a program."""
    path = tmp_path_factory.mktemp("wheel") / WHEEL
    files = {
        "snippetgen/__init__.py": "def main():\n    print('made by 1.2')\n",
        "snippetgen-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: snippetgen\nVersion: 1.2\n",
        "snippetgen-1.2.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "snippetgen-1.2.dist-info/entry_points.txt": "[console_scripts]\nsnippetgen = snippetgen:main\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        record = "".join(f"{name},sha256={installation._digest(text.encode())},{len(text)}\n" for name, text in files.items())
        for name, text in (files | {"snippetgen-1.2.dist-info/RECORD": record + "snippetgen-1.2.dist-info/RECORD,,\n"}).items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def handmade(tmp_path: Path) -> Language:
    """The language of `engine.handmade`."""
    return language(tmp_path)


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Spec]:
    """The pages of `engine.handmade`, by their names."""
    return specs(tmp_path)
