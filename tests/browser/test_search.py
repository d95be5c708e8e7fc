"""What a reader finds by the search: operations by method, path, name, parameter and value, each told apart from the others."""

import pytest

pytestmark = pytest.mark.long(15)
RESULT = ".md-search-result__item"


def ask(page, question):
    """Types a question and returns the results that are shown: for each, its links as address and text."""
    page.keyboard.press("/")
    page.keyboard.type(question)
    page.wait_for_selector(f"{RESULT} mark", timeout=10_000)
    return page.eval_on_selector_all(
        RESULT,
        "all => all.map(one => [...one.querySelectorAll('a')].map(a => [a.getAttribute('href'), a.textContent]))",
    )


def test_a_path_finds_its_page_and_the_result_shows_method_and_path(site, page):
    page.goto(f"{site.address}/guide/start/")
    [(address, text), *_] = ask(page, "/v1/files/{id}")[0]
    assert "/files/" in address and "/v1/files/{file_id}" in text
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/**")
    assert page.told == []
