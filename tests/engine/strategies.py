"""Hypothesis strategies for requests: whatever a spec may say, and rather what is hard to say than what is likely.

A drawn tree goes through the same checks as a spec file, so that every request is one that a file can hold.
"""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path

from hypothesis import strategies as st

from snippetgen.errors import Place, Problem
from snippetgen.request import Number, Request
from snippetgen.spec.http_fields import SINGLETONS
from snippetgen.spec.loader import REQUEST
from snippetgen.spec.request_reader import read_request
from snippetgen.yaml_tree.node import Node

PLACE = Place("request.yml")
# What ends a literal, a comment, a template or a document somewhere, what is expanded, and what is hard to see.
FRAGMENTS = """
    ' " ` ''' \"\"\" \\ \\\\ \\' \\" $ $$ ${ ${x} $(id) `id` $' % %s %n %d %41 %zz %% { } {} {{ }} {% %} {# #} {0} # @ @-
    @/etc/passwd ! !! ~ ~/ ^ & && &amp; ; ;; ;type=x | || < <( << <<< > >> >& ( ) [ ] [0] [1-3] {a,b} = == + , / // /* */
    /.. ? * : - -- -d --next . .. _ 0 1 a é ß <?php <?= ?> </script> <!-- --> <![CDATA[ ]]> EOF JSON XML TEXT null true NaN
    Infinity __proto__ constructor \\n \\u0000 \\x41 \\0 \\N{DASH} \\u{41} \\101 \\c data:, file:// 12 08 0x1f 1e5 -0
    filename= name= boundary-1 --boundary-1
""".split()
BLANKS = [
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\nEOF\n",
    "\nJSON\n",
    "\nXML;\n",
    "\n    TEXT\n",
    "\n<",
    "\n{",
    "\\\n",
    '"\n',
    "\n ",
]
UNSEEN = [*map(chr, range(0x20)), "\x7f", "\x80", "\x85", "\x9f", "\xa0", "\xad"]
UNSEEN += list(
    "\u0300\u200b\u200d\u2028\u2029\u202e\u3000\ufdd0\ufeff\ufffd\ufffe\uffff\U0001f600\U0001d11e\U0001ffff\U000e0041\U0010ffff"
)
TRAPS = [
    "",
    "0",
    "1",
    "00",
    "-1",
    "1.5",
    "__proto__",
    "constructor",
    "toString",
    "class",
    "if",
    "\0",
    "\0a",
    "a b",
    "a.b",
    "a[b]",
    "a[]",
    "$",
    "@type",
]
NUMBERS = [
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "-0.0",
    "0.1",
    "1.50",
    "1e5",
    "1E-7",
    "1E+2",
    "1e400",
    "-1e400",
    "1e-400",
    "0e0",
    "1e22",
    "1e21",
    "123456789012345678901234567890",
]
NUMBERS += [
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "0.1234567890123456789012345",
]
NUMBERS += [
    "2.2250738585072014e-308",
    "5e-324",
    "1.7976931348623157e308",
    "100000000000000000000.5",
    "4294967296",
    "1e-6",
    "1.0e0",
]
HEADERS = """
    Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Request-Method
    Access-Control-Request-Headers Age Allow Alt-Used Authentication-Info Authorization Cache-Control CDN-Loop
    Content-Digest Content-Disposition Content-Encoding Content-Language Content-Location Content-MD5 Content-Range
    Content-Security-Policy Content-Type Cookie Date Depth Destination Digest DNT ETag Expires Forwarded From HTTP2-Settings
    Idempotency-Key If If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Last-Modified Link Location
    Max-Forwards MIME-Version Origin Overwrite Pragma Prefer Priority Proxy-Authenticate Proxy-Authorization Range Referer
    Retry-After Sec-Fetch-Mode Sec-WebSocket-Key Server Server-Timing Set-Cookie Signature SOAPAction
    Strict-Transport-Security Timeout traceparent tracestate Upgrade-Insecure-Requests User-Agent Vary Via Want-Digest
    Warning WWW-Authenticate X-Api-Key X-Forwarded-For X-HTTP-Method-Override X-Real-IP X-Request-ID X-Requested-With
    OpenAI-Organization anthropic-version __proto__ constructor
""".split()
METHODS = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "HEAD",
    "TRACE",
    "PURGE",
    "PROPFIND",
    "M-SEARCH",
    "purge",
    "Query",
    "x",
    "!#$%&'*+-.^_`|~9",
]
MEDIA_TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    "application/vnd.api+json",
    "text/plain",
    "text/plain; charset=utf-8",
    "text/xml",
]
MEDIA_TYPES += [
    "text/plain;charset=UTF-8",
    "TEXT/Html",
    'text/csv; charset="utf-8"; header=present',
    "application/x-www-form-urlencoded",
]
MEDIA_TYPES += [
    "application/octet-stream",
    "image/png",
    "multipart/mixed; boundary=x",
    "a!#$&^_.+-/b'*%`|~",
    'x/y; a="b; c, d"',
    "text/plain; format=flowed",
]
REFERENCES = [
    "",
    "/",
    "a/../b?c#d",
    "https://example.com",
    "http://Example.COM:80/%41?x=[1]#'",
    "//a",
    "?q",
    "HTTP://a.example/b%c3%a9?$",
]
FILES = {
    "a.bin": bytes(range(256)) * 3,
    "empty": b"",
    'it\'s "q" $x.txt': b"\r\n--boundary-1\r\n",
    "a;b,c=d.txt": b"\n",
    "data:x": b"d",
    "@é ü.txt": b"\xef\xbb\xbfx",
}
FILES |= {"<%41>&?#.txt": b"\x00", "`id`.txt": b"`id`", "~": b"~", "com1.json": b"{}"}


