"""What a piece of the text can mean, and what it is read against. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from web.language.slots import Value

Kind = Literal[
    "date", "time", "part", "rule", "completion", "until", "start", "count", "span",
    "reminder", "priority", "tag", "list", "frame", "prefix", "past",
]  # fmt: skip
Form = Literal["", "weekday", "calendar", "moment"]
# Where it counts only: free (rule 10), behind a day or a time, as a short weekday does (rule 11).
Needs = Literal["", "free", "beside", "short"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind and its value; `needs` says where it counts, `form` what a date was written as."""

    kind: Kind
    value: Any = None
    needs: Needs = ""
    form: Form = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, with the part of it or the time that was said with it."""

    day: date
    part: str = ""
    clock: time | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the wall. One that is not `exact` is moved behind noon by a word of the later day."""

    hour: int
    minute: int = 0
    exact: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The instant, the wall clock and what else a reading depends on."""

    instant: datetime
    zone: str
    now: datetime  # the wall clock in the zone, without it
    unsafe_pairs: bool  # a pair of numbers can be read in two ways
    first: bool = False  # the word is the line's first
    word: str = ""  # the piece as it was typed

    @property
    def today(self) -> date:
        """The day on the wall."""
        return self.now.date()

    def of(self, word: str, *, first: bool) -> "Context":
        """Returns the context of a piece of the line."""
        return replace(self, word=word, first=first)


@dataclass(frozen=True, slots=True)
class Groups:
    """The words of a match by the names of their slots."""

    found: Mapping[str, str | None]
    values: Mapping[str, Mapping[str, Value]]

    def text(self, name: str) -> str:
        """Returns the words of a slot; "" when it is not there."""
        return " ".join((self.found.get(name) or "").split())

    def has(self, name: str) -> bool:
        """Returns whether a slot is there."""
        return bool(self.found.get(name))

    def number(self, name: str, default: int = 0) -> int:
        """Returns the number of a slot, written in figures or words."""
        text = self.text(name)
        if not text:
            return default
        if text[0].isdigit():
            return int("".join(char for char in text[:4] if char.isdigit()))
        return int(self.value(name))

    def value(self, name: str) -> Any:
        """Returns what the word of a slot means."""
        text = self.text(name)
        values = self.values[name]
        return values[text] if text in values else values[text.rstrip(".")]

    def part(self) -> str:
        """Returns the part of the day that is named; "" when none is."""
        return str(self.value("part")) if self.has("part") else ""

    def every_value(self, name: str) -> list[Any]:
        """Returns what the words of a slot mean that holds a list of words."""
        values = self.values[name]
        words = self.text(name).replace(",", " ").replace("/", " ").replace(".", " ").split()
        return [values[word] for word in words if word in values]
