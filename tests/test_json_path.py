"""What of an answer a snippet shows, where nobody has said it."""

from __future__ import annotations

from typing import Any

from cases import each

from snippetgen.json_path import worth_showing


@each(
    ("answer", "shown"),
    [
        ({"object": "chat.completion", "id": "c1", "choices": [{"message": {"content": "Hi"}}]}, "choices[0].message.content"),
        ({"object": "thing", "id": "t1", "name": "One"}, "id"),
        ({"type": "link", "url": "https://a.example", "name": "a"}, "url"),
        ({"object": "list", "data": [{"object": "thing", "id": "t1"}], "has_more": False}, "data[0].id"),
        ({"status": "done", "items": [{"id": "t1"}]}, "status"),
        ({"status": "success", "data": {"id": "t1"}}, "data.id"),
        ({"kind": "thing", "result": {"type": "x", "text": "Hello"}}, "result.text"),
        ({"object": "thing", "type": "x"}, ""),
        ({"object": "list", "data": []}, ""),
        ({"deleted": "yes", "object": "thing"}, "deleted"),
    ],
)
def test_a_reader_sees_what_an_answer_is_about_and_nothing_that_is_the_same_in_all(answer: Any, shown: str):
    assert worth_showing([answer]) == shown
