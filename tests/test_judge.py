"""The judge turns red for every difference, for its stated reason, and stays green where HTTP leaves a choice."""

from __future__ import annotations

from dataclasses import replace

from cases import each
from engine.samples import BOUNDARY, JSON, Sample
from judged import (
    Cases,
    Mutation,
    assert_harmless,
    assert_told,
    bare,
    charset,
    differences,
    file,
    form,
    json,
    parts,
    saved,
    secure,
    stream,
    text,
)

from snippetgen.json_text import dump, dump_lines

CASES = Cases()
red, green = CASES.red, CASES.green

# The request line.
red("method", json, lambda s: s.captured(method="PUT"), "method", "POST", "PUT")
red("method in lower case", bare, lambda s: s.captured(method="get"), "method", "GET", "get")
red("https sent as http", secure, lambda s: s.captured(scheme="http"), "scheme", "https", "http")
red("http sent as https", bare, lambda s: s.captured(scheme="https"), "scheme", "http", "https")
red("path", bare, lambda s: s.target("models", "model"), "path", "/v1/models", "/v1/model")
red("case of the path", bare, lambda s: s.target("models", "Models"), "path", "/v1/models", "/v1/Models")
red("slash added to the path", bare, lambda s: s.target("models", "models/"), "path", "/v1/models", "/v1/models/")
red("slash doubled in the path", bare, lambda s: s.target("/v1/", "//v1/"), "path", "/v1/models", "//v1/models")
red("encoded slash decoded", json, lambda s: s.target("a%2Fb", "a/b"), "path", "/v1/a%2Fb/c%20d", "/v1/a/b/c%20d")
red("percent sign encoded twice", json, lambda s: s.target("a%2Fb", "a%252Fb"), "path", "a%2Fb", "a%252Fb")
red("plus sign for a space in the path", json, lambda s: s.target("c%20d", "c+d"), "path", "c%20d", "c+d")
red(
    "whole URL as the target",
    bare,
    lambda s: s.target("/v1", "http://api.example.test/v1"),
    "path",
    "/v1/models",
    "http://api.example.test/v1/models",
)
# The query.
red("query added", bare, lambda s: s.target("models", "models?a=1"), "query", "nothing", "?a=1")
red("question mark added", bare, lambda s: s.target("models", "models?"), "query", "nothing", "?")
red("query dropped", json, lambda s: s.captured(target=s.capture.target.partition("?")[0]), "query", "tag=a&tag=b", "nothing")
red("query pair dropped", json, lambda s: s.target("&n=", ""), "query[4]", "n=", "nothing")
red("query pairs reordered", json, lambda s: s.target("tag=a&tag=b", "tag=b&tag=a"), "query[0]", "tag=a", "tag=b")
red("query pair twice", json, lambda s: s.target("tag=a", "tag=a&tag=a"), "query[1]", "tag=b", "tag=a")
red("query value changed", json, lambda s: s.target("tag=a", "tag=A"), "query[0]", "tag=a", "tag=A")
red("query name changed", json, lambda s: s.target("q=x", "Q=x"), "query[3]", "q=x y", "Q=x y")
red("query flag got an equals sign", json, lambda s: s.target("flag", "flag="), "query[2]", "flag", "flag=")
red("empty query value lost its equals sign", json, lambda s: s.target("n=", "n"), "query[4]", "n=", "n")
red("space encoded twice", json, lambda s: s.target("x%20y", "x%2520y"), "query[3]", "q=x y", "q=x%20y")
red("space sent as an encoded plus sign", json, lambda s: s.target("x%20y", "x%2By"), "query[3]", "q=x y", "q=x+y")
red("empty pair added to the query", json, lambda s: s.target("flag", "&flag"), "query[2]", "flag", "")
# Headers.
red("header dropped", json, lambda s: s.header("X-Request-Id"), "header X-Request-Id", "Abc", "nothing")
red("header value changed", json, lambda s: s.header("X-Request-Id", "Abd"), "header X-Request-Id", "Abc", "Abd")
red("case of a header value", json, lambda s: s.header("X-Request-Id", "abc"), "header X-Request-Id", "Abc", "abc")
red("header twice", json, lambda s: s.header("X-Request-Id", "Abc", "Abc"), "header X-Request-Id", "Abc", "Abc, Abc")
red("undeclared header", json, lambda s: s.header("X-Extra", "1"), "header x-extra", "nothing", "1")
red(
    "declared header with another value",
    json,
    lambda s: s.header("User-Agent", "curl/8"),
    "header user-agent",
    "nothing",
    "curl/8",
)
red("declared header twice", json, lambda s: s.header("Accept", "*/*", "*/*"), "header accept", "nothing", "*/*, */*")
red("repeated header lost a value", json, lambda s: s.header("X-Tag", "one"), "header X-Tag", "one, two", "one")
red("repeated header reordered", json, lambda s: s.header("X-Tag", "two", "one"), "header X-Tag", "one, two", "two, one")
red("Host", json, lambda s: s.header("Host", "example.test"), "header Host", "api.example.test", "example.test")
red("Host with a port", json, lambda s: s.header("Host", "api.example.test:80"), "header Host", "api.example.test", ":80")
red("Host dropped", json, lambda s: s.header("Host"), "header Host", "api.example.test", "nothing")
red(
    "Host twice",
    json,
    lambda s: s.header("Host", *["api.example.test"] * 2),
    "header Host",
    "api.example.test",
    "api.example.test, api",
)
red(
    "cookie changed",
    json,
    lambda s: s.header("Cookie", "session=s2; theme=dark"),
    "header Cookie",
    "session=s1; theme=dark",
    "session=s2; theme=dark",
)
red(
    "cookies reordered",
    json,
    lambda s: s.header("Cookie", "theme=dark; session=s1"),
    "header Cookie",
    "session=s1; theme=dark",
    "theme=dark; session=s1",
)
red("cookie dropped", json, lambda s: s.header("Cookie", "session=s1"), "header Cookie", "theme=dark", "session=s1")
red("all cookies dropped", json, lambda s: s.header("Cookie"), "header Cookie", "session=s1", "nothing")
red(
    "cookies in two headers",
    json,
    lambda s: s.header("Cookie", "session=s1", "theme=dark"),
    "header Cookie",
    "session=s1; theme",
    "session=s1 | theme=dark",
)
red(
    "token changed",
    json,
    lambda s: s.header("Authorization", "Bearer omx_live_xxy"),
    "header Authorization",
    "omx_live_xxx",
    "omx_live_xxy",
)
red(
    "scheme of the token in lower case",
    json,
    lambda s: s.header("Authorization", "bearer omx_live_xxx"),
    "header Authorization",
    "Bearer",
    "bearer",
)
red("token dropped", json, lambda s: s.header("Authorization"), "header Authorization", "Bearer omx_live_xxx", "nothing")
red("another auth scheme", json, lambda s: s.header("Authorization", "Basic b214Og=="), "header Authorization", "Bearer", "Basic")
red("auth added", bare, lambda s: s.header("Authorization", "Bearer x"), "header authorization", "nothing", "Bearer x")
red(
    "media type changed",
    json,
    lambda s: s.header("Content-Type", "text/json"),
    "header Content-Type",
    "application/json",
    "text/json",
)
red("media type dropped", json, lambda s: s.header("Content-Type"), "header Content-Type", "application/json", "nothing")
red(
    "media type twice",
    json,
    lambda s: s.header("Content-Type", *["application/json"] * 2),
    "header Content-Type",
    "application/json",
    "json, application",
)
red(
    "media type without a body",
    bare,
    lambda s: s.header("Content-Type", "application/json"),
    "header content-type",
    "nothing",
    "application/json",
)
red(
    "another charset",
    json,
    lambda s: s.header("Content-Type", "application/json; charset=latin1"),
    "header Content-Type",
    "json",
    "latin1",
)
red(
    "charset dropped",
    charset,
    lambda s: s.header("Content-Type", "text/plain"),
    "header Content-Type",
    "charset=utf-8",
    "text/plain",
)
red(
    "charset added to octets",
    file,
    lambda s: s.header("Content-Type", "image/png; charset=utf-8"),
    "header Content-Type",
    "image/png",
    "charset",
)
# How many requests.
red("two requests", bare, lambda s: replace(s, captures=s.captures * 2), "requests", "exactly one", "2")
red("no request", bare, lambda s: replace(s, captures=()), "requests", "exactly one", "0")
red(
    "not HTTP",
    bare,
    lambda s: replace(s, troubles=("not HTTP/1.1: illegal request line",)),
    "wire",
    "a proper exchange",
    "illegal request line",
)
red(
    "stream held back",
    stream,
    lambda s: replace(s, troubles=("stream: 0 of 9 bytes were printed",)),
    "stream",
    "a proper exchange",
    "0 of 9 bytes",
)
red(
    "swapped origin reached by another name",
    replace(bare, authority="127.1.1.2:4000").header("Host", "127.1.1.2:4000"),
    lambda s: s.header("Host", "api.example.test"),
    "header Host",
    "127.1.1.2:4000",
    "api.example.test",
)
# How the run ended.
red("nothing printed", bare, lambda s: s.ended(stdout=b""), "stdout byte 0", "shown", "0 bytes")
red("more printed", bare, lambda s: s.ended(stdout=b"shown\nmore"), "stdout byte 5", "5 bytes", r"\nmore (10 bytes)")
red("other text printed", bare, lambda s: s.ended(stdout=b"shewn"), "stdout byte 2", "own", "ewn")
red("two line ends printed", bare, lambda s: s.ended(stdout=b"shown\n\n"), "stdout byte 5", "5 bytes", "7 bytes")
red("space printed", bare, lambda s: s.ended(stdout=b" shown"), "stdout byte 0", "shown", " shown")
red("line end printed after a stream", stream, lambda s: s.ended(stdout=b"one\n\n"), "stdout byte 4", "4 bytes", "5 bytes")
red(
    "exit code",
    bare,
    lambda s: s.ended(exit_code=1, stderr=b"Traceback\nKeyError: 'x'"),
    "exit code",
    "0",
    "1: Traceback / KeyError: 'x'",
)
red("killed", bare, lambda s: s.ended(exit_code=-11), "exit code", "0", "-11: no message")
red(
    "stopped",
    bare,
    lambda s: s.ended(stopped="stopped: took longer than 20 s", stderr=b"waiting"),
    "run",
    "an end by itself",
    "took longer than 20 s: waiting",
)
red("saved file missing", saved, lambda s: s.ended(files={}), "file speech.mp3", "5 bytes", "no such file")
red(
    "saved file changed",
    saved,
    lambda s: s.ended(files={"speech.mp3": b"\x00\xfemp3"}),
    "file speech.mp3 byte 1",
    "5 bytes",
    "5 bytes",
)
red(
    "saved file cut short",
    saved,
    lambda s: s.ended(files={"speech.mp3": b"\x00"}),
    "file speech.mp3 byte 1",
    "5 bytes",
    "1 byte",
)
red("file added", saved, lambda s: s.ended(files=s.run.files | {"nohup.out": b"ab"}), "file nohup.out", "nothing", "2 bytes")
red(
    "file where there is none",
    bare,
    lambda s: s.ended(files={"a\n::error::\udcff": b""}),
    "file a\n::error::\udcff",
    "nothing",
    "0 bytes",
)
red("octets printed that are saved", saved, lambda s: s.ended(stdout=b"\x00\xffmp3"), "stdout byte 0", "0 bytes", "5 bytes")


