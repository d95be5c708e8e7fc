"""Sites whose owners use every extension of Markdown, before ours and after: every attack of `pages/` as a page of a spec,
and as one that is written by hand.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing
from snippetgen.site import mkdocs_builder, page_markdown
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

HERE = Path(__file__).parent
ATTACKS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((HERE / "pages").glob("*.yml"))}
OURS = "snippetgen.tabs"
EXTENSIONS = """
  - extra
  - pymdownx.extra
  - md_in_html
  - attr_list
  - footnotes
  - abbr
  - def_list
  - meta
  - admonition
  - wikilinks
  - smarty
  - nl2br
  - toc: {permalink: true}
  - pymdownx.snippets: {base_path: [.]}
  - pymdownx.blocks.html
  - pymdownx.blocks.admonition
  - pymdownx.blocks.details
  - pymdownx.superfences:
      custom_fences:
        - name: raw
          class: raw
          format: !!python/name:owners_extensions.raw
  - pymdownx.highlight
  - pymdownx.inlinehilite
  - pymdownx.emoji
  - pymdownx.magiclink
  - pymdownx.critic
  - pymdownx.keys
  - pymdownx.mark
  - pymdownx.smartsymbols
  - pymdownx.tabbed: {alternate_style: true}
  - pymdownx.tasklist
  - pymdownx.b64: {base_path: .}
  - owners_extensions
"""
SETTINGS = """\
site_name: Owner
site_dir: public
theme: material
validation: {{not_found: ignore, unrecognized_links: ignore}}
markdown_extensions:
{extensions}
"""
SECRET = "kept-by-the-owner"


@dataclass(frozen=True)
class Attacked:
    """A built site: the HTML of its pages by their paths, and what its search finds."""

    name: str
    public: Path
    html: dict[str, str]
    index: str


def build(folder: Path, order: str, builder: str = "mkdocs") -> Attacked:
    """Builds the site in `folder`, which becomes the current one: `order` is where the owner's extensions stand, `before` or
    `after` ours.
    """
    os.chdir(folder)
    lines = EXTENSIONS.strip("\n").split("\n")
    lines = [*lines, f"  - {OURS}"] if order == "before" else [f"  - {OURS}", *lines]
    hooks = f"hooks: ['{HERE / 'extensions' / 'owners_extensions.py'}']\n" if builder == "mkdocs" else ""
    (folder / "mkdocs.yml").write_text(SETTINGS.format(extensions="\n".join(lines)) + hooks)
    (folder / "secret.txt").write_text(SECRET)
    for name, attack in ATTACKS.items():
        spec = {"title": name, "request": {"url": "https://api.example.com/"}, "response": {"json": {"a": 1}}} | attack["spec"]
        (folder / "specs" / "attacks").mkdir(parents=True, exist_ok=True)
        (folder / "specs" / "attacks" / f"{name}.yml").write_text(json.dumps(spec), encoding="utf-8")
        (folder / "source" / "by-hand").mkdir(parents=True, exist_ok=True)
        by_hand = f"# By hand\n\n{spec['title']}\n\n{spec.get('description', '')}\n\n{spec.get('notes', '')}\n"
        (folder / "source" / "by-hand" / f"{name}.md").write_text(
            by_hand if attack.get("works by hand") else "# Nothing\n", encoding="utf-8"
        )
    languages = list(discover([BUILTIN]).values())[:2]
    toolchains = {language.name: Missing(language.name, (), ()) for language in languages}
    rendered = cases(load_specs(folder / "specs"), languages, unpublished=True)
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    page_markdown.write(Results(rendered, verdicts, toolchains), folder / "source", folder / "build", [BUILTIN])
    own = mkdocs_builder.read(folder / "mkdocs.yml", folder / "build", builder)
    own.build(folder / "cache", builder)
    html = {path.relative_to(own.public).as_posix(): path.read_text(encoding="utf-8") for path in own.public.rglob("*.html")}
    index = own.public / ("search/search_index.json" if builder == "mkdocs" else "search.json")
    return Attacked(order if builder == "mkdocs" else builder, own.public, html, index.read_text(encoding="utf-8"))
