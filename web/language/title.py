"""The title: what is left of a text without its spans. Pure."""

import re
from collections.abc import Iterable

from web.language.parsed import Span

JOINING = ",;:"
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_BEFORE_MARK = re.compile(r"\s+(?=[,;:.!?…)\]](?:\s|$))")


def title_of(text: str, spans: Iterable[Span]) -> str:
    """Returns the text without the spans and without the marks that only joined them, spaces closed up."""
    left, place = "", 0
    for span in sorted(spans):
        left = _joined(left, text[place : span.start], cut=place > 0)
        place = span.end
    left = _joined(left, text[place:], cut=place > 0)
    if place:
        left = _BEFORE_MARK.sub("", _EMPTY.sub("", left)).strip().rstrip(JOINING)
    return " ".join(left.split())


def _joined(left: str, right: str, *, cut: bool) -> str:
    """Joins what stands before and behind a span: of marks on both sides one is left, at the start and the end none.

    Between two texts a comma before the span only joined it; a colon or semicolon parts the texts.
    """
    if not cut:
        return right
    before = left.rstrip()
    behind = right.lstrip()
    if not before:
        return behind.lstrip(JOINING).lstrip() if behind[:1] in JOINING else behind
    if before[-1] in ";:":
        return f"{before} {behind.lstrip(JOINING).lstrip()}"
    return before.rstrip(",").rstrip() + _gap(behind) + behind


def _gap(behind: str) -> str:
    return "" if behind[:1] and behind[0] in JOINING + ".!?…)]}" else " "
