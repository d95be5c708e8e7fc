"""References of OpenAPI documents: followed where they are looked at, and told where they lead nowhere."""

from __future__ import annotations

from pathlib import Path

from cases import each

from snippetgen.importers.openapi.document import MAX_TRAIL, Document, data

HEAD = "openapi: 3.1.0\npaths: {/a: {get: {}}}\n"


def document(folder: Path, text: str) -> Document:
    path = folder / "api.yml"
    path.write_text(HEAD + text, encoding="utf-8")
    return Document(path)


@each(
    ("text", "found"),
    [
        ("x: {$ref: '#/y'}\ny: {a: b}", {"a": "b"}),
        ("x: {$ref: '#/y'}\ny: {$ref: '#/z'}\nz: {a: b}", {"a": "b"}),
        ("x: {$ref: '#/y/a'}\ny: {$ref: '#/z'}\nz: {a: {c: d}}", {"c": "d"}),  # by way of another reference
        ("x: {$ref: '#/y/1'}\ny: {$ref: '#/z'}\nz: [a, b]", "b"),
        ("x: {$ref: '#/y/a~1b~0c'}\ny: {a/b~c: d}", "d"),
        ("x: {$ref: '#/y/a%20b'}\ny: {a b: d}", "d"),
        ("x: {$ref: '#/y', description: mine}\ny: {a: b, description: theirs}", {"a": "b", "description": "mine"}),
        ("x: {$ref: {type: string}}", {"$ref": {"type": "string"}}),  # a member that is called so
    ],
)
def test_a_reference_leads_to_what_it_names(tmp_path, text, found):
    read = document(tmp_path, text)
    assert (read.look(read.tree["x"]), read.lost) == (found, [])


@each(
    "target",
    ["#/none", "#/y/2", "#/y/first", "#/w/a", "#y", "#/%zz", "#/x", "#/x/a", "#/circle"],
)
def test_a_reference_that_leads_nowhere_is_told_at_its_line(tmp_path, target):
    read = document(tmp_path, f'y: [a, b]\nw: 5\ncircle: {{$ref: "#/x"}}\nx: {{$ref: "{target}"}}')
    assert read.look(read.tree["x"]) is None
    ((where, what, help),) = [(lost.where, lost.what, lost.help) for lost in read.lost]
    assert where.endswith("api.yml:6: #/x") and what.startswith("a reference that leads nowhere: #") and help


def test_a_chain_of_references_has_an_end(tmp_path):
    chain = [f"r{n}: {{$ref: '#/r{n + 1}'}}" for n in range(MAX_TRAIL + 1)] + [f"r{MAX_TRAIL + 1}: {{a: b}}"]
    read = document(tmp_path, "\n".join(chain))
    assert read.look(read.tree["r2"]) == {"a": "b"} and not read.lost
    assert read.look(read.tree["r0"]) is None and len(read.lost) == 1


@each(
    ("target", "found"), [("other.yml", {"a": "b"}), ("other.yml#/a", "b"), ("./other.yml#/a", "b"), ("below/more.yml#/up", "b")]
)
def test_a_file_below_the_folder_is_followed(tmp_path, target, found):
    (tmp_path / "other.yml").write_text("a: b")
    (tmp_path / "below").mkdir(exist_ok=True)
    (tmp_path / "below/more.yml").write_text("up: {$ref: '../other.yml#/a'}")
    read = document(tmp_path, f"x: {{$ref: '{target}'}}")
    assert (read.look(read.tree["x"]), read.lost) == (found, [])


@each(
    ("target", "what"),
    [
        ("https://api.example/openapi.yml", "another address, which is not read"),
        ("file:///etc/passwd", "out of the document's folder, which is not followed"),
        ("/etc/passwd", "out of the document's folder, which is not followed"),
        ("../other.yml", "out of the document's folder, which is not followed"),
        ("link.yml", "out of the document's folder, which is not followed"),
    ],
)
def test_what_lies_elsewhere_is_told_and_not_read(tmp_path, target, what):
    folder = tmp_path / "own"
    folder.mkdir(exist_ok=True)
    (tmp_path / "other.yml").write_text("a: b")
    (folder / "link.yml").unlink(missing_ok=True)
    (folder / "link.yml").symlink_to("../other.yml")
    read = document(folder, f"x: {{$ref: '{target}'}}")
    assert read.look(read.tree["x"]) is None
    (lost,) = read.lost
    assert what in lost.what and target in lost.what


def test_a_reference_in_data_is_data(tmp_path):
    read = document(tmp_path, "x: {a: [{$ref: '#/y', b: c}]}")
    assert data(read.tree["x"]) == {"a": [{"$ref": "#/y", "b": "c"}]}
