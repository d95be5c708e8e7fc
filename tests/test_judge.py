"""The judge turns red for every difference, for its stated reason, and stays green where HTTP leaves a choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from engine.samples import BARE, BOUNDARY, CHARSET, FILE, FORM, JSON, LANGUAGE, PARTS, SECURE, TEXT, Sample, part_octets, sample
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.json_text import dump
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.request import JsonBody, MultipartBody, Number, Pair, Request, TextPart, Uri
from snippetgen.verify.judge import compare, compare_json, judge, same_number

Mutation = Callable[[Sample], Sample]
RED: list = []
GREEN: list = []


def red(name: str, base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    RED.append(pytest.param(base, mutation, place, expected, captured, id=name))


def green(name: str, base: Sample, mutation: Mutation) -> None:
    GREEN.append(pytest.param(base, mutation, id=name))


def differences(sample: Sample) -> list:
    return judge(sample.request, sample.scenario, LANGUAGE, sample.run, sample.exchange, sample.authority)


json, form, parts, text, charset, file = (sample(request) for request in (JSON, FORM, PARTS, TEXT, CHARSET, FILE))
bare, secure, error = sample(BARE), sample(SECURE), sample(BARE, status=401)
saved = sample(BARE, saved=("speech.mp3", b"\x00\xffmp3"))
saved_error = sample(BARE, saved=("speech.mp3", b"\x00\xffmp3"), status=500)
stream = replace(bare, scenario=replace(bare.scenario, stdout=b"one\n", line_end=False), run=replace(bare.run, stdout=b"one\n"))

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
# JSON.
red("boolean flipped", json, lambda s: s.body(b"true", b"false"), "body.stream", "true", "false")
red("null became false", json, lambda s: s.body(b"null", b"false"), "body.user", "null", "false")
red("null left out", json, lambda s: s.body(b'"user": null, ', b""), "body.user", "null", "nothing")
red("true became 1", json, lambda s: s.body(b"true", b"1"), "body.stream", "true", "1")
red("digit of a number", json, lambda s: s.body(b"2048", b"2049"), "body.max_tokens", "2048", "2049")
red("number became a string", json, lambda s: s.body(b"2048", b'"2048"'), "body.max_tokens", "2048", '"2048"')
red("string became a number", json, lambda s: s.body(b'"one": "1"', b'"one": 1'), "body.one", '"1"', "1")
red("null became a string", json, lambda s: s.body(b"null", b'"null"'), "body.user", "null", '"null"')
red("string became null", json, lambda s: s.body(b'"grok-3"', b"null"), "body.model", '"grok-3"', "null")
red("1.0 became 1.01", json, lambda s: s.body(b"1.0", b"1.01"), "body.temperature", "1.0", "1.01")
red("last of thirty digits", json, lambda s: s.body(b"567890,", b"567891,"), "body.big", "567890", "567891")
red(
    "thirty digits as a double",
    json,
    lambda s: s.body(b"123456789012345678901234567890", b"1.2345678901234568e+29"),
    "body.big",
    "7890",
    "1.2345678901234568e+29",
)
red(
    "member twice",
    json,
    lambda s: s.body(b'"stream": true', b'"stream": true, "stream": true'),
    "body",
    "JSON",
    "two members have one name",
)
red(
    "member twice, deep inside",
    json,
    lambda s: s.body(b'{"role": "user"}', b'{"role": "x", "role": "user"}'),
    "body",
    "JSON",
    "one name",
)
red("member added", json, lambda s: s.body(b'"stream"', b'"n": 1, "stream"'), "body.n", "nothing", "1")
red("member dropped", json, lambda s: s.body(b'"stream": true, ', b""), "body.stream", "true", "nothing")
red("case of a member name", json, lambda s: s.body(b'"model"', b'"Model"'), "body.Model", "nothing", '"grok-3"')
red("elements reordered", json, lambda s: s.body(b'["a", "b"]', b'["b", "a"]'), "body.stop[0]", '"a"', '"b"')
red("element added", json, lambda s: s.body(b'["a", "b"]', b'["a", "b", "b"]'), "body.stop", "2 elements", "3 elements")
red("element dropped", json, lambda s: s.body(b'["a", "b"]', b'["a"]'), "body.stop", "2 elements", "1 element")
red("list became a string", json, lambda s: s.body(b'["a", "b"]', b'"a"'), "body.stop", '["a", "b"]', '"a"')
red("empty object became a list", json, lambda s: s.body(b"{}", b"[]"), "body.empty", "{}", "[]")
red("empty list became an object", json, lambda s: s.body(b"[]", b"{}"), "body.nothing", "[]", "{}")
red(
    "member of an element",
    json,
    lambda s: s.body(b'"role": "user"', b'"role": "system"'),
    "body.messages[0].role",
    '"user"',
    '"system"',
)
red("string in Latin-1", json, lambda s: s.body("é".encode(), b"\xe9"), "body", "JSON", "base64")
red("string in another normal form", json, lambda s: s.body("é".encode(), "e\u0301".encode()), "body.note", "é", "e\u0301")
red("line separator lost", json, lambda s: s.body("\u2028".encode(), b" "), "body.note", r"\u2028", "é  ")
red("JSON cut short", json, lambda s: s.captured(body=s.capture.body[:-1]), "body", "JSON", "Expecting")
red("JSON with more behind it", json, lambda s: s.captured(body=s.capture.body + b"}"), "body", "JSON", "Extra data")
red("JSON with a BOM", json, lambda s: s.captured(body=b"\xef\xbb\xbf" + s.capture.body), "body", "JSON", "BOM")
red("NaN", json, lambda s: s.body(b"1.0", b"NaN"), "body", "JSON", "NaN is not JSON")
red("Infinity", json, lambda s: s.body(b"1.0", b"-Infinity"), "body", "JSON", "-Infinity is not JSON")
red("trailing comma", json, lambda s: s.body(b'["a", "b"]', b'["a", "b",]'), "body", "JSON", "Expecting value")
red("JSON encoded twice", json, lambda s: s.captured(body=b'"{}"'), "body", "{", '"{}"')
red("no body", json, lambda s: s.captured(body=b""), "body", "JSON", "Expecting value")
red("body where there is none", bare, lambda s: s.captured(body=b"{}"), "body", "nothing", "{}")
# Forms.
red("form reordered", form, lambda s: s.captured(body=b"a=%2B%26%C3%A9&a=1+2&flag&empty="), "form[0]", "a=1 2", "a=+&")
red("form pair twice", form, lambda s: s.body(b"flag", b"flag&flag"), "form[3]", "empty=", "flag")
red("form pair dropped", form, lambda s: s.body(b"&empty=", b""), "form[3]", "empty=", "nothing")
red("form flag got an equals sign", form, lambda s: s.body(b"flag", b"flag="), "form[2]", "flag", "flag=")
red("plus sign left bare in a form", form, lambda s: s.body(b"%2B", b"+"), "form[1]", "a=+&", "a= &")
red("ampersand left bare in a form", form, lambda s: s.body(b"%26", b"&"), "form[1]", "&", "a=+")
red("form in Latin-1", form, lambda s: s.body(b"%C3%A9", b"%E9"), "form[1]", "a=+&", "base64")
red("bare Latin-1 octet in a form", form, lambda s: s.body(b"%C3%A9", b"\xe9"), "form octet 14", "%C3%A9", "base64")
red("bare UTF-8 octets in a form", form, lambda s: s.body(b"%C3%A9", "é".encode()), "form octet 14", "%C3%A9", "é")
red("form sent as JSON", form, lambda s: s.captured(body=b'{"a": "1 2"}'), "form[0]", "a=1 2", '{"a": "1 2"}')
# Parts.
first, second, third = (part_octets(part) for part in PARTS.body.parts)  # type: ignore[union-attr]
end = f"--{BOUNDARY}--\r\n".encode()
red("parts reordered", parts, lambda s: s.captured(body=second + first + third + end), "part[0].name", "model", "options")
red("part dropped", parts, lambda s: s.captured(body=first + third + end), "parts", "3", "2")
red("part added", parts, lambda s: s.captured(body=first + second + third + first + end), "parts", "3", "4")
red(
    "part twice in place of another",
    parts,
    lambda s: s.captured(body=first + first + third + end),
    "part[1].name",
    "options",
    "model",
)
red("name of a part", parts, lambda s: s.body(b'name="model"', b'name="Model"'), "part[0].name", "model", "Model")
red("name of a part dropped", parts, lambda s: s.body(b'; name="model"', b""), "part[0].name", "model", "None")
red("file name", parts, lambda s: s.body(b"my %22", b"our %22"), "part[2].filename", 'my "best"', "our %22best")
red(
    "file name dropped",
    parts,
    lambda s: s.body('; filename="my %22best%22 é.bin"'.encode(), b""),
    "part[2].filename",
    'my "best"',
    "nothing",
)
red(
    "file name given to a text",
    parts,
    lambda s: s.body(b'name="model"', b'name="model"; filename="x"'),
    "part[0].filename",
    "nothing",
    "x",
)
red("file name in Latin-1", parts, lambda s: s.body("é.bin".encode(), b"\xe9.bin"), "part[2].filename", "é.bin", "\udce9.bin")
red(
    "another file name in filename*",
    parts,
    lambda s: s.body(' é.bin"'.encode(), " é.bin\"; filename*=UTF-8''evil.sh".encode()),
    "part[2] header filename*",
    "nothing",
    "present",
)
red("media type of a part", parts, lambda s: s.body(b"audio/mpeg", b"audio/mp3"), "part[2].media_type", "audio/mpeg", "audio/mp3")
red(
    "media type of a file dropped",
    parts,
    lambda s: s.body(b"\r\nContent-Type: audio/mpeg", b""),
    "part[2].media_type",
    "audio/mpeg",
    "nothing",
)
red(
    "media type of a text dropped",
    parts,
    lambda s: s.body(b"\r\nContent-Type: application/json", b""),
    "part[1].media_type",
    "application/json",
    "nothing",
)
red(
    "another media type given to a text",
    parts,
    lambda s: s.body(b'"model"', b'"model"\r\nContent-Type: text/html'),
    "part[0].media_type",
    "nothing",
    "text/html",
)
red(
    "another charset given to a text",
    parts,
    lambda s: s.body(b'"model"', b'"model"\r\nContent-Type: text/plain; charset=latin1'),
    "part[0].media_type",
    "nothing",
    "latin1",
)
red(
    "text of a part",
    parts,
    lambda s: s.body(b"whisper-1", b"whisper-2"),
    "part[0] content octet 8",
    "1 (9 octets)",
    "2 (9 octets)",
)
red(
    "octet of a file part",
    parts,
    lambda s: s.body(b"\x00\xff\r\n", b"\x00\xfe\r\n"),
    "part[2] content octet 1",
    "13 octets",
    "13 octets",
)
red(
    "line break of a file part",
    parts,
    lambda s: s.body(b"\x00\xff\r\n", b"\x00\xff\n"),
    "part[2] content octet 2",
    "13 octets",
    "12 octets",
)
red(
    "line break added behind a part",
    parts,
    lambda s: s.body(b"whisper-1", b"whisper-1\r\n"),
    "part[0] content octet 9",
    "9 octets",
    "11 octets",
)
red(
    "line break before the last boundary lost",
    parts,
    lambda s: s.body(b"--3f1c9\r\n\r\n" + end, b"--3f1c9" + end),
    "body",
    "multipart/form-data",
    "does not end",
)
red(
    "bare line feeds between parts",
    parts,
    lambda s: s.captured(body=s.capture.body.replace(b"\r\n", b"\n")),
    "body",
    "multipart",
    "does not end",
)
red(
    "last boundary lost",
    parts,
    lambda s: s.captured(body=s.capture.body[: -len(end)]),
    "body",
    "multipart/form-data",
    "does not end",
)
red(
    "blank line lost",
    parts,
    lambda s: s.body(b"\r\n\r\nwhisper-1", b"\r\nwhisper-1"),
    "body",
    "multipart/form-data",
    "blank line",
)
red(
    "octets before the first boundary",
    parts,
    lambda s: s.captured(body=b"x\r\n" + s.capture.body),
    "body",
    "multipart/form-data",
    "does not start",
)
red(
    "octets behind the last boundary",
    parts,
    lambda s: s.captured(body=s.capture.body + b"x"),
    "body",
    "multipart/form-data",
    "does not end",
)
red(
    "octets behind a boundary",
    parts,
    lambda s: s.captured(body=s.capture.body.replace(b"--3f1c9a\r\n", b"--3f1c9abc\r\n", 1)),
    "body",
    "multipart",
    "boundary",
)
red(
    "boundary of the header is another",
    parts,
    lambda s: s.header("Content-Type", "multipart/form-data; boundary=other"),
    "body",
    "multipart",
    "does not start",
)
red(
    "boundary not said",
    parts,
    lambda s: s.header("Content-Type", "multipart/form-data"),
    "header Content-Type",
    "multipart",
    "multipart/form-data",
)
red(
    "multipart of another kind",
    parts,
    lambda s: s.header("Content-Type", f"multipart/mixed; boundary={BOUNDARY}"),
    "header Content-Type",
    "form-data",
    "multipart/mixed",
)
red(
    "part of another disposition",
    parts,
    lambda s: s.body(b'form-data; name="model"', b'attachment; name="model"'),
    "body",
    "multipart",
    "not form-data",
)
red(
    "disposition with more behind it",
    parts,
    lambda s: s.body(b'name="model"', b'name="model"; junk'),
    "body",
    "multipart",
    "not form-data",
)
red("name twice in one part", parts, lambda s: s.body(b'name="model"', b'name="x"; name="model"'), "body", "multipart", "twice")
red(
    "header twice in one part",
    parts,
    lambda s: s.body(b"Content-Type: audio/mpeg", b"Content-Type: audio/mpeg\r\nContent-Type: audio/mpeg"),
    "body",
    "multipart",
    "wrong header",
)
red(
    "header added to a part",
    parts,
    lambda s: s.body(b'"model"', b'"model"\r\nContent-Transfer-Encoding: binary'),
    "part[0] header content-transfer-encoding",
    "nothing",
    "present",
)
# Octets.
red("character of a text", text, lambda s: s.body(b"one", b"One"), "body octet 3", "one", "One")
red(
    "text in CRLF",
    text,
    lambda s: s.captured(body=s.capture.body.replace(b"\n", b"\r\n")),
    "body octet 6",
    r"\ntwo\n (11 octets)",
    r"\r\ntwo\r\n (13 octets)",
)
red("text with a BOM", text, lambda s: s.captured(body=b"\xef\xbb\xbf" + s.capture.body), "body octet 0", "é one", r"\ufeffé one")
red("text in Latin-1", text, lambda s: s.body("é".encode(), b"\xe9"), "body octet 0", "é one", "base64")
red(
    "last line end of a text lost",
    text,
    lambda s: s.captured(body=s.capture.body[:-1]),
    "body octet 10",
    "11 octets",
    "10 octets",
)
red("octet of a file", file, lambda s: s.body(b"\xff", b"\xfe"), "body octet 7", "8 octets", "8 octets")
red("file with a line end added", file, lambda s: s.captured(body=s.capture.body + b"\n"), "body octet 8", "8 octets", "9 octets")
red(
    "file decoded and encoded again",
    file,
    lambda s: s.captured(body=s.capture.body.decode("latin-1").encode()),
    "body octet 0",
    "8 octets",
    "10 octets",
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
    lambda s: replace(s, troubles=("stream: 0 of 9 octets were printed",)),
    "stream",
    "a proper exchange",
    "0 of 9 octets",
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
red("nothing printed", bare, lambda s: s.ended(stdout=b""), "stdout octet 0", "shown", "0 octets")
red("more printed", bare, lambda s: s.ended(stdout=b"shown\nmore"), "stdout octet 5", "5 octets", r"\nmore (10 octets)")
red("other text printed", bare, lambda s: s.ended(stdout=b"shewn"), "stdout octet 2", "own", "ewn")
red("two line ends printed", bare, lambda s: s.ended(stdout=b"shown\n\n"), "stdout octet 5", "5 octets", "7 octets")
red("space printed", bare, lambda s: s.ended(stdout=b" shown"), "stdout octet 0", "shown", " shown")
red("line end printed after a stream", stream, lambda s: s.ended(stdout=b"one\n\n"), "stdout octet 4", "4 octets", "5 octets")
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
red("saved file missing", saved, lambda s: s.ended(files={}), "file speech.mp3", "5 octets", "no such file")
red(
    "saved file changed",
    saved,
    lambda s: s.ended(files={"speech.mp3": b"\x00\xfemp3"}),
    "file speech.mp3 octet 1",
    "5 octets",
    "5 octets",
)
red(
    "saved file cut short",
    saved,
    lambda s: s.ended(files={"speech.mp3": b"\x00"}),
    "file speech.mp3 octet 1",
    "5 octets",
    "1 octet",
)
red("file added", saved, lambda s: s.ended(files=s.run.files | {"nohup.out": b"ab"}), "file nohup.out", "nothing", "2 octets")
red(
    "file where there is none",
    bare,
    lambda s: s.ended(files={"a\n::error::\udcff": b""}),
    "file a\n::error::\udcff",
    "nothing",
    "0 octets",
)
red("octets printed that are saved", saved, lambda s: s.ended(stdout=b"\x00\xffmp3"), "stdout octet 0", "0 octets", "5 octets")
# How it ended on an error.
red("exit code 0 on an error", error, lambda s: s.ended(exit_code=0), "exit code", "not 0 on status 401", "0")
red("status not visible", error, lambda s: s.ended(stderr=b"it failed"), "stderr", "the status 401", "it failed")
red("nothing said on an error", error, lambda s: s.ended(stderr=b""), "stderr", "the status 401", "nothing")
red("success printed on an error", error, lambda s: s.ended(stdout=b"shown\n"), "stdout", "no success output", "shown")
red(
    "success saved on an error",
    saved_error,
    lambda s: s.ended(files=s.scenario.saved and dict([s.scenario.saved])),
    "file speech.mp3",
    "not the answer of a success",
    "saved answer",
)
red(
    "stopped on an error",
    error,
    lambda s: s.ended(exit_code=None, stopped="stopped: took longer than 20 s"),
    "run",
    "an end by itself",
    "20 s",
)
red("two requests on an error", error, lambda s: replace(s, captures=s.captures * 2), "requests", "exactly one", "2")


@pytest.mark.parametrize(("base", "mutation", "place", "expected", "captured"), RED)
def test_a_change_is_red_for_its_reason(base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    assert differences(base) == []
    found = [d for d in differences(mutation(base)) if d.place == place]
    assert found, differences(mutation(base))
    told = [str(d) for d in found if expected in d.expected and captured in d.captured]
    assert told, found
    assert all(line.isprintable() for line in told)


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
green("white space in JSON", json, lambda s: s.captured(body=dump(JSON.body.value, 2).replace("\n", "\r\n\t").encode() + b"\n"))  # type: ignore[union-attr]
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
green("status on stdout", error, lambda s: s.ended(stdout=b"HTTP 401", stderr=b""))
green("error answer saved", saved_error, lambda s: s.ended(files={"speech.mp3": b"{}"}))
green(
    "https sent as http where origins are swapped",
    replace(secure, authority="127.1.1.2:4000"),
    lambda s: s.header("Host", "127.1.1.2:4000").captured(scheme="http"),
)


@pytest.mark.parametrize(("base", "mutation"), GREEN)
def test_a_harmless_difference_is_green(base: Sample, mutation: Mutation) -> None:
    changed = mutation(base)
    assert changed != base
    assert differences(changed) == []


def test_every_difference_is_told_and_not_only_the_first() -> None:
    places = [
        d.place for d in differences(json.captured(method="PUT").header("X-Request-Id").body(b"2048", b"1").ended(stdout=b""))
    ]
    assert places == ["method", "header X-Request-Id", "body.max_tokens", "stdout octet 0"]


def test_a_difference_is_short_and_printable_whatever_arrives() -> None:
    hostile = json.body(b'"grok-3"', b'"\\u001b[31m\\n::error::' + b"x" * 100_000 + b'"').ended(
        exit_code=1, stderr=b"\x1b[2J" + b"y" * 100_000
    )
    told = [str(d) for d in differences(hostile)]
    assert len(told) == 2
    assert all(line.isprintable() and len(line) < 400 for line in told)


scalars = st.none() | st.booleans() | st.text(max_size=5) | st.integers().map(lambda n: Number(str(n)))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8
)


@given(values)
def test_a_json_value_equals_itself(value: object) -> None:
    assert list(compare_json("body", value, value)) == []


@given(values, values)
def test_two_json_values_are_equal_only_when_their_texts_are(left: object, right: object) -> None:
    def sorted_text(value: object) -> str:
        return dump(_sorted(value))

    assert (not list(compare_json("body", left, right))) == (sorted_text(left) == sorted_text(right))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(element) for element in value] if isinstance(value, list) else value


@given(st.integers(), st.integers(min_value=0, max_value=40))
def test_a_number_equals_its_other_spellings_and_no_neighbour(number: int, zeros: int) -> None:
    digits = str(number)
    assert same_number(digits, f"{digits}.{'0' * (zeros + 1)}")
    assert same_number(digits, f"{digits}{'0' * zeros}e-{zeros}")
    assert not same_number(digits, str(number + 1))
    assert not same_number(digits, f"{digits}.{'0' * zeros}1")


def test_numbers_beyond_any_decimal_are_compared_without_haste_or_failure() -> None:
    assert not same_number("1e9999999999999999999999", "2e9999999999999999999999")
    assert same_number("1e9999999999999999999999", "1e9999999999999999999999")
    assert not same_number("1e999999999", "1")


def test_a_query_given_without_a_value_differs_from_none() -> None:
    asked = sample(Request("GET", Uri("http", "api.example.test", None, "/a", "x")))
    assert [d.place for d in differences(asked.target("?x", ""))] == ["query"]
    assert [d.place for d in differences(asked.target("?x", "?"))] == ["query[0]"]


def test_an_empty_multipart_text_is_a_part() -> None:
    request = Request("POST", BARE.uri, body=MultipartBody((TextPart("empty", ""),)))
    base = sample(request)
    assert differences(base) == []
    assert [d.place for d in differences(base.captured(body=end))] == ["parts"]


@pytest.mark.parametrize("value", [True, None, "text", Number("1"), []])
def test_a_body_may_be_any_json_value(value: object) -> None:
    base = sample(Request("POST", BARE.uri, body=JsonBody(value)))
    assert differences(base) == []
    assert [d.place for d in differences(base.captured(body=b'{"a": 1}'))] == ["body"]


@pytest.mark.parametrize(
    ("left", "right", "same"), [("-0.0", "0", False), ("-0", "-0.0", True), ("1e400", "10e399", True), ("1.10", "1.1", True)]
)
def test_numbers_are_compared_as_decimals_with_their_sign(left: str, right: str, same: bool) -> None:
    assert same_number(left, right) is same


def test_white_space_of_a_list_is_open_only_for_a_client_that_declares_it() -> None:
    arrived = json.header("Accept", "text/html, a/b; q=0.9")
    request = replace(arrived.request, headers=(*arrived.request.headers, Pair("Accept", "text/html,a/b;q=0.9")))
    declared = discover([BUILTIN])["csharp"]
    for language, expected in ((declared, []), (LANGUAGE, ["header Accept"])):
        found = [d.place for d in compare(request, arrived.capture, language) if d.place == "header Accept"]
        assert found == expected
