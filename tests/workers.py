"""Which tests run one after the other on one worker: those that share what is made once for their module, or once for a value
of its parameter.

pytest-xdist writes such groups into the names of tests, which pytest 9.2 lets nobody change. So the first worker tells them in
a file.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest


def group(item: pytest.Item) -> str:
    """The name of the group of a test: its own name, if it shares nothing."""
    if mark := item.get_closest_marker("xdist_group"):
        return mark.args[0]
    found = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    shared = {name for name, definitions in found.items() if definitions[-1].scope == "module"}
    if not shared:
        return item.nodeid
    values = item.callspec.params if hasattr(item, "callspec") else {}
    return "-".join([item.location[0], *(str(values[name]) for name in sorted(shared & values.keys()))])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if node.gateway.id == "gw0":
        node.config.groups = tempfile.TemporaryDirectory(prefix="snippetgen-groups-")
        node.workerinput["groups"] = f"{node.config.groups.name}/groups.json"


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := getattr(config, "groups", None):
        folder.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Before pytest-xdist tells that this worker has found its tests."""
    if path := getattr(session.config, "workerinput", {}).get("groups"):
        Path(path).write_text(json.dumps({item.nodeid: group(item) for item in session.items}), encoding="utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def schedule(self) -> None:
            if self.collection is None:
                self.groups = json.loads(Path(config.groups.name, "groups.json").read_text(encoding="utf-8"))  # type: ignore[attr-defined]
            super().schedule()

        def _split_scope(self, nodeid: str) -> str:
            return self.groups[nodeid]

    return Grouped(config, log)
