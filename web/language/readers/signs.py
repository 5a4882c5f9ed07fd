"""Signs: `#tag`, `+List`, `!high` and `p1`, found by their first character. Pure."""

import re
from collections.abc import Iterable

from actors.fields import fold
from web.language.folding import ENDS, HIDDEN
from web.language.meaning import Meaning
from web.language.patterns import Grammar

MAX_TAG = 30
MAX_LIST = 100
NUMBERED = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}
_NAME = r"""([^\s\x00#+!,;:.?()\[\]{}<>"'“”„«»…|\\]+)"""
_TAG = re.compile("#" + _NAME + ENDS)
_LIST = re.compile(r"\+" + _NAME + ENDS)
_PRIORITY = re.compile(r"!([^\W_]+)" + ENDS)
_P = re.compile(r"p([1-4])" + ENDS)


def sign(typed: str, folded: str, place: int, grammars: Iterable[Grammar]) -> tuple[int, Meaning] | None:
    """Returns where a sign at a place ends and what it means; None where there is none."""
    first = folded[place]
    found = (_tag if first == "#" else _list)(typed, place) if first in "#+" else None
    if first in "!p":
        found = _priority(folded, place, grammars)
    return None if found is None or HIDDEN in folded[place : found[0]] else found


def _tag(typed: str, place: int) -> tuple[int, Meaning] | None:
    found = _TAG.match(typed, place)
    if found is None or not _is_tag(found[1]):
        return None
    return found.end(), Meaning("tag", found[1])


def _is_tag(name: str) -> bool:
    return len(name) <= MAX_TAG and name.isprintable() and any(char.isalpha() for char in name)


def _list(typed: str, place: int) -> tuple[int, Meaning] | None:
    found = _LIST.match(typed, place)
    if found is None or len(found[1]) > MAX_LIST or not found[1][0].isalpha():
        return None
    return found.end(), Meaning("list", found[1])


def _priority(folded: str, place: int, grammars: Iterable[Grammar]) -> tuple[int, Meaning] | None:
    found = _PRIORITY.match(folded, place) or _P.match(folded, place)
    if found is None:
        return None
    names = [NUMBERED.get(found[1]), *(grammar.priorities.get(found[1]) for grammar in grammars)]
    name = next(filter(None, names), None)
    return None if name is None else (found.end(), Meaning("priority", name))


def same_tag(tag: str) -> str:
    """Returns the spelling by which two tags are the same."""
    return fold(tag)
