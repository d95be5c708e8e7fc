"""Merge patches by the letter of RFC 7396 §2, to compare ours with."""

from __future__ import annotations


def merged(target: object, patch: object) -> object:
    """The target with the patch applied."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target
