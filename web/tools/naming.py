"""Names: which things a person means by one. Pure.

A name fits when each of its words is in the title; small words do not count. In a word of five letters or more one wrong,
missing or added letter is forgiven, where nothing fits without. The whole title beats a part.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

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
    return fitting_among(name, titled(things, title_of))


def titled(things: Iterable[T], title_of: Callable[[T], str]) -> list[tuple[T, Words]]:
    """Returns each thing with the words of its title, for several names."""
    return [(thing, words_of(title_of(thing))) for thing in things]


def fitting_among(name: str, things: Sequence[tuple[T, Words]]) -> list[T]:
    """Returns those of the things of `titled` that the name fits, in their order."""
    wanted = words_of(name)
    for fits in (_is_whole, _is_part, _is_whole_with_slips, _is_part_with_slips):
        if found := [thing for thing, title in things if fits(wanted, title)]:
            return found
    return []


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


def _is_whole(wanted: Words, title: Words) -> bool:
    return wanted == title


def _is_part(wanted: Words, title: Words) -> bool:
    return set(wanted) <= set(title)


def _is_whole_with_slips(wanted: Words, title: Words) -> bool:
    return len(wanted) == len(title) and all(map(alike, wanted, title))


def _is_part_with_slips(wanted: Words, title: Words) -> bool:
    return all(any(alike(one, word) for word in title) for one in wanted)
