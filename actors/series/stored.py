"""What a stored series says to a reader: its tasks, its zone, when its slots are, and its rule as a sentence. Pure.

"Stored" is a row of the read model or the value of a reply: `actors.shapes.Series`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NotRequired
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from actors.clock import instant_text
from actors.due import instant_of
from actors.recurrence.expansion import Slot, starts_at
from actors.recurrence.sentence import sentence
from actors.series.slots import recurrence_of
from actors.shapes import MadeSlot, Series


class Moment(TypedDict):
    """A local start or day as the API shows it; `at` is the instant at which it starts."""

    local: NotRequired[str]
    date: NotRequired[str]
    zone: str
    at: str


def tasks_of(stored: Series) -> list[MadeSlot]:
    """Returns the slots whose tasks the series itself knows, shown by the read model or not: open, awaited, ahead.

    Of the open ones they are the newest 100.
    """
    awaited = [] if stored["awaited"] is None else [stored["awaited"]]
    return [*stored["open"], *awaited, *stored["ahead"]]


def zone_of(stored: Mapping[str, Any]) -> str:
    """Returns the time zone in which the series' slots are named."""
    zone: str = stored["start"].get("zone") or stored["zone"]
    return zone


def sentence_of(stored: Mapping[str, Any]) -> str:
    """Returns the series' rule as a sentence."""
    return sentence(recurrence_of(stored))


def when(text: str, zone: str) -> Moment:
    """Returns a local start (`2026-11-22T09:00`), a day (`2026-11-22`) or the name of a slot as the API shows it."""
    if "T" in text:
        return {"local": Slot(0, text).local, "zone": zone, "at": instant_text(starts_at(text, zone))}
    midnight = datetime.combine(date.fromisoformat(text), time.min)
    return {"date": text, "zone": zone, "at": instant_text(instant_of(midnight, zone))}


def due_json(due: Mapping[str, Any], zone: str) -> Moment:
    """Returns a due as the API shows the time of an occurrence; `zone` is that of a due without a time."""
    return when(due.get("local") or due["date"], due.get("zone") or zone)


def is_shifted(local: str, zone: str) -> bool:
    """Returns whether the clocks of that zone leave that local time out."""
    named = datetime.fromisoformat(local)
    return instant_of(named, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != named
