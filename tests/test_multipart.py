"""A multipart body is read as it was written, or refused with the reason."""

from __future__ import annotations

from cases import each
from engine.samples import PARTS, part_octets
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.multipart import ReceivedPart, parse_multipart, spellings
from snippetgen.request import FilePart

HEADER = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
END = b"--b--\r\n"


def test_parts_come_in_their_order_with_all_they_say() -> None:
    body = b"".join(part_octets(part, "b") for part in PARTS.body.parts) + END  # type: ignore[union-attr]
    assert parse_multipart(HEADER, body) == [
        ReceivedPart("model", None, None, b"whisper-1", ()),
        ReceivedPart("options", None, "application/json", b'{"a": 1}', ()),
        ReceivedPart("file", "my %22best%22 é.bin", "audio/mpeg", b"\x00\xff\r\n--3f1c9\r\n", ()),
    ]


WRONG = [
    ("multipart/form-data", PART + END, "no boundary"),
    ("application/json; boundary=b", PART + END, "no boundary"),
    ("", PART + END, "no boundary: nothing"),
    ("multipart/form-data; boundary=", PART + END, "no boundary"),
    (HEADER, b"", "does not start"),
    (HEADER, b"x" + PART + END, "does not start"),
    (HEADER, PART, "does not end"),
    (HEADER, PART + b"--b-\r\n", "does not end"),
    (HEADER, PART + END + b"x", "does not end"),
    (HEADER, PART[:-2] + END, "does not end"),
    (HEADER, PART.replace(b"\r\n\r\n", b"\r\n") + END, "no blank line"),
    (HEADER, PART.replace(b"--b", b"--b2", 1) + END, "behind it"),
    (HEADER, PART.replace(b"form-data", b"attachment") + END, "not form-data"),
    (HEADER, PART.replace(b"form-data", b"form-data2") + END, "not form-data"),
    (HEADER, PART.replace(b'"a"', b'"a" junk') + END, "not form-data"),
    (HEADER, PART.replace(b'"a"', b'"a') + END, "not form-data"),
    (HEADER, PART.replace(b'"a"', b'"a"; NAME="b"') + END, "twice"),
    (HEADER, PART.replace(b"Content-Disposition", b"X") + END, "not form-data"),
    (HEADER, PART.replace(b'"a"', b'"a"\r\nno colon here') + END, "wrong header line"),
]


@each(("content_type", "body", "words"), WRONG)
def test_what_is_wrong_is_said(content_type: str, body: bytes, words: str) -> None:
    found = parse_multipart(content_type, body)
    assert isinstance(found, str) and words in found


def test_what_a_part_says_beyond_the_form_is_kept_in_sight() -> None:
    body = PART.replace(b'"a"', b"\"a\"; size=1; filename*=utf-8''x\r\nX-One: 1\r\nContent-Transfer-Encoding: binary")
    (part,) = parse_multipart(HEADER, body + END)
    assert part.others == ("content-transfer-encoding", "x-one", "size", "filename*")  # type: ignore[union-attr]


def test_a_part_of_many_parameters_is_refused_without_haste() -> None:
    body = PART.replace(b'"a"', b'"a"' + b'; b="c"' * 5000 + b"; junk")
    assert "not form-data" in parse_multipart(HEADER, body + END)


names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=12)


@given(st.lists(st.tuples(names, st.binary(max_size=40)), min_size=1, max_size=4), st.sampled_from([0, 1]))
def test_every_spelling_of_a_file_name_is_known_and_every_octet_kept(files: list[tuple[str, bytes]], backslashes: int) -> None:
    boundary = "Zq7"  # no octets of the files may hold it: RFC 2046 §5.1.1
    files = [(name, octets.replace(b"Zq7", b"")) for name, octets in files]

    def quoted(name: str) -> str:
        return name.replace("\\", "\\\\").replace('"', '\\"') if backslashes else name.replace('"', "%22").replace("\\", "/")

    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="{quoted(name)}"\r\n\r\n'.encode() + octets + b"\r\n"
        for name, octets in files
    )
    found = parse_multipart(f'Multipart/Form-Data; boundary="{boundary}"', body + f"--{boundary}--".encode())
    assert not isinstance(found, str), found
    assert [part.octets for part in found] == [octets for _, octets in files]
    for part, (name, _) in zip(found, files, strict=True):
        assert part.filename in spellings(name if backslashes else name.replace("\\", "/"))


@given(names, names)
def test_two_file_names_share_no_spelling_unless_one_is_written_like_the_other(one: str, other: str) -> None:
    if one != other and not set(one + other) & set('%"\\'):
        assert not spellings(one) & spellings(other)


def test_samples_have_a_file_name_that_needs_quoting() -> None:
    assert any(isinstance(part, FilePart) and '"' in part.filename for part in PARTS.body.parts)  # type: ignore[union-attr]
