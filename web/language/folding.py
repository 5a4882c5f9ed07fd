"""The text as the patterns see it: small letters without accents, nothing of what stands in quotes, in whole words. Pure."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

MAX_TOKENS = 500  # what stands behind them is title unread: so the time of a parse is bounded
DIGIT = "0"  # the key of all that begins with a digit
HIDDEN = "\x00"


def _folded(code: int) -> str:
    return unicodedata.normalize("NFD", chr(code).lower())[0]


_FOLDS = {code: _folded(code) for code in chain(range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00))}
_FOLDS.update(dict.fromkeys((0x2018, 0x2019, 0x2BC, 0xB4, 0x60), "'"))  # apostrophes
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_QUOTED = re.compile(r'(?<![\w"])"[^"]*"(?!\w)|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»')
_OPENERS = "([{¿¡—"
_SYMBOLS = "\u200d\u2190-\u2bff\ufe00-\ufe0f\U0001f000-\U0001fbff"
_TOKEN = re.compile(rf"(?<!\S)[{re.escape(_OPENERS)}{_SYMBOLS}]*([\w#+!]?\S*)")
_KEY = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
ENDS = rf"(?=[,;:.!?…)\]}}]*(?:\s|$|[—{_SYMBOLS}]))"


class Token(NamedTuple):
    """A word of the folded text: where it begins and ends, and the key by which patterns are found."""

    start: int
    end: int
    key: str


class Line:
    """A text with its folded form; places in the folded form are those of `plain`, and `at` turns them into the text's.

    `literal` are stretches of the text in which nothing is read, as in quotes.
    """

    def __init__(self, text: str, literal: Iterable[tuple[int, int]] = ()) -> None:
        self.text = text
        self._places = None if unicodedata.is_normalized("NFC", text) else _without_marks(text)
        self.plain = text if self._places is None else "".join(text[place] for place in self._places)
        whole = _QUOTED.sub(lambda quoted: HIDDEN * len(quoted[0]), self.plain.translate(_FOLDS))
        for start, end in literal:
            whole = _hidden(whole, self._place(start), self._place(end))
        self.tokens = list(_tokens(whole))
        self.folded = whole[: self.tokens[-1].end] if len(self.tokens) == MAX_TOKENS else whole

    def _place(self, at: int) -> int:
        return at if self._places is None else bisect_left(self._places, at)

    def typed(self, start: int, end: int) -> str:
        """Returns what was typed between two places, each accent one with its letter."""
        return unicodedata.normalize("NFC", self.text[self.at(start) : self.at(end)])

    def at(self, place: int) -> int:
        """Returns the place in the text; the end of a span lies behind the accents of its last letter."""
        if self._places is None:
            return place
        return self._places[place] if place < len(self._places) else len(self.text)


def _hidden(folded: str, start: int, end: int) -> str:
    return folded[:start] + HIDDEN * len(folded[start:end]) + folded[end:]


def _without_marks(text: str) -> list[int]:
    return [place for place, char in enumerate(text) if not unicodedata.combining(char)]


def _tokens(folded: str) -> Iterator[Token]:
    for found, _ in zip(_TOKEN.finditer(folded), range(MAX_TOKENS), strict=False):
        if found[1]:
            yield Token(found.start(1), found.end(1), key_of(found[1]))


def key_of(word: str) -> str:
    """Returns the key of a folded word or form: its first letters, a digit for all numbers, or its first sign."""
    if word[0].isdigit():
        return DIGIT
    letters = _KEY.match(word)
    return letters[0] if letters else word[0]


def forms_of(word: str) -> set[str]:
    """Returns the folded spellings of a word of a table: accents missing, German umlauts in two letters, `_` a space."""
    spelled = "".join(_GERMAN.get(char, char) for char in word)
    return {form.translate(_FOLDS).replace("_", " ") for form in (word, spelled)}
