"""Which slots a series has, what they are called, and the task of each. Pure: these functions only read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, NotRequired
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from actors.clock import instant_text, parse_instant
from actors.due import due_at
from actors.recurrence.expansion import (
    DAY,
    Policies,
    Recurrence,
    Slot,
    due_of,
    following,
    has_many_a_day,
    next_after,
    number_of,
    rank,
    slot_at,
    slot_named,
    slots_since,
)
from actors.recurrence.parsing import parse
from actors.replies import Json, Refused
from actors.series import state as series_state
from actors.series.state import SeriesState
from actors.shapes import MadeSlot, Series


class Numbered(NamedTuple):
    """A slot and its number, counted from the start of the series; skipped ones count."""

    slot: Slot
    number: int


class Limits(TypedDict):
    """The part of a series that takes slots away from its generation; see `actors.shapes.Series`."""

    begins_after: str | None
    ends_before: str | None
    skipped: list[str]


class Beginning(Limits):
    """The part of a series' state that says where a generation begins; see `SeriesState`."""

    last_done: NotRequired[str]


def parsed(series: Mapping[str, Any]) -> Recurrence | Refused:
    """Returns the recurrence of a series (its state or a stored one), or what is wrong with its rule."""
    policies = Policies(month_end=series["month_end"], mode=series["mode"])
    start = tuple(sorted(series["start"].items()))
    return _parsed(series["rule"], start, series["zone"], policies, series["generation"])


@lru_cache(maxsize=4096)
def _parsed(
    rule: str, start: tuple[tuple[str, str], ...], zone: str, policies: Policies, generation: int
) -> Recurrence | Refused:
    return parse(rule, dict(start), zone, policies, generation)


def recurrence_of(series: Mapping[str, Any]) -> Recurrence:
    """Returns the recurrence of a series whose rule was accepted."""
    recurrence = parsed(series)
    assert not isinstance(recurrence, Refused), "a rule was kept that does not parse"  # noqa: S101  # it was parsed at the door
    return recurrence


def slots_from(series: Limits, recurrence: Recurrence, day: date) -> Iterator[Slot]:
    """Yields the slots of this generation from a day on, skipped ones too."""
    begins_after, ends_before = series["begins_after"], series["ends_before"]
    low = day if begins_after is None else max(day, date.fromisoformat(begins_after[:10]))
    for slot in slots_since(recurrence, low):
        if begins_after is not None and not _is_past(recurrence, slot, begins_after):
            continue
        if ends_before is not None and not is_before(recurrence, slot, ends_before):
            return
        yield slot


def is_before(recurrence: Recurrence, slot: Slot, limit: str) -> bool:
    """Returns whether a slot is before one of that name, or before its day where a day has one slot at most."""
    if has_many_a_day(recurrence) and "T" in limit:
        return rank(recurrence, slot) < _rank(recurrence, limit)
    return slot.day < date.fromisoformat(limit[:10])


def _is_past(recurrence: Recurrence, slot: Slot, limit: str) -> bool:
    if has_many_a_day(recurrence) and "T" in limit:
        return rank(recurrence, slot) > _rank(recurrence, limit)
    return slot.day > date.fromisoformat(limit[:10])


def _rank(recurrence: Recurrence, nominal: str) -> tuple[datetime, datetime]:
    return rank(recurrence, Slot(recurrence.generation, nominal))


def is_later(recurrence: Recurrence, nominal: str, other: str) -> bool:
    """Returns whether the slot of the first name comes after that of the other."""
    return _rank(recurrence, nominal) > _rank(recurrence, other)


def name_of_start(recurrence: Recurrence, nominal: str) -> str:
    """Returns what a series remembers of a slot that has started: its day; its name, where a day has several."""
    return nominal if has_many_a_day(recurrence) else nominal[:10]


