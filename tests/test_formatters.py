"""What is published is what the language's own formatter or linter leaves alone: every published snippet, every golden, the
corpus.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.convert import write_specs

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Toolchain, find
from snippetgen.spec.pages import load_specs

TESTS = Path(__file__).parent
ROOT = TESTS.parent
LANGUAGES = discover([BUILTIN])


@pytest.fixture(scope="module")
def all_snippets(tmp_path_factory):
    """A folder of all snippets, one sub-folder for each language."""
    folder = tmp_path_factory.mktemp("all_snippets")
    write_specs(TESTS / "corpus" / "requests.json", folder / "corpus")
    for name, specs in {"published": ROOT / "specs", "golden": TESTS / "specs", "corpus": folder / "corpus"}.items():
        for case in (one for one in cases(load_specs(specs), LANGUAGES.values(), unpublished=True) if one.snippet):
            form = "" if case.published else case.example.secrets
            place = folder / case.language.name / f"{name}-{case.spec.id.replace('/', '-')}-{case.example.id}{form}"
            place.mkdir(parents=True)
            (place / case.snippet.file_name).write_text(case.snippet.text, encoding="utf-8", newline="")
    return folder


def check(command, files):
    """Runs a formatter over the files; it must find nothing to change."""
    assert len(files) > 100
    done = subprocess.run([*map(str, command), *map(str, files)], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout.strip().endswith(".go"), (done.stdout + done.stderr)[-3000:]
    return done


def program(language, name):
    """A program of the language's toolchain."""
    found = find(LANGUAGES[language], ROOT / ".cache" / "snippetgen")
    assert isinstance(found, Toolchain), f"{language}: run `make setup`"
    return Path(found.values[name])


def test_python_is_what_black_writes(all_snippets):
    check(
        [sys.executable, "-m", "black", "--check", "--quiet", "--line-length", "88", "--no-cache"],
        sorted(all_snippets.glob("python/*/*.py")),
    )


def test_go_is_what_gofmt_writes(all_snippets):
    done = check([program("go", "go").with_name("gofmt"), "-l"], sorted(all_snippets.glob("go/*/*.go")))
    assert done.stdout == ""


def test_javascript_is_what_prettier_writes(all_snippets):
    prettier = TESTS / "node_modules" / "prettier" / "bin" / "prettier.cjs"
    assert prettier.is_file(), "prettier is missing; `make test` installs it"
    check(
        [program("javascript", "node"), prettier, "--check", "--no-config", "--log-level=warn"],
        sorted(all_snippets.glob("javascript/*/*.mjs")),
    )


def test_shell_passes_shellcheck(all_snippets):
    assert shutil.which("shellcheck"), "shellcheck is missing; `make test` installs it"
    # What stands in single quotes is meant as it is, though it looks like an expansion or an escape.
    as_meant = "--exclude=SC2016,SC1003,SC1112"
    check(["shellcheck", "--shell=bash", "--norc", as_meant], sorted(all_snippets.glob("curl/*/*.sh")))


def test_php_passes_its_own_linter(all_snippets):
    files = sorted(all_snippets.glob("php/*/*.php"))
    assert len(files) > 100
    php = program("php", "php")
    assert compiled(php, files) == len(files)
    # What `php -l` refuses in one file is refused among many: what does not parse, and what parses but does not compile.
    for number, wrong in enumerate(("<?php echo 1", "<?php break;", "<?php class A { const B = 1; const B = 2; }")):
        (path := all_snippets / f"wrong-{number}.php").write_text(wrong)
        assert compiled(php, [files[0], path, files[1]]) == 1


def compiled(php, files):
    """How many files PHP takes, one after another, before it refuses one.

    `php -l` compiles without running, a file a process. Here one process compiles them all: what stands behind `return` in an
    `eval` is compiled, and refused, but never run.
    """
    script = (
        "foreach (array_slice($argv, 1) as $n => $file) { eval('return; ?>' . file_get_contents($file)); echo $n + 1, PHP_EOL; }"
    )
    done = subprocess.run([php, "-r", script, "--", *files], capture_output=True, text=True)
    lines = done.stdout.split("\n")
    taken = sum(line == str(number) for number, line in enumerate(lines, 1))
    assert (done.returncode == 0) == (taken == len(files)), done.stdout[-2000:] + done.stderr[-2000:]
    return taken
