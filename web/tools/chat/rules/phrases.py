"""The tables made ready: forms as expressions, and lists of words as expressions that find them. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from web.language.folding import forms_of
from web.language.patterns import LANGUAGES, Grammar, grammars_of
from web.language.slots import any_of, values_of
from web.tools.chat.rules.slips import Spelling
from web.tools.chat.rules.tables.de import GERMAN
from web.tools.chat.rules.tables.en import ENGLISH
from web.tools.chat.rules.tables.es import SPANISH
from web.tools.chat.rules.tables.fr import FRENCH
from web.tools.chat.rules.tables.table import Table

TABLES: Final[Mapping[str, Table]] = {table.code: table for table in (ENGLISH, GERMAN, FRENCH, SPANISH)}
_BETWEEN: Final = r"(?:[\s,:;]+|(?<=['\u2019]))"
_LETTER: Final = r"[^\W_]"
NOTHING: Final = "\0\0"  # stands in no text


@dataclass(frozen=True)
class Form:
    """What a whole message may be; `leads`: it begins with words of its own, `trails`: it ends with what it is about.

    `keys` are the words of which one must be there: at the beginning of a message where the form leads, else anywhere.
    """

    kind: str
    source: str
    keys: frozenset[str]
    leads: bool
    trails: bool

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The expression, compiled when it is first tried: all of a language together take half a second."""
        return re.compile(self.source, re.DOTALL)

    def may_be(self, words: Sequence[str]) -> bool:
        """Returns whether a message of these words may have the form."""
        return not self.keys.isdisjoint((words[0], words[0].partition("'")[0] + "'") if self.leads else words)


class Phrases:
    """The words of a language and of English beside it."""

    def __init__(self, tables: Sequence[Table], grammars: Sequence[Grammar]) -> None:
        self.table = tables[0]
        self.grammars = grammars
        kinds = list(dict.fromkeys(kind for table in tables for kind in table.forms))
        lines = [(kind, line) for kind in kinds for table in tables for line in table.forms.get(kind, ())]
        self.forms = [_form(kind, line) for kind, line in lines]
        self.openers = re.compile(rf"(?:{_all(tables, 'openers')}(?!{_LETTER})[\s,!.:;]*)+")
        self.polite = re.compile(rf"{_all(tables, 'polite')}(?!{_LETTER})[\s,]*")
        self.closers = re.compile(rf"(?:[\s,.!]+{_all(tables, 'closers')})+$")
        self.wondering = _first(_all(tables, "wondering"), elided=True)
        self.unsure = _first(_all(tables, "unsure"))
        self.never = _first(_all(tables, "never"), elided=True)
        self.nots = re.compile(rf"^{_all(tables, 'nots')}(?!{_LETTER})|(?<!{_LETTER}){_all(tables, 'nots')}$")
        self.nots_anywhere = _inside(_all(tables, "nots_anywhere"))
        self.asking = _first(_all(tables, "asking"), elided=True)
        self.whole = {
            name: re.compile(rf"{_all(tables, name)}(?:[\s,.!]+{_all(tables, name)})*")
            for name in ("yes", "no", "thanks")
        }
        self.begins_no = _first(_all(tables, "no"))
        self.begins_yes = _first(_all(tables, "yes"))
        self.words = {
            name: _words(tables, name) for name in ("it", "them", "both", "nouns", "small", "joiners", "nexts")
        }
        self.find = {name: _inside(_all(tables, name)) for name in _FOUND}
        self.everything = _first(_all(tables, "everything"))
        self.levels = {
            word: level for table in tables for level, words in table.levels.items() for word in values_of({0: words})
        }
        self.important = frozenset[str]().union(*(_words([table], "important") for table in tables))
        self.find["levels"] = _inside(any_of(self.levels))
        self.periods = [
            (name, _inside(any_of(values_of({0: words})))) for table in tables for name, words in table.periods.items()
        ]
        self.hyphened = re.compile(rf"-(?={_all(tables, 'hyphened')}(?!{_LETTER}))")
        self.enclitics = [ending for table in tables for ending in table.enclitics.split()]
        self.first_words = frozenset[str]().union(*(form.keys for form in self.forms if form.leads))
        self.leads = [lead for table in tables for lead in table.leads]
        self.numbers = _numbers(grammars)
        self.verbs = Spelling(_long_words(line for _, line in lines) | _split(tables, ("asking", "polite", "openers")))
        self.days = Spelling(_day_words(grammars) | _split(tables, ("overdue", "completed")))


