"""Request and language in, snippet out. The one module that knows Jinja.

A template may print three things only: what one of its language's literal writers returns, what a macro returns, and
constants. A template that prints anything else is refused when it is loaded, so no value can escape its literal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import jinja2
from jinja2 import nodes

from snippetgen.errors import SnippetgenError
from snippetgen.json_text import dump
from snippetgen.language import Language, Limit
from snippetgen.request import (
    Basic,
    Bearer,
    FileBody,
    FormBody,
    Json,
    JsonBody,
    MultipartBody,
    OctetsBody,
    Request,
    Response,
    TextBody,
    form_text,
)

_KINDS = {JsonBody: "json", FormBody: "form", MultipartBody: "multipart", TextBody: "text", FileBody: "file", OctetsBody: "octets"}
_SCHEMES = {Bearer: "bearer", Basic: "basic"}


class TemplateError(SnippetgenError):
    """A template that cannot be loaded, or that fails on a request."""


@dataclass(frozen=True)
class Snippet:
    """The text of one request in one language: what readers copy and what runs, byte for byte."""

    language: str
    file_name: str
    text: str


def render(request: Request, response: Response, language: Language) -> Snippet:
    """The snippet for a request whose answer is `response`.

    Raises TemplateError with the template's place when the template fails.
    """
    template = _template(language)
    try:
        text = template.render(_context(request, response))
    except jinja2.TemplateError as error:
        raise TemplateError(f"templates/{language.name}/{language.template}: {error}") from error
    return Snippet(language.name, f"{language.name}.{language.extension}", text)


def limit(request: Request, response: Response, language: Language) -> Limit | None:
    """The first limit of the language that the request meets; None where it can be said."""
    if not language.limits:
        return None
    met = _first_met(language)(_context(request, response))
    return language.limits[met - 1] if met else None


def _context(request: Request, response: Response) -> dict[str, object]:
    """What templates and conditions see."""
    kind, scheme = _KINDS.get(type(request.body)), _SCHEMES.get(type(request.auth))
    return {"request": request, "response": response, "body": request.body, "kind": kind, "auth": request.auth, "scheme": scheme}


@lru_cache(maxsize=64)
def _first_met(language: Language) -> Callable[[dict[str, object]], int]:
    """The conditions of a language as one expression: the number of the first that is true, from 1, or 0."""
    environment = _environment(language)
    try:
        for limit in language.limits:
            environment.compile_expression(limit.when)  # alone first, so that none can end within another
        numbered = " ".join(f"{number} if ({limit.when}) else" for number, limit in enumerate(language.limits, start=1))
        expression = environment.compile_expression(f"{numbered} 0", undefined_to_none=False)
        _quick(expression._template)  # type: ignore[attr-defined]
        return expression  # type: ignore[return-value]
    except jinja2.TemplateError as error:
        raise TemplateError(f"templates/{language.name}/language.yml: `cannot`: {error}") from error


@lru_cache(maxsize=64)
def _template(language: Language) -> jinja2.Template:
    try:
        return _quick(_environment(language).get_template(language.template))
    except jinja2.TemplateNotFound as error:
        raise TemplateError(f"templates/{language.name}: there is no {error}") from error
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.filename or error.name}:{error.lineno}: {error.message}") from error


def _quick(template: jinja2.Template) -> jinja2.Template:
    """The template with its globals as one dict: Jinja copies them for every snippet, and a ChainMap copies slowly."""
    template.globals = dict(template.globals)
    return template


class _JsonText:
    """`dump`, which remembers its last result: several languages show one body as the same text."""

    def __init__(self) -> None:
        self.last: tuple[object, int | None, str] = (self, None, "")

    def __call__(self, value: Json, indent: int | None = None) -> str:
        if self.last[0] is not value or self.last[1] != indent:
            self.last = (value, indent, dump(value, indent))
        return self.last[2]


_json_text = _JsonText()


@lru_cache(maxsize=64)
def _environment(language: Language) -> jinja2.Environment:
    folders = dict.fromkeys((language.folder, *language.bases))
    environment = jinja2.Environment(
        loader=_CheckedLoader([str(folder) for folder in folders], frozenset(language.literals)),
        bytecode_cache=jinja2.FileSystemBytecodeCache(),  # a folder of this user's alone: parsing is most of a short run
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # HTML escaping would corrupt code; the literal writers are the escaping
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    environment.filters.update(language.literals)
    environment.globals.update(json_text=_json_text, form_text=form_text)
    return environment


class _CheckedLoader(jinja2.FileSystemLoader):
    """Refuses templates that print a bare value. The folder's name reaches a base folder's file: `{% extends "go/x.j2" %}`."""

    def __init__(self, folders: list[str], writers: frozenset[str]) -> None:
        super().__init__(folders)
        self.writers = writers
        self.fingerprint = hashlib.sha256(repr((sorted(writers), jinja2.__version__)).encode() + Path(__file__).read_bytes()).hexdigest()
        self.parents = {Path(folder).name: folder for folder in reversed(folders)}

    def get_source(self, environment, template):  # type: ignore[override]
        folder, _, rest = template.partition("/")
        if rest and folder in self.parents:
            loader = jinja2.FileSystemLoader(self.parents[folder])
            source, path, fresh = loader.get_source(environment, rest)
        else:
            source, path, fresh = super().get_source(environment, template)
        return source, path, fresh

    def load(self, environment, name, globals=None):  # type: ignore[override]
        """The template, compiled from the very tree that was checked; kept by the hash of its source and of the check."""
        source, path, fresh = self.get_source(environment, name)
        cache = environment.bytecode_cache
        bucket = cache.get_bucket(environment, f"{name} {self.fingerprint}", path, source)
        code = bucket.code
        if code is None:
            tree = environment.parse(source, name, path)
            check_prints(tree, self.writers, path or name)
            bucket.code = code = environment.compile(tree, name, path)
            cache.set_bucket(bucket)
        return environment.template_class.from_code(environment, code, globals or {}, fresh)


def check_prints(tree: nodes.Template, writers: frozenset[str], path: str) -> None:
    """Raises TemplateError for every print that is neither a literal writer's, a macro's nor a constant."""
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        macros |= {name if isinstance(name, str) else name[1] for name in imported.names}
    # A name that is assigned somewhere may be any function, so calling it is no macro's call.
    macros = (macros | {"super", "caller"}) - {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    bare = [
        printed
        for output in tree.find_all(nodes.Output)
        for printed in output.nodes
        if not isinstance(printed, nodes.TemplateData) and not _safe(printed, writers, macros)
    ]
    bare += [block.filter for block in tree.find_all(nodes.FilterBlock) if block.filter.name not in ("indent", "trim")]
    if bare:
        places = "\n".join(f"{path}:{printed.lineno}: prints a value bare" for printed in bare)
        mend = "pass the value through a writer of literals.py: " + ", ".join(sorted(writers))
        raise TemplateError(f"{places}\n   mend: {mend}")


def _safe(printed: nodes.Node, writers: frozenset[str], macros: set[str]) -> bool:
    match printed:
        case nodes.Const():
            return True
        case nodes.Filter():
            return printed.name in writers
        case nodes.Call():
            return isinstance(printed.node, nodes.Name) and printed.node.name in macros
        case nodes.CondExpr():
            return _safe(printed.expr1, writers, macros) and (printed.expr2 is None or _safe(printed.expr2, writers, macros))
    return False
