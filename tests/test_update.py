"""Importing again brings what is new in a document, and keeps what people wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from snippetgen.spec.pages import load_specs

PETS = Path(__file__).parent / "openapi" / "pets.yml"


@pytest.fixture
def pets(snippetgen, tmp_path):
    """A project that was imported, with its document, its specs, and importing again after the document changed."""

    class Pets:
        document, specs = tmp_path / "pets.yml", tmp_path / "specs"

        def again(self, *options: str, **changes: str):
            """Imports after each text of the document was replaced."""
            text = self.document.read_text(encoding="utf-8")
            for old, new in changes.values():
                assert old in text
                text = text.replace(old, new)
            self.document.write_text(text, encoding="utf-8")
            return snippetgen("import", "openapi", self.document, "--specs", self.specs, *options)

        def edit(self, page: str, old: str, new: str) -> None:
            text = self.read(page)
            assert old in text
            self.file(page).write_text(text.replace(old, new), encoding="utf-8")

        def file(self, page: str) -> Path:
            return self.specs / "pets" / f"{page}.yml"

        def read(self, page: str) -> str:
            return self.file(page).read_text(encoding="utf-8")

        def all(self) -> dict[str, bytes]:
            return {
                path.relative_to(self.specs).as_posix(): path.read_bytes() for path in self.specs.rglob("*") if path.is_file()
            }

    made = Pets()
    made.document.write_bytes(PETS.read_bytes())
    assert made.again().code == 0
    return made


def test_what_has_not_changed_is_left_alone(pets):
    before = pets.all()
    ran = pets.again()
    assert (ran.code, ran.out) == (0, f"0 new, 0 changed, 4 as they were: {pets.specs}\n")
    assert pets.all() == before


def test_what_changed_in_the_document_comes_into_the_spec(pets):
    ran = pets.again(title=("summary: Add a pet", "summary: Add one pet"))
    assert "1 changed, 3 as they were" in ran.out
    assert "title: Add one pet\n" in pets.read("create-pet")


def test_edits_and_comments_stay(pets):
    pets.edit("create-pet", "title: Add a pet\n", "# ours\ntitle: Welcome a pet   # a better word\n")
    pets.edit("create-pet", "      name: Rex\n", "      # a good name\n      name: Bello\n")
    pets.edit("create-pet", "parameters:\n", "# the table\nparameters:\n")
    ran = pets.again(
        what=("description: What it is.", "description: What it was."),
        status=("'201':", "'200':"),
        more=("tags: [Pets]\n      summary: Add", "tags: [Pets, New]\n      summary: Add"),
    )
    text = pets.read("create-pet")
    assert ran.code == 0 and "edited here" not in ran.err, ran.err
    for kept in (
        "# ours\ntitle: Welcome a pet   # a better word\n",
        "      # a good name\n      name: Bello\n",
        "# the table\nparameters:\n",
    ):
        assert kept in text
    assert "description: What it was.\n" in text and "status: 201" not in text and "tags: [Pets, New]\n" in text
    assert load_specs(pets.specs)


def test_a_comment_above_what_follows_a_removed_value_stays(pets):
    pets.edit("create-pet", "  json:\n    id: 7\n", "  # what comes back\n  json:\n    id: 7\n")
    pets.again(status=("'201':", "'200':"))
    assert "response:\n  # what comes back\n  json:\n    id: 7\n" in pets.read("create-pet")


def test_a_conflict_keeps_the_edited_value_and_is_told(pets):
    pets.edit("create-pet", "title: Add a pet\n", "title: Mine\n")
    ran = pets.again(title=("summary: Add a pet", "summary: Theirs"))
    assert f"{pets.file('create-pet')}: title: was edited here, and changed in the document\n" in ran.err
    assert "title: Mine\n" in pets.read("create-pet")


def test_a_row_that_was_removed_stays_removed_and_a_new_one_comes_in_its_place(pets):
    row = (
        "  - name: kind\n    in: body\n    type: string\n    default: dog\n    values: [cat, dog]\n    description: What it is.\n"
    )
    pets.edit("create-pet", row, "")
    pets.again(new=("        owner: {$ref", "        age: {type: integer, description: In years.}\n        owner: {$ref"))
    text = pets.read("create-pet")
    assert "\n  - name: kind" not in text and text.index("- name: age") < text.index("- name: owner\n")


def test_an_operation_that_vanished_is_told_and_its_spec_stays(pets):
    ran = pets.again(gone=("    delete:\n      operationId: deletePet", "    x-delete:\n      operationId: deletePet"))
    assert f"{pets.file('delete-pet')}: its operation is no longer in the document" in ran.err
    assert pets.file("delete-pet").is_file()


def test_a_spec_that_was_removed_stays_so_until_it_is_forced(pets):
    pets.file("delete-pet").unlink()
    assert "was removed, and stays so" in pets.again().err and not pets.file("delete-pet").exists()
    assert pets.again("--force").code == 0 and pets.file("delete-pet").exists()


def test_what_was_not_imported_is_not_written_over_unless_forced(pets, snippetgen, tmp_path):
    mine = tmp_path / "other" / "pets" / "list-pets.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("title: Mine\nrequest: {url: 'https://a.example/'}\n")
    ran = snippetgen("import", "openapi", pets.document, "--specs", tmp_path / "other")
    assert (ran.code, "list-pets.yml: exists, and was not imported" in ran.err) == (0, True)
    assert mine.read_text().startswith("title: Mine") and (mine.parent / "create-pet.yml").exists()
    assert snippetgen("import", "openapi", pets.document, "--specs", tmp_path / "other", "--force").code == 0
    assert "title: List pets" in mine.read_text()


def test_another_document_does_not_change_the_specs_of_this_one(pets):
    before = pets.all()
    ran = pets.again(title=("title: Pet Store API", "title: Other API"), server=("pets.example", "other.example"))
    assert (ran.code, "is a spec of another document" in ran.err) == (2, True)
    assert pets.all() == before


def test_a_document_with_another_title_is_the_same(pets):
    pets.edit("create-pet", "      name: Rex\n", "      name: Bello\n")
    ran = pets.again(title=("title: Pet Store API", "title: Other API"), summary=("summary: Add a pet", "summary: Add one"))
    assert (ran.code, "another document" in ran.err) == (0, False) and "0 new" in ran.out
    assert "name: Bello\n" in pets.read("create-pet") and "title: Add one\n" in pets.read("create-pet")
    assert "4 as they were" in pets.again().out


@pytest.mark.parametrize(
    "change",
    [
        ("tags: [Pets]", "tags: [Animals]"),
        ("operationId: createPet", "operationId: addPet"),
        ("    delete:\n      operationId: deletePet", "    delete:\n      operationId: removePet"),
        (".pets.example", ".pets2.example"),
    ],
)
def test_a_page_keeps_its_file_when_its_operation_gets_another_tag_id_or_server(pets, change):
    names = {name for name in pets.all() if name.endswith(".yml")}
    ran = pets.again(change=change)
    assert ran.code == 0 and "0 new" in ran.out and "no longer in the document" not in ran.err, ran.err
    assert {name for name in pets.all() if name.endswith(".yml")} == names


def test_a_page_keeps_its_file_when_its_path_changes_and_its_id_does_not(pets):
    ran = pets.again(change=("  /pets/{pet_id}/photo:", "  /animals/{pet_id}/photo:"))
    assert ran.code == 0 and "0 new, 1 changed" in ran.out, ran.out + ran.err
    assert "/animals/{pet_id}/photo" in pets.read("upload-photo")


def test_a_new_operation_does_not_take_the_page_of_another(pets):
    pets.again(gone=("operationId: createPet", "operationId: other"))
    ran = pets.again(new=("paths:\n", "paths:\n  /more: {post: {operationId: createPet, tags: [Pets]}}\n"))
    assert ran.code == 0 and "1 new" in ran.out, ran.out + ran.err
    assert "/more" in pets.read("create-pet-2") and "/more" not in pets.read("create-pet")


def test_an_edit_that_cannot_be_read_stays_and_is_told(pets):
    pets.file("create-pet").write_text("title: [\n")
    ran = pets.again(title=("summary: Add a pet", "summary: Theirs"))
    assert ran.code == 0 and "cannot be read, so it stays as it is" in ran.err
    assert pets.read("create-pet") == "title: [\n"


def test_a_change_that_would_break_an_edited_spec_is_not_made(pets):
    pets.edit("list-pets", "show: data[0].id", "show: data[0].kind")
    ran = pets.again(gone=("        kind: {type: string", "        sort: {type: string"))
    assert ran.code == 0 and "stays as it is; with the document's changes it would not be a valid spec" in ran.err
    assert "show: data[0].kind" in pets.read("list-pets") and load_specs(pets.specs)


def test_a_dry_run_prints_what_would_change_and_writes_nothing(pets):
    before = pets.all()
    ran = pets.again("--dry-run", title=("summary: Add a pet", "summary: Theirs"))
    assert ran.out.startswith("# pets/") and "Theirs" in ran.out
    assert ran.out.endswith(f"0 new, 1 changed, 3 as they were: {pets.specs} (nothing was written)\n")
    assert pets.all() == before


def test_only_some_operations_are_imported_and_no_other_has_vanished(pets):
    ran = pets.again(
        "--only", "createPet", title=("summary: Add a pet", "summary: Theirs"), other=("summary: List pets", "summary: Theirs")
    )
    assert (ran.code, ran.err) == (0, "") and "title: List pets" in pets.read("list-pets")


SECTIONS = (
    "openapi: 3.1.0\nservers: [{url: 'https://a.example'}]\n"
    'tags:\n  - {name: Zoo animals, description: "All of [them](/zoo)."}\n'
    "  - {name: shop, x-displayName: The shop}\npaths:\n"
    "  /b: {get: {operationId: buy, tags: [shop]}}\n  /z: {get: {operationId: zebra, tags: [Zoo animals]}}\n"
    "  /a: {get: {operationId: ape, tags: [Zoo animals]}}\n  /o: {get: {operationId: other, tags: [more]}}\n"
)


def sections(folder: Path) -> dict[str, dict]:
    return {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("[!.]*/_section.yml")}


def test_a_section_has_the_words_and_the_order_of_the_document(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(SECTIONS, encoding="utf-8")
    ran = snippetgen("import", "openapi", "a.yml", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "4 new, 0 changed, 0 as they were: specs\n")
    assert sections(tmp_path / "specs") == {
        "zoo-animals": {"title": "Zoo animals", "description": "All of them.", "position": 1, "pages": ["zebra", "ape"]},
        "shop": {"title": "The shop", "position": 2, "pages": ["buy"]},
        "more": {"title": "more", "position": 3, "pages": ["other"]},
    }


def test_edits_of_a_section_stay_and_new_pages_come_in(snippetgen, tmp_path):
    document, file = tmp_path / "a.yml", tmp_path / "specs" / "zoo-animals" / "_section.yml"
    document.write_text(SECTIONS, encoding="utf-8")
    assert snippetgen("import", "openapi", "a.yml", cwd=tmp_path).code == 0
    edited = file.read_text(encoding="utf-8").replace("title: Zoo animals", "title: Animals   # shorter")
    file.write_text(edited, encoding="utf-8")
    document.write_text(SECTIONS + "  /l: {get: {operationId: lion, tags: [Zoo animals]}}\n", encoding="utf-8")
    ran = snippetgen("import", "openapi", "a.yml", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "1 new, 0 changed, 4 as they were: specs\n")
    text = file.read_text(encoding="utf-8")
    assert "title: Animals   # shorter\n" in text and yaml.safe_load(text)["pages"] == ["zebra", "ape", "lion"]


def test_a_section_lists_only_pages_that_are_there(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(SECTIONS, encoding="utf-8")
    assert snippetgen("import", "openapi", "a.yml", "--only", "buy", "--only", "ape", cwd=tmp_path).code == 0
    listed = {name: found["pages"] for name, found in sections(tmp_path / "specs").items()}
    assert listed == {"shop": ["buy"], "zoo-animals": ["ape"]}
    (tmp_path / "specs/zoo-animals/ape.yml").unlink()
    assert snippetgen("import", "openapi", "a.yml", cwd=tmp_path).code == 0
    assert sections(tmp_path / "specs")["zoo-animals"]["pages"] == ["zebra"]


def test_a_file_about_a_section_that_was_not_imported_is_left_alone(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(SECTIONS, encoding="utf-8")
    file = tmp_path / "specs" / "shop" / "_section.yml"
    file.parent.mkdir(parents=True)
    file.write_text("title: Ours\n", encoding="utf-8")
    assert snippetgen("import", "openapi", "a.yml", cwd=tmp_path).code == 0
    assert file.read_text(encoding="utf-8") == "title: Ours\n"


def test_one_page_alone_has_no_file_about_its_section(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(SECTIONS, encoding="utf-8")
    assert snippetgen("import", "openapi", "a.yml", "--only", "buy", cwd=tmp_path).code == 0
    assert sections(tmp_path / "specs") == {}
