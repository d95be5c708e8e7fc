"""Names of what continues a list where an earlier answer ended: a first request has none of them."""

from __future__ import annotations

import re

_CURSOR = re.compile(
    r"(next|prev(ious)?|page|continuation|pagination|scroll|sync|skip|resume)_?(page)?_?(token|cursor|marker|key)\Z|(\A|_)cursor\Z|"
    r"\A(after|before|starting_after|ending_before|since_id|max_id|last_evaluated_key|exclusive_start_key|\$?skiptoken|marker|"
    r"continuation|\$?skip|\$?offset|start_?index|page(_?(number|num|index|no))?)\Z"
)
_MAYBE = {"next", "previous", "from", "token", "start"}


def is_cursor(name: str, said: str) -> bool:
    """Whether a parameter or member continues a list, by its name; `said` is its description."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[-.]", "_", name).lower()
    if name in _MAYBE:
        return re.search(r"\bcursors?\b|pagination|next page|previous page", said.lower()) is not None
    return _CURSOR.search(name) is not None
