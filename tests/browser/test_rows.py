"""The rows of a page, as a reader uses them: what is required, what is folded, what can be linked, and the other responses."""

import re

import pytest

pytestmark = pytest.mark.long(15)

RICH = "reference/rich"


@pytest.fixture
def rich(site, page):
    page.goto(f"{site.address}/{RICH}/")
    return page


def row(page, id):
    return page.locator(f'[id="{id}"]')


def head(page, id):
    return row(page, id).locator(".parameter-head").first.text_content().replace("¶", "").strip()


def test_the_head_shows_the_path_template_and_the_server_apart(rich):
    assert rich.locator(".request-line").text_content() == "POST /v1/threads/{thread_id}/messages"
    assert rich.locator(".server").text_content() == "Server https://api.example.com"
    assert rich.locator("h1 code").text_content() == "chat"
    assert rich.title().startswith("Create a chat completion")


def test_a_placeholder_leads_to_its_parameter_and_shows_the_value_in_the_code(rich):
    rich.locator("a.placeholder", has_text="{thread_id}").click()
    assert rich.evaluate("location.hash") == "#path.thread_id"
    assert rich.evaluate("[...CSS.highlights.get('parameter')].map(String)") == ["thread_123"]
    assert row(rich, "path.thread_id").locator("button").get_attribute("aria-pressed") == "true"


def test_parameters_are_grouped_by_place_in_the_order_of_a_request(rich):
    assert rich.locator("h2").evaluate_all("heads => heads.map(head => head.firstChild.textContent)") == [
        "Path parameters", "Body", "Response fields",
    ]  # fmt: skip


def test_required_is_red_only_where_every_request_needs_it(rich):
    red = rich.locator("li:has(> .parameter-head > .required)").evaluate_all("rows => rows.map(row => row.id)")
    assert red == ["path.thread_id", "body.model", "body.messages", "body.messages.role", "body.messages.content"]
    assert head(rich, "body.response_format.type") == "type string Required in response_format"
    assert head(rich, "body.response_format") == "response_format object or null Optional"


def test_default_limits_and_allowed_values_stand_with_the_type(rich):
    assert head(rich, "body.temperature") == "temperature number Optional default 1 0 to 2"
    assert row(rich, "body.messages.role").locator("p.values").text_content().split() == [
        "Allowed", "values:", "system", "user", "assistant", "tool",
    ]  # fmt: skip
    meanings = row(rich, "body.response_format.type").locator("ul.values > li").all_text_contents()
    assert meanings == ["text Any text.", "json_object JSON, see docs."]
    many = row(rich, "body.voice").locator("details.values")
    assert many.locator("summary").text_content() == "15 allowed values" and many.get_attribute("open") is None


def test_a_description_keeps_its_lists_and_code(rich):
    text = row(rich, "body.messages.content").locator(".parameter-text")
    assert text.locator("li").all_text_contents() == ["text: plain text", "image_url: an image"]
    assert text.locator("pre").text_content().strip() == '{"type": "text"}'


def test_rows_within_a_row_are_open_only_where_it_is_required(rich):
    folds = rich.locator("ul.parameters details:not(.values)").evaluate_all(
        "folds => folds.map(f => [f.closest('li').id, f.open])"
    )
    assert dict(folds) == {
        "body.messages": True,
        "body.response_format": False,
        "body.response_format.json_schema": False,
        "response.choices": False,
        "response.choices.message": False,
        "response.error": False,
    }


def test_a_fold_opens_and_closes_by_keyboard_and_nothing_else_moves(rich):
    rich.evaluate(
        "() => { window.shifts = []; new PerformanceObserver(list => window.shifts.push(...list.getEntries()))"
        ".observe({type: 'layout-shift'}) }"
    )
    fold = row(rich, "body.response_format").locator("details").first
    fold.locator("summary").first.focus()
    panel = rich.locator(".panel").bounding_box()
    rich.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    assert row(rich, "body.response_format.type").is_visible()
    rich.keyboard.press("Enter")
    assert fold.get_attribute("open") is None and rich.locator(".panel").bounding_box() == panel
    rich.wait_for_timeout(100)
    assert rich.evaluate("window.shifts.filter(shift => !shift.hadRecentInput).length") == 0


