"""Pairs of a query or a form in JavaScript: URLSearchParams, or one text where URLSearchParams would change them.

Source: URL Standard §6.2.
"""

from snippetgen.literals import width

from . import WIDTH, _constant, _in_template, _is_number, _joined, _string, _text_member, literal, members


def fits(uri, with_options):
    """Whether the start of the call fits on one line."""
    return len(f"const response = await fetch({url(uri)}" + (", {" if with_options else ");")) <= WIDTH


def query(uri):
    """`const query = …;` for the pairs that are written as data; nothing if there are none, or URLSearchParams changes them."""
    if is_unpaired(uri.data):
        return ""
    line = f"const query = new URLSearchParams({{ {_text_member(uri.data[0].name, [uri.data[0].value], 0)} }});"
    if len(uri.data) == 1 and "\n" not in line and width(line) <= WIDTH and not _is_number(uri.data[0].name):
        return line
    return f"const query = {search_params(uri.data, 0)};"


def url(uri):
    if query(uri):
        return f"`{_in_template(uri.before_pairs)}${{query}}`"
    return _joined(uri.pieces, "encodeURIComponent")


def url_constant(uri):
    """The target URI as a constant, for a call that would be too wide with it."""
    return _constant(url(uri), "url")


def written_form(body):
    """`const body = …;` for a form that URLSearchParams cannot express. The snippet encodes the secrets when it runs."""
    return _constant(_joined(body.pieces, "encodeURIComponent"), "body")


def search_params(form, indent=2):
    """`new URLSearchParams({…})`, or a list of pairs if a name repeats or looks like a number."""
    names = [pair.name for pair in form]
    if len(set(names)) == len(names) and not any(map(_is_number, names)):
        return "new URLSearchParams({\n" + members([(p.name, [p.value]) for p in form], indent + 2) + " " * indent + "})"
    only = f"new URLSearchParams([[{_string(form[0].name)}, {literal(form[0].value)}]])"
    if len(form) == 1 and indent + len("body: ") + width(only) + 1 <= WIDTH:
        return only
    return "new URLSearchParams([\n" + "".join(_element(p.name, literal(p.value), indent + 2) for p in form) + " " * indent + "])"


def _element(name, expression, indent):
    """`[name, value],` in a list of pairs, on several lines if it does not fit."""
    pad, name = " " * indent, _string(name)
    line = f"{pad}[{name}, {expression}],\n"
    return line if width(line) <= WIDTH else f"{pad}[\n{pad}  {name},\n{pad}  {expression},\n{pad}],\n"


def is_unpaired(form):
    """Whether the form must be written as text: a name without `=`, or no pairs at all."""
    return not form or any(pair.value is None for pair in form)
