"""When something is to be: a day, a time or how much later, and what is left of the text without it. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from web.language import Parsed, Span, parse, title_of
from web.language.amounts import Amount, amount_of
from web.tools.chat.rules.intent import When
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.said import Said

_STAND_IN: Final = "Xq "
_BY: Final = r"(?:(?<!\S)(?:by|um|de|d'|for|por|pour|fur|another|noch|nochmal|encore|otra|otros|otras|unos|about)\s*)?"
_AHEAD: Final = re.compile(
    r"(?:\b(?:in|within|dans|en|dentro de|innerhalb von|d'ici|until|bis|every|alle|cada|jede[nrs]?|tous les|toutes les)\s*)$"
)
_CLOCK: Final = re.compile(r"[0-9]{1,2}\s?h(?:\s?[0-5][0-9])?")


def read_shift(text: str, phrases: Phrases) -> tuple[When | None, str]:
    """Returns how much later something is to be, as `by 2 days` says, and the rest of the text."""
    said = Said(text)
    for grammar in phrases.grammars:
        for match in re.finditer(_BY + rf"(?P<amount>{grammar.amount.pattern})", said.folded):
            if _AHEAD.search(said.folded[: match.start()]) or not _ends(said.folded[match.end() :], phrases):
                continue
            amount = amount_of(match["amount"], grammar)
            if _CLOCK.fullmatch(match["amount"]) and match[0] == match["amount"]:
                continue  # French `9h` is a time
            if amount is None or amount == Amount():
                continue
            before, behind = said.typed(0, match.start()), said.typed(match.end(), len(said.folded))
            left, right = _without_way(before, phrases), _without_way(behind, phrases)
            way = f"{before.removeprefix(left)} {behind.removeprefix(right)}"
            back = phrases.find["earlier"].search(Said(way).folded) is not None
            return _shift(amount, back=back), f"{left} {right}".strip()
    return None, text


def _ends(rest: str, phrases: Phrases) -> bool:
    """Returns whether an interval may be followed by this: nothing, or a word as `later`."""
    bare = rest.strip(" .,!?")
    return not bare or any(phrases.find[name].fullmatch(bare) for name in ("later", "earlier"))


def _without_way(text: str, phrases: Phrases) -> str:
    """Returns a text without `back` or `later` at its end."""
    said = Said(text)
    start, end = said.trimmed()
    for name in ("later", "earlier"):
        for match in phrases.find[name].finditer(said.folded, start, end):
            if match.end() == end:
                return said.typed(0, match.start())
    return text


def _shift(amount: Amount, *, back: bool) -> When:
    sign = -1 if back else 1
    return When(months=sign * amount.months, days=sign * amount.days, minutes=sign * amount.minutes)


def reversed_shift(when: When) -> When:
    """Returns the same shift the other way."""
    return When(months=-when.months, days=-when.days, minutes=-when.minutes)


def read_moment(text: str, phrases: Phrases, context: Context) -> tuple[When | None, str]:
    """Returns the day or the time that a text ends with, or that stands in it, and the rest of the text."""
    found = _parsed(text, context)
    if _when(found) is None:
        right = Said(text).corrected(phrases.days, 0, 50)
        if right.slips and (when := _when(again := _parsed(right.text, context))) is not None:
            return when, _rest(right.text, again)
        for start, attempt in _with_leads(text, phrases):
            when = _when(_parsed(attempt, context, alone=True))
            if when is not None:
                return when, text[:start].strip()
        return None, text
    return _when(found), _rest(text, found)


def _with_leads(text: str, phrases: Phrases) -> Iterator[tuple[int, str]]:
    """Yields ends of the text behind `to` and the like, each with words that lead days and times."""
    said = Said(text)
    for match in reversed(
        list(
            re.finditer(
                r"(?<!\S)(?:to|until|till|for|on|at|auf|bis|fur|am|um|den|zum|a|au|pour|le|el|al|para|las?|hasta|by|jusqu'a|jusqu'au)\s+(?:the\s+|den\s+|dem\s+|el\s+|las?\s+|le\s+)?(?=\S)",
                said.folded,
            )
        )
    ):
        for lead in phrases.leads:
            yield match.start(), f"{lead} {said.text[said.line.at(match.end()) :]}"


def _parsed(text: str, context: Context, *, alone: bool = False) -> Parsed:
    parsed = parse(_STAND_IN + text, now=context.now, zone=context.zone, language=context.language)
    if alone and parsed.title != _STAND_IN.strip():
        return Parsed("")
    return parsed


def _when(parsed: Parsed) -> When | None:
    """Returns when it is due; a time without a day is one of whatever day the task has."""
    if parsed.due is None:
        return None
    if "date" in parsed.due:
        return When(date=parsed.due["date"])
    local = parsed.due["local"]
    dated = any(span.kind in {"date", "recurrence"} for span in parsed.spans)
    return When(local=local) if dated else When(local=local, clock=local[11:16])


def _rest(text: str, parsed: Parsed) -> str:
    shift = len(_STAND_IN)
    spans = [
        Span(span.start - shift, span.end - shift, span.kind, span.text)
        for span in parsed.spans
        if span.kind in {"date", "time"}
    ]
    return title_of(text, spans)


def read_rule(text: str, phrases: Phrases, context: Context) -> tuple[Parsed | None, str]:
    """Returns how something is to repeat, and the rest of the text."""
    parsed = _parsed(text, context)
    if parsed.recurrence is None:
        right = Said(text).corrected(phrases.days, 0, 50)
        if not right.slips or (parsed := _parsed(right.text, context)).recurrence is None:
            return None, text
        text = right.text
    shift = len(_STAND_IN)
    kinds = {"date", "time", "recurrence"}
    spans = [
        Span(span.start - shift, span.end - shift, span.kind, span.text) for span in parsed.spans if span.kind in kinds
    ]
    return parsed, title_of(text, spans)
