"""Reads which priority tasks are to have. Pure."""

import re
from collections.abc import Callable
from typing import Final

from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.rest import Rest
from web.tools.chat.rules.said import Said
from web.tools.chat.rules.targets import name_in

_SIGNED: Final = re.compile(r"!([^\W_]+)|p([1-4])")
_NUMBERED: Final = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}


def prioritise(level: str) -> Callable[[Rest], Intent | None]:
    def read_level(rest: Rest) -> Intent | None:
        return read_level_beside(rest) or Intent("prioritise", rest.target(), value=level)

    return read_level


def read_level_beside(rest: Rest) -> Intent | None:
    """Reads a priority: the last word that is one, with the words around it."""
    said = Said(rest.text)
    signed = list(_SIGNED.finditer(said.folded))
    found = list(rest.phrases.find["levels"].finditer(said.folded))
    if signed and (level := _level(signed[-1], rest.phrases)):
        place, value = signed[-1].span(), level
    elif found:
        place, value = found[-1].span(), rest.phrases.levels[" ".join(found[-1][0].split())]
    else:
        return None
    left = f"{said.typed(0, place[0])} {said.typed(place[1], len(said.folded))}"
    return Intent("prioritise", rest.target(_without_priority(left, rest.phrases)), value=value)


def read_level_behind(rest: Rest) -> Intent | None:
    """Reads `the report is urgent`, where nothing but a priority stands behind the verb."""
    said = Said(rest.tags)
    words = [word for word in said.folded.strip(" .!,").split() if word not in rest.phrases.words["small"]]
    level = " ".join(word for word in words if not rest.phrases.find["priority"].fullmatch(word))
    if level not in rest.phrases.levels:
        return None
    text = _without_priority(rest.text, rest.phrases)
    return Intent("prioritise", rest.target(text), value=rest.phrases.levels[level])


def _level(found: re.Match[str], phrases: Phrases) -> str:
    return _NUMBERED[found[2]] if found[2] else _NUMBERED.get(found[1], "") or phrases.levels.get(found[1], "")


def _without_priority(text: str, phrases: Phrases) -> str:
    said = Said(text)
    found = phrases.find["priority"].search(said.folded)
    if found is None:
        return text
    left, right = said.typed(0, found.start()), said.typed(found.end(), len(said.folded))
    return right if len(name_in(right, phrases)) > len(name_in(left, phrases)) else left
