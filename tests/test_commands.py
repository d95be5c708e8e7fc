"""What a command says that cannot do what was asked, or not all of it: a folder in commands/ is a case, and nothing is
registered.

A case holds the files of its project and `command`, the words behind `snippetgen`. What it says on standard error is in
`expected.err` where it ends with 2, and in `told.err` where it does the rest.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from cases import each

COMMANDS = Path(__file__).parent / "commands"
CASES = sorted(folder.name for folder in COMMANDS.iterdir() if folder.is_dir())


def written(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, and where its links lead; not what Python itself keeps of modules that it has loaded."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if (path.is_symlink() or path.is_file()) and path.parent.name != "__pycache__"
    }


@each("case", CASES)
def test_a_command_tells_what_is_wrong_as_expected(case, snippetgen, golden, tmp_path):
    here = tmp_path / "here"
    shutil.copytree(COMMANDS / case, here, symlinks=True, ignore=shutil.ignore_patterns("command", "*.err"))
    before = written(here)
    ran = snippetgen(*shlex.split((COMMANDS / case / "command").read_text(encoding="utf-8")), cwd=here)
    refused = ran.code == 2
    assert ran.code == 2 or (ran.code == 0 and ran.err), ran
    golden(COMMANDS / case / ("expected.err" if refused else "told.err"), ran.err)
    assert not (COMMANDS / case / ("told.err" if refused else "expected.err")).exists()
    if refused:
        assert ran.out == ""
        assert written(here) == before, "nothing is written where something is wrong"


@each("case", CASES)
def test_every_message_is_readable_and_says_how_to_fix_it(case):
    for path in (COMMANDS / case).glob("*.err"):
        text = path.read_text(encoding="utf-8")
        assert "Traceback" not in text and str(COMMANDS) not in text and "/tmp" not in text
        assert all(c.isprintable() or c == "\n" for c in text)
        assert path.name == "told.err" or "help: " in text or "Error: " in text, "click says how to get help"
