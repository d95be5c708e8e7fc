"""What a reader finds by the search: operations by method, path, name, parameter and value, each told apart from the others."""

import pytest
from built_site import LANGUAGES, build, served
from searching.models import QUESTIONS, answered, imported

from snippetgen.site.search_index import Search, worker_file

pytestmark = pytest.mark.long(25)
RESULT = ".md-search-result__item"
CONFIG = """\
site_name: Models
site_dir: public
theme: {name: material, font: false}
plugins: [search]
markdown_extensions: [snippetgen.tabs]
"""
LINKS = "all => all.map(one => [...one.querySelectorAll('a')].map(a => [a.href, a.textContent]))"


def write_site(folder):
    specs = imported(folder)
    (folder / "mkdocs.yml").write_text(CONFIG)
    (folder / "source").mkdir()
    curl = [language for language in LANGUAGES if language.name == "curl"]
    return build(folder, specs, folder / "source", config=folder / "mkdocs.yml", languages=curl)[0]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    with served(write_site(tmp_path_factory.mktemp("models"))) as address:
        yield address


def ask(page, question):
    """Types a question; for each result that is shown its links, as address and text."""
    field = page.locator(".md-search__input")
    for text in ("", question):
        field.fill(text)
        field.press("End")
        page.wait_for_function("all => !!document.querySelector('.md-search-result__link') === all", arg=bool(text))
    return page.eval_on_selector_all(RESULT, LINKS)


def test_questions_about_an_imported_api_are_answered_by_the_first_three_results(models, page):
    page.goto(f"{models}/catalogue/")
    page.keyboard.press("/")
    wrong = {}
    for question in QUESTIONS:
        found = [links[0][0] for links in ask(page, question)]
        if not answered(question, found):
            wrong[question] = found[:3]
    assert wrong == {} and len(QUESTIONS) >= 30
    assert page.told == [] and all(url.startswith((models, "data:", "blob:")) for url in page.asked)


def test_a_result_shows_method_and_path_and_leads_to_the_page(models, page):
    page.goto(f"{models}/")
    page.keyboard.press("/")
    [[_, text], *_] = ask(page, "cancel run")[0]
    assert "POST" in text and "/v1/threads/{thread_id}/runs/{run_id}/cancel" in text
    assert page.locator(f"{RESULT} .method-post").first.text_content() == "POST"
    page.keyboard.press("Enter")
    page.wait_for_url("**/assistants/cancel-run/**")
    assert page.locator("h1").inner_text().startswith("Stop a run")


def test_a_result_for_a_parameter_leads_to_its_row(models, page):
    page.goto(f"{models}/")
    page.keyboard.press("/")
    ask(page, "prompt_cache_options.mode")
    page.locator(f"{RESULT} a[href$='#body.prompt_cache_options.mode']").first.click()
    page.wait_for_url("**/chat/create-chat-completion/**")
    row = page.locator("[id='body.prompt_cache_options.mode']")
    row.wait_for(state="visible")
    assert "implicit" in row.inner_text() and page.told == []


def test_every_page_starts_the_worker_of_the_index(site):
    """The theme's own would not understand it."""
    theirs = Search(site.public).theirs
    pages = list(site.public.rglob("*.html"))
    assert pages and theirs and theirs != worker_file() and (site.public / worker_file()).is_file()
    for path in pages:
        html = path.read_text()
        assert html.count(worker_file()) == html.count('id="__config"') > 0 and theirs not in html, path
