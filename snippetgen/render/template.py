"""Renders a request in a language as a snippet. No other module uses Jinja.

A template may print only three things: the result of one of its language's literal writers, the result of a macro, and
constants. A template that prints anything else is rejected when it is loaded, so no value can get into code outside its
literal.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import BlockReference, Macro

from snippetgen.errors import UsageError
from snippetgen.json_text import dump, dump_lines
from snippetgen.languages.language import BUILTIN, Language, Limit
from snippetgen.printing import line
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
    TextBody,
    form_text,
)
from snippetgen.response import Response

_KINDS = {
    JsonBody: "json",
    FormBody: "form",
    MultipartBody: "multipart",
    TextBody: "text",
    FileBody: "file",
    OctetsBody: "octets",
}
_SCHEMES = {Bearer: "bearer", Basic: "basic"}


class TemplateError(UsageError):
    """A template that cannot be loaded, or that fails on a request."""


_HELP = "fix the template; CONTRIBUTING.md says what it may print"


@dataclass(frozen=True)
class Snippet:
    """The text of one request in one language. Readers copy it and the sandbox runs it, byte for byte."""

    language: str
    file_name: str
    text: str


def render(request: Request, response: Response, language: Language) -> Snippet:
    """The snippet for a request that gets `response`.

    Raises TemplateError, with the place in the template, if the template fails.
    """
    template = _template(language)
    try:
        text = "".join(template.root_render_func(template.new_context(_context(request, response), shared=True)))
    except Exception as error:
        _tell(error, language, f"templates/{language.name}/{language.template}", _HELP)
        raise
    return Snippet(language.name, f"{language.name}.{language.extension}", text)


def limit(request: Request, response: Response, language: Language) -> Limit | None:
    """The first limit of the language that the request meets; None if the language can do the request."""
    if not language.limits:
        return None
    try:
        met = _first_met(language)(_context(request, response))
    except TemplateError:
        raise
    except Exception as error:
        _tell(error, language, f"{language.file('language.yml')}: `cannot`", _HELP_CONDITION)
        raise
    return language.limits[met - 1] if met else None


_HELP_CONDITION = "fix the expression in `when`: a condition in Jinja over request, response, body, kind, auth and scheme"


def _tell(error: Exception, language: Language, where: str, help: str) -> None:
    """Raises TemplateError if the failure is in the files of a language, with the place there.

    Returns for any other failure: it is a bug of ours.
    """
    ours = not isinstance(error, jinja2.TemplateError)
    for frame, number in traceback.walk_tb(error.__traceback__):
        template, path = frame.f_globals.get("__jinja_template__"), Path(frame.f_code.co_filename).resolve()
        if template is not None:
            where = f"{template.filename}:{template.get_corresponding_lineno(number)}" if template.name else where
        elif path.is_relative_to(language.folder.resolve()) and not path.is_relative_to(BUILTIN):
            where, ours = f"{language.folder / path.relative_to(language.folder.resolve())}:{number}", False
    if not ours:
        raise TemplateError(f"{where}: {error}", help) from error


class _Context:
    """What templates and conditions see. Kept for the last request, because all languages and conditions share it."""

    def __init__(self) -> None:
        self.last: dict[str, object] = {"request": self, "response": self}

    def __call__(self, request: Request, response: Response) -> dict[str, object]:
        if self.last["request"] is not request or self.last["response"] is not response:
            kind, scheme = _KINDS.get(type(request.body)), _SCHEMES.get(type(request.auth))
            own = {
                "request": request,
                "response": response,
                "body": request.body,
                "kind": kind,
                "auth": request.auth,
                "scheme": scheme,
            }
            self.last = _GLOBALS | own
        return self.last


@lru_cache(maxsize=64)
def _first_met(language: Language) -> Callable[[dict[str, object]], int]:
    """A function that returns the number, from 1, of the first true condition of a language, or 0.

    It is compiled once and cached like templates.
    """
    environment = _environment(language)
    assert isinstance(environment.loader, _CheckedLoader) and environment.bytecode_cache
    conditions = "\0".join(limit.when for limit in language.limits)
    bucket = environment.bytecode_cache.get_bucket(environment, f"cannot {environment.loader.fingerprint}", None, conditions)
    try:
        if bucket.code is None:
            bucket.code = environment.compile(_conditions(environment, language))
            environment.bytecode_cache.set_bucket(bucket)
    except jinja2.TemplateError as error:
        raise TemplateError(f"{language.file('language.yml')}: `cannot`: {error}", _HELP_CONDITION) from error
    template = _quick(jinja2.Template.from_code(environment, bucket.code, dict(environment.globals)))

    def first(seen: dict[str, object]) -> int:
        context = template.new_context(seen, shared=True)
        for _ in template.root_render_func(context):
            pass
        return int(context.vars["found"])

    return first


def _conditions(environment: jinja2.Environment, language: Language) -> nodes.Template:
    """A template that sets `found` to the number of the first true condition. Raises jinja2.TemplateError."""
    found: nodes.Expr = nodes.Const(0)
    for number, limit in reversed([*enumerate(language.limits, start=1)]):
        environment.compile_expression(limit.when)  # reports what is wrong, and text after the expression
        test = jinja2.parser.Parser(environment, limit.when, state="variable").parse_expression()
        found = nodes.CondExpr(test, nodes.Const(number), found)
    tree = nodes.Template([nodes.Assign(nodes.Name("found", "store"), found, lineno=1)], lineno=1)
    tree.set_environment(environment)
    return tree


@lru_cache(maxsize=64)
def _template(language: Language) -> jinja2.Template:
    try:
        return _quick(_environment(language).get_template(language.template))
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            f"{language.folder}: there is no template {error.name}", "write it, or name another with `template:` in language.yml"
        ) from error
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.filename or error.name}:{error.lineno}: {error.message}", _HELP) from error


def _quick(template: jinja2.Template) -> jinja2.Template:
    """The template with its globals as one dict. Jinja copies them for every snippet, and a ChainMap is slow to copy."""
    template.globals = dict(template.globals)
    return template


class _JsonText:
    """JSON text, on lines if there is an indent. Remembers the last few, because several languages show a body as the same."""

    def __init__(self) -> None:
        self.last: list[tuple[Json, int | None, str]] = []

    def __call__(self, value: Json, indent: int | None = None) -> str:
        for known, spaces, text in self.last:
            if known is value and spaces == indent:
                return text
        text = dump(value) if indent is None else dump_lines(value, indent)
        self.last = [(value, indent, text), *self.last[:3]]
        return text


_FUNCTIONS: dict[str, Callable[..., Any]] = {"json_text": _JsonText(), "form_text": form_text}
_GLOBALS = jinja2.defaults.DEFAULT_NAMESPACE | _FUNCTIONS
_SEEN_BY_ALL = {"request", "response", "body", "kind", "auth", "scheme", *_GLOBALS}
_context = _Context()


@lru_cache(maxsize=64)
def _environment(language: Language) -> jinja2.Environment:
    made = checked_environment([language.folder, *language.bases], language.literals)
    made.globals.update(_FUNCTIONS)
    return made


def checked_environment(folders: list[Path], writers: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    """The environment that finds templates and limits what they print: the text of these writers, macros and constants."""
    made = jinja2.Environment(
        loader=_CheckedLoader([str(folder) for folder in dict.fromkeys(folders)], frozenset(writers)),
        bytecode_cache=jinja2.FileSystemBytecodeCache(),  # in a folder of this user only; parsing takes most of a short run
        undefined=jinja2.StrictUndefined,
        finalize=_only_text,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # HTML escaping would corrupt code; the literal writers do the escaping
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.filters.update(writers)
    made.filters[_GUARD] = _only_macros
    return made


class _CheckedLoader(jinja2.FileSystemLoader):
    """Rejects templates that print a bare value. The folder name in `{% extends "go/x.j2" %}` gives access to a base's file."""

    def __init__(self, folders: list[str], writers: frozenset[str]) -> None:
        super().__init__(folders)
        self.writers = writers
        self.fingerprint = hashlib.sha256(
            repr((sorted(writers), jinja2.__version__)).encode() + Path(__file__).read_bytes()
        ).hexdigest()
        self.parents = {Path(folder).name: folder for folder in reversed(folders)}

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        folder, _, rest = template.partition("/")
        if rest and folder in self.parents:
            loader = jinja2.FileSystemLoader(self.parents[folder])
            return loader.get_source(environment, rest)
        return super().get_source(environment, template)

    def load(
        self, environment: jinja2.Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> jinja2.Template:
        """The template, compiled from the same tree that was checked. Cached by the hash of its source and of the check."""
        source, path, fresh = self.get_source(environment, name)
        cache = environment.bytecode_cache
        assert cache is not None
        bucket = cache.get_bucket(environment, f"{name} {self.fingerprint}", path, source)
        code = bucket.code
        if code is None:
            tree = environment.parse(source, name, path)
            check_prints(tree, self.writers, path or name)
            _guard_calls(tree)
            bucket.code = code = environment.compile(tree, name, path)
            cache.set_bucket(bucket)
        return environment.template_class.from_code(environment, code, globals or {}, fresh)


def check_prints(tree: nodes.Template, writers: frozenset[str], path: str) -> None:
    """Raises TemplateError for all prints other than a literal writer's text, a macro's text or a constant."""
    every = list(tree.find_all(nodes.Node))
    # A name that is assigned somewhere may have any value.
    assigned = {name.name for name in every if isinstance(name, nodes.Name) and name.ctx != "load"}
    macros = _macros(every) - assigned
    bare = [printed for printed in _printed(every) if not _safe(printed, writers, macros)]
    blocks = [block.filter for block in every if isinstance(block, nodes.FilterBlock)]
    bare += [filter for filter in blocks if "loop" in assigned or not _only_moves(filter)]
    bare += [node for node in every if isinstance(node, nodes.EvalContextModifier)]  # HTML escaping would change text
    if bare:
        first, *others = sorted({printed.lineno for printed in bare})
        more = "\n".join(f"{line(path)}:{number}: prints a value bare" for number in others)
        raise TemplateError(
            f"{path}:{first}: prints a value bare", "pass the value through a writer: " + ", ".join(sorted(writers)), more
        )


def _printed(every: list[nodes.Node]) -> list[nodes.Node]:
    """Every expression whose value is printed, including macros called with a body."""
    outputs = [printed for output in every if isinstance(output, nodes.Output) for printed in output.nodes]
    called: list[nodes.Node] = [block.call for block in every if isinstance(block, nodes.CallBlock)]
    return [printed for printed in outputs if not isinstance(printed, nodes.TemplateData)] + called


def _macros(every: list[nodes.Node]) -> set[str]:
    """The names that are macros when they are called. Leaves out names that mean something else before the macro is defined."""
    macros = {"super", "caller"} | {macro.name for macro in every if isinstance(macro, nodes.Macro)}
    for imported in (node for node in every if isinstance(node, nodes.FromImport)):
        macros |= {name if isinstance(name, str) else name[1] for name in imported.names}
    return macros - _SEEN_BY_ALL


def _safe(printed: nodes.Node, writers: frozenset[str], macros: set[str]) -> bool:
    match printed:
        case nodes.Const():
            return True
        case nodes.Filter():
            return printed.name in writers
        case nodes.Call(node=nodes.Name(name=name), dyn_kwargs=None):
            # A caller passed by name may be any function.
            return name in macros and all(pair.key != "caller" for pair in printed.kwargs)
        case nodes.CondExpr():
            return _safe(printed.expr1, writers, macros) and (printed.expr2 is None or _safe(printed.expr2, writers, macros))
    return False


def _only_moves(filter: nodes.Node | None) -> bool:
    """Whether a filter block only indents or trims what its body prints. `indent` would print a text given as its width."""
    match filter:
        case None:
            return True
        case nodes.Filter(node=inner, name="indent" | "trim", args=args, kwargs=kwargs, dyn_args=None, dyn_kwargs=None):
            widths = [*(args if filter.name == "indent" else []), *(pair.value for pair in kwargs if pair.key == "width")]
            others = [*(args if filter.name == "trim" else []), *(pair.value for pair in kwargs if pair.key != "width")]
            constant = all(isinstance(other, nodes.Const) and not isinstance(other.value, str) for other in others)
            return constant and all(_is_number(width) for width in widths) and _only_moves(inner)
    return False


def _is_number(node: nodes.Node) -> bool:
    match node:
        case nodes.Const(value=value):
            return isinstance(value, int)
        case nodes.Filter(name="length" | "count"):
            return True
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attr):
            return attr in ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0")
        case nodes.Add(left=left, right=right) | nodes.Sub(left=left, right=right) | nodes.Mul(left=left, right=right):
            return _is_number(left) and _is_number(right)
    return False


# A name that a template cannot write as a filter.
_GUARD = "what only a macro passes"


def _guard_calls(tree: nodes.Template) -> None:
    """Makes printed calls fail unless they call a macro. What an imported name means is known only when it is called."""
    for printed in _printed(list(tree.find_all(nodes.Node))):
        for call in _calls(printed):
            call.node = nodes.Filter(call.node, _GUARD, [], [], None, None, lineno=call.lineno)
    if tree.environment is not None:
        tree.set_environment(tree.environment)


def _calls(printed: nodes.Node | None) -> list[nodes.Call]:
    match printed:
        case nodes.Call():
            return [printed]
        case nodes.CondExpr():
            return _calls(printed.expr1) + _calls(printed.expr2)
    return []


def _only_macros(function: object) -> object:
    if isinstance(function, Macro | BlockReference):
        return function
    raise jinja2.TemplateRuntimeError("prints a value bare: the call there is not to a macro")


def _only_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise jinja2.TemplateRuntimeError(f"prints a value bare: a writer returned {type(value).__name__}, which is no text")
