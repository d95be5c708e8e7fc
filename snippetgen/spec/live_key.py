"""Finds keys that look live, because a published page must not contain one.

Searches all texts of a spec for known prefixes with a random tail. Prefixes: the providers' own documentation of their key
formats, and GitHub's list of secret scanning patterns.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from snippetgen.errors import Problem
from snippetgen.yaml_tree.node import Node, walk

# The prefix, and the pattern of the secret part. Every secret part is too long to guess.
_KINDS = {
    "OpenAI": r"sk-(?:proj-|svcacct-|admin-)?([A-Za-z0-9_-]{32,})",
    "Anthropic": r"sk-ant-(?:api|admin)[0-9]{2}-([A-Za-z0-9_-]{40,})",
    "OpenRouter": r"sk-or-v1-([0-9a-f]{40,})",
    "Stripe": r"(?:sk|rk|whsec)_(?:live_|test_)?([A-Za-z0-9]{24,})",
    "GitHub": r"(?:gh[pousr]_|github_pat_)([A-Za-z0-9_]{36,})",
    "GitLab": r"gl(?:pat|dt|rt|cbt)-([A-Za-z0-9_-]{20,})",
    "AWS": r"(?:AKIA|ASIA)([A-Z2-7]{16})(?![A-Za-z0-9])",
    "Google": r"AIza([A-Za-z0-9_-]{35})",
    "Google OAuth": r"ya29\.([A-Za-z0-9_-]{40,})",
    "Slack": r"xox[abeoprs]-((?:[0-9]+-){0,3}[A-Za-z0-9-]{20,})",
    "Hugging Face": r"hf_([A-Za-z0-9]{30,})",
    "Groq": r"gsk_([A-Za-z0-9]{40,})",
    "xAI": r"xai-([A-Za-z0-9]{60,})",
    "Replicate": r"r8_([A-Za-z0-9]{36,})",
    "SendGrid": r"SG\.([A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,})",
    "Twilio": r"SK([0-9a-f]{32})(?![A-Za-z0-9])",
    "npm": r"npm_([A-Za-z0-9]{36})",
    "PyPI": r"pypi-([A-Za-z0-9_-]{60,})",
    "DigitalOcean": r"do[opr]_v1_([0-9a-f]{64})",
    "Shopify": r"shp(?:at|ca|pa|ss)_([0-9a-fA-F]{32})",
    "Omixa": r"omx_(?:live|test)_([A-Za-z0-9]{20,})",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*([A-Za-z0-9+/=\s]{60,})",
}
_ANY = re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(_KINDS.values()) + ")")
_NAMES = list(_KINDS)
# What authors write in place of a key.
_PLACEHOLDER = re.compile(r"example|sample|dummy|placeholder|your|xxx|\*\*\*|\.\.\.|000000|123456|abcdef", re.I)
MINIMUM_ENTROPY = 3.0  # bits a character; 24 random letters and digits have about 4.1, hexadecimal digits about 3.4


def live_keys(tree: Node) -> list[Problem]:
    """A problem for every text, value or name, that contains what looks like a live key."""
    problems = []
    for node in walk(tree):
        if isinstance(node.value, str):
            problems += [_problem(node, kind) for kind in _kinds(node.value)]
        elif isinstance(node.value, dict):
            problems += [_problem(child, kind) for name, child in node.value.items() for kind in _kinds(name)]
    return problems


def is_placeholder(text: str) -> bool:
    """Whether the text is what authors write in place of a key."""
    return _PLACEHOLDER.search(text) is not None


def _problem(node: Node, kind: str) -> Problem:
    help = "revoke it, and write an example such as omx_live_xxx, or {env: NAME, example: …}"
    return Problem(node.place, f"this looks like a live key ({kind})", help, "a published page shows it to everyone")


def without_live_keys(text: str) -> str:
    """The text with the secret part of every key that looks live replaced by `example`."""
    return _ANY.sub(lambda match: match[0].replace(match[match.lastindex or 0], "example") if _alive(match) else match[0], text)


def tree_without_live_keys(tree: Any, report: Callable[[], object]) -> Any:
    """A tree of plain values with live-looking keys replaced everywhere.

    `report` is called for each text that contained one.
    """
    if isinstance(tree, Mapping):
        return {tree_without_live_keys(name, report): tree_without_live_keys(child, report) for name, child in tree.items()}
    if isinstance(tree, list):
        return [tree_without_live_keys(child, report) for child in tree]
    if isinstance(tree, str) and (clean := without_live_keys(tree)) != tree:
        report()
        return clean
    return tree


def _kinds(text: str) -> Iterator[str]:
    for match in _ANY.finditer(text) if len(text) >= 20 else ():
        if _alive(match):
            yield _NAMES[(match.lastindex or 1) - 1]


def _alive(match: re.Match[str]) -> bool:
    secret = match[match.lastindex or 0]
    # Words with hyphens have high entropy too, but contain no digits.
    return re.search("[0-9]", secret) is not None and not is_placeholder(match[0]) and entropy(secret) >= MINIMUM_ENTROPY


def entropy(text: str) -> float:
    """The entropy in bits a character, from how often each character occurs. Source: Shannon 1948."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
