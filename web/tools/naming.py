"""Names: which things a person means by one. Pure.

A name fits when each of its words is in the title; small words do not count. The whole title beats a part. In a word of
five letters or more one wrong, missing or added letter is forgiven, where nothing fits without.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from host.store.read_model.plain import plain

T = TypeVar("T")
Words: TypeAlias = tuple[str, ...]

MOST_READ: Final = 500  # code points of a name or a title
_FORGIVING: Final = 5  # letters of a word in which a slip is forgiven
_WORD: Final = re.compile(r"[^\W_]+")  # an apostrophe ends one: l'hôtel has the word hôtel
_SMALL: Final = (
    "a an the s my our this that task tasks "
    "der die das den dem ein eine einen mein meine meinen aufgabe aufgaben "
    "l d le la les un une mon ma mes tache taches "
    "el los las una mi mis tarea tareas"
)
SMALL: Final = frozenset(_SMALL.split())


def fitting(name: str, things: Iterable[T], title_of: Callable[[T], str]) -> list[T]:
    """Returns the things that the name fits, in their order."""
    return Titles(things, title_of).fitting(name)


class Titles(Generic[T]):
    """Things with the words of their titles, among which several names are looked for."""

    def __init__(self, things: Iterable[T], title_of: Callable[[T], str]) -> None:
        self._things = [(thing, words_of(title_of(thing))) for thing in things]
        self._vocabulary = {word for _, title in self._things for word in title}

    def fitting(self, name: str) -> list[T]:
        """Returns the things that the name fits, in their order."""
        wanted = words_of(name)
        return self._with_words([{word} for word in wanted]) or self._with_words(
            [{word for word in self._vocabulary if alike(one, word)} for one in wanted]
        )

    def _with_words(self, wanted: Sequence[set[str]]) -> list[T]:
        """Returns the things whose title has a word of each set: those whose title has no others, if there are any."""
        part = [(thing, title) for thing, title in self._things if not any(words.isdisjoint(title) for words in wanted)]
        whole = [thing for thing, title in part if len(title) == len(wanted) and all(map(_is_in, title, wanted))]
        return whole or [thing for thing, _ in part]


def _is_in(word: str, words: set[str]) -> bool:
    return word in words


def words_of(text: str) -> Words:
    """Returns the plain words of a text, without small ones where there are others; of one without words the signs."""
    said = plain(text[:MOST_READ])
    words = tuple(_WORD.findall(said))
    return tuple(word for word in words if word not in SMALL) or words or (said.strip(),)


def alike(wanted: str, word: str) -> bool:
    """Returns whether two words are the same but for one letter, which is forgiven in long ones."""
    return wanted == word or (len(wanted) >= _FORGIVING and _is_one_slip_away(wanted, word))


def _is_one_slip_away(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or (one[0] != other[0] and one[-1] != other[-1]):
        return False
    shorter, longer = sorted((one, other), key=len)
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return longer[same + 1 :] == shorter[same + (len(longer) == len(shorter)) :]
