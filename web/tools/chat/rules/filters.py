"""Which tasks a text means: those of a day, a tag, a priority, a status, with words in the title. Pure."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from web.language import parse
from web.language.readers.days import month_end, months_after
from web.tools.chat.rules.intent import Filter
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.said import Said, quoted_in

_TAG: Final = re.compile(r"(?<!\S)#([^\s#+,;:.!?()]+)")
_WORD: Final = re.compile(r"[^\s,;:.!?…()\[\]¿¡]+")
_GENITIVE: Final = re.compile(r"(?<=\w)'s(?!\w)")
_SUNDAY: Final = 6
_STAND_IN: Final = "Xq "  # before a text of which nothing else would be left


def read_filter(text: str, phrases: Phrases, context: Context) -> tuple[Filter, str]:
    """Returns the filter that a text names, and the words of it that are none; slips in names of days are forgiven."""
    found, rest = _Reading(text, phrases, context).read()
    if rest and not found.first and not found.due:
        right = Said(text).corrected(phrases.days, 50, 0)
        if right.slips:
            again, less = _Reading(right.text, phrases, context).read()
            if len(less.split()) < len(rest.split()):
                return again, less
    return found, rest


class _Reading:
    """One text; what has been understood is blanked."""

    def __init__(self, text: str, phrases: Phrases, context: Context) -> None:
        self._said = Said(text)
        self._left = list(_GENITIVE.sub("  ", self._said.folded))
        self._phrases = phrases
        self._context = context
        self._today = context.now.astimezone(ZoneInfo(context.zone)).date()

    def read(self) -> tuple[Filter, str]:
        tags = self._tags()
        self._take_stops(several=True)
        found = Filter(tags=tags)
        found = self._status(found)
        if self._take("undated"):
            found = replace(found, due="none")
        if self._take("overdue"):
            found = replace(found, due="overdue")
        found = self._days(found)
        found = self._priorities(found)
        self._take_stops(several=False)
        return found, self._rest()

    def _take(self, name: str) -> bool:
        match = self._phrases.find[name].search("".join(self._left))
        if match is None:
            return False
        self._blank(*match.span())
        return True

    def _blank(self, start: int, end: int) -> None:
        self._left[start:end] = " " * (end - start)

    def _take_stops(self, *, several: bool) -> None:
        """Takes the words without a meaning: those of several words first, as `get done`, then the single ones."""
        for match in self._phrases.find["stop"].finditer("".join(self._left)):
            if not several or " " in match[0]:
                self._blank(*match.span())

    def _tags(self) -> tuple[str, ...]:
        signed = list(_TAG.finditer(self._said.folded))
        for match in signed:
            self._blank(*match.span())
        tags = [self._said.typed(match.start(1), match.end(1)) for match in signed]
        named = None if signed else self._phrases.find["tagged"].search("".join(self._left))
        word = _WORD.search("".join(self._left), named.end()) if named else None
        if named and word and not self._is_stop(word[0]):
            self._blank(named.start(), word.end())
            tags = [self._said.typed(*word.span())]
        return tuple(tags)

    def _is_stop(self, word: str) -> bool:
        return self._phrases.find["stop"].fullmatch(word) is not None

    def _status(self, found: Filter) -> Filter:
        if self._take("trashed"):
            return replace(found, status="trash")
        if self._take("reopened"):
            return found
        if self._take("completed"):
            return replace(found, status="completed")
        return replace(found, repeating=self._take("repeating"))

    def _priorities(self, found: Filter) -> Filter:
        levels: list[str] = []
        while (match := self._phrases.find["levels"].search("".join(self._left))) is not None:
            self._blank(*match.span())
            word = " ".join(match[0].split())
            levels += [self._phrases.levels[word]]
            levels += ["urgent"] if word in self._phrases.important else []  # it says no more than high at least
        self._take("priority")
        return replace(found, priorities=tuple(dict.fromkeys(levels)))

    def _days(self, found: Filter) -> Filter:
        left = "".join(self._left)
        matches = [(match, name) for name, expression in self._phrases.periods for match in expression.finditer(left)]
        matches = [(match, name) for match, name in matches if not self._is_until(*match.span())]
        if matches:
            match, name = max(matches, key=lambda found: found[0].end() - found[0].start())
            self._blank(*match.span())
            first, last = _stretch(name, self._today)
            return replace(found, first=first.isoformat(), last=last.isoformat())
        day, start, end = self._day()
        if day is None:
            return found
        until = self._is_until(start, end)
        self._blank(start, end)
        return replace(found, first="" if until else day, last=day)

    def _day(self) -> tuple[str | None, int, int]:
        """Returns the day that quick add reads, and its place."""
        left = "".join(self._left)
        parsed = parse(
            _STAND_IN + left, now=self._context.now, zone=self._context.zone, language=self._context.language
        )
        spans = [span for span in parsed.spans if span.kind == "date"]
        if not spans or parsed.due is None:
            return None, 0, 0
        day = (parsed.due.get("date") or parsed.due["local"])[:10]
        return day, spans[0].start - len(_STAND_IN), spans[0].end - len(_STAND_IN)

    def _is_until(self, start: int, end: int) -> bool:
        """Returns whether a word that means "until then" stands in a place, or right before it."""
        found = self._phrases.find["until"].finditer(self._said.folded)
        return any(
            start <= match.start() < end or not self._said.folded[match.end() : start].strip()
            for match in found
            if match.start() < end
        )

    def _rest(self) -> str:
        words = [self._said.typed(*match.span()) for match in _WORD.finditer("".join(self._left))]
        return " ".join([*words, *quoted_in(self._said.text)]).replace("\0", "").strip()


def _stretch(period: str, today: date) -> tuple[date, date]:
    """Returns the first and the last day of a period; one that has begun is taken from today on."""
    sunday = today + timedelta(_SUNDAY - today.weekday())
    if period == "this_week":
        return today, sunday
    if period == "next_week":
        return sunday + timedelta(1), sunday + timedelta(7)
    if period == "weekend":
        return max(today, sunday - timedelta(1)), sunday
    if period == "next_month":
        first = months_after(today.replace(day=1), 1) or today
        return first, month_end(first)
    if period == "tomorrow":
        return today + timedelta(1), today + timedelta(1)
    return (today, today) if period == "today" else (today, month_end(today))
