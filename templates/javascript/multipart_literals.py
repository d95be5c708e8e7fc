"""Multipart bodies in JavaScript: FormData, or parts written by hand if FormData would change them.

Source: XMLHttpRequest Standard §4.3, RFC 7578.
"""

import re

from snippetgen.literals import FilePart, part_pieces, plain

from . import WIDTH, _string, _width, file_blob, literal, variable


def is_form_data(parts):
    """Whether FormData sends the parts unchanged: no media type on texts, no lone CR or LF in them, no empty file name."""
    return all(
        (isinstance(part, FilePart) and part.filename and part.media_type == part.media_type.lower())
        or (
            not isinstance(part, FilePart) and part.media_type is None and not re.search(r"\r(?!\n)|(?<!\r)\n", plain(part.value))
        )
        for part in parts
    )


def append(part):
    """`body.append(…)`, on several lines if it does not fit."""
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
    """The parts as one text, for parts that FormData would change."""
    pieces = [_blob_piece(piece) for piece in part_pieces(body)]
    line = f"const body = new Blob([{', '.join(pieces)}]);"
    return line if _width(line) <= WIDTH else "const body = new Blob([\n" + "".join(f"  {piece},\n" for piece in pieces) + "]);"


def _blob_piece(piece):
    if isinstance(piece, FilePart):
        return file_blob(piece.file, 2, 2)
    return _string(piece) if isinstance(piece, str) else variable(piece)