@pytest.mark.parametrize("id", ["body.response_format.json_schema.strict", "response.choices.message.content", "response.429"])
def test_an_address_with_the_anchor_of_a_folded_row_shows_it(id, site, page):
    page.goto(f"{site.address}/{RICH}/#{id}")
    assert row(page, id).is_visible()
    page.wait_for_function(
        "id => { const box = document.getElementById(id).getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight }",
        arg=id,
    )


def test_a_link_to_a_row_shows_it_in_the_code_and_says_what_it_belongs_to(site, page):
    page.goto(f"{site.address}/{RICH}/#body.response_format.type")
    assert page.evaluate("[...CSS.highlights.get('parameter')].map(String)") == ["type"]
    label = row(page, "body.response_format.type").locator(".parameter-head")
    assert label.evaluate("head => getComputedStyle(head, '::before').content") == '"body.response_format"'.replace("body.", "")
    page.goto(f"{site.address}/chat/grok-3/?example=standard#body.stream")
    assert page.locator(".examples > input:checked").first.get_attribute("value") == "standard", (
        "the example of a link counts more"
    )


def test_every_row_has_a_link_to_itself_and_no_id_is_there_twice(rich):
    ids = rich.locator("ul.parameters > li").evaluate_all("rows => rows.map(row => row.id)")
    links = rich.locator(".parameter-head > .headerlink").evaluate_all("links => links.map(link => link.hash.slice(1))")
    assert ids == links and len(set(ids)) == len(ids) > 15
    assert (
        rich.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n)") == []
    )


def test_other_responses_stand_folded_below_the_answer_with_meaning_body_and_fields(rich):
    folds = rich.locator(".panel details.other")
    assert folds.locator(":scope > summary").all_text_contents() == [
        "401 Unauthorized",
        "429 Too Many Requests",
        "5XX Server errors",
    ]
    assert folds.evaluate_all("folds => folds.some(fold => fold.open)") is False
    assert rich.locator(".answer").first.bounding_box()["y"] < folds.first.bounding_box()["y"]
    folds.nth(1).locator("summary").first.click()
    assert "Too many requests. Wait, then try again." in folds.nth(1).inner_text()
    assert "Retry-After: 20" in folds.nth(1).inner_text() and '"Rate limit reached."' in folds.nth(1).inner_text()
    assert row(rich, "response.error.message").count() == 1


def test_a_response_that_was_generated_is_not_taken_for_a_recorded_one(rich):
    title = rich.locator(".answer-title").first.text_content()
    assert title == "Response 200 application/json generated from the schema"


def test_without_scripts_everything_can_be_read_and_unfolded(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.address}/{RICH}/")
    fold = row(page, "body.response_format").locator("details").first
    fold.locator("summary").first.click()
    assert row(page, "body.response_format.type").is_visible()
    page.locator("a.placeholder").click()
    assert page.url.endswith("#path.thread_id")


@pytest.mark.parametrize("width", [390, 900, 1440])
def test_four_hundred_rows_scroll_down_only(width, site, opened):
    page = opened(width=width, height=844)
    page.goto(f"{site.address}/reference/rows-400/")
    assert page.locator("li[data-parameter]").count() == 400
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_page_of_sixty_parameters_is_under_150_kilobytes(site):
    text = (site.public / "reference" / "rows-60" / "index.html").read_text(encoding="utf-8")
    assert len(re.findall("data-parameter=", text)) == 60 and len(text.encode()) < 150_000


def test_the_twin_says_all_that_the_page_says(site):
    text = (site.public / RICH / "index.md").read_text(encoding="utf-8")
    for words in (
        "# Create a `chat` completion",
        "`POST /v1/threads/{thread_id}/messages`",
        "`https://api.example.com`",
        "- `temperature` (number, default 1, 0 to 2)",
        "  - `role` (string, required)",
        "    - `text`: Any text.",
        "### 429 Too Many Requests",
        "## Response fields",
    ):
        assert words in text, words
