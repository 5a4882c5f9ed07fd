"""The next dates of a rule that is not saved yet, as creating it would make them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from actors.clock import instant_text
from actors.due import instant_of
from actors.recurrence import (
    Policies,
    Recurrence,
    Slot,
    after_completion,
    first,
    parse,
    slot_at,
    slots_after,
)
from actors.recurrence_rule import refused
from actors.recurrence_words import sentence
from actors.replies import Json, Refused

Mode = Literal["schedule", "completion"]
MonthEnd = Literal["clamp", "skip"]
_GRAIN: Final = timedelta(milliseconds=1)


def preview(rule: str, start: Json, zone: str, policies: Policies, *, count: int, now: datetime) -> Json | Refused:
    """The sentence and the next `count` slots; refused as creating it would be."""
    recurrence = parse(rule, start, zone, policies)
    if isinstance(recurrence, Refused):
        return recurrence
    ahead = list(islice(_ahead(recurrence, now), count))
    if not ahead:
        return refused([("never_yields", "it has no slot from now on")])
    return {"sentence": sentence(recurrence), "occurrences": [_shown(recurrence, slot) for slot in ahead]}


@lru_cache(maxsize=4096)
def _sentence(rule: str, local: str, zone: str, mode: Mode, month_end: MonthEnd) -> str:
    start = {"local": local} if "T" in local else {"date": local}
    recurrence = parse(rule, start, zone, Policies(month_end, mode))
    assert isinstance(recurrence, Recurrence), "a stored rule has slots"  # noqa: S101
    return sentence(recurrence)


def sentence_of(series: Mapping[str, Any]) -> str:
    """What the rule of a stored series says; a page has up to 200 of them."""
    start = series["start"]
    local = start.get("local") or start["date"]
    return _sentence(series["rule"], local, start.get("zone", series["zone"]), series["mode"], series["month_end"])


def when(text: str, zone: str) -> Json:
    """A local start or day as the API shows it, with the instant at which it starts."""
    if "T" in text:
        return {"local": text, "zone": zone, "at": instant_text(instant_of(datetime.fromisoformat(text), zone))}
    midnight = datetime.combine(date.fromisoformat(text), time.min)
    return {"date": text, "zone": zone, "at": instant_text(instant_of(midnight, zone))}


def _ahead(recurrence: Recurrence, now: datetime) -> Iterator[Slot]:
    """From the first slot that has not started; of days, today counts as ahead."""
    after = _since(recurrence, now)
    if recurrence.policies.mode == "schedule":
        return slots_after(recurrence, after)
    return _chain(recurrence, after)


def _since(recurrence: Recurrence, now: datetime) -> datetime:
    if recurrence.clock is not None:
        return now
    today = now.astimezone(ZoneInfo(recurrence.zone)).date()
    return slot_at(recurrence, Slot(1, today.isoformat())) - _GRAIN


def _chain(recurrence: Recurrence, after: datetime) -> Iterator[Slot]:
    """As the slots come if each is completed when it starts; COUNT counts those before `after`, too."""
    calendar = replace(recurrence, policies=replace(recurrence.policies, mode="schedule"))
    slot = next(slots_after(calendar, after), None)
    count = recurrence.rule.count
    made = 1
    if slot is not None and count is not None:
        past = [known for known in first(calendar, count) if known.nominal < slot.nominal]
        made += len(past)
        slot = slot if made <= count else None
    while slot is not None:
        yield slot
        slot = after_completion(recurrence, slot, slot_at(recurrence, slot), made)
        made += 1


def _shown(recurrence: Recurrence, slot: Slot) -> Json:
    shown = when(slot.nominal, recurrence.zone)
    return {**shown, "shifted": "local" in shown and is_shifted(slot.nominal, recurrence.zone)}


def is_shifted(local: str, zone: str) -> bool:
    """Whether the clocks of that zone leave that local time out."""
    named = datetime.fromisoformat(local)
    return instant_of(named, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != named
