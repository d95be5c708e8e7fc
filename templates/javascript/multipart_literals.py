"""Multipart bodies in JavaScript: FormData, or parts written by hand if FormData would change them.

Source: XMLHttpRequest Standard §4.3, RFC 7578.
"""

import re

from snippetgen.literals import FilePart, part_groups, part_lines, plain, width

from . import WIDTH, _string, file_blob, literal


def is_form_data(parts):
    """Whether FormData sends the parts unchanged: no media type on texts, no lone CR or LF in them, no empty file name."""
    return all(
        (isinstance(part, FilePart) and part.filename and part.media_type == part.media_type.lower())
        or (
            not isinstance(part, FilePart) and part.media_type is None and not re.search(r"\r(?!\n)|(?<!\r)\n", plain(part.value))
        )
        for part in parts
    )


def open_file(part, parts):
    """`const file = await openAsBlob(…);`, on several lines if it does not fit."""
    head = f"const {_file_constant(part, parts)} = await openAsBlob("
    name, media_type = _string(part.file), f"type: {_string(part.media_type)}"
    line = f"{head}{name}, {{ {media_type} }});"
    if width(line) <= WIDTH:
        return line
    if width(f"{head}{name}, {{") <= WIDTH:
        return f"{head}{name}, {{\n  {media_type},\n}});"
    options = f"{{ {media_type} }}"
    if 2 + width(options) + 1 > WIDTH:
        options = f"{{\n    {media_type},\n  }}"
    return f"{head}\n  {name},\n  {options},\n);"


def _file_constant(part, parts):
    files = [other for other in parts if isinstance(other, FilePart)]
    return "file" if len(files) == 1 else f"file{[id(other) for other in files].index(id(part)) + 1}"


def append(part, parts):
    """`body.append(…)`, on several lines if it does not fit."""
    if isinstance(part, FilePart):
        arguments = [_string(part.name), _file_constant(part, parts), _string(part.filename)]
    else:
        arguments = [_string(part.name), literal(part.value)]
    line = f"body.append({', '.join(arguments)});"
    return line if width(line) <= WIDTH else "body.append(\n" + "".join(f"  {argument},\n" for argument in arguments) + ");"


def written_parts(body):
    """`const body = …;`: the parts line by line, for parts that FormData would change."""
    if not any(isinstance(part, FilePart) for part in body.parts):
        return f"const body = {_lines(part_lines(body), 0, len('const body = ;'))};"
    pieces = [
        file_blob(group.file, 2, 2) if isinstance(group, FilePart) else _lines(group, 2, len("  ,"))
        for group in part_groups(body)
    ]
    return "const body = new Blob([\n" + "".join(f"  {piece},\n" for piece in pieces) + "]);"


def _lines(lines, indent, around):
    """`[…].join("\\r\\n")`: on one line if it fits there beside `around` columns."""
    rows, pad = [literal(line) for line in lines], " " * indent
    line = f'[{", ".join(rows)}].join("\\r\\n")'
    if around + width(line) <= WIDTH:
        return line
    return "[\n" + "".join(f"{pad}  {row},\n" for row in rows) + f'{pad}].join("\\r\\n")'
