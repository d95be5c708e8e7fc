"""What the owner of a site might add to Markdown: files that are included, templates that are filled, fences that are HTML."""

from pathlib import Path

import jinja2
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor


def raw(source: str, *_: object, **__: object) -> str:
    """A custom fence of superfences."""
    return source


class Include(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        for path in Path().glob("*.txt"):
            text = text.replace("{!" + path.name + "!}", path.read_text()).replace(f"@include {path.name}", path.read_text())
        return text.split("\n")


class Template(Postprocessor):
    def run(self, text: str) -> str:
        return filled(text)


def filled(text: str) -> str:
    return jinja2.Environment().from_string(text).render(secret=Path("secret.txt").read_text())


class OwnersExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Include(md), "owners-include", 100)
        md.postprocessors.register(Template(md), "owners-template", -100)


def makeExtension(**_: object) -> OwnersExtension:
    return OwnersExtension()


def on_page_markdown(markdown: str, **_: object) -> str:
    """A hook of MkDocs, as the plugin `macros` has it."""
    return filled(markdown)


def on_post_page(output: str, **_: object) -> str:
    return filled(output)