def _mixed(fragments: list[str], most: int) -> st.SearchStrategy[str]:
    """Up to `most` fragments, one after the other. Hypothesis draws a text at once, so each letter stands for a fragment."""
    known = list(dict.fromkeys(["a", "0", *fragments]))
    letters = [chr(0xE000 + number) for number in range(len(known))]
    table = dict(zip(map(ord, letters), known, strict=True))
    return st.text(letters, max_size=most).map(lambda text: text.translate(table))


ANY = _mixed(FRAGMENTS + BLANKS + UNSEEN, 8) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LONG = st.builds(
    lambda text, times: text * times, st.sampled_from(["x", "é", "' ", "\\", "a\n", '"\n', "%"]), st.integers(70, 3000)
)
TEXTS = ANY | ANY | st.sampled_from(TRAPS) | st.builds("{}\n{}\n{}".format, ANY, ANY, ANY) | LONG
NAMES = ANY | st.sampled_from(TRAPS)
# RFC 9110 §5.5: visible ASCII, with inner white space.
VISIBLE = _mixed([text for text in FRAGMENTS if text.isascii()] + [" ", "\t", "  "], 8).map(lambda text: text.strip(" \t"))
VISIBLE |= st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=9)
PRINTABLE = _mixed([*FRAGMENTS, " "], 6) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
TOKENS = st.text("!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz", min_size=1, max_size=9)
QUOTED = st.text([chr(code) for code in range(0x20, 0x7F)], max_size=6).map(
    lambda text: '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
)
MEDIA = st.one_of(
    st.sampled_from(MEDIA_TYPES),
    st.builds("{}/{}".format, TOKENS, TOKENS),
    st.builds("{}/{}{}{}={}".format, TOKENS, TOKENS, st.sampled_from([";", "; ", " ; "]), TOKENS, TOKENS | QUOTED),
)


def secrets(values: st.SearchStrategy[str]) -> st.SearchStrategy[dict]:
    """A secret; one variable has one value, so its name is made of that."""
    shown = values.filter(lambda text: text and "\0" not in text)
    return shown.map(lambda text: {"env": f"KEY_{zlib.crc32(text.encode()):08X}", "example": text})


def _mostly(common: st.SearchStrategy, rare: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(*[common] * 5, rare)


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy:
    return _mostly(texts, secrets(texts) | st.booleans() | st.sampled_from(NUMBERS).map(Number))


def pairs(
    names: st.SearchStrategy[str], texts: st.SearchStrategy[str], unpaired: bool = False, most: int = 4
) -> st.SearchStrategy:
    """A mapping, or a list of {name, value}."""
    full = st.fixed_dictionaries({"name": names, "value": values(texts)})
    item = _mostly(full, st.fixed_dictionaries({"name": names.filter(bool)})) if unpaired else full
    return st.dictionaries(names, values(texts), min_size=1, max_size=most) | st.lists(item, min_size=1, max_size=most)


JSON = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS).map(Number) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
DEEP = st.integers(5, 60).map(lambda depth: _nested(depth))


def _nested(depth: int) -> object:
    value: object = {}
    for level in range(depth):
        value = [value] if level % 3 else {"a": value}
    return value


HEADER_NAMES = (
    st.sampled_from(
        [
            cased
            for name in HEADERS
            if name not in ("Content-Type", "Content-Location", "Referer")
            for cased in (name, name.lower(), name.upper(), name.swapcase())
        ]
    )
    | TOKENS
)
HEADER = st.one_of(
    *[st.fixed_dictionaries({"name": HEADER_NAMES, "value": values(VISIBLE)})] * 5,
    st.fixed_dictionaries({"name": st.sampled_from(["Content-Type", "content-type"]), "value": MEDIA}),
    st.fixed_dictionaries({"name": st.sampled_from(["Referer", "Content-Location"]), "value": st.sampled_from(REFERENCES)}),
)
COOKIE_VALUES = VISIBLE.map(lambda text: text.replace(";", "").replace("\t", "").strip(" "))
OCTETS = st.binary(max_size=40) | st.sampled_from(list(FILES.values()))
PARTS = st.fixed_dictionaries({"name": PRINTABLE, "value": values(TEXTS)}, optional={"media_type": MEDIA})
FILE_PARTS = st.fixed_dictionaries(
    {"name": PRINTABLE, "file": st.sampled_from(list(FILES))},
    optional={"filename": PRINTABLE, "media_type": MEDIA},
)


