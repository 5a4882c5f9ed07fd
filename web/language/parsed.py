"""What quick add answers."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypedDict

Priority = Literal["low", "medium", "high", "urgent"]
SpanKind = Literal["date", "time", "recurrence", "reminder", "priority", "tag", "list", "request"]


class Span(NamedTuple):
    """A stretch of the text that was understood, in code points, with its lead."""

    start: int
    end: int
    kind: SpanKind
    text: str


Mode = Literal["schedule", "completion"]


class Recurrence(TypedDict):
    """A rule as RFC 5545 writes it, to be read from the due on, and how the next slot is found."""

    rule: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a line says; what it does not say is None, and `reminders` of () is "no reminder" said in words.

    `due` is `{"date"}` or `{"local"}`, a reminder `{"offset_minutes"}` or `{"local"}`; local times are of the zone that
    the line was read in.
    """

    title: str
    due: dict[str, str] | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] | None = None
    list: str | None = None
    reminders: tuple[dict[str, int | str], ...] | None = None
    recurrence: Recurrence | None = None
    spans: tuple[Span, ...] = ()
