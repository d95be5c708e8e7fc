"""A review as text: for a terminal, and as the Markdown of a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from snippetgen.errors import counted
from snippetgen.printing import code, fenced, line, plain
from snippetgen.review.comparison import ANSWER, REQUEST, Delta, Page, Review

# GitHub's limit is 65,536 characters; the rest is for what the action writes around it.
LIMIT = 62_000
# How many lines of one text a comment shows.
LINES = 300
NAMED = 30


def terminal(review: Review) -> Iterator[str]:
    """The review in lines as git writes them: the groups of equal changes first, then page by page."""
    yield line(f"{review.base} → {review.head} changes {review.summary()}")
    for trouble in review.troubles:
        yield ""
        yield from trouble.split("\n")
    for group in review.groups:
        yield ""
        yield line(f"{_alike(group)}: {_list(delta.name for delta in group)}")
        yield from group[0].unified()
    for page in review.pages:
        yield ""
        own = review.own(page)
        said = [
            page.state,
            *page.notes,
            *(["more of it is shown above, with what is alike"] if len(own) < len(page.deltas) else []),
        ]
        yield line(f"{page.id}: {'; '.join(said)}")
        if page.trouble:
            yield from page.trouble.split("\n")
        for delta in own:
            yield from delta.unified()


def _alike(group: tuple[Delta, ...]) -> str:
    return f"{group[0].what}: {len(group)} changed alike"


def _list(names: Iterable[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def markdown(review: Review, command: str = "snippetgen diff", limit: int = LIMIT) -> str:
    """The comment, of at most `limit` characters; what does not fit is named, and `command` shows all of it.

    Text from specs appears only in fences, or as character references in `<code>`. So none of it is Markdown or HTML, and none
    of it mentions anyone: GitHub looks for mentions in the rendered text, but never in code.
    """
    written = [f"**{code(review.base)} → {code(review.head)}** changes {review.summary()}\n"]
    written += [f"\n{fenced(trouble.splitlines())}" for trouble in review.troubles]
    left = limit - 2_000 - sum(map(_size, written))
    omitted: list[str] = []
    prose = [page for page in review.pages if not page.deltas and not page.trouble and not page.notes]
    if prose:
        names = (
            f"\n{'; '.join(code(page.id) + ' ' + page.state for page in prose[:NAMED])}"
            + (f"; {counted(len(prose) - NAMED, 'more page')}" if len(prose) > NAMED else "")
            + "\n"
        )
        written.append(names)
        left -= _size(names)
    for name, block, shorter in _blocks(review):
        for text in (block, shorter):
            if text and _size(text) <= left:
                written.append(text)
                left -= _size(text)
                break
        else:
            omitted.append(name)
    if omitted:
        written.append(f"\nLeft out, for a comment holds 65,536 characters: {_list(omitted)}. {code(command)} shows all of it.\n")
    return "".join(written)


def _size(text: str) -> int:
    """The length as GitHub may count it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _blocks(review: Review) -> Iterator[tuple[str, str, str]]:
    """The foldable blocks: the name, the text, and a shorter text without code if there is one."""
    for group in review.groups:
        told = f"{_what(group[0])}: {len(group)} changed alike"
        shown = f"{told}, as in {code(group[0].name)}"
        yield told, _details(shown, f"{_list(plain(delta.name) for delta in group)}\n\n{_diff(group[0])}"), ""
    for page in review.pages:
        deltas = review.own(page)
        if not deltas and not page.trouble and not page.notes:
            continue
        heading = f"{code(page.id)} {code(page.title) if page.title else ''} {page.state}".replace("  ", " ")
        wire = [delta for delta in deltas if _is_wire(delta)]
        labels = _list(_what(delta) for delta in deltas if not _is_wire(delta))
        shorter = _details(heading, _page(page, wire) + f"\nThe code does not fit here: {labels}.\n") if labels else ""
        yield plain(page.id), _details(heading, _page(page, deltas)), shorter


def _page(page: Page, deltas: list[Delta]) -> str:
    parts = [f"{code(note)}\n" for note in page.notes] + ([fenced(page.trouble.splitlines())] if page.trouble else [])
    parts += [
        f"**{_what(delta)}**, {code(delta.example)}\n\n{_diff(delta)}"
        for delta in sorted(deltas, key=lambda delta: not _is_wire(delta))
    ]
    return "\n".join(parts)


def _is_wire(delta: Delta) -> bool:
    return delta.what in (REQUEST, ANSWER)


def _what(delta: Delta) -> str:
    return delta.what if _is_wire(delta) else code(delta.what)


def _diff(delta: Delta) -> str:
    lines = [line for line in delta.unified()[2:] if delta.before is not None or not line.startswith("@@")]
    more = [f"… {counted(len(lines) - LINES, 'more line')}"] if len(lines) > LINES else []
    return fenced(lines[:LINES] + more, "diff")


def _details(summary: str, body: str) -> str:
    return f"\n<details><summary>{summary}</summary>\n\n{body}\n</details>\n"
