"""Reads another state of the same files from git.

Only this module runs git; it never touches the user's files, index or branches. Files are checked out with a separate index,
so they are what a checkout would give: line ends, links and filters too.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from snippetgen.errors import UsageError
from snippetgen.reading import real

# Do not run what a repository has configured, and do not leave files out.
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.sparseCheckout=false")
# These variables tell git where its repository is; we find the repository ourselves.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE")


@dataclass(frozen=True)
class Range:
    """The two sides of a comparison: the ids of commits, and their names; `head` is empty for the working tree."""

    base: str
    head: str
    base_name: str
    head_name: str


@dataclass(frozen=True)
class Repository:
    """The repository that contains a folder. `top` is the resolved folder of its working tree."""

    top: Path

    def range(self, text: str) -> Range:
        """Reads `A`, `A..B` or `A...B` like git: for `A` alone, B is the working tree; three dots start where B left A.

        Raises UsageError for an unknown revision.
        """
        left, dots, right = re.split(r"(\.\.\.?)", text, maxsplit=1) if ".." in text else (text, "", "")
        base = self._commit(left or "HEAD")
        if not dots:
            return Range(base, "", left or "HEAD", "the working tree")
        head = self._commit(right or "HEAD")
        if dots == "...":
            base = self._merge_base(base, head, text)
        return Range(base, head, left or "HEAD", right or "HEAD")

    def base(self, text: str) -> Range:
        """What the working tree is compared with: `A`, or `A...` for where the current branch left A. Raises UsageError."""
        name = text.removesuffix("...")
        if ".." in name:
            raise UsageError(
                f"'{text}' names two revisions; only the working tree can be compared here",
                "name one: main, or main... for where this branch left it",
            )
        base = self._commit(name)
        return Range(self._merge_base(base, self._commit("HEAD"), text) if name != text else base, "", name, "the working tree")

    def knows(self, name: str) -> bool:
        """Whether the name is the name of a commit."""
        return not self._find(name).returncode

    def _find(self, name: str) -> subprocess.CompletedProcess[bytes]:
        return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def _commit(self, name: str) -> str:
        found = self._find(name)
        if found.returncode:
            help = "see `git branch --all` and `git log`; in CI, fetch it first: actions/checkout with `fetch-depth: 0`"
            raise UsageError(f"git knows no revision '{name}'", help)
        return found.stdout.decode().strip()

    def _merge_base(self, left: str, right: str, text: str) -> str:
        found = self._git("merge-base", left, right)
        if found.returncode:
            raise UsageError(
                f"'{text}': the two have no commit in common here",
                "fetch their history (`git fetch --unshallow`), or write two dots",
            )
        return found.stdout.decode().strip()

    def holds(self, path: Path) -> bool:
        """Whether a path is in the working tree."""
        return real(path).is_relative_to(self.top)

    def extract(self, commit: str, paths: list[Path], target: Path) -> None:
        """Writes the files at these paths in a commit below `target`, at the same place as below `top`.

        Paths that the commit does not have are left out.
        """
        if not paths:
            return
        names = [real(path).relative_to(self.top).as_posix() for path in paths]
        index = {"GIT_INDEX_FILE": str(target / ".index")}
        self._must("read-tree", commit, environment=index)
        listed = self._must(
            "ls-files",
            "-z",
            "--cached",
            "--full-name",
            "--",
            *(f":(top,literal){name}" if name != "." else ":(top)" for name in names),
            environment=index,
        )
        self._must(
            "checkout-index", f"--prefix={target}/", "--force", "--quiet", "-z", "--stdin", environment=index, given=listed
        )
        (target / ".index").unlink()

    def _must(self, *arguments: str, environment: dict[str, str], given: bytes = b"") -> bytes:
        found = self._git(*arguments, environment=environment, given=given)
        if found.returncode:
            raise UsageError(
                f"git {arguments[0]} failed:",
                "fix the repository; `git fsck` may say more",
                found.stderr.decode(errors="replace").strip(),
            )
        return found.stdout

    def _git(
        self, *arguments: str, environment: dict[str, str] | None = None, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return _run(self.top, *arguments, environment=environment, given=given)


def repository(folder: Path) -> Repository:
    """The repository of a folder, or of its nearest parent that exists. Raises UsageError if there is none."""
    folder = real(folder)
    while not folder.is_dir():
        folder = folder.parent
    found = _run(folder, "rev-parse", "--show-toplevel")
    if found.returncode:
        said = found.stderr.decode(errors="replace").strip()
        if "not a git repository" in said or "must be run in a work tree" in said:
            raise UsageError(f"{folder} lies in no git repository", "run this where your specs are under git")
        raise UsageError(f"git cannot read {folder}:", "fix what git says", said)
    return Repository(Path(os.fsdecode(found.stdout.removesuffix(b"\n"))).resolve())


def _run(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    own = (
        {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
        | (environment or {})
    )
    try:
        return subprocess.run(["git", *_QUIET, *arguments], cwd=folder, env=own, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("git was not found", "install git, and see that it is on PATH") from None