def first_slot(series: Beginning, recurrence: Recurrence, now: datetime, *, from_start: bool = False) -> Slot | None:
    """Returns the first slot of this generation after `now` that is not skipped; in a series of days, today's counts.

    After completion slots are counted from the last completion, where there was one under this start. With `from_start`
    the start itself counts then, also one that has gone by.
    """
    counted, done = recurrence.policies.mode == "completion", series.get("last_done")
    if counted and from_start and done is None:
        return next(_unskipped(series, slots_from(series, recurrence, recurrence.start)), None)
    low = now.astimezone(ZoneInfo(recurrence.zone)).date()
    if counted and done is not None:
        recurrence = replace(recurrence, start=parse_instant(done).astimezone(ZoneInfo(recurrence.zone)).date())
        low = max(low, recurrence.start + DAY)
    slots = _unskipped(series, slots_from(series, recurrence, low))
    return next((slot for slot in slots if recurrence.clock is None or slot_at(recurrence, slot) > now), None)


def _unskipped(series: Limits, slots: Iterator[Slot]) -> Iterator[Slot]:
    skipped = frozenset(series["skipped"])
    return (slot for slot in slots if slot.nominal not in skipped)


def first_numbered(
    series: Beginning, recurrence: Recurrence, now: datetime, passed: int, *, from_start: bool = False
) -> Numbered | None:
    """Returns the slot that a generation begins with. After completion numbers go on from the number `passed`."""
    slot = first_slot(series, recurrence, now, from_start=from_start)
    if slot is None or recurrence.policies.mode == "schedule":
        return None if slot is None else Numbered(slot, number_of(recurrence, slot))
    count = recurrence.rule.count
    return None if count is not None and passed >= count else Numbered(slot, passed + 1)


def numbered_after(series: Limits, recurrence: Recurrence, nominal: str, number: int) -> Iterator[Numbered]:
    """Yields the slots by schedule after the one of that name and number, without those that are skipped."""
    skipped = frozenset(series["skipped"])
    for count, slot in enumerate(_after(series, recurrence, nominal), number + 1):
        if slot.nominal not in skipped:
            yield Numbered(slot, count)


def _after(series: Limits, recurrence: Recurrence, nominal: str) -> Iterator[Slot]:
    begins_after, ends_before = series["begins_after"], series["ends_before"]
    for slot in following(recurrence, Slot(recurrence.generation, nominal)):
        if ends_before is not None and not is_before(recurrence, slot, ends_before):
            return
        if begins_after is None or _is_past(recurrence, slot, begins_after):
            yield slot


def moved_ahead(series: Series, recurrence: Recurrence, horizon: timedelta) -> Slot | None:
    """Returns the last unmade slot that was moved to before the awaited one and its `horizon`; None where none was."""
    soon = instant_text(parse_instant(series_state.awaited_of(series)["at"]) + horizon)
    made = series_state.unstarted(series)
    unmade_moved = series["moved"].keys() - {entry["slot"] for entry in made}
    wanted = {name for name in unmade_moved if (due_at(series["moved"][name], series["zone"]) or soon) <= soon}
    if not wanted:
        return None
    last = made[-1]
    unmade = numbered_after(series, recurrence, last["slot"], last["number"])
    reached = islice(unmade, series_state.MAX_AHEAD - len(series["ahead"]))
    named = [numbered.slot for numbered in reached if numbered.slot.nominal in wanted]
    return named[-1] if named else None


def next_missed(series: Series, recurrence: Recurrence, nominal: str, number: int, now: datetime) -> Numbered | None:
    """Returns the slot after that one; where only the newest stays open, the last one that has started already."""
    upcoming = numbered_after(series, recurrence, nominal, number)
    following = next(upcoming, None)
    if following is None or series["pile_up"] == "all":
        return following
    today = now.astimezone(ZoneInfo(recurrence.zone)).date()
    for later in upcoming:
        # A slot of an earlier day has started: no need to compute its instant.
        if later.slot.day >= today and slot_at(recurrence, later.slot) > now:
            break
        following = later
    return following