def _body(kind: str, content: st.SearchStrategy) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({kind: content}, optional={"media_type": MEDIA})


BODIES = st.one_of(
    _body("json", JSON | DEEP),
    _body("form", pairs(NAMES, TEXTS, unpaired=True)),
    st.fixed_dictionaries({"multipart": st.lists(PARTS | FILE_PARTS, min_size=1, max_size=4)}),
    _body("text", TEXTS),
    _body("file", st.sampled_from(list(FILES))),
    _body("base64", OCTETS.map(lambda octets: base64.b64encode(octets).decode())),
    st.fixed_dictionaries(
        {"graphql": st.fixed_dictionaries({"query": TEXTS, "variables": st.dictionaries(NAMES, JSON, max_size=2)})}
    ),
)
AUTHS = st.one_of(
    st.fixed_dictionaries({"bearer": values(VISIBLE.filter(bool))}),
    st.fixed_dictionaries(
        {
            "basic": st.fixed_dictionaries(
                {"username": values(PRINTABLE.map(lambda t: t.replace(":", ""))), "password": values(PRINTABLE)}
            )
        }
    ),
    st.fixed_dictionaries({"header": pairs(TOKENS, VISIBLE, most=1)}),
    st.fixed_dictionaries({"query": pairs(NAMES, TEXTS, most=2)}),
)
URLS = st.sampled_from(
    [
        "/",
        "",
        "/v1/{a}",
        "/{a}/x/{b}",
        "/a{a}b{b}c/",
        "//x//",
        "/é/[x]^|`",
        "/%7Bx%7D",
        "/a?b=c",
        "/a?b",
        "/?q=a+b%20c&d[]=é'|",
        "/{a}?x=1",
    ]
)


OPTIONAL = {
    "method": st.sampled_from(METHODS),
    "auth": AUTHS,
    "query": pairs(NAMES, TEXTS, unpaired=True),
    "headers": st.lists(HEADER, min_size=1, max_size=4) | st.dictionaries(HEADER_NAMES, values(VISIBLE), min_size=1, max_size=4),
    "cookies": pairs(TOKENS, COOKIE_VALUES),
    "body": BODIES,
}
CHOSEN = st.sets(st.sampled_from(sorted(OPTIONAL)), min_size=1, max_size=5)
FILLED = TEXTS.filter(lambda text: text not in ("", ".", ".."))


@st.composite
def trees(draw: st.DrawFn) -> dict:
    """A `request:` as a spec writes it: often one thing, sometimes nearly all of it at once."""
    path = draw(URLS)
    tree: dict = {"url": f"http://api.example.test{path}"}
    if names := re.findall(r"\{(.)\}", path):
        tree["path"] = {name: draw(FILLED) for name in names}
    tree |= {key: draw(OPTIONAL[key]) for key in sorted(draw(CHOSEN))}
    if tree.get("method") in ("HEAD", "TRACE"):  # RFC 9110 §9.3.2, §9.3.8: without a body
        tree.pop("body", None)
    if "headers" in tree:
        tree["headers"] = _agreeing(tree, tree["headers"])
    return tree


def _agreeing(tree: dict, headers: dict | list) -> dict | list:
    """The headers without those that say again what is said elsewhere in the tree, or twice what may be said once."""
    taken = {"cookie"} if "cookies" in tree else set()
    taken |= {"authorization"} if "auth" in tree else set()
    taken |= {"content-type"} if tree.get("body", {}).keys() & {"media_type", "multipart"} else set()
    pairs = list(headers.items()) if isinstance(headers, dict) else [(header["name"], header["value"]) for header in headers]
    kept = []
    for name, value in pairs:
        if name.lower() not in taken:
            kept.append((name, value))
            taken |= {name.lower()} & (SINGLETONS | {"content-type"})
    return dict(kept) if isinstance(headers, dict) else [{"name": name, "value": value} for name, value in kept]


def node(value: object) -> Node:
    """A tree as the reader of YAML would give it."""
    if isinstance(value, dict):
        return Node({name: node(member) for name, member in value.items()}, PLACE, PLACE)
    if isinstance(value, list):
        return Node([node(element) for element in value], PLACE, PLACE)
    return Node(value, PLACE, PLACE)  # type: ignore[arg-type]


def read(tree: Node, folder: Path) -> Request | list[Problem]:
    """The request of a tree whose files lie in `folder`, or why a spec may not say it."""
    problems: list[Problem] = []
    if not REQUEST.check(tree, problems):
        return problems
    return read_request(tree, folder / "request.yml", folder, problems) or problems


def write_files(folder: Path) -> None:
    for name, octets in FILES.items():
        (folder / name).write_bytes(octets)
