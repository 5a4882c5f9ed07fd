"""Values of an answer by their paths, and when two of them are the same.

A path is keys joined by dots, with `[0]` for an item of a list and `[*]` for all of them, as `items[*].due.local`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\dT)?\d\d:\d\d:00")


def value_at(answer: Any, path: str) -> Any:
    """Returns the value at a path: None for what is not there, a list where the path has `[*]`."""
    found = list(_values(answer, [key or f"[{index}]" for key, index in _STEP.findall(path)]))
    return found if "[*]" in path else next(iter(found), None)


def _values(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif steps[0] == "[*]":
        for item in value or ():
            yield from _values(item, steps[1:])
    else:
        yield from _values(_below(value, steps[0]), steps[1:])


def _below(value: Any, step: str) -> Any:
    if step.startswith("["):
        index = int(step[1:-1])
        return value[index] if isinstance(value, list) and index < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def canonical(value: Any, path: str = "") -> Any:
    """Returns a value in a form in which two that mean the same are equal: instants, times of day, tags in any order."""
    if isinstance(value, list):
        items = [canonical(item, path) for item in value]
        ordered = path.endswith("tags") and all(isinstance(item, str) for item in items)
        return sorted(items) if ordered else items
    if isinstance(value, dict):
        return {key: canonical(item, key) for key, item in value.items() if item is not None}
    if not isinstance(value, str):
        return value
    if _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value[:-3] if _LOCAL.fullmatch(value) else value


def same(left: Any, right: Any, path: str = "") -> bool:
    """Returns whether two values mean the same."""
    return bool(canonical(left, path) == canonical(right, path))


def same_items(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Returns whether two lists have the same items, each as often, in any order."""
    rest = [canonical(item) for item in right]
    for item in map(canonical, left):
        if item not in rest:
            return False
        rest.remove(item)
    return not rest
