"""Names: which things a person means by one. Pure.

A name fits when each of its words is in the title; small words do not count. In a word of five letters or more one wrong,
missing or added letter is forgiven, where nothing fits without. The whole title beats a part.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

MOST_READ: Final = 500  # code points of a name or a title
_FORGIVING: Final = 5  # letters of a word in which a slip is forgiven
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SMALL: Final = (
    "a an the my our this that task tasks "
    "der die das den dem ein eine einen mein meine meinen aufgabe aufgaben "
    "le la les un une mon ma mes tache taches "
    "el los las una mi mis tarea tareas"
)
SMALL: Final = frozenset(_SMALL.split())


def fitting(name: str, things: Iterable[T], title_of: Callable[[T], str]) -> list[T]:
    """Returns the things that the name fits, in their order."""
    wanted = words_of(name)
    titled = [(thing, words_of(title_of(thing))) for thing in things]
    if not wanted:  # a name of signs alone
        return [thing for thing, _ in titled if title_of(thing).strip() == name.strip()]
    for fits in (_is_whole, _is_part, _is_whole_with_slips, _is_part_with_slips):
        if found := [thing for thing, title in titled if fits(wanted, title)]:
            return found
    return []


def words_of(text: str) -> list[str]:
    """Returns the words of a text in small letters without accents; small words only where there are no others."""
    words = _WORD.findall(folded(text[:MOST_READ]))
    return [word for word in words if word not in SMALL] or words


def folded(text: str) -> str:
    """Returns the text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def alike(wanted: str, word: str) -> bool:
    """Returns whether two words are the same but for one letter, which is forgiven in long ones."""
    return wanted == word or (len(wanted) >= _FORGIVING and _is_one_slip_away(wanted, word))


def _is_one_slip_away(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return longer[same + 1 :] == shorter[same + (len(longer) == len(shorter)) :]


def _is_whole(wanted: Sequence[str], title: Sequence[str]) -> bool:
    return wanted == title


def _is_part(wanted: Sequence[str], title: Sequence[str]) -> bool:
    return set(wanted) <= set(title)


def _is_whole_with_slips(wanted: Sequence[str], title: Sequence[str]) -> bool:
    return len(wanted) == len(title) and all(map(alike, wanted, title))


def _is_part_with_slips(wanted: Sequence[str], title: Sequence[str]) -> bool:
    return all(any(alike(one, word) for word in title) for one in wanted)
