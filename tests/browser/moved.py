"""How far what a reader sees moves by itself: the layout shift of Web Vitals, without what follows a click or a key."""

from playwright.sync_api import Page

_WATCH = """
    window.moved = [];
    new PerformanceObserver(list => moved.push(...list.getEntries().filter(e => !e.hadRecentInput))).observe(
        {type: 'layout-shift', buffered: true})
"""
_SUM = """
    moved.filter(entry => entry.value > 0.001).map(entry => [entry.value,
        ...entry.sources.map(({node, previousRect: a, currentRect: b}) =>
            [node?.className || node?.nodeName, a.x, a.y, b.x, b.y])])
"""


def watch(page: Page) -> None:
    """Watches every page that is opened from now on."""
    page.add_init_script(_WATCH)


def moved(page: Page) -> list:
    """The shifts of more than a thousandth since the page was opened, each with what has moved."""
    page.wait_for_load_state("networkidle")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate(_SUM)