@each(("base", "mutation", "place", "expected", "captured"), CASES.wrong)
def test_a_change_is_red_for_its_reason(base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    assert_told(base, mutation, place, expected, captured)


def unstack(s: Sample) -> Sample:
    """Reversed header order, but repeated names keep theirs."""
    tags = [pair for pair in s.capture.headers if pair[0] == "X-Tag"]
    return s.captured(headers=(*tags, *(pair for pair in reversed(s.capture.headers) if pair[0] != "X-Tag")))


def other_boundary(s: Sample, boundary: str, said: str) -> Sample:
    body = s.capture.body.replace(f"--{BOUNDARY}".encode(), f"--{boundary}".encode())
    return s.captured(body=body).header("Content-Type", f"multipart/form-data; boundary={said}")


STAR = "my%20%22best%22%20%C3%A9.bin"
green("order of the headers", json, unstack)
green(
    "case of header names", json, lambda s: s.captured(headers=tuple((name.lower(), value) for name, value in s.capture.headers))
)
green("order of members", json, lambda s: s.captured(body=dump(dict(reversed(JSON.body.value.items()))).encode()))  # type: ignore[union-attr]
green(
    "white space in JSON", json, lambda s: s.captured(body=dump_lines(JSON.body.value).replace("\n", "\r\n\t").encode() + b"\n")
)  # type: ignore[union-attr]
green("no white space in JSON", json, lambda s: s.captured(body=s.capture.body.replace(b": ", b":").replace(b", ", b",")))
green("1 for 1.0", json, lambda s: s.body(b"1.0", b"1"))
green("1e2 for 100", json, lambda s: s.body(b'"hundred": 100', b'"hundred": 1e2'))
green("2048.000 for 2048", json, lambda s: s.body(b"2048", b"2048.000"))
green("escaped characters", json, lambda s: s.body("é".encode(), b"\\u00e9"))
green("escaped ASCII", json, lambda s: s.body(b'"grok-3"', b'"\\u0067rok\\u002d3"'))
green("escaped line separator", json, lambda s: s.body("\u2028".encode(), b"\\u2028"))
green("plus sign for a space in the query", json, lambda s: s.target("x%20y", "x+y"))
green("needless escapes in the query", json, lambda s: s.target("tag=a&", "t%61g=%61&"))
green("needless escapes in the path", bare, lambda s: s.target("models", "%6Dodels"))
green("lower-case hexadecimal digits", json, lambda s: s.target("a%2Fb", "a%2fb"))
green("another boundary", parts, lambda s: other_boundary(s, "----WebKit7MA4YWx", "----WebKit7MA4YWx"))
green("quoted boundary", parts, lambda s: other_boundary(s, BOUNDARY, f'"{BOUNDARY}"'))
green("boundary of seventy characters", parts, lambda s: other_boundary(s, "b" * 70, "b" * 70))
green("no line end behind the last boundary", parts, lambda s: s.captured(body=s.capture.body[:-2]))
green("file name with backslashes", parts, lambda s: s.body(b"my %22best%22", b'my \\"best\\"'))
green("same file name in filename*", parts, lambda s: s.body('é.bin"'.encode(), f"é.bin\"; filename*=utf-8''{STAR}".encode()))
green("name without quotes", parts, lambda s: s.body(b'name="model"', b"name=model"))
green("text part with text/plain", parts, lambda s: s.body(b'"model"', b'"model"\r\nContent-Type: text/plain'))
green(
    "text part with text/plain in UTF-8",
    parts,
    lambda s: s.body(b'"model"', b'"model"\r\ncontent-type: text/plain; charset=utf-8'),
)
green("part with its length", parts, lambda s: s.body(b'"model"', b'"model"\r\nContent-Length: 9'))
green("charset=utf-8 added to JSON", json, lambda s: s.header("Content-Type", "application/json; charset=utf-8"))
green(
    "charset=UTF-8 added to a form", form, lambda s: s.header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
)
green("charset added in quotes", text, lambda s: s.header("Content-Type", 'text/plain; charset="utf-8"'))
green("space before charset", charset, lambda s: s.header("Content-Type", "text/plain;charset=utf-8"))
green("%20 for a plus sign in a form", form, lambda s: s.body(b"1+2", b"1%202"))
green("repeated header joined by a comma", json, lambda s: s.header("X-Tag", "one, two"))
green("declared header", json, lambda s: s.header("Connection", "keep-alive"))
green("declared header left out", json, lambda s: s.header("User-Agent"))
green("chunked, so no Content-Length", json, lambda s: s.header("Content-Length"))
green("line end on stdout", bare, lambda s: s.ended(stdout=b"shown\n"))
green("CRLF on stdout", bare, lambda s: s.ended(stdout=b"shown\r\n"))
green("words on stderr", bare, lambda s: s.ended(stderr=b"a warning"))
green(
    "https sent as http where origins are swapped",
    replace(secure, authority="127.1.1.2:4000"),
    lambda s: s.header("Host", "127.1.1.2:4000").captured(scheme="http"),
)


@each(("base", "mutation"), CASES.harmless)
def test_a_harmless_difference_is_green(base: Sample, mutation: Mutation) -> None:
    assert_harmless(base, mutation)


def test_every_difference_is_told_and_not_only_the_first() -> None:
    places = [
        d.place for d in differences(json.captured(method="PUT").header("X-Request-Id").body(b"2048", b"1").ended(stdout=b""))
    ]
    assert places == ["method", "header X-Request-Id", "body.max_tokens", "stdout byte 0"]


def test_a_difference_is_short_and_printable_whatever_arrives() -> None:
    hostile = json.body(b'"grok-3"', b'"\\u001b[31m\\n::error::' + b"x" * 100_000 + b'"').ended(
        exit_code=1, stderr=b"\x1b[2J" + b"y" * 100_000
    )
    told = [str(d) for d in differences(hostile)]
    assert len(told) == 2
    assert all(line.isprintable() and len(line) < 400 for line in told)
