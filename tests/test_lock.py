"""No two runs write to one folder at the same time, and one that has ended stops nobody, however it ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from snippetgen.errors import UsageError
from snippetgen.site.lock import held

HERE = Path(__file__).parent
HOLDS = """\
import sys, time
from pathlib import Path
from snippetgen.site.lock import held
with held(Path(sys.argv[1]), Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path):
    """Another process, which holds the lock of `build`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, tmp_path / "cache", tmp_path / "build"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_folder_in_which_another_run_is_at_work_is_refused(
    other, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("build")
    for name in ("build", "link", "other/../build"):
        with pytest.raises(UsageError) as error, held(Path("cache"), tmp_path / "public", tmp_path / name):
            pytest.fail("it was not refused")
        golden(HERE / "lock" / "told.err", f"{error.value}\n")
    with held(Path("cache"), tmp_path / "public"):
        pass  # and what was refused holds nothing


def test_a_run_that_was_killed_holds_nothing(other, tmp_path: Path) -> None:
    other.kill()
    other.wait()
    with held(tmp_path / "cache", tmp_path / "build"):
        pass


@pytest.mark.parametrize("command", ["build", "serve --port 0", "export snippets"])
def test_a_command_that_writes_says_that_another_is_at_work(command: str, tmp_path: Path, snippetgen) -> None:
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: Site\nsite_dir: public\n")
    with held(tmp_path / ".cache/snippetgen", tmp_path / "build"):
        ran = snippetgen(*command.split(), cwd=tmp_path)
    assert ran.code == 2 and "another snippetgen is at work in build\n" in ran.err and not (tmp_path / "public").exists()
