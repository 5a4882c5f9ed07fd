"""Slips of the fingers: a known word behind one with one letter wrong, missing or added. Pure."""

from collections.abc import Iterable
from typing import Final

from web.tools.naming import alike

SHORTEST: Final = 5  # letters of a word in which a slip is forgiven
LONGEST: Final = 30


class Spelling:
    """Known words, found by what is left of them without one letter."""

    def __init__(self, words: Iterable[str]) -> None:
        self.known = frozenset(words)
        self._shortened: dict[str, list[str]] = {}
        for word in sorted(self.known):
            if len(word) >= SHORTEST:
                for short in {word, *_shortened(word)}:
                    self._shortened.setdefault(short, []).append(word)

    def corrected(self, word: str) -> str | None:
        """Returns the known long word of which a word is a slip; None where it is known itself or of none.

        The first letter or the last is right in both.
        """
        if word in self.known or not SHORTEST - 1 <= len(word) <= LONGEST:
            return None
        candidates = (known for short in (word, *_shortened(word)) for known in self._shortened.get(short, ()))
        return next((known for known in candidates if alike(known, word)), None)


def _shortened(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]
