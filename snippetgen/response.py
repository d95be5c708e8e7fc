"""The response of a spec: what the mock answers and the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from snippetgen.request import Json, Pair

# The data of the event that ends many streams of Server-Sent Events, as OpenAI's API has made usual.
END_MARK = "[DONE]"


@dataclass(frozen=True)
class Response:
    """The response that the mock sends and the page shows.

    If there is a body, exactly one of `json`, `text`, `octets` and `events` is set. `events` are the data of Server-Sent
    Events: JSON values or plain text. With `ndjson`, they are JSON values, one a line. `show` is a path of member names and
    indices; `save` is a file name. `error` leads to the message of an event that says that something went wrong.
    """

    status: int = 200
    headers: tuple[Pair, ...] = ()
    json: Json | None = None
    has_json: bool = False
    text: str | None = None
    octets: bytes | None = None
    events: tuple[Json, ...] | None = None
    ndjson: bool = False
    media_type: str | None = None
    show: tuple[str | int, ...] | None = None
    error: tuple[str, ...] | None = None
    save: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether the body is JSON or text, which can be printed as a whole."""
        return self.has_json or self.text is not None

    @property
    def streams(self) -> bool:
        return self.events is not None

    @property
    def error_holder(self) -> tuple[str, ...]:
        """The path to the object that holds the message of `error`; to the message itself if nothing holds it."""
        path = self.error or ()
        return path[:-1] or path

    @property
    def has_end_mark(self) -> bool:
        """Whether the stream ends at the event `[DONE]`, whatever comes after it, and whether or not anything does."""
        return not self.ndjson and END_MARK in (self.events or ())
