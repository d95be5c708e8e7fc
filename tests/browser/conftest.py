"""A real site in a real Chromium: the published specs, a few of their own kind, and the fixtures that all browser tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from built_site import KEYED, ROOT, Built, build, keyed, many_rows, served
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright


def write_sources(folder: Path) -> Path:
    shutil.copytree(ROOT / "specs", folder / "specs")
    (folder / "specs" / "keys").mkdir()
    for kind in KEYED:
        (folder / "specs" / "keys" / f"{kind}.yml").write_text(yaml.safe_dump(keyed(kind)), encoding="utf-8")
    (folder / "specs" / "reference").mkdir()
    shutil.copy(Path(__file__).parent / "rich.yml", folder / "specs" / "reference")
    for count in (60, 400):
        (folder / "specs" / "reference" / f"rows-{count}.yml").write_text(yaml.safe_dump(many_rows(count)), encoding="utf-8")
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


class Profiles:
    """The browser's profiles, by their options: a new one, with its first page, takes a second of work. So one serves a test
    after the other, and forgets what a test has left there: pages, and what they stored. Files that were loaded stay: they
    are the site's, and each site has an address of its own.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.known: dict[str, tuple[BrowserContext, Page]] = {}
        self.addresses: set[str] = set()

    def __call__(self, **options: Any) -> BrowserContext:
        if (name := repr(sorted(options.items()))) not in self.known:
            context = self.browser.new_context(**options)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            context.on("request", lambda request: self.addresses.add(request.url))
            self.known[name] = context, context.new_page()
        return self.known[name][0]

    def forget(self) -> None:
        origins = {"/".join(address.split("/")[:3]) for address in self.addresses if address.startswith("http")}
        for context, blank in self.known.values():
            if context.pages == [blank]:
                continue
            for page in context.pages:
                if page is not blank:
                    page.close()
            context.set_offline(False)
            context.clear_cookies()
            session = context.new_cdp_session(blank)
            for origin in origins:
                session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            session.detach()
        self.addresses.clear()


@pytest.fixture(scope="module")
def profiles(chromium):
    return Profiles(chromium)


@pytest.fixture
def opened(profiles):
    """Opens a page: `opened(width=390, dark=True)`. It keeps errors and requests in `told` and `asked`."""

    def run(width: int = 1440, height: int = 900, dark: bool = False, **options):
        page = profiles(**options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.told, page.asked = [], []
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("console", lambda message: page.told.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield run
    profiles.forget()


@pytest.fixture
def page(opened):
    return opened()
