"""A message as it is matched, and as it was typed. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from web.language.folding import Line
from web.tools.chat.rules.slips import Spelling

_BEGINNING = 100  # code points in which the first word is looked for
_MOST_CORRECTED = 600  # code points in which slips are put right
_EDGES = " \t\r\n.!?…¿¡,;:–—"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
QUOTED = re.compile(r'(?<![\w"])"([^"]*)"(?!\w)|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»')


@dataclass(frozen=True)
class Said:
    """A text; `slips` are the places of words that were put right, with what was typed there."""

    text: str
    slips: tuple[tuple[int, int, str], ...] = ()

    @cached_property
    def line(self) -> Line:
        """The text in small letters without accents, and without what stands in quotes."""
        return Line(self.text)

    @property
    def folded(self) -> str:
        """The text as it is matched."""
        return self.line.folded

    def detached(self, hyphened: re.Pattern[str], verbs: frozenset[str], enclitics: Sequence[str]) -> "Said":
        """Returns the text with pronouns apart from the verb at its beginning, as `termine-les` and `bórralas` have them."""
        first = _WORD.search(self.folded[:_BEGINNING])
        if first is None or self.line.plain != self.text:
            return self
        place = first.end()
        if hyphened.match(self.folded, place):
            return Said(f"{self.text[:place]} {self.text[place + 1 :]}")
        for ending in enclitics:
            if first[0].endswith(ending) and first[0].removesuffix(ending) in verbs:
                cut = place - len(ending)
                return Said(f"{self.text[:cut]} {self.text[cut:]}")
        return self

    def typed(self, start: int, end: int) -> str:
        """Returns what was typed between two places of the folded text."""
        first, last = self.line.at(start), self.line.at(end)
        found, place = "", first
        for begins, ends, word in self.slips:
            if first <= begins and ends <= last:
                found += self.text[place:begins] + word
                place = ends
        return (found + self.text[place:last]).strip()

    def trimmed(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """Returns the places without spaces and marks at the edges."""
        end = len(self.folded) if end is None else end
        while start < end and self.folded[start] in _EDGES:
            start += 1
        while end > start and self.folded[end - 1] in _EDGES:
            end -= 1
        return start, end

    def corrected(self, spelling: Spelling, first: int, last: int) -> "Said":
        """Returns the text with slips put right in so many words at the beginning and at the end."""
        words = list(_WORD.finditer(self.folded[:_MOST_CORRECTED]))
        chosen = [*words[:first], *words[max(first, len(words) - last) :]]
        text, slips, shift = self.text, [], 0
        if self.line.plain != self.text:
            return self  # places differ; such texts are rare, and slips in them are not forgiven
        for found in chosen:
            if (right := spelling.corrected(found[0])) is not None:
                begins, ends = found.start() + shift, found.end() + shift
                slips.append((begins, begins + len(right), text[begins:ends]))
                text = text[:begins] + right + text[ends:]
                shift += len(right) - len(found[0])
        return Said(text, tuple(slips)) if slips else self


def quoted_in(text: str) -> tuple[str, ...]:
    """Returns what stands in quotes."""
    found = ("".join(groups).strip() for groups in QUOTED.findall(text))
    return tuple(quote for quote in found if quote)
