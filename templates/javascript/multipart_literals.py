"""Multipart bodies in JavaScript: FormData, and the parts by hand where that would change them. Source: XMLHttpRequest
Standard §4.3, RFC 7578.
"""

import re

from snippetgen.literals import FilePart, Secret, plain

from . import WIDTH, _string, _width, file_blob, literal, variable


def is_form_data(parts):
    """Whether FormData sends the parts as they are: no media type on texts, no lone CR or LF in them, no empty file name."""
    return all(
        (isinstance(part, FilePart) and part.filename and part.media_type == part.media_type.lower())
        or (
            not isinstance(part, FilePart) and part.media_type is None and not re.search(r"\r(?!\n)|(?<!\r)\n", plain(part.value))
        )
        for part in parts
    )


def append(part):
    """`body.append(…)`, broken where it does not fit."""
    if isinstance(part, FilePart):
        options = f"{{ type: {_string(part.media_type)} }}"
        arguments = [_string(part.name), f"await openAsBlob({_string(part.file)}, {options})", _string(part.filename)]
    else:
        arguments = [_string(part.name), literal(part.value)]
    line = f"body.append({', '.join(arguments)});"
    if _width(line) <= WIDTH:
        return line
    if isinstance(part, FilePart) and 2 + _width(arguments[1]) + 1 > WIDTH:
        opened = f"await openAsBlob({_string(part.file)}, {{"
        if 2 + _width(opened) <= WIDTH:
            arguments[1] = f"{opened}\n    type: {_string(part.media_type)},\n  }})"
        else:
            if 4 + _width(options) + 1 > WIDTH:
                options = f"{{\n      type: {_string(part.media_type)},\n    }}"
            arguments[1] = f"await openAsBlob(\n    {_string(part.file)},\n    {options},\n  )"
    return "body.append(\n" + "".join(f"  {argument},\n" for argument in arguments) + ");"


def blob(body):
    """The parts written by hand, for what FormData would change: RFC 7578, with the quoting of HTML forms."""
    pieces, text = [], ""
    for part in body.parts:
        text += f'--{body.boundary}\r\nContent-Disposition: form-data; name="{_quoted(part.name)}"'
        if isinstance(part, FilePart):
            text += f'; filename="{_quoted(part.filename)}"'
        text += (f"\r\nContent-Type: {part.media_type}" if part.media_type else "") + "\r\n\r\n"
        if isinstance(part, FilePart) or isinstance(part.value, Secret):
            pieces += [_string(text), file_blob(part.file, 2, 2) if isinstance(part, FilePart) else variable(part.value)]
            text = ""
        else:
            text += part.value
        text += "\r\n"
    pieces.append(_string(f"{text}--{body.boundary}--\r\n"))
    line = f"const body = new Blob([{', '.join(pieces)}]);"
    return line if _width(line) <= WIDTH else "const body = new Blob([\n" + "".join(f"  {piece},\n" for piece in pieces) + "]);"


def _quoted(name):
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