def slot_after_completion(
    series: Limits, recurrence: Recurrence, done: MadeSlot, completed: datetime
) -> Numbered | None:
    """Returns the slot that follows when the task of `done` is completed; a skipped slot counts as completed."""
    number = done["number"]
    after = next_after(recurrence, completed, number)
    while after is not None and after.nominal in series["skipped"]:
        number += 1
        after = next_after(recurrence, slot_at(recurrence, after), number)
    ends_before = series["ends_before"]
    if after is None or (ends_before is not None and not is_before(recurrence, after, ends_before)):
        return None
    return Numbered(after, number + 1)


def named_slot(series: Limits, recurrence: Recurrence, nominal: str) -> Slot | None:
    """Returns the slot of this generation that has this name."""
    slot = slot_named(recurrence, nominal)
    begins_after, ends_before = series["begins_after"], series["ends_before"]
    if slot is None or (begins_after is not None and not _is_past(recurrence, slot, begins_after)):
        return None
    return slot if ends_before is None or is_before(recurrence, slot, ends_before) else None


def made_slot(series: Series, recurrence: Recurrence, numbered: Numbered) -> MadeSlot:
    """Returns what a series keeps of a slot whose task is made."""
    slot = numbered.slot
    return {
        "generation": slot.generation,
        "slot": slot.nominal,
        "number": numbered.number,
        "at": instant_text(slot_at(recurrence, slot)),
        "task_id": series_state.slot_task_id(
            series, slot.generation, series_state.slot_name(series, slot.nominal, numbered.number)
        ),
    }


def first_unmade(series: Series, recurrence: Recurrence) -> Numbered | None:
    """Returns the next slot to be made ahead of its time. After completion there is none."""
    if series["awaited"] is None or series["mode"] == "completion":
        return None
    last = series_state.unstarted(series)[-1]
    return next(numbered_after(series, recurrence, last["slot"], last["number"]), None)


def to_be_made(series: SeriesState, recurrence: Recurrence, unmade: Numbered, now: str) -> str:
    """Returns when the task of `unmade` is to be made: `now` when it, or one after it, was moved to before the awaited slot."""
    horizon = series_state.horizon(series)
    last_moved = moved_ahead(series, recurrence, horizon)
    if last_moved is not None and rank(recurrence, unmade.slot) <= rank(recurrence, last_moved):
        return now
    return instant_text(slot_at(recurrence, unmade.slot) - horizon)


def next_due(series: SeriesState, recurrence: Recurrence, now: str) -> str | None:
    """Returns when the awaited slot starts, or a task is to be made before; None when nothing comes by itself."""
    if series["status"] != "active" or series["awaited"] is None or series["mode"] == "completion":
        return None
    starts = series["awaited"]["at"]
    unmade = first_unmade(series, recurrence)
    if unmade is None or len(series["ahead"]) >= series_state.MAX_AHEAD:
        return starts
    return min(starts, to_be_made(series, recurrence, unmade, now))


def task_body(series: Series, recurrence: Recurrence, made: MadeSlot, since: str, *, asked: bool = False) -> Json:
    """Returns the body of the CreateTask for a slot; reminders are absent where the user's default is wanted.

    `slot_due` is there where a person has moved the slot: the due that it would have; `asked` where they make
    the task.
    """
    template = {name: value for name, value in series["template"].items() if value is not None}
    own, moved = due_of(recurrence, Slot(made["generation"], made["slot"])), series["moved"].get(made["slot"])
    return {
        "id": made["task_id"],
        **template,
        "due": moved or own,
        **({"slot_due": own} if moved else {}),
        "series_id": series["id"],
        "occurrence": {"generation": made["generation"], "slot": made["slot"]},
        "wanted_since": since,
        **({"asked": True} if asked else {}),
    }
