"""A real site in a real Chromium: the published specs, a few of their own kind, and the fixtures that all browser tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml
from built_site import KEYED, ROOT, Built, build, keyed, served
from playwright.sync_api import sync_playwright


def write_sources(folder: Path) -> Path:
    shutil.copytree(ROOT / "specs", folder / "specs")
    (folder / "specs" / "keys").mkdir()
    for kind in KEYED:
        (folder / "specs" / "keys" / f"{kind}.yml").write_text(yaml.safe_dump(keyed(kind)), encoding="utf-8")
    return folder / "specs"


@pytest.fixture(scope="session")
def sources(once) -> Path:
    """The published specs, with those of keys among them."""
    return once("sources", write_sources)


@pytest.fixture(scope="session")
def site(once, sources):
    public, rendered = once("site", lambda folder: build(folder, sources, ROOT / "site" / "pages"))
    with served(public) as address:
        yield Built(address, public, public.with_name("build"), rendered)


@pytest.fixture(scope="module")  # its event loop is the thread's, which other tests need
def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    assert path, "there is no Chromium on PATH; `make test` installs Debian's"
    flags = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags + (["--no-sandbox"] if os.geteuid() == 0 else []))
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Opens a page in a context of its own: `opened(width=390, dark=True)`. The page keeps errors and requests in `told` and
    `asked`.
    """
    contexts = []

    def run(width: int = 1440, height: int = 900, dark: bool = False, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **options
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.told, page.asked = [], []
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("console", lambda message: page.told.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.fixture
def page(opened):
    return opened()
