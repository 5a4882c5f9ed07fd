"""The patterns of the tables as expressions, found by the first word of what they match. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from web.language.folding import ENDS, HIDDEN, forms_of, key_of
from web.language.slots import SHARED_PATTERNS, Slot, Value, amount_expression, any_of, slots_of, values_of
from web.language.tables.de import GERMAN
from web.language.tables.en import ENGLISH
from web.language.tables.es import SPANISH
from web.language.tables.fr import FRENCH
from web.language.tables.table import Table

TABLES: Mapping[str, Table] = {table.code: table for table in (ENGLISH, GERMAN, FRENCH, SPANISH)}
LANGUAGES = tuple(TABLES)


@dataclass(frozen=True)
class Pattern:
    """An expression, the name of what reads it, and the grammar whose words it has."""

    source: str
    reader: str
    grammar: "Grammar"

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The expression, compiled when it is first tried: all of a language together take a quarter of a second."""
        return re.compile(self.source)


class Grammar:
    """A language's table made ready: patterns by the keys of their first words, and the words that are looked up."""

    def __init__(self, table: Table) -> None:
        self.table = table
        slots = slots_of(table)
        self.values: dict[str, Mapping[str, Value]] = {name: slot.values for name, slot in slots.items()}
        self.values["part"] = slots["part"].values
        self.units = {form: unit for unit, words in table.units.items() for form in values_of({0: words})}
        self.spans = values_of(table.spans)
        self.counted = re.compile(
            rf"(?<![a-z])({any_of(self.values['n'])}(?=\s)|[0-9]{{1,4}})\s*({any_of(self.units)})(?![a-z])"
        )
        self.amount = re.compile(amount_expression(table))
        self.weekday_list = _weekday_list(table, self.values["weekdays"])
        self.shorts = frozenset(values_of(dict(enumerate(table.short_weekdays)))) - frozenset(
            values_of(dict(enumerate(table.weekdays)))
        )
        self.short_words = _forms(table.short_words)
        self.short_capitals = _forms(table.short_capitals)
        self.small_only = _forms(table.small_only)
        self.capital_first = _forms(table.capital_first)
        self.articles = _forms(table.articles)
        self.leads = _forms(table.leads)
        self.small = _forms(table.small)
        self.frame_tails = _forms(table.frame_tails)
        self.priorities = values_of(table.priorities)
        self.free_before = re.compile(table.free_before or HIDDEN)
        self.by_key = self._by_key(slots)

    def _by_key(self, slots: Mapping[str, Slot]) -> dict[str, list[Pattern]]:
        found: dict[str, list[Pattern]] = {}
        for reader, line in self._lines():
            source, keys = expression_of(line, slots)
            pattern = Pattern(source, reader, self)
            for key in keys:
                found.setdefault(key, []).append(pattern)
        return found

    def _lines(self) -> Iterator[tuple[str, str]]:
        leads = {"lead": (_alternatives(self.table.leads),), "soft_lead": (_alternatives(self.table.soft_leads),)}
        for reader, lines in chain(self.table.patterns.items(), SHARED_PATTERNS.items(), leads.items()):
            for line in lines:
                yield reader, line


def _forms(words: str) -> frozenset[str]:
    return frozenset(values_of({0: words}))


def _alternatives(words: str) -> str:
    return "|".join(words.split())


def _weekday_list(table: Table, days: Mapping[str, Value]) -> re.Pattern[str]:
    day, ranges = any_of(days), any_of(_forms(table.ranges))
    return re.compile(rf"(?<![a-z])({day})\.?(?:\s*{ranges}\s*({day}))?(?![a-z])")


class _Element(NamedTuple):
    expression: str
    keys: frozenset[str]
    optional: bool
    glued: bool


def expression_of(line: str, slots: Mapping[str, Slot]) -> tuple[str, frozenset[str]]:
    """Returns the expression of a pattern and the keys of the words with which it may begin."""
    elements = [_element(text, slots) for text in line.split()]
    first = next(place for place, element in enumerate(elements) if not element.optional)
    expression = "".join(rf"(?:{element.expression}\s+)?" for element in elements[:first])
    expression += elements[first].expression + "".join(map(_following, elements[first + 1 :]))
    keys = frozenset(chain.from_iterable(element.keys for element in elements[: first + 1]))
    if first + 1 < len(elements) and elements[first + 1].glued:
        keys |= _compounds(elements[first], elements[first + 1])
    return expression + ENDS, keys


def _following(element: _Element) -> str:
    between = "" if element.glued else r"\s+"
    return rf"(?:{between}{element.expression})" + ("?" if element.optional else "")


def _compounds(head: _Element, tail: _Element) -> frozenset[str]:
    return frozenset(one + other for one in head.keys for other in tail.keys)


def _element(text: str, slots: Mapping[str, Slot]) -> _Element:
    bare = text.removeprefix("~").removesuffix("?")
    longest_first = sorted(bare.split("|"), key=len, reverse=True)
    read = [_alternative(one, slots) for one in longest_first]
    expression = "|".join(expression for expression, _ in read)
    keys = frozenset(chain.from_iterable(keys for _, keys in read))
    return _Element(f"(?:{expression})", keys, text.endswith("?"), text.startswith("~"))


def _alternative(text: str, slots: Mapping[str, Slot]) -> tuple[str, frozenset[str]]:
    if text.startswith("{"):
        slot = slots[text[1:-1]]
        return slot.expression, slot.keys
    forms = forms_of(text)
    return any_of(forms), frozenset(map(key_of, forms))


@lru_cache(maxsize=len(TABLES))
def grammar_of(language: str) -> Grammar:
    """Returns the grammar of a language; it is made when it is first asked for."""
    return Grammar(TABLES[language])


@lru_cache(maxsize=len(TABLES) + 1)
def grammars_of(language: str) -> tuple[Grammar, ...]:
    """Returns the person's language (`de`, `de-AT`) and, beside it, English; an unknown language is English."""
    code = language.partition("-")[0].lower()
    return tuple(map(grammar_of, dict.fromkeys((code if code in TABLES else "en", "en"))))
