"""What verification works with: the sandbox, the mock and the compilers. A workshop can serve many calls."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from snippetgen import printing, system
from snippetgen.render.case import Case
from snippetgen.run.cache_folder import ready
from snippetgen.run.job import Refused, Sandbox
from snippetgen.run.mock import Mock
from snippetgen.run.toolchain import Toolchain
from snippetgen.run.unguarded import Unguarded
from snippetgen.verify.compiler import Compiler

if TYPE_CHECKING:
    from snippetgen.run.sandbox import Namespaces


@dataclass(frozen=True)
class Work:
    """A case that must be executed, its toolchain, and the key under which its pass is stored. What is `first` goes first."""

    case: Case
    toolchain: Toolchain
    key: str
    first: bool = False


@dataclass(frozen=True)
class Equipment:
    """What a workshop must have: the hosts that snippets reach, those they reach with https, and the toolchains.

    Each toolchain is with the times of its files. `isolation` is that of the options.
    """

    hosts: frozenset[str]
    secure: frozenset[str]
    toolchains: dict[str, tuple[Toolchain, tuple[int, ...]]]
    isolation: str

    @classmethod
    def of(cls, works: Iterable[Work], isolation: str) -> Self:
        """The equipment that works need."""
        works = list(works)
        uris = [work.case.example.request.uri for work in works]
        used = {work.toolchain.language: work.toolchain for work in works}
        return cls(
            frozenset(uri.host for uri in uris),
            frozenset(uri.host for uri in uris if uri.scheme == "https"),
            {name: (one, tuple(file.stat().st_mtime_ns for file in one.files)) for name, one in used.items()},
            isolation,
        )

    def __or__(self, other: Equipment) -> Equipment:
        """What is in one of them. A toolchain that is in both is that of the other."""
        return Equipment(
            self.hosts | other.hosts, self.secure | other.secure, self.toolchains | other.toolchains, other.isolation
        )


class Workshop:
    """The sandbox, the mock, and a compiler for each toolchain that has one. Enter it before it is used. Raises Refused."""

    sandbox: Sandbox
    mock: Mock

    def __init__(self, equipment: Equipment) -> None:
        self.equipment = equipment
        self.compilers: dict[str, Compiler] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        toolchains = [toolchain for toolchain, _ in self.equipment.toolchains.values()]
        visible = {path for toolchain in toolchains for path in toolchain.visible}
        isolation, secure = self.equipment.isolation, set(self.equipment.secure)
        writable = ready(toolchains, isolated=isolation != "swap")
        async with AsyncExitStack() as stack:
            ca_file = (
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="snippetgen-ca-"))) / "ca.pem" if secure else None
            )
            self.mock = Mock(secure, ca_file)
            stack.push_async_callback(self.mock.close)
            sandbox = _sandbox(isolation, set(self.equipment.hosts), ca_file, visible, writable)
            self.sandbox = await stack.enter_async_context(sandbox)
            for toolchain in toolchains:
                if "build" in toolchain.recipe:
                    self.compilers[toolchain.language] = compiler = Compiler(self.sandbox, toolchain)
                    stack.push_async_callback(compiler.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def takes(self, needed: Equipment) -> bool:
        """Adds the hosts that it does not have yet. False if it cannot: there are other toolchains, or it has no https at all."""
        own = self.equipment
        if own.isolation != needed.isolation or not own.toolchains.items() >= needed.toolchains.items():
            return False
        if needed.secure and not own.secure:
            return False
        self.equipment = own | needed
        if not own.hosts >= needed.hosts:
            self.sandbox.know(set(needed.hosts))
        if not own.secure >= needed.secure:
            self.mock.certify(set(self.equipment.secure))
        return True


@asynccontextmanager
async def _sandbox(
    isolation: str, hosts: set[str], ca_file: Path | None, visible: set[str], writable: set[str]
) -> AsyncIterator[Sandbox]:
    async with AsyncExitStack() as stack:
        why = ""
        if isolation != "swap":
            try:
                yield await stack.enter_async_context(_namespaces(hosts, ca_file, visible, writable))
                return
            except Refused as refused:
                if isolation == "namespaces" or system.in_ci():
                    raise
                why = "this machine refuses namespaces" if sys.platform == "linux" else f"{system.name()} has no namespaces"
                printing.err(_FALLBACK.format(reason=refused.reason))
        yield await stack.enter_async_context(Unguarded(why))


_FALLBACK = (
    "there are no private namespaces on this machine: {reason}; origins are swapped instead (`--isolation swap`): "
    "snippets can reach the network, files and processes of this machine"
)


def _namespaces(hosts: set[str], ca_file: Path | None, visible: set[str], writable: set[str]) -> Namespaces:
    if sys.platform != "linux":
        raise Refused(
            f"{system.name()} has none",
            "use Linux, in a virtual machine or a container; or ask for swapped origins, which protect nothing: `--isolation"
            " swap`",
        )
    from snippetgen.run.sandbox import Namespaces  # imports Linux-only modules

    return Namespaces(hosts, ca_file, visible, writable)
