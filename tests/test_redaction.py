"""A secret that an input holds is in no spec, no file, no name and no message, wherever it was planted."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from cases import each

from snippetgen.importers.captured.har import read_har
from snippetgen.importers.captured.postman import read_postman
from snippetgen.importers.curl.command import read_curl
from snippetgen.importers.drafts import proven
from snippetgen.importers.losses import told
from snippetgen.importers.redaction import Redaction, is_random
from snippetgen.importers.spec_writer import Draft, Lost, text

MARK = "PLANTED"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def random_secrets(seed: int) -> Iterator[str]:
    """A secret of each kind, invented anew."""
    chance = random.Random(seed)

    def some(length: int, letters: str = LETTERS) -> str:
        return "".join(chance.choices(letters, k=length - 4)) + "q7R2"

    yield f"gh{'p'}_{some(36)}"
    yield f"sk-{some(40)}"
    yield f"eyJ{some(20)}.eyJ{some(30)}.{some(43)}"
    yield some(32)
    yield some(40, "0123456789abcdef").replace("q7R2", "0a1b")
    yield f"{some(10)}-{some(11)}_{some(12)}"


# Where a format can hold a secret that no name gives away. A curl command:
CURL = [
    f"curl https://api.example.com/reset/{MARK}/now",
    f"curl 'https://api.example.com/x?q=1&of={MARK}'",
    f"curl https://api.example.com/x -H 'X-Trace: {MARK}'",
    f"curl https://api.example.com/x -b theme={MARK}",
    f"curl https://api.example.com/x -u ada:{MARK}",
    f"curl https://api.example.com/x -u {MARK}:",
    f"curl https://ada:{MARK}@api.example.com/x",
    f"curl https://api.example.com/x -H 'Authorization: Bearer {MARK}'",
    f"curl https://api.example.com/x -H 'Authorization: Custom k={MARK}, v=1'",
    f'curl https://api.example.com/x --json \'{{"deep": [{{"of": "see {MARK}, please"}}]}}\'',
    f"curl https://api.example.com/x -d of={MARK}",
    f"curl https://api.example.com/x -F of={MARK} -F b=1",
    f"curl https://api.example.com/x -H 'Content-Type: text/plain' -d 'my key is {MARK}.'",
    f"curl https://api.example.com/x -H 'Content-Type: application/xml' -d '<a b=\"{MARK}\">{MARK}</a>'",
    f"curl 'https://api.example.com/x' -H 'X Y: {MARK}'",
    f"curl --nothing-like-it {MARK} https://api.example.com/x",
]
# A recording:
HAR = [
    {"url": f"https://api.example.com/reset/{MARK}"},
    {"url": f"https://api.example.com/x?of={MARK}&b=1", "queryString": [{"name": "of", "value": MARK}]},
    {"headers": [{"name": "X-Trace", "value": MARK}]},
    {"headers": [{"name": "cookie", "value": f"theme={MARK}; b=1"}]},
    {"headers": [{"name": "Authorization", "value": f"Bearer {MARK}"}]},
    {"method": "POST", "postData": {"mimeType": "application/json", "text": f'{{"of": "{MARK}"}}'}},
    {"method": "POST", "postData": {"mimeType": "text/plain", "text": f"of {MARK}"}},
    {"method": "POST", "postData": {"mimeType": "application/x-www-form-urlencoded", "text": f"of={MARK}"}},
    {"method": "POST", "postData": {"mimeType": "multipart/form-data", "params": [{"name": "of", "value": MARK}]}},
    {"method": "POST", "postData": {"mimeType": "multipart/form-data", "params": [{"name": "a", "fileName": f"{MARK}.png"}]}},
    {"url": f"blob:https://api.example.com/{MARK}"},
    {"comment": f"with {MARK}"},
    {"answer": {"content": {"mimeType": "application/json", "text": f'{{"of": "{MARK}"}}'}}},
    {"answer": {"content": {"mimeType": "text/html", "text": f"<p>{MARK}</p>"}}},
    {"answer": {"headers": [{"name": "Location", "value": f"https://api.example.com/{MARK}"}]}},
]
# A collection:
POSTMAN = [
    {"url": f"https://api.example.com/reset/{MARK}"},
    {"url": "https://api.example.com/x", "auth": {"type": "bearer", "bearer": [{"key": "token", "value": MARK}]}},
    {"url": "https://api.example.com/x", "auth": {"type": "basic", "basic": [{"key": "password", "value": MARK}]}},
    {
        "url": "https://api.example.com/x",
        "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-Of"}, {"key": "value", "value": MARK}]},
    },
    {"url": "https://api.example.com/x", "header": [{"key": "X-Of", "value": MARK}]},
    {"method": "POST", "body": {"mode": "raw", "raw": f"of {MARK}"}},
    {
        "url": "https://api.example.com/x",
        "method": "POST",
        "body": {"mode": "urlencoded", "urlencoded": [{"key": "of", "value": MARK}]},
    },
    {"url": "https://api.example.com/x", "description": f"Send {MARK}"},
    {"url": "{{base}}/x", "variable": MARK},
    {"url": "https://api.example.com/x", "name": f"Get {MARK}"},
]


def everything(found: tuple[list[Draft], list[Lost]]) -> str:
    """All that an import writes or says."""
    good, lost = proven(found[0])
    said = list(told([*found[1], *lost], every=True)) + list(told([*found[1], *lost]))
    files = [
        f"{made.section}/{made.page} {name} {octets.decode('latin-1')}" for made in good for name, octets in made.files.items()
    ]
    return "\n".join([*said, *files, *(f"{made.section}/{made.page}\n{text(made.tree)}" for made in good)])


def from_curl(given: str, secret: str, folder: Path) -> str:
    return everything(read_curl(given.replace(MARK, secret), folder))


def from_har(given: dict, secret: str, folder: Path) -> str:
    given = dict(given)
    answer, comment = given.pop("answer", None), given.pop("comment", None)
    entry = {"request": {"method": "GET", "url": "https://api.example.com/x"} | given}
    entry |= {"response": {"status": 200} | answer} if answer else {}
    entry |= {"comment": comment} if comment else {}
    path = folder / "a.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}).replace(MARK, secret))
    return everything(read_har(path))


def from_postman(given: dict, secret: str, folder: Path) -> str:
    given = dict(given)
    variables = [{"key": "base", "value": f"https://api.example.com/{given.pop('variable')}"}] if "variable" in given else []
    item = {"name": given.pop("name", "Things"), "request": {"method": "GET", "url": "https://api.example.com/x"} | given}
    path = folder / "a.json"
    path.write_text(json.dumps({"info": {"name": "c"}, "item": [item], "variable": variables}).replace(MARK, secret))
    return everything(read_postman(path, {}))


@each(
    ("read", "given"),
    [(read, given) for read, all in ((from_curl, CURL), (from_har, HAR), (from_postman, POSTMAN)) for given in all],
)
def test_a_planted_secret_is_in_no_file_and_no_message(read, given, tmp_path):
    for seed in range(4):
        for secret in random_secrets(seed):
            out = read(given, secret, tmp_path)
            assert out
            basic = base64.b64encode(f"ada:{secret}".encode()).decode()
            forms = {secret, quote(secret), secret.lower(), basic}
            assert not [form for form in forms if form in out or form in out.lower()], out


def test_one_secret_has_one_example_in_all_places(tmp_path):
    command = f"curl http://api.example.com/x -b session={MARK} -H 'X-Session: {MARK}' --json '{{\"session\":\"{MARK}\"}}'"
    (made,), _ = read_curl(command.replace(MARK, "s3cr3t-9f8e7d6c"), tmp_path)
    written = text(made.tree)
    assert "s3cr3t" not in written and written.count("example_key") == 3


def test_two_secrets_have_two_examples():
    redaction = Redaction()
    assert [redaction.example(one) for one in ("sk_test_a1b2c3d4e5f6", "sk_test_f6e5d4c3b2a1", "sk_test_a1b2c3d4e5f6")] == [
        "sk_test_xxx",
        "sk_test_xxx2",
        "sk_test_xxx",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "claude-3-5-sonnet-20241022",
        "gpt-4o-mini-audio-preview-2024-12-17",
        "meta-llama/Llama-3.1-8B-Instruct-Turbo",
        "text-embedding-3-large-v2-2024",
        "getUserByIdAndNameOrEmail2",
        "2026-11-27T14:05:00.000Z",
        "https://api.example.com/v1/things/42",
        "123e4567-e89b-12d3-a456-426614174000",
        "application/vnd.github.v3+json",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "your-api-key-goes-here-1234567890",
        "00000000000000000000000000000000",
    ],
)
def test_words_dates_and_content_are_no_secrets(text):
    assert not is_random(text)
    redaction = Redaction()
    redaction.find(text)
    assert redaction.text(f"a {text} b") == f"a {text} b"


def test_a_secret_after_an_escape_leaves_the_escape_whole(tmp_path):
    (made,), _ = read_curl(f"curl 'https://api.example.com/%7E{MARK}/x'".replace(MARK, "q8Zk2LmN4pQ7rS9tU3vW5xY1"), tmp_path)
    assert "/~example_key/x" in text(made.tree) or "/%7Eexample_key/x" in text(made.tree)


def test_one_secret_has_one_variable(tmp_path):
    command = f"curl https://api.example.com/x -b session={MARK} -H 'X-Session: {MARK}'".replace(MARK, "s3cr3t-9f8e7d6c")
    (made,), _ = read_curl(command, tmp_path)
    assert text(made.tree).count("{env: EXAMPLE_X_SESSION, example: example_key}") == 2


def test_a_password_in_text_goes_whole(tmp_path):
    command = """curl https://api.example.com/x -H 'Content-Type: text/plain' -d '{"password": "Tr0ub4dor&3"}'"""
    (made,), _ = read_curl(command, tmp_path)
    assert "Tr0ub4dor" not in text(made.tree) and "&3" not in text(made.tree)


def test_thousands_of_secrets_are_replaced_in_one_pass(tmp_path):
    """As in the answer of a list: what each costs does not grow with their number."""
    chance = random.Random(1)
    ids = ["".join(chance.choices(LETTERS, k=22)) + "7a" for _ in range(3000)]
    redaction = Redaction()
    written = redaction.tree({"items": [{"ref": one, "of": f"see {one}, please"} for one in ids if not redaction.find(one)]})
    known = {one: example for one, example in redaction.examples.items()}
    assert len(known) > 2500 and len(set(known.values())) == len(known)
    for item, one in zip(written["items"], ids, strict=True):
        assert item == {"ref": known.get(one, one), "of": f"see {known.get(one, one)}, please"}
