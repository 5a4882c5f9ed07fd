"""A new generation of a series: what people did to slots that the new rule still has stays, and so do their tasks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import takewhile
from typing import cast
from zoneinfo import ZoneInfo

from actors.clock import instant_text
from actors.recurrence.expansion import DAY, Recurrence, Slot, due_of, has_many_a_day, slot_at
from actors.series.agenda import by_start
from actors.series.coming import count_done, hold, later_start, let_go
from actors.series.state import Shelved
from actors.series.step import Step
from actors.series.translation import becomes, comes_again
from actors.shapes import DueShape, MadeSlot


def renew(step: Step, old: Recurrence, *, goes_on: bool, same_days: bool = False) -> Step:
    """Begins a new generation for what has not started; `old` is the recurrence before, and `step` has the new one.

    It has no slot on a day on which one has started before. `goes_on`: the series is active afterwards, and takes up what
    is held. `same_days`: only the time of the day has changed.
    """
    carried = sorted((*step.agenda.unstarted, *step.agenda.held), key=by_start)
    step = step.fields(generation=step.series["generation"] + 1)
    step = _keep_names(step, old)
    begin = _count_on if step.is_counted else _carry_on
    step = begin(step, old, carried, goes_on=goes_on, same_days=same_days)
    step = _begun_after(step, old).lists(passed=None)
    return _unskip_held(step)


def reflow(step: Step) -> Step:
    """Awaits the slots from now on once more under the same rule, each with its task if it has one."""
    step = hold(step, step.agenda.unstarted)
    return step.fields(begins_after=later_start(step, step.series["begins_after"])).lists(passed=None)


def today_of(step: Step, recurrence: Recurrence) -> date:
    """Returns the present day in the zone of the recurrence."""
    return step.now.astimezone(ZoneInfo(recurrence.zone)).date()


def _day(name: str) -> date:
    return date.fromisoformat(name[:10])


# Names: what is skipped and moved.


def _keep_names(step: Step, old: Recurrence) -> Step:
    """Gives what is skipped and moved the names of the new rule; what it has no slot for is remembered for another."""
    agenda, new, today = step.agenda, step.recurrence, today_of(step, old)

    def named(
        names: Iterable[str], anew: Callable[[Recurrence, Recurrence, str], str | None]
    ) -> Iterator[tuple[str, str | None]]:
        return ((name, anew(old, new, name)) for name in names if _day(name) >= today)

    past = [name for name in agenda.skipped if _day(name) < today]
    skips = [*named(agenda.skipped, becomes), *named(agenda.lost_skips, comes_again)]
    moves = [*named(agenda.moved, becomes), *named(agenda.lost_moves, comes_again)]
    dues: Mapping[str, DueShape] = {**agenda.lost_moves, **agenda.moved}
    moved = {anew: dues[name] for name, anew in reversed(moves) if anew is not None}
    return step.lists(
        skipped=_in_order([*past, *(anew for _, anew in skips if anew is not None)]),
        lost_skips=_in_order(name for name, anew in skips if anew is None),
        moved=moved,
        lost_moves={name: dues[name] for name, anew in moves if anew is None},
    )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: datetime.fromisoformat(Slot(0, name).local)))


def _unskip_held(step: Step) -> Step:
    """Remembers a skip for later where the only slot of its day has an open task now."""
    held = {made["slot"] for made in step.agenda.held}
    skipped = tuple(name for name in step.agenda.skipped if name not in held)
    lost = [name for name in step.agenda.skipped if name in held]
    return step.lists(skipped=skipped, lost_skips=_in_order((*step.agenda.lost_skips, *lost))) if lost else step


def _begun_after(step: Step, old: Recurrence) -> Step:
    """Begins the generation after the last slot that started, by the name that it has under the new rule."""
    agenda, new, begins_after = step.agenda, step.recurrence, step.series["begins_after"]
    started = agenda.started_day
    if started is not None and not has_many_a_day(new):
        started = started[:10]
    elif started is not None:
        name = agenda.last["made"]["slot"] if agenda.last is not None else started
        started = becomes(old, new, name) or started
    if begins_after is not None and not has_many_a_day(new):
        begins_after = begins_after[:10]
    step = step.lists(started_day=started)
    return step.fields(begins_after=later_start(step, begins_after))


# By schedule.


def _carry_on(step: Step, old: Recurrence, carried: list[MadeSlot], *, goes_on: bool, same_days: bool) -> Step:  # noqa: ARG001  # as _count_on
    """Renews a series by schedule: made slots keep their tasks under their new names."""
    taken: set[str] = set()
    step = step.having(step.agenda.without(made for made in carried if not step.agenda.is_closed(made)))
    step = _reopen_today(step, old, taken)
    for made in carried:
        step = _carry(step, old, made, taken)
    for entry in step.agenda.shelf:
        if entry["state"] != "held" and entry["made"]["task_id"] not in {made["task_id"] for made in carried}:
            step = _rename_shelved(step, old, entry, taken, goes_on=goes_on)
    return step


def _carry(step: Step, old: Recurrence, made: MadeSlot, taken: set[str]) -> Step:
    """Holds a made slot for the slot that it becomes; without one it is let go, unless its time has come."""
    name = becomes(old, step.recurrence, made["slot"])
    if name is None or name in taken:
        if step.has_started(made) and not step.agenda.is_closed(made):
            return step.having(step.agenda.opening(made))
        return let_go(step, [made], counted=False)
    taken.add(name)
    anew = _anew(step, made, name)
    step = step.having(step.agenda.replacing(made["task_id"], anew))
    closed = step.agenda.is_closed(anew)
    return _told(hold(step, [anew]) if not closed else let_go(step, [anew], counted=False), old, made, anew)


def _reopen_today(step: Step, old: Recurrence, taken: set[str]) -> Step:
    """Has open tasks of today and later follow; one whose time has moved on is ahead again."""
    new, today = step.recurrence, today_of(step, old)
    for made in step.agenda.open:
        name = becomes(old, new, made["slot"]) if _day(made["slot"]) >= today else None
        if name is None or name in taken:
            continue
        taken.add(name)
        anew = _anew(step, made, name)
        step = step.having(step.agenda.replacing(made["task_id"], anew))
        if not step.has_started(anew) and not has_many_a_day(old) and not has_many_a_day(new):
            step = hold(step, [anew]).lists(started_day=(today - DAY).isoformat())
        step = _told(step, old, made, anew)
    return step


def _rename_shelved(step: Step, old: Recurrence, entry: Shelved, taken: set[str], *, goes_on: bool) -> Step:
    """Gives a slot on the shelf its name under the new rule. The open task of a slot that comes is held for it."""
    made = entry["made"]
    if entry["state"] != "kept" and _day(made["slot"]) < today_of(step, old):
        return step
    name = comes_again(old, step.recurrence, made["slot"])
    if name is None or name in taken:
        return step
    taken.add(name)
    anew = _anew(step, made, name)
    plain = cast("Shelved", {key: value for key, value in entry.items() if key != "counted"})
    agenda = step.agenda.without([made])
    if entry["state"] == "kept" and goes_on and step.has_started(anew):
        agenda = agenda.opening(anew)
    else:
        state = "held" if entry["state"] == "kept" and goes_on else entry["state"]
        agenda = agenda.shelving([{**plain, "made": anew, "state": state}])
    return _told(step.having(agenda), old, made, anew)


def _anew(step: Step, made: MadeSlot, name: str) -> MadeSlot:
    """Returns a made slot under another name; its number is counted when it is taken up."""
    generation = made["generation"] if name == made["slot"] else step.series["generation"]
    at = instant_text(slot_at(step.recurrence, Slot(generation, name)))
    return {**made, "generation": generation, "slot": name, "at": at}


def _told(step: Step, old: Recurrence, made: MadeSlot, anew: MadeSlot) -> Step:
    """Tells the task of a slot its new name and due, if one of them differs."""
    dues = (due_of(old, Slot(0, made["slot"])), due_of(step.recurrence, Slot(0, anew["slot"])))
    if made["slot"] == anew["slot"] and dues[0] == dues[1]:
        return step
    return step.having(step.agenda.telling(anew, taken_up=True))


# After completion.


def _count_on(step: Step, old: Recurrence, carried: list[MadeSlot], *, goes_on: bool, same_days: bool) -> Step:  # noqa: ARG001  # as _carry_on
    """Renews a series after completion: its one task stays, and its due is counted anew unless its time has come."""
    if old.policies.mode == "schedule":
        return _begin_counting(step, old, carried)
    if not carried:
        return step
    awaited = carried[0]
    if step.has_started(awaited) or same_days:
        return _await_on(step, old, awaited)
    return hold(step, carried)


def _begin_counting(step: Step, old: Recurrence, carried: list[MadeSlot]) -> Step:
    """Awaits the first slot that is not done; those done before it count as done now, and later ones are let go."""
    done = list(takewhile(step.agenda.is_closed, carried))
    left = carried[len(done) :]
    step = step.lists(awaited=None, ahead=())
    for made in done:
        step = count_done(step, made, step.now_text)
    step = let_go(step, left[1:], counted=False)
    if not left:
        return step
    step = step.lists(passed_number=left[0]["number"] - 1)
    return _await_on(step, old, left[0])


def _await_on(step: Step, old: Recurrence, made: MadeSlot) -> Step:
    """Awaits the same slot under the new rule: on its day, at the new time."""
    name = becomes(old, step.recurrence, made["slot"])
    assert name is not None, "after completion any day may have a slot"  # noqa: S101  # see TABLE
    anew = _anew(step, made, name)
    if step.status != "active":
        return step
    step = step.having(replace(step.agenda.without([made]), awaited=anew, ahead=()))
    return _told(step, old, made, anew)
