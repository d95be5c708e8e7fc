"""The request of a curl command in a document as the request of its operation, if it fits what the document says of that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from snippetgen.importers.address import query_pairs
from snippetgen.importers.body import Part, file_name, form_pairs, stand_in_octets
from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.curl.command import Files, read_requests
from snippetgen.importers.openapi.code_samples import CodeSample, sample_json
from snippetgen.importers.openapi.document import Document, line_of, step
from snippetgen.importers.openapi.media import choose, report_other_media, schema_of
from snippetgen.importers.openapi.pages import Operation
from snippetgen.importers.openapi.pairs import pairs_tree
from snippetgen.importers.openapi.parameters import IGNORED, Parameter, Wire
from snippetgen.importers.openapi.request_body import Body
from snippetgen.importers.openapi.sample_files import named_file
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.schema_fit import misfit
from snippetgen.importers.openapi.schema_sample import required_members
from snippetgen.importers.openapi.security import Credentials
from snippetgen.importers.redaction import is_random
from snippetgen.importers.secrets import Secrets, is_secret_name
from snippetgen.importers.sent import Sent
from snippetgen.request import plain
from snippetgen.spec.http_fields import COOKIE_VALUE, FRAMING, HEADER_VALUE
from snippetgen.spec.media_type import MEDIA_TYPE, TOKEN, essence, kind

FORM = "application/x-www-form-urlencoded"
KIND = "a curl sample that does not fit"
HELP = "fix the sample in the document; what the document says otherwise is sent"
# What may stand before the path of an operation, if the sample calls another server than the document names.
_BEFORE = r"(?:/(?:api|rest|v[0-9][0-9.]*))*"


# A document has the names of files only. Those that lie beside it may be anything, and none of its samples may publish them.
NO_FILES = Files(lambda _: None, lambda name, _: found[1] if (found := named_file(name)) else stand_in_octets(name))


class Misfit(Exception):
    """A sample that is not a request of its operation: why."""


# What a client sets by itself, or what would change how a body is read.
_CLIENTS = {"user-agent", "accept-encoding", "content-encoding", "accept-language", "referer", "origin", "dnt", "cache-control"}
_CREDENTIAL = re.compile(r"(?:Basic|Bearer|Token|Digest|ApiKey)\s", re.I)


def _value(secrets: Secrets, value: str, name: str) -> object:
    return secrets.value(value, name, sure=secrets.is_key(name, value))


@dataclass(frozen=True)
class Taken:
    """The request of a sample: its parameters and its body."""

    sample: CodeSample
    wire: Wire
    body: Body | None


@dataclass(frozen=True)
class Samples:
    """Reads the samples of one operation. `least` has its required parameters, `base` is the URL of its server."""

    document: Document
    operation: Operation
    parameters: list[Parameter]
    least: Wire
    credentials: Credentials
    base: str
    told: Reporter = field(default_factory=lambda: Reporter(""))

    def take(self, sample: CodeSample) -> Taken | None:
        """The request of the first command of a sample that fits; None, and recorded as lost, if none does."""
        requests, lost = read_requests(sample.commands, NO_FILES)
        reasons = []
        for sent in requests:
            self.told.lost.clear()
            try:
                wire = self._wire(sent)
            except Misfit as error:
                reasons.append(str(error))
                continue
            try:
                body = _SampleBody(self, sent, sample.at).read()
            except Misfit as error:
                reasons.insert(0, str(error))
                continue
            for one in lost:
                if "about curl, not about the request" not in one.what:
                    self.document.lose(sample.at, f"in a curl sample, {one.where}: {one.what}", one.help)
            for one in self.told.lost:
                self.document.lose(sample.at, f"in a curl sample, {one.what}", one.help, kind=one.kind)
            return Taken(sample, wire, body)
        why = next(iter(reasons), lost[0].what if lost else "it has no request")
        self.document.lose(sample.at, f"the curl sample does not fit its operation and is not used: {why}", HELP, kind=KIND)
        return None

    def _wire(self, sent: Sent) -> Wire:
        """The path, query, headers and cookies. Raises Misfit for another method or path."""
        if sent.method.upper() != self.operation.method:
            raise Misfit(f"its method is {line_of(sent.method)[:20]} and not {self.operation.method}")
        values = self._path(sent)
        query = [*(query_pairs(urlsplit(sent.url).query or None, force=True) or ()), *sent.query]
        secrets = self.secrets(sent)
        credentials = self._credential_names()
        fixed = {pair.name for pair in query_pairs(self.least.path.partition("?")[2] or None, force=True) or ()}
        own: list[tuple[str, Any]] = [
            (pair.name, _value(secrets, plain(pair.value or ""), pair.name))
            for pair in query
            if ("query", pair.name) not in credentials
            and pair.name not in fixed
            and self._is_wanted("query", pair.name)
            and not self._is_undeclared_key("query", pair.name, plain(pair.value or ""))
        ]
        given = {name.partition("[")[0] for name, _ in own}
        least = self.least
        headers, cookies = self._headers(sent, secrets)
        return Wire(
            least.path,
            least.values | {name: value for name, value in values.items() if name in least.values},
            own + [pair for pair in least.query if pair[0].partition("[")[0] not in given],
            least.reserved,
            headers + [pair for pair in least.headers if pair[0].lower() not in {name.lower() for name, _ in headers}],
            cookies + [pair for pair in least.cookies if pair[0] not in dict(cookies)],
        )

    def _path(self, sent: Sent) -> dict[str, str]:
        """The values of the path's names. Raises Misfit."""
        template = re.split("[?#]", self.operation.path, maxsplit=1)[0]
        names: list[str] = []

        def hole(match: re.Match[str]) -> str:
            names.append(match[1])
            return f"(?P<n{len(names)}>[^/]+)"

        if re.search(r"\}[^/]*\{[^/]*\}[^/]*\{", template):
            raise Misfit("its path has more than two names in a segment")
        pieces = re.split(r"(\{[^{}/]*\})", template.rstrip("/"))
        pattern = "".join(re.sub(r"\{([^{}/]*)\}", hole, piece) if piece[:1] == "{" else re.escape(piece) for piece in pieces)
        path = re.sub(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*", "", sent.url, count=1)
        path = re.split("[?#]", path, maxsplit=1)[0]
        base = re.escape(urlsplit(self.base).path.rstrip("/"))
        found = re.fullmatch(f"{base}{pattern}/?", path) or re.fullmatch(f"{_BEFORE}{pattern}/?", path)
        if found is None:
            raise Misfit(f"its path is {line_of(path)[:80]}")
        values = {name: unquote(found[f"n{number}"]) for number, name in enumerate(names, start=1)}
        # A name in braces is no value, nor is what cannot be a segment.
        return {
            name: value
            for name, value in values.items()
            if value not in ("", ".", "..") and not re.search(r"[{}<>]", value) and not value.startswith(":")
        }

    def _headers(self, sent: Sent, secrets: Secrets) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
        """The headers and cookies that the document declares."""
        headers: list[tuple[str, Any]] = []
        cookies: list[tuple[str, Any]] = []
        for pair in sent.headers:
            name, value = pair.name.strip(), plain(pair.value).strip()
            if name.lower() == "cookie":
                for piece in value.split(";"):
                    key, _, text = piece.strip().partition("=")
                    if self._declared("cookie", key) and TOKEN.match(key) and text and COOKIE_VALUE.match(text):
                        cookies.append((key, _value(secrets, text, key)))
            elif self._is_header(name, value) and self._is_wanted("header", name):
                headers.append((name, _value(secrets, value, name)))
        return headers, cookies

    def _is_header(self, name: str, value: str) -> bool:
        lower = name.lower()
        usual = lower in IGNORED | FRAMING | _CLIENTS or ("header", lower) in self._credential_names()
        key = self._is_undeclared_key("header", name, value)
        return not usual and not key and bool(TOKEN.match(name) and HEADER_VALUE.match(value))

    def _is_undeclared_key(self, place: str, name: str, value: str) -> bool:
        """Whether it may be a credential that the document does not know: the document says which are sent."""
        known = self._declared(place, name.partition("[")[0])
        return not known and (is_secret_name(name, value) or is_random(value) or bool(_CREDENTIAL.match(value)))

    def _declared(self, place: str, name: str) -> bool:
        return any(one.place == place and one.name.lower() == name.lower() for one in self.parameters)

    def _is_wanted(self, place: str, name: str) -> bool:
        """Whether a pair is sent: with `required_only`, only a required one."""
        if not self.document.required_only:
            return True
        base = name.partition("[")[0].lower()
        return any(p.place == place and p.required and base == p.name.partition("[")[0].lower() for p in self.parameters)

    def _credential_names(self) -> set[tuple[str, str]]:
        """Where the credentials of the operation are: the place and the name."""
        auth = self.credentials.auth
        found = {(place, name) for place, pairs in auth.items() if place in ("query", "header") for name in _names(pairs)}
        found |= {("query", name) for name, _ in self.credentials.query}
        found |= {("header", name) for name, _ in self.credentials.headers}
        return {(place, name.lower() if place == "header" else name) for place, name in found}

    def secrets(self, sent: Sent) -> Secrets:
        return Secrets(urlsplit(self.base).netloc, self.told, dict(sent.variables))


@dataclass
class _SampleBody:
    """The body of a sample as that of its operation."""

    samples: Samples
    sent: Sent
    at: str
    files: dict[str, bytes] = field(default_factory=dict)

    def read(self) -> Body | None:
        """The body; without a tree if the sample sends none, and none is required. Raises Misfit."""
        document, operation = self.samples.document, self.samples.operation
        here = step(operation.at, "requestBody")
        says = document.mapping(operation.says.get("requestBody"), here)
        content = document.mapping(says.get("content"), step(here, "content"))
        if self.sent.body is None or self.sent.body in (b"", ()):
            if says.get("required") is True:
                raise Misfit("it has no body, and one is required")
            return self._unsent(content, step(here, "content"))
        if not content:
            raise Misfit("it has a body, and the operation has none")
        made: Callable[[str, object, str], Body]
        if isinstance(self.sent.body, tuple):
            wanted, made = "multipart", self._multipart
        else:
            wanted, made = self._kind(content)
        name = self._media_type(content, wanted)
        media = document.mapping(content[name], step(here, "content", name))
        body = made(essence(name) or name, schema_of(media), step(here, "content", name))
        report_other_media(document, content, step(here, "content"))
        return body

    @property
    def _given(self) -> str:
        """The media type that the command gives; empty if curl chooses it."""
        given = [plain(pair.value) for pair in self.sent.headers if pair.name.strip().lower() == "content-type"]
        return given[0].strip() if given else "" if self.sent.media_type == FORM else self.sent.media_type

    def _unsent(self, content: dict[str, Any], at: str) -> Body | None:
        """What the table says of a body that is not sent; None if the operation has none."""
        chosen = choose(self.samples.document, content, at) if content else None
        if chosen is None:
            return None
        name, media, here = chosen
        place = "form" if kind(name) in ("form", "multipart") else "body"
        return Body({}, place, schema_of(media), here)

    def _kind(self, content: dict[str, Any]) -> tuple[str, Callable[[str, object, str], Body]]:
        found = kind(self._given) if self._given else "form"
        taken = {kind(name) for name in content}
        if found == "form" and "form" not in taken and "json" in taken:
            found = "json"  # `curl -d '{…}'` without a media type: what is meant is JSON
        if self.sent.file and found != "json":
            return found, self._file
        return found, {"json": self._json, "form": self._form}.get(found, self._text)

    def _media_type(self, content: dict[str, Any], wanted: str) -> str:
        """The media type of the operation that the sample has. Raises Misfit."""
        given = essence(self._given)
        exact = [name for name in content if essence(name) == given]
        alike = [name for name in content if (kind(name) == wanted and wanted != "octets") or name.strip() == "*/*"]
        if not exact and not alike:
            raise Misfit(f"its body is {line_of(given or wanted)[:60]}, which the operation does not take")
        return (exact or alike)[0]

    def _octets_text(self) -> str:
        assert isinstance(self.sent.body, bytes)
        try:
            return self.sent.body.decode()
        except UnicodeDecodeError:
            raise Misfit("its body is no text") from None

    def _json(self, media_type: str, schema: object, at: str) -> Body:
        try:
            value = sample_json(self._octets_text())
        except ValueError as error:
            raise Misfit(f"its body is not JSON: {line_of(str(error))[:80]}") from None
        document = self.samples.document
        if why := misfit(document, value, schema, "the body"):
            raise Misfit(why)
        value = required_members(document, value, read_schema(document, schema, step(at, "schema")), step(at, "schema"))
        self._report_variables(self._octets_text())
        name = media_type if MEDIA_TYPE.match(media_type) and "*" not in media_type else "application/json"
        written = {} if name == "application/json" else {"media_type": name}
        value = self.samples.secrets(self.sent).body(value)
        return Body({"json": value, **written}, "body", schema, at, media_type=name)

    def _form(self, _: str, schema: object, at: str) -> Body:
        pairs = form_pairs(self._octets_text())
        if pairs is None:
            raise Misfit("its body is no form")
        values = [(pair.name, plain(pair.value or "")) for pair in pairs]
        wanted = self._fields([name for name, _ in values], dict(values), schema)
        secrets = self.samples.secrets(self.sent)
        fields = [(name, _value(secrets, value, name)) for name, value in values if name in wanted]
        return Body({"form": pairs_tree(fields)}, "form", schema, at, media_type=FORM)

    def _multipart(self, _: str, schema: object, at: str) -> Body:
        assert isinstance(self.sent.body, tuple)
        parts = [part for part in self.sent.body if isinstance(part, Part)]
        texts = {part.name: "file" if part.filename is not None else _decoded(part) for part in parts}
        wanted = self._fields([part.name for part in parts], texts, schema)
        secrets = self.samples.secrets(self.sent)
        made = [self._part(part, secrets) for part in parts if part.name in wanted]
        return Body({"multipart": made}, "form", schema, at, self.files, "multipart/form-data")

    def _part(self, part: Part, secrets: Secrets) -> dict[str, object]:
        media = {"media_type": part.media_type} if part.media_type and MEDIA_TYPE.match(part.media_type) else {}
        if part.filename is None:
            return {"name": part.name, "value": _value(secrets, _decoded(part), part.name), **media}
        file = self._beside(part.filename, part.octets)
        name = {"filename": part.filename} if part.filename != file.rpartition("/")[2] else {}
        found = essence(part.media_type)
        if found in ("", "application/octet-stream"):  # curl knows few kinds of files
            known = named_file(part.filename)
            media = {"media_type": known[0]} if known else media
        return {"name": part.name, "file": file, **name, **media}

    def _beside(self, name: str, octets: bytes) -> str:
        """The name of a file of this page beside the spec."""
        file = f"files/{self.samples.operation.page}/{file_name(name)}"
        self.files[file] = octets
        return file

    def _fields(self, names: list[str], values: dict[str, str], schema: object) -> set[str]:
        """The names of the fields to send. Raises Misfit if they do not fit the schema."""
        document = self.samples.document
        read = read_schema(document, schema, self.at)
        base = {name: name if name in read.properties else name.partition("[")[0] for name in names}
        if why := misfit(document, {base[name]: values[name] for name in names}, schema, "the form", texts=True):
            raise Misfit(why)
        return {name for name in names if not document.required_only or base[name] in read.required}

    def _text(self, media_type: str, schema: object, at: str) -> Body:
        text = self._octets_text()
        self._report_variables(text)
        return Body({"text": text, "media_type": media_type}, "body", schema, at, media_type=media_type)

    def _file(self, media_type: str, schema: object, at: str) -> Body:
        assert isinstance(self.sent.body, bytes)
        name = self._beside(self.sent.file, self.sent.body)
        media_type = media_type if "*" not in media_type else "application/octet-stream"
        return Body({"file": name, "media_type": media_type}, "body", schema, at, self.files, media_type)

    def _report_variables(self, text: str) -> None:
        for example, name in self.sent.variables.items():
            if example in text:
                what = f"the variable {name} of a curl sample is written as its example {example}"
                self.samples.document.lose(self.at, what, "write what readers need there")


def _names(pairs: object) -> list[str]:
    return list(pairs) if isinstance(pairs, dict) else []


def _decoded(part: Part) -> str:
    return part.octets.decode("utf-8", "replace")
