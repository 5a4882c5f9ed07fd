"""Which slots a series has, what they are called, and the task of each: reading only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from actors.clock import instant_text, parse_instant
from actors.commands import occurrence_id
from actors.due import due_at
from actors.recurrence.expansion import (
    DAY,
    Policies,
    Recurrence,
    Slot,
    after_completion,
    number_of,
    parse,
    slot_at,
    slots_since,
)
from actors.replies import Json, Refused
from actors.series import state as series_state


class Numbered(NamedTuple):
    """A slot and which one it is, counted from the start; skipped ones count."""

    slot: Slot
    number: int


def parsed(series: Json) -> Recurrence | Refused:
    """The recurrence of a series, or what is wrong with its rule."""
    policies = Policies(month_end=series["month_end"], mode=series["mode"])
    start = tuple(sorted(series["start"].items()))
    return _parsed(series["rule"], start, series["zone"], policies, series["generation"])


@lru_cache(maxsize=4096)
def _parsed(
    rule: str, start: tuple[tuple[str, str], ...], zone: str, policies: Policies, generation: int
) -> Recurrence | Refused:
    return parse(rule, dict(start), zone, policies, generation)


def recurrence_of(series: Json) -> Recurrence:
    found = parsed(series)
    assert not isinstance(found, Refused), "a rule was kept that does not parse"  # noqa: S101  # it was parsed at the door
    return found


def slots_from(series: Json, recurrence: Recurrence, day: date) -> Iterator[Slot]:
    """The slots of this generation from a day on, skipped ones too."""
    begins_after, ends_before = series["begins_after"], series["ends_before"]
    low = day if begins_after is None else max(day, date.fromisoformat(begins_after) + DAY)
    for slot in slots_since(recurrence, low):
        if ends_before is not None and slot.nominal[:10] >= ends_before[:10]:
            return
        yield slot


def first_slot(series: Json, recurrence: Recurrence, now: datetime) -> Slot | None:
    """The first of this generation after `now` that is not skipped; of a series of days today's counts as ahead.

    After completion they are counted from the last one, where there was one under this start.
    """
    low = now.astimezone(ZoneInfo(recurrence.zone)).date()
    done = series.get("last_done")
    if done is not None and recurrence.policies.mode == "completion":
        recurrence = replace(recurrence, start=parse_instant(done).astimezone(ZoneInfo(recurrence.zone)).date())
        low = max(low, recurrence.start + DAY)
    slots = (slot for slot in slots_from(series, recurrence, low) if slot.nominal not in series["skipped"])
    return next((slot for slot in slots if recurrence.clock is None or slot_at(recurrence, slot) > now), None)


def first_numbered(series: Json, recurrence: Recurrence, now: datetime, passed: int) -> Numbered | None:
    """The slot that a generation begins with. After completion numbers go on from those `passed`."""
    slot = first_slot(series, recurrence, now)
    if slot is None or recurrence.policies.mode == "schedule":
        return None if slot is None else Numbered(slot, number_of(recurrence, slot))
    count = recurrence.rule.count
    return None if count is not None and passed >= count else Numbered(slot, passed + 1)


def resumed(series: Json, recurrence: Recurrence, nominal: str, now: datetime) -> Numbered | None:
    """The slot of that name, where a resume makes a task for it; after completion one that is asked for at `now`."""
    series = {**series, "begins_after": last_day(series)}
    if series["mode"] == "completion":
        first = first_numbered(series, recurrence, now, series["passed_number"])
        return first if first is not None and first.slot.nominal == nominal else None
    slot = named_slot(series, recurrence, nominal)
    return None if slot is None or nominal in series["skipped"] else Numbered(slot, number_of(recurrence, slot))


def last_day(series: Json) -> str | None:
    """The day after which a new generation begins: on no earlier one has a slot of it its place."""
    days = [day for day in (series["begins_after"], series["started_day"]) if day is not None]
    return max(days, default=None)


def from_first(series: Json, recurrence: Recurrence, now: datetime, passed: int) -> Iterator[Numbered]:
    """What a generation begins with, and by schedule what follows that."""
    first = first_numbered(series, recurrence, now, passed)
    if first is not None:
        yield first
        if recurrence.policies.mode == "schedule":
            yield from numbered_after(series, recurrence, first.slot.nominal, first.number)


def numbered_after(series: Json, recurrence: Recurrence, nominal: str, number: int) -> Iterator[Numbered]:
    """The slots by schedule after the one of that name and number, without those that are skipped."""
    skipped = frozenset(series["skipped"])
    day = date.fromisoformat(nominal[:10]) + DAY
    for count, slot in enumerate(slots_from(series, recurrence, day), number + 1):
        if slot.nominal not in skipped:
            yield Numbered(slot, count)


def moved_ahead(series: Json, recurrence: Recurrence, horizon: timedelta) -> str:
    """The name of the last unmade slot that is wanted before the awaited one starts, because it was moved; or ""."""
    soon = instant_text(parse_instant(series["awaited"]["at"]) + horizon)
    made = series_state.unstarted(series)
    unmade_moved = series["moved"].keys() - {entry["slot"] for entry in made}
    wanted = {name for name in unmade_moved if (due_at(series["moved"][name], series["zone"]) or soon) <= soon}
    if not wanted:
        return ""
    last = made[-1]
    unmade = numbered_after(series, recurrence, last["slot"], last["number"])
    reached = islice(unmade, series_state.MAX_AHEAD - len(series["ahead"]))
    return max(wanted.intersection(numbered.slot.nominal for numbered in reached), default="")


def next_missed(series: Json, recurrence: Recurrence, nominal: str, number: int, now: datetime) -> Numbered | None:
    """The slot after that one; where only the newest stays open, the last one that has started already."""
    upcoming = numbered_after(series, recurrence, nominal, number)
    found = next(upcoming, None)
    if found is None or series["pile_up"] == "all":
        return found
    today = now.astimezone(ZoneInfo(recurrence.zone)).date()
    for later in upcoming:
        # What is of an earlier day has started: no need to work out its instant.
        if later.slot.day >= today and slot_at(recurrence, later.slot) > now:
            break
        found = later
    return found


def slot_after_completion(series: Json, recurrence: Recurrence, done: Json, completed: datetime) -> Numbered | None:
    """The slot that follows when the task of the made slot `done` is completed; one that is skipped counts as completed."""
    number, slot = done["number"], Slot(recurrence.generation, done["slot"])
    after = after_completion(recurrence, slot, completed, number)
    while after is not None and after.nominal in series["skipped"]:
        number += 1
        after = after_completion(recurrence, after, slot_at(recurrence, after), number)
    ends_before = series["ends_before"]
    if after is None or (ends_before is not None and after.nominal[:10] >= ends_before[:10]):
        return None
    return Numbered(after, number + 1)


def named_slot(series: Json, recurrence: Recurrence, nominal: str) -> Slot | None:
    """The slot of this generation that has this name."""
    try:
        day = date.fromisoformat(nominal[:10])
    except ValueError:
        return None
    slot = next(slots_from(series, recurrence, day), None)
    return slot if slot is not None and slot.nominal == nominal else None


def made_slot(series: Json, recurrence: Recurrence, numbered: Numbered) -> Json:
    """What is kept of a slot whose task is made."""
    slot = numbered.slot
    return {
        "generation": slot.generation,
        "slot": slot.nominal,
        "number": numbered.number,
        "at": instant_text(slot_at(recurrence, slot)),
        "task_id": occurrence_id(series["id"], slot.generation, slot.nominal),
    }


def start_of(recurrence: Recurrence, nominal: str) -> Json:
    """A slot as a due, and as a start of another series."""
    return {"date": nominal} if recurrence.clock is None else {"local": nominal, "zone": recurrence.zone}


def first_unmade(series: Json, recurrence: Recurrence) -> Numbered | None:
    """What is made ahead of its time next. After completion there is none."""
    if series["awaited"] is None or series["mode"] == "completion":
        return None
    last = series_state.unstarted(series)[-1]
    return next(numbered_after(series, recurrence, last["slot"], last["number"]), None)


def to_be_made(series: Json, recurrence: Recurrence, unmade: Numbered, now: str) -> str:
    """When that task is to be there; at once when it, or one after it, was moved to before the awaited slot."""
    horizon = series_state.horizon(series)
    if unmade.slot.nominal <= moved_ahead(series, recurrence, horizon):
        return now
    return instant_text(slot_at(recurrence, unmade.slot) - horizon)


def next_due(series: Json, recurrence: Recurrence, now: str) -> str | None:
    """When the awaited slot starts, or a task is to be made before; None when nothing comes by itself."""
    if series["status"] != "active" or series["awaited"] is None or series["mode"] == "completion":
        return None
    starts: str = series["awaited"]["at"]
    unmade = first_unmade(series, recurrence)
    if unmade is None or len(series["ahead"]) >= series_state.MAX_AHEAD:
        return starts
    return min(starts, to_be_made(series, recurrence, unmade, now))


def task_body(series: Json, recurrence: Recurrence, made: Json, since: str) -> Json:
    """The body of the CreateTask for a slot. Reminders are absent where the user's default is wanted."""
    template = {name: value for name, value in series["template"].items() if value is not None}
    return {
        "id": made["task_id"],
        **template,
        "due": series["moved"].get(made["slot"]) or start_of(recurrence, made["slot"]),
        "series_id": series["id"],
        "occurrence": {"generation": made["generation"], "slot": made["slot"]},
        "wanted_since": since,
    }
