"""The plain form of a text, in which a search compares: without capitals and accents.

PostgreSQL could take accents off by itself only with an extension that managed servers may forbid. The page compares in
the same way (`web/ui/src/plain.ts`).
"""

import re
import unicodedata
from itertools import chain
from typing import Final

from actors.fields import fold

_LETTERS: Final = {  # they look like others with an accent, but Unicode does not take them apart; U+0131 is i without its dot
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ŋ": "n"
}  # fmt: skip
_OF_THEIR_OWN: Final = frozenset("йїўѓќ")  # Cyrillic letters that nobody writes without their mark, unlike ё
_MARKS: Final = frozenset(
    chr(code)
    for first, last in ((0x300, 0x36F), (0x483, 0x487), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0xFE20, 0xFE2F))
    for code in range(first, last + 1)
)  # of Latin, Greek and Cyrillic: in other scripts a mark may be a vowel
_ACCENTED: Final = (range(0x80, 0x530), range(0x1E00, 0x2000))  # the blocks of all letters with such marks


def _without_marks(letter: str) -> str:
    parts = (part for part in unicodedata.normalize("NFD", letter) if part not in _MARKS)
    return "".join(_LETTERS.get(part, part) for part in unicodedata.normalize("NFC", "".join(parts)))


_PLAIN: Final = {sign: _without_marks(sign) for sign in {*map(chr, chain(*_ACCENTED)), *_MARKS} - _OF_THEIR_OWN}
_CHANGED: Final = re.compile(f"[{''.join(sorted(sign for sign, plain in _PLAIN.items() if sign != plain))}]")


def plain(text: str) -> str:
    """Returns the text folded and without accents; composed and decomposed spellings become the same."""
    return _CHANGED.sub(lambda found: _PLAIN[found[0]], fold(text))


def plain_words(text: str) -> list[tuple[str, str]]:
    """Returns each word plain and folded; a word that is nothing but marks stays as it is."""
    return [(plain(word) or word, word) for word in fold(text).split()]
