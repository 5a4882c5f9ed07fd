"""Slips of the fingers: a known word behind one with one letter wrong, missing or added. Pure."""

from collections.abc import Iterable
from typing import Final

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
        return next((known for known in candidates if _is_slip(word, known)), None)


def _shortened(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


def _is_slip(word: str, known: str) -> bool:
    if abs(len(word) - len(known)) > 1 or (word[0] != known[0] and word[-1] != known[-1]):
        return False
    shorter, longer = sorted((word, known), key=len)
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return longer[same + 1 :] == shorter[same + (len(longer) == len(shorter)) :]
