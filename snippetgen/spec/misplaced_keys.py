"""Help for keys in the wrong place of a spec, and for words of other formats."""

from __future__ import annotations

from snippetgen.errors import close
from snippetgen.spec.parameter_format import FIELD, OTHER_RESPONSE, VALUE
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import ListOf, Shape

# Words of other tools and formats (OpenAPI, Postman, HAR, curl, fetch, axios, requests), by the path of the record they are
# written in. Only their letters are compared, in lower case, so `contentType` and `content-type` are the same.
_REQUEST = {
    "`url:`": "endpoint uri address href link",
    "`method:`": "verb",
    "`query:`": "params querystring searchparams qs queryparams args",
    "`path:`": "pathparams pathparameters urlparams",
    "`body:`": "data payload content requestbody",
    "`auth:`": "authorization authentication credentials security",
    "`auth: {bearer: …}`": "token apikey bearertoken accesstoken key",
    "`body: {media_type: …}`": "contenttype mimetype mediatype mime",
    "`body: {multipart: […]}`": "files formdata",
    "the whole address in `url:`": "host hostname server baseurl base domain protocol scheme port",
}
_RESPONSE = {
    "`status:`": "code statuscode httpstatus",
    "`json:`, or another kind of response, right below `response`": "body content data payload schema example",
    "`show:`": "print prints extract select output returns",
    "`save:`": "download saveas outputfile",
    "`sse:`": "stream events chunks",
    "`media_type:`": "contenttype mimetype mediatype mime type",
}
_BODY = {
    "`text:`": "raw plain string",
    "`form:`": "urlencoded xwwwformurlencoded formurlencoded",
    "`multipart:`": "formdata files multipartformdata parts",
    "`file:`": "binary bytes octets upload path",
    "`media_type:`": "contenttype mimetype mediatype mime type",
}
_AUTH = {
    "`bearer:`": "token bearertoken accesstoken oauth oauth2",
    "`header: {X-Api-Key: …}`": "apikey key",
    "`basic: {username: …, password: …}`": "username password user login",
    "the kind as the key, such as `bearer: …`": "type scheme kind",
}
_EXAMPLE = {"`name:`": "title label summary id key"}
_PARAMETER = {
    "`name:`": "key field parameter",
    "`in:`": "location place where position",
    "`type:`": "schema datatype",
    "`description:`": "desc summary text doc help",
    "`required: false`": "optional",
    "`values:`": "enum options choices allowed allowedvalues oneof",
    "`limits:` in words, such as 0 to 2": "minimum maximum min max pattern minlength maxlength minitems maxitems range",
    "`children:`": "properties fields attributes members items parameters",
    "no such key: the value in `request` or `response` is the example": "example examples sample",
}
_FIELD = {"no such key here: a child is where its parent is, and a field is in the response": "in location place where position"}
_VALUE = {"`value:`": "name const enum key id", "`description:`": "desc summary title label text doc help meaning"}
_OTHER_RESPONSE = {
    "`description:`": "summary title meaning reason label",
    "`json:`": "body content data payload schema example",
    "the status as the key, such as `429: {…}`": "status code statuscode",
}
_SPEC = {
    "`title:`": "name heading label",
    "`summary:`": "subtitle abstract",
    "`description:`": "desc intro text details",
    "`tags:`": "labels keywords category categories",
    "`extends:`": "inherits inherit base parent from ref template",
    "`response:`": "answer reply result output",
    "`responses:`": "errors errorresponses statuses otherresponses",
    "`examples:`": "cases variants samples requests",
    "`parameters:`": "params args arguments",
    "`notes:`": "remarks footer hints",
    "no such key: the file's name is the address of its page": "id slug page",
}
_SECRET = {"`env:`": "name var variable key environment", "`example:`": "value default sample placeholder"}
_PART = {
    "`name:`": "key field",
    "`value:`": "content text data",
    "`file:`": "path src",
    "`media_type:`": "contenttype mimetype mime type",
}


def explain(spec: Record, secret: Record, part: Record) -> None:
    """Adds help for unknown keys to every record of the format: the right word of this format, or the right place."""
    places = dict(_records(spec, ()))
    own = {(): _SPEC, ("request",): _REQUEST, ("response",): _RESPONSE, ("request", "body"): _BODY, ("request", "auth"): _AUTH}
    for path, record in places.items():
        record.meant.update(_elsewhere(record, path, places) | _words(own.get(path, {})))
    lifted = {word: f"put it under `request`, and {help}" for word, help in _words(_REQUEST).items()}
    spec.meant.update({word: help for word, help in lifted.items() if word not in spec.meant and word not in spec.keys})
    example, parameter = _item(spec, "examples"), _item(spec, "parameters")
    top = dict.fromkeys(spec.keys, "put it at the top level, beside `examples`")
    example.meant.update({word: help for word, help in (spec.meant | top | _words(_EXAMPLE)).items() if word not in example.keys})
    parameter.meant.update(_words(_PARAMETER))
    FIELD.meant.update(_words(_PARAMETER | _FIELD))
    VALUE.meant.update(_words(_VALUE))
    OTHER_RESPONSE.meant.update(_words(_OTHER_RESPONSE))
    secret.meant.update(_words(_SECRET))
    part.meant.update(_words(_PART))


def _words(table: dict[str, str]) -> dict[str, str]:
    return {word: help if help.startswith("no ") else f"write {help}" for help, words in table.items() for word in words.split()}


def _records(shape: Shape, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Record]]:
    """The records that one page has only once, each with its path."""
    found = [(path, shape)] if isinstance(shape, Record) else []
    for name, child in shape.keys.items() if isinstance(shape, Record) else ():
        found += _records(child, (*path, name))
    return found


def _elsewhere(record: Record, path: tuple[str, ...], places: dict[tuple[str, ...], Record]) -> dict[str, str]:
    """Help for the keys of other records: where they belong, preferably below this record."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for other, holder in places.items():
        for name in holder.keys:
            if name not in record.keys and not close(name, record.keys, 0.85):
                found.setdefault(name, []).append(other)
    return {name: _place(path, sorted(others, key=len)) for name, others in found.items()}


def _place(path: tuple[str, ...], others: list[tuple[str, ...]]) -> str:
    below = [other for other in others if other[: len(path)] == path]
    chosen = below or others
    # If a record has the key, records below it are not searched.
    chosen = [other for other in chosen if not any(other != outer and other[: len(outer)] == outer for outer in chosen)]
    if () in chosen:
        return f"put it at the top level, beside `{path[0]}`"
    names = [".".join(other[len(path) :] if below else other) for other in chosen]
    return "put it under " + ", or under ".join(f"`{name}`" for name in names)


def _item(spec: Record, name: str) -> Record:
    """The record of the elements of a list."""
    listed = spec.keys[name]
    assert isinstance(listed, ListOf) and isinstance(listed.item, Record)
    return listed.item
