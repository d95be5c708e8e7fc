"""The judge turns red for every difference of a body, for its stated reason."""

from __future__ import annotations

from cases import each
from engine.samples import BOUNDARY, PARTS, Sample, part_octets
from judged import (
    Cases,
    Mutation,
    assert_told,
    bare,
    file,
    form,
    json,
    parts,
    text,
)

CASES = Cases()
red = CASES.red

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
red("bare Latin-1 octet in a form", form, lambda s: s.body(b"%C3%A9", b"\xe9"), "form byte 14", "%C3%A9", "base64")
red("bare UTF-8 bytes in a form", form, lambda s: s.body(b"%C3%A9", "é".encode()), "form byte 14", "%C3%A9", "é")
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
    "part[0] content byte 8",
    "1 (9 bytes)",
    "2 (9 bytes)",
)
red(
    "octet of a file part",
    parts,
    lambda s: s.body(b"\x00\xff\r\n", b"\x00\xfe\r\n"),
    "part[2] content byte 1",
    "13 bytes",
    "13 bytes",
)
red(
    "line break of a file part",
    parts,
    lambda s: s.body(b"\x00\xff\r\n", b"\x00\xff\n"),
    "part[2] content byte 2",
    "13 bytes",
    "12 bytes",
)
red(
    "line break added behind a part",
    parts,
    lambda s: s.body(b"whisper-1", b"whisper-1\r\n"),
    "part[0] content byte 9",
    "9 bytes",
    "11 bytes",
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
    "bytes before the first boundary",
    parts,
    lambda s: s.captured(body=b"x\r\n" + s.capture.body),
    "body",
    "multipart/form-data",
    "does not start",
)
red(
    "bytes behind the last boundary",
    parts,
    lambda s: s.captured(body=s.capture.body + b"x"),
    "body",
    "multipart/form-data",
    "does not end",
)
red(
    "bytes behind a boundary",
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
red("character of a text", text, lambda s: s.body(b"one", b"One"), "body byte 3", "one", "One")
red(
    "text in CRLF",
    text,
    lambda s: s.captured(body=s.capture.body.replace(b"\n", b"\r\n")),
    "body byte 6",
    r"\ntwo\n (11 bytes)",
    r"\r\ntwo\r\n (13 bytes)",
)
red("text with a BOM", text, lambda s: s.captured(body=b"\xef\xbb\xbf" + s.capture.body), "body byte 0", "é one", r"\ufeffé one")
red("text in Latin-1", text, lambda s: s.body("é".encode(), b"\xe9"), "body byte 0", "é one", "base64")
red(
    "last line end of a text lost",
    text,
    lambda s: s.captured(body=s.capture.body[:-1]),
    "body byte 10",
    "11 bytes",
    "10 bytes",
)
red("octet of a file", file, lambda s: s.body(b"\xff", b"\xfe"), "body byte 7", "8 bytes", "8 bytes")
red("file with a line end added", file, lambda s: s.captured(body=s.capture.body + b"\n"), "body byte 8", "8 bytes", "9 bytes")
red(
    "file decoded and encoded again",
    file,
    lambda s: s.captured(body=s.capture.body.decode("latin-1").encode()),
    "body byte 0",
    "8 bytes",
    "10 bytes",
)


@each(("base", "mutation", "place", "expected", "captured"), CASES.wrong)
def test_a_change_is_red_for_its_reason(base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    assert_told(base, mutation, place, expected, captured)
