"""Reads which tags are added to tasks or taken from them. Pure."""

import re
from collections.abc import Callable
from typing import Final, Literal

from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.rest import Rest
from web.tools.chat.rules.said import Said

TAG: Final = re.compile(r"(?<!\S)#([^\s#+,;:.!?()]+)")
_QUOTES: Final = "\"“”„«»',."


def read_tagged(rest: Rest) -> Intent | None:
    """Reads `#home and #garden to the fence`; None for anything else."""
    text, end, tags = rest.text, 0, list[str]()
    for found in TAG.finditer(text):
        if not _joins(text[end : found.start()], rest.phrases):
            break
        tags.append(found[1])
        end = found.end()
    behind = Said(text[end:])
    start, _ = behind.trimmed()
    to = rest.phrases.find["to"].match(behind.folded, start)
    if not tags or to is None:
        return None
    return Intent("tag", rest.target(behind.text[to.end() :]), tags=tuple(tags))


def _joins(text: str, phrases: Phrases) -> bool:
    words = Said(text).folded.replace(",", " ").split()
    return all(
        word in phrases.words["joiners"] | phrases.words["small"] or phrases.find["tagged"].fullmatch(word)
        for word in words
    )


def tags_of(kind: Literal["tag", "untag"]) -> Callable[[Rest], Intent | None]:
    """Returns a reader of tags, by their sign or as the words in the gap of the form, and of what has them."""

    def read_tags(rest: Rest) -> Intent | None:
        signed = tuple(TAG.findall(f"{rest.text} {rest.tags}"))
        if signed:
            text = TAG.sub(" ", rest.text)
            return Intent(kind, rest.target(_without_joiners(text, rest.phrases)), tags=signed)
        words = [word.strip(_QUOTES) for word in rest.tags.split()]
        joiners = rest.phrases.words["joiners"]
        tags = tuple(word for word in words if word and Said(word).folded not in joiners)
        return Intent(kind, rest.target(), tags=tags) if tags else None

    return read_tags


def _without_joiners(text: str, phrases: Phrases) -> str:
    tokens = text.split()
    joiners = phrases.words["joiners"] | {"with", "mit", "avec", "con", "as", "als", "comme", "como"}
    while tokens and Said(tokens[-1]).folded.strip(",") in joiners:
        tokens.pop()
    while tokens and Said(tokens[0]).folded.strip(",") in joiners:
        tokens.pop(0)
    return " ".join(tokens)