_FOUND: Final = (
    "counting", "until", "to", "nexts", "overdue", "completed", "reopened", "trashed", "undated", "repeating", "tagged", "priority",
    "stop", "later", "earlier", "list_tails", "both", "them", "it",
)  # fmt: skip


@lru_cache(maxsize=len(LANGUAGES) + 1)
def phrases_of(language: str) -> Phrases:
    """Returns the words of a language (`de`, `de-AT`) and of English; an unknown language is English."""
    code = language.partition("-")[0].lower()
    codes = dict.fromkeys((code if code in TABLES else "en", "en"))
    return Phrases([TABLES[each] for each in codes], grammars_of(language))


def _all(tables: Iterable[Table], name: str) -> str:
    """Returns an expression for one of the words of that list."""
    return any_of({form for table in tables for form in values_of({0: getattr(table, name)})} or {NOTHING})


def _words(tables: Iterable[Table], name: str) -> frozenset[str]:
    return frozenset(form for table in tables for form in values_of({0: getattr(table, name)}))


def _first(expression: str, *, elided: bool = False) -> re.Pattern[str]:
    """Returns what finds the expression at a beginning; one that ends in an apostrophe stands before a letter."""
    ends = rf"(?:(?<=')|(?!{_LETTER}))" if elided else rf"(?!{_LETTER})"
    return re.compile(expression + ends)


def _inside(expression: str) -> re.Pattern[str]:
    """Returns what finds the expression anywhere, as whole words."""
    return re.compile(rf"(?<![^\W_])(?<![#+]){expression}(?:(?<=')|(?!{_LETTER}))")


def _form(kind: str, line: str) -> Form:
    pieces, names = line.split(), iter("abc")
    source, begun = "", False
    for piece in pieces:
        bare = piece.removesuffix("?")
        inner = _gap(bare, names) or _alternatives(bare)
        if not begun and piece.endswith("?"):
            source += rf"(?:{inner}{_BETWEEN})?"
            continue
        between = _BETWEEN if begun else ""
        source += rf"(?:{between}{inner})" + ("?" if piece.endswith("?") else "")
        begun = True
    return Form(kind, source, _keys(pieces), not line.startswith("*"), pieces[-1].startswith("*"))


def _keys(pieces: Sequence[str]) -> frozenset[str]:
    """Returns the words with which the form may begin, or those of its first piece behind a gap."""
    found: set[str] = set()
    for piece in pieces[1:] if pieces[0] == "*" else pieces:
        found |= {form.split()[0] for word in piece.removesuffix("?").split("|") for form in forms_of(word)}
        if not piece.endswith("?"):
            break
    return frozenset(found)


def _gap(piece: str, names: Iterator[str]) -> str:
    """Returns the expression of a gap: for what the form is about, or for tags."""
    return {"*": rf"(?P<{next(names)}>.+?)", "#": "(?P<tags>.+?)"}.get(piece, "") if piece in "*#" else ""


def _alternatives(piece: str) -> str:
    return any_of(form for word in piece.split("|") for form in forms_of(word))


def _long_words(lines: Iterable[str]) -> set[str]:
    words = (word for line in lines for piece in line.split() for word in piece.removesuffix("?").split("|"))
    return {part for word in words for form in forms_of(word) for part in form.split()}


def _split(tables: Iterable[Table], names: Iterable[str]) -> set[str]:
    return {part for table in tables for name in names for form in _words([table], name) for part in form.split()}


def _day_words(grammars: Iterable[Grammar]) -> set[str]:
    """Returns the words of days and months, in full."""
    found: set[str] = set()
    for grammar in grammars:
        table = grammar.table
        for words in (*table.weekdays, *table.months, *table.relative.values(), *table.units.values()):
            found |= {part for form in values_of({0: words}) for part in form.split()}
    return found


def _numbers(grammars: Iterable[Grammar]) -> dict[str, int]:
    """Returns the numbers behind words, counted and ordinal; -1 is the last."""
    found: dict[str, int] = {}
    for grammar in reversed(list(grammars)):
        for words in (grammar.table.numbers, grammar.table.ordinals):
            found |= {form: int(value) for form, value in values_of(words).items()}
    return found
