"""What a command is about: a name, numbers of the last list, a pronoun, or all tasks of a kind. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from web.tools.chat.rules.filters import read_filter
from web.tools.chat.rules.intent import Filter, Target
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.said import Said, quoted_in

MOST_NUMBERS: Final = 50
_TOKEN: Final = re.compile(r"\S+")
_MARKS: Final = ".,;:!?…()[]¿¡–—"
_RANGE: Final = re.compile(r"(?<!\S)#?([0-9]{1,3})\s*(?:-|–|to|bis|a)\s*#?([0-9]{1,3})(?=[\s.,]|$)")
_NUMBER: Final = re.compile(r"(?:#|n°|nr\.?|no\.?)?([0-9]{1,3})(?:st|nd|rd|th|er|eme|e|o|a|º|ª|\.?te[nrs]?)?")
_ELIDED: Final = re.compile(r"^(?:l|d|qu)['\u2019](?=\w)", re.IGNORECASE)
_GENITIVE: Final = re.compile(r"(?<=\w)['\u2019]s$")


def read_target(text: str, phrases: Phrases, context: Context) -> Target:
    """Returns what a text between verb and arguments means."""
    quoted = quoted_in(text)
    if quoted:
        return Target(quoted=quoted)
    said = Said(text)
    whole = _plain(said.folded)
    reference = _reference(whole, phrases)
    if reference is not None:
        return reference
    numbers = read_numbers(said.folded, phrases)
    if numbers:
        return Target(numbers=numbers)
    wanted = _all_of(said, phrases, context)
    if wanted is not None:
        return Target(filter=wanted)
    return Target(name=name_in(text, phrases))


def _reference(whole: str, phrases: Phrases) -> Target | None:
    for name in ("both", "them", "it"):
        if whole in phrases.words[name]:
            return Target(reference=name)
    return None


def _all_of(said: Said, phrases: Phrases, context: Context) -> Filter | None:
    """Returns the filter behind `all overdue` or `tasks due today`; None for a name."""
    start, end = said.trimmed()
    begins = phrases.everything.match(said.folded, start, end)
    wanted, rest = read_filter(said.text, phrases, context)
    if begins:
        return replace(wanted, text=rest)
    names_tasks = any(token in phrases.words["nouns"] for token in said.folded.split())
    if rest or wanted.is_wide:
        return None
    narrow = wanted.due == "overdue" or wanted.tags or wanted.due in {"today", "tomorrow"}
    return wanted if names_tasks or narrow else None


def name_in(text: str, phrases: Phrases) -> str:
    """Returns a name without what only surrounds it."""
    tokens = list(_TOKEN.finditer(text))
    folded = [_plain(Said(token[0]).folded) for token in tokens]
    drop = phrases.words["small"] | phrases.words["nouns"]
    first, last = 0, len(tokens)
    while first < last and (folded[first] in drop or not folded[first]):
        first += 1
    while last > first and (folded[last - 1] in drop or not folded[last - 1]):
        last -= 1
    if first == last:
        return text.strip(_MARKS + " ")
    name = text[tokens[first].start() : tokens[last - 1].end()].strip(_MARKS + " '")
    return _GENITIVE.sub("", _ELIDED.sub("", name))


def read_numbers(folded: str, phrases: Phrases) -> tuple[int, ...]:
    """Returns the numbers that a text consists of; none when it says anything else. -1 is the last."""
    spread = _RANGE.sub(
        lambda found: _spread(int(found[1]), int(found[2])), folded.replace(",", " , ").replace("&", " & ")
    )
    tokens = [_plain(each) or each for each in spread.split()]
    found: list[int] = []
    for token in tokens:
        number = _number(token, phrases)
        if number is not None:
            found.append(number)
        elif token and token not in phrases.words["small"] | phrases.words["nouns"] | phrases.words["joiners"]:
            return ()
    if not found:
        found = [1 for token in tokens if phrases.numbers.get(token) == 1][:1] if len(tokens) == 1 else []
    return _counted(found, tokens, phrases)[:MOST_NUMBERS]


def _number(token: str, phrases: Phrases) -> int | None:
    digits = _NUMBER.fullmatch(token)
    if digits:
        return int(digits[1])
    if token in phrases.words["nouns"] or token in phrases.words["small"]:
        return None
    return phrases.numbers.get(token)


def _counted(found: Sequence[int], tokens: Sequence[str], phrases: Phrases) -> tuple[int, ...]:
    """Returns the first N for `the first two`, the last N for `the last two`."""
    alone = len(found) == 2 and not any(token in phrases.words["joiners"] for token in tokens)  # noqa: PLR2004  # an ordinal and a count
    if alone and 1 < max(found) <= MOST_NUMBERS:
        if min(found) == -1:
            return tuple(range(-max(found), 0))
        if min(found) == 1:
            return tuple(range(1, max(found) + 1))
    return tuple(dict.fromkeys(found))


def _spread(first: int, last: int) -> str:
    return " ".join(map(str, range(first, min(last, first + MOST_NUMBERS) + 1))) if first <= last else f"{first} {last}"


def _plain(folded: str) -> str:
    return " ".join(folded.split()).strip(_MARKS + " ")
