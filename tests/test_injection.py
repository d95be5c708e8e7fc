"""Commands in the text of a request are sent as text: no snippet runs one, in any language.

Each payload would leave a file called `pwned` in the working folder, and a file that the spec did not ask for is a failure.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hostile.texts import COMMANDS, HTML

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.languages.reserved_names import usual
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import PASSED, Store

CACHE = BUILTIN.parent / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])
ALL = [*COMMANDS, *HTML]
ONE_LINE = [text for text in ALL if text.isprintable()]
VISIBLE = [text for text in ONE_LINE if text.isascii()]  # what a header value may hold: RFC 9110 §5.5
TOKENS = ["A`TOUCH`", "A$PWNED", "A'B'C", "A|B&C#D!E%F", "A^B*C+D~E.F-G_H"]  # RFC 9110 §5.6.2
COOKIES = [
    "$(touch${IFS}pwned)",
    "`touch$IFS'pwned'`",
    "'|touch$IFS-pwned|'",
    "${x}<pwned>pwned",
    "{@system('touch')}",
    "*/?><?php",
]  # RFC 6265 §4.1.1
NAMES = [
    "$(touch pwned).txt",
    "`touch pwned`.txt",
    "';touch pwned;'.txt",
    '";touch pwned;".txt',
    "@pwned",
    "<pwned",
    "=x;type=y",
    "a,b;c.txt",
    "x -o pwned",
    "{@x}$y.txt",
    "%s%n.txt",
    "*?.txt",
    "| touch pwned",
    "${x}",
    "é'.txt",
]
KEPT = [name for name in NAMES if usual().file(name, on_disk=True)]
FREE = [name for name in NAMES if name not in KEPT]
SHOWN = [text for text in ONE_LINE if not re.search(r"[.\[\]]", text)]  # what a path of `show` may name


def unpadded(text: str) -> str:
    return text.strip(" \t")


def requests() -> dict[str, dict]:
    """Specs by the place of the payloads."""
    post: dict = {"method": "POST", "url": "http://api.example.com/v1"}
    found: dict[str, dict] = {
        "url": {
            "request": {
                "url": "http://api.example.com/$(touch%20pwned)/`;'\"/{a}/{b}?x=$(touch pwned)&`y`='\"",
                "path": {"a": "".join(ALL), "b": "/../$(x)"},
            }
        },
        "query": {"request": {"url": "http://api.example.com/", "query": [{"name": text, "value": text} for text in ALL]}},
        "headers": {
            "request": {
                "url": "http://api.example.com/",
                "headers": (
                    [{"name": f"X-{n}", "value": unpadded(text)} for n, text in enumerate(VISIBLE)]
                    + [{"name": text, "value": "x"} for text in TOKENS]
                ),
            }
        },
        "cookies": {
            "request": {
                "url": "http://api.example.com/",
                "cookies": (
                    [{"name": f"c{n}", "value": text} for n, text in enumerate(COOKIES)]
                    + [{"name": text, "value": "x"} for text in TOKENS]
                ),
            }
        },
        "bearer": {"request": {"url": "http://api.example.com/", "auth": {"bearer": re.sub(r"\s", "${IFS}", "".join(VISIBLE))}}},
        "basic": {
            "request": {
                "url": "http://api.example.com/",
                "auth": {"basic": {"username": "".join(ONE_LINE).replace(":", ""), "password": "".join(ONE_LINE)}},
            }
        },
        "json": {"request": post | {"body": {"json": {text: [text, {text: text}] for text in ALL}}}},
        "json-text": {"request": post | {"body": {"json": {"__proto__": ALL, "1": "".join(ALL), "0": {}, "one": 1.0}}}},
        "form": {"request": post | {"body": {"form": [{"name": text, "value": text} for text in ALL]}}},
        "unpaired-form": {"request": post | {"body": {"form": [{"name": text} for text in ALL]}}},
        "multipart": {
            "request": (
                post
                | {
                    "body": {
                        "multipart": (
                            [{"name": f"{text}.", "value": text} for text in ONE_LINE]
                            + [{"name": "x", "value": text} for text in ALL]
                        )
                    }
                }
            )
        },
        "files": {
            "request": (
                post
                | {
                    "body": {
                        "multipart": [{"name": text, "file": text, "filename": text, "media_type": "text/plain"} for text in FREE]
                    }
                }
            )
        },
        "lines": {"request": post | {"body": {"text": "\n".join(ALL), "media_type": "text/plain"}}},
        "graphql": {"request": post | {"body": {"graphql": {"query": "".join(ALL), "variables": {text: text for text in ALL}}}}},
        "secrets": {
            "request": (
                post
                | {
                    "auth": {
                        "basic": {
                            "username": {"env": "NAME", "example": "$(touch pwned)"},
                            "password": {"env": "WORD", "example": "`touch pwned`';\"${x}"},
                        }
                    },
                    "headers": {"X-A": {"env": "A", "example": "$(touch pwned)`touch pwned`'\"\\"}},
                    "body": {"form": [{"name": "$(touch pwned)`'\"", "value": {"env": "B", "example": "".join(ONE_LINE)}}]},
                }
            )
        },
        "media-type": {
            "request": post | {"body": {"text": "x", "media_type": 'text/x`touch`$x\'; a="$(touch pwned)`touch pwned`"'}}
        },
        "events": {"response": {"sse": [{"a": text} for text in ALL] + ["[DONE]"], "show": "a"}},
        "lines-of-events": {"response": {"sse": [text.replace("\n", "").strip() for text in ALL] + ["[DONE]"]}},
        "answer": {"response": {"text": "\n".join(ALL)}},
    }
    for number, text in enumerate(
        ("@pwned", "<pwned", "-o pwned", "$(touch pwned)", "`touch pwned`", "'''\"\"\"`", "EOF\ntouch pwned\nEOF\nJSON;")
    ):
        found[f"text-{number}"] = {"request": post | {"body": {"text": text, "media_type": "text/plain"}}}
    for number, text in enumerate(FREE):
        found[f"file-{number}"] = {"request": post | {"body": {"file": text, "media_type": "text/plain"}}}
        found[f"save-{number}"] = {"response": {"text": "saved", "save": text}}
    for number, text in enumerate(TOKENS):
        found[f"method-{number}"] = {"request": {"method": text, "url": "http://api.example.com/"}}
    for number, text in enumerate(SHOWN[::4]):
        found[f"show-{number}"] = {"response": {"json": {text: [{text: "shown"}]}, "show": f"{text}[0].{text}"}}
        found[f"show-events-{number}"] = {"response": {"sse": [{text: "shown"}, "[DONE]"], "show": text}}
    return found


def write(folder: Path) -> None:
    place = folder / "commands"
    place.mkdir(parents=True)
    for name in NAMES:
        (place / name).write_bytes(b"sent\n")
    for name, spec in requests().items():
        whole = {"title": name, "request": {"url": "http://api.example.com/v1"}, "response": {"json": {"ok": True}}} | spec
        (place / f"{name}.yml").write_text(json.dumps(whole), encoding="utf-8")


@pytest.mark.long(15)
@pytest.mark.parametrize("chosen", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_command_in_a_request_is_sent_and_never_run(chosen: Language, passes: Store | None, tmp_path: Path) -> None:
    toolchain = find(chosen, CACHE)
    if isinstance(toolchain, Missing):
        pytest.fail(f"{chosen.label}: {toolchain.reason}; run `make setup`")
    write(tmp_path)
    all_cases = [case for case in cases(load_specs(tmp_path), [chosen], unpublished=True) if case.snippet]
    assert len(all_cases) > 40
    verdicts = verify(all_cases, {chosen.name: toolchain}, passes, Options(errors=()))
    assert {f"{verdict.page}: {verdict.reasons}\n{verdict.output}" for verdict in verdicts if verdict.outcome != PASSED} == set()
