"""Where names and keys stand in a snippet: in the code, not in what looks like it."""

import pytest
import yaml

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.site import marks
from snippetgen.spec.pages import load_specs

LANGUAGES = list(discover([BUILTIN]).values())


@pytest.fixture
def rendered(tmp_path):
    def run(request, *parameters):
        (tmp_path / "a").mkdir()
        rows = [{"name": name, "in": place, "type": "text", "description": "x"} for place, name in parameters]
        (tmp_path / "a" / "b.yml").write_text(
            yaml.safe_dump(
                {"title": "t", "request": {"url": "http://a.example/", **request}, "parameters": rows}, allow_unicode=True
            )
        )
        return [case for case in cases(load_specs(tmp_path), LANGUAGES) if case.snippet]

    return run


def texts(case, spans):
    octets = case.snippet.text.encode("utf-16-le")
    return [octets[2 * start : 2 * end].decode("utf-16-le") for start, end in spans]


def marks_of(case):
    return marks.Marks(case.example, marks.marked(case.spec.parameters))


def found(case):
    return {
        case.spec.parameters[n].name: texts(case, spans)
        for n, spans in marks_of(case).names(case.language, case.snippet.text).items()
    }


def test_names_of_a_body_are_found_and_not_the_same_words_in_values(rendered):
    body = {
        "json": {
            "model": "model",
            "messages": [{"role": "user", "content": "model role"}, {"role": "x", "content": "y"}],
            "user": {"role": 1},
        }
    }
    for case in rendered(
        {"body": body},
        ("body", "model"),
        ("body", "messages[].role"),
        ("body", "user.role"),
        ("body", "role"),
        ("body", "missing"),
    ):
        assert found(case) == {"model": ["model"], "messages[].role": ["role", "role"], "user.role": ["role"]}, case.name


@pytest.mark.parametrize(
    "request_",
    [{"body": {"form": {"scope": "scope"}}}, {"body": {"multipart": [{"name": "scope", "value": "scope"}]}}],
    ids=["form", "multipart"],
)
def test_fields_are_found(request_, rendered):
    for case in rendered(request_, ("form", "scope")):
        assert found(case) == {"scope": ["scope"]}, case.name


def test_headers_cookies_query_and_path_are_found(rendered):
    request = {
        "url": "http://a.example/v1/{id}/parts",
        "path": {"id": "thing_1"},
        "query": {"limit": 2},
        "headers": {"X-Page": "1"},
        "cookies": {"session": "s"},
    }
    for case in rendered(request, ("path", "id"), ("query", "limit"), ("header", "X-Page"), ("cookie", "session")):
        assert found(case) == {"id": ["thing_1"], "limit": ["limit"], "X-Page": ["X-Page"], "session": ["session"]}, case.name


def test_places_are_counted_as_browsers_count(rendered):
    for case in rendered({"body": {"json": {"emoji": "🎉🎉", "after": 1}}}, ("body", "after")):
        assert found(case) == {"after": ["after"]}, case.name


def test_a_key_is_found_where_it_stands_and_nowhere_else(rendered):
    for case in rendered({"auth": {"bearer": "omx_live_xxx"}, "body": {"json": {"text": "omx_live_xxx"}}}):
        ((number, start, end, kind),) = marks_of(case).keys(case.language, case.snippet.text)
        assert (number, texts(case, [[start, end]]), kind) == (0, ["omx_live_xxx"], "text")
        assert "Bearer" in case.snippet.text[:start]


def test_a_key_in_a_url_is_percent_encoded_there(rendered):
    for case in rendered({"auth": {"query": {"key": "omx_live_xxx"}}}):
        kinds = {kind for _, _, _, kind in marks_of(case).keys(case.language, case.snippet.text)}
        assert kinds <= {"url", "text"} and kinds, case.name
