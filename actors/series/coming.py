"""The slots that come and those that go: a slot is awaited, has its task made or taken up, starts, or is let go."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from actors.clock import instant_text, parse_instant
from actors.recurrence.expansion import Slot, number_of, slot_at
from actors.replies import Outage, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.agenda import by_start
from actors.series.refusals import OVER, PAUSED
from actors.series.slots import Numbered
from actors.series.state import Shelved
from actors.series.step import Step
from actors.shapes import MadeSlot

T = TypeVar("T")


def ready(step: Step, *statuses: str) -> Step | Refused:
    """Catches up, so that the command loses no missed slot; returns a refusal unless the status is one of `statuses`.

    Raises Outage while so many slots were missed that catching up takes more turns.
    """
    step = catch_up(step)
    if is_behind(step):
        raise Outage("the series is catching up with slots that it missed")
    if step.status in statuses:
        return replace(step, since=step.now_text)
    return PAUSED if step.status == "paused" else OVER


def is_behind(step: Step) -> bool:
    """Returns whether one turn was not enough for all slots that were missed."""
    return step.status == "active" and (step.agenda.awaited is None or _due(step) is not None)


def catch_up(step: Step) -> Step:
    """Starts the slots that are due and makes tasks ahead of their time, as far as one turn may go."""
    step = _await_next(_start_late(step))
    while (due := _due(step)) is not None:
        step = _await_next(start(step, due))
    return _release(_look_ahead(step))


def _due(step: Step) -> MadeSlot | None:
    """Returns the awaited slot if it starts by itself now. After completion none does."""
    awaited = step.agenda.awaited
    return awaited if awaited is not None and not step.is_counted and step.has_started(awaited) else None


# Slots start, and pass.


def start(step: Step, made: MadeSlot) -> Step:
    """Starts the awaited slot: its task, unless it is closed, becomes one of the open ones."""
    return leave(_opening(step, made), made)


def _opening(step: Step, made: MadeSlot) -> Step:
    """Opens the task of a slot. Where only the newest stays, the others are withdrawn, but for those written into."""
    if step.series["pile_up"] == "newest":
        blank = [other for other in step.agenda.open if not step.agenda.is_written(other)]
        step = step.having(step.agenda.without(blank).withdrawing(blank))
    agenda, task_id = step.agenda, made["task_id"]
    agenda = agenda.reopening(task_id) if agenda.is_closed(made) else agenda.opening(made)
    started = series_slots.name_of_start(step.recurrence, made["slot"])
    return step.having(replace(agenda, started_day=started, last={"made": made}))


def _start_late(step: Step) -> Step:
    """Starts the held slots whose time has come under the present rule: a task that is there stays, late."""
    if step.status != "active" or step.is_counted:
        return step
    for made in sorted((made for made in step.agenda.held if step.has_started(made)), key=by_start):
        step = step.having(step.agenda.without([made]))
        step = _opening(step, {**made, "number": _number(step, made)})
        step = step.fields(begins_after=later_start(step, step.series["begins_after"]))
    return step


def _number(step: Step, made: MadeSlot) -> int:
    return number_of(step.recurrence, Slot(made["generation"], made["slot"]))


def later_start(step: Step, begins_after: str | None) -> str | None:
    """Returns the later one of a slot or day after which a generation begins, and the last slot that started."""
    started = step.agenda.started_day
    if begins_after is None or started is None:
        return begins_after or started
    return started if series_slots.is_later(step.recurrence, started, begins_after) else begins_after


def leave(step: Step, made: MadeSlot) -> Step:
    """Passes the awaited slot; the next one is awaited if it is made already."""
    agenda, recurrence = step.agenda, step.recurrence
    moved = {name: due for name, due in agenda.moved.items() if series_slots.is_later(recurrence, name, made["slot"])}
    return step.lists(
        awaited=agenda.ahead[0] if agenda.ahead else None,
        ahead=agenda.ahead[1:],
        passed=made["slot"],
        passed_number=made["number"],
        moved=moved,
    )


def count_done(step: Step, made: MadeSlot, when: str) -> Step:
    """Passes a slot whose task was completed at `when`, from where the next is counted (after completion)."""
    agenda = step.agenda.reopening(made["task_id"])
    # Done ahead of its time it is over when it is done: what comes next may be before its own day.
    done = parse_instant(when).astimezone(ZoneInfo(step.recurrence.zone)).date().isoformat()
    started = done if made["slot"][:10] > done else series_slots.name_of_start(step.recurrence, made["slot"])
    agenda = replace(agenda, started_day=started, last=agenda.lasting(made), last_done=when)
    return leave(step.having(agenda), made)


# Slots are awaited, and made.


def _await_next(step: Step) -> Step:
    if not _may_await(step):
        return step
    state, passed, number = step.state, step.agenda.passed, step.agenda.passed_number
    if passed is None or step.is_counted:
        since = parse_instant(step.since)
        first = series_slots.first_numbered(state, step.recurrence, since, number, from_start=step.from_start)
        return await_slot(step, _or_held(step, first))
    return await_slot(step, series_slots.next_missed(state, step.recurrence, passed, number, step.now))


def _or_held(step: Step, first: Numbered | None) -> Numbered | None:
    """Returns the slot to await: the first one, or a held one that comes before it, as one of today whose time moved on."""
    held = min(step.agenda.held, key=by_start, default=None)
    if held is None or step.is_counted:
        return first
    if first is not None and held["at"] >= instant_text(slot_at(step.recurrence, first.slot)):
        return first
    return Numbered(Slot(held["generation"], held["slot"]), _number(step, held))


def _may_await(step: Step) -> bool:
    awaits_none = step.status == "active" and step.agenda.awaited is None
    return awaits_none and step.has_room(step.template_bytes)


def await_slot(step: Step, numbered: Numbered | None) -> Step:
    """Makes the task of the next slot and awaits it; without one the series ends.

    After completion, one that was done ahead of its time counts as done now.
    """
    while numbered is not None:
        step, made = _make(step, numbered)
        if not (step.is_counted and step.agenda.is_closed(made)):
            return step.lists(awaited=made)
        step = count_done(step, made, step.now_text)
        numbered = series_slots.slot_after_completion(step.state, step.recurrence, made, step.now)
    return step.change("series.ended", status="ended")


def _look_ahead(step: Step) -> Step:
    """Makes the tasks that are due to be made, and takes up those that are held."""
    while step.has_room(step.template_bytes) and len(step.agenda.ahead) < series_state.MAX_AHEAD:
        state = step.state
        numbered = series_slots.first_unmade(state, step.recurrence)
        if numbered is None:
            return step
        if not _is_held(step, numbered):
            made_at = series_slots.to_be_made(state, step.recurrence, numbered, step.now_text)
            if made_at > step.now_text:
                return step
        step, made = _make(step, numbered)
        step = step.lists(ahead=(*step.agenda.ahead, made))
    return step


def _is_held(step: Step, numbered: Numbered) -> bool:
    """Returns whether that slot is in hand, or one after it is held that was written into.

    A blank one farther ahead is let go: many tasks would be made for it.
    """
    agenda, at = step.agenda, instant_text(slot_at(step.recurrence, numbered.slot))
    if any(made["at"] >= at and agenda.is_written(made) for made in agenda.held):
        return True
    in_hand = [entry["made"] for entry in agenda.shelf if entry["state"] in {"held", "closed"}]
    return any(made["slot"] == numbered.slot.nominal for made in in_hand)


def _release(step: Step) -> Step:
    """Lets go of held slots that no turn reaches: the rule leaves them out, or has too many before them."""
    held = step.agenda.held
    waits = step.status == "active" and not step.has_room(step.template_bytes)
    return step if not held or waits else let_go(step, held)


def _make(step: Step, numbered: Numbered) -> tuple[Step, MadeSlot]:
    """Makes the slot: its task is taken from the shelf, or made anew by the fact that this records."""
    made = series_slots.made_slot(step.state, step.recurrence, numbered)
    entry = next((entry for entry in step.agenda.shelf if _is_its(step, entry, made)), None)
    if entry is not None:
        return _take(step, entry, made)
    step = step.weigh(step.template_bytes)
    task = series_slots.task_body(step.state, step.recurrence, made, step.since, asked=step.is_asked)
    step = step.record_slot("triggered", made, task=task)
    if "slot_due" in task:  # a person has moved it
        step = step.having(step.agenda.writing(made["task_id"]))
    return step.lists(unreported=(*step.agenda.unreported, made)[-series_state.MAX_OPEN :]), made


def _is_its(step: Step, entry: Shelved, made: MadeSlot) -> bool:
    """Returns whether the entry of the shelf is that of the slot: by its number after completion, else by its name."""
    if step.is_counted:
        return entry.get("counted", False) and entry["made"]["number"] == made["number"]
    return entry["made"]["slot"] == made["slot"]


def _take(step: Step, entry: Shelved, made: MadeSlot) -> tuple[Step, MadeSlot]:
    """Takes the task of a slot from the shelf; it stays the same task, and one that was withdrawn comes back.

    After completion a task that is open and overdue keeps its slot.
    """
    old, state = entry["made"], entry["state"]
    agenda = step.agenda.without([old])
    if step.is_counted and state == "kept" and step.has_started(old):
        return step.having(agenda), old
    anew = renamed(made, old)
    if state in {"withdrawn", "skipped"}:
        agenda = agenda.telling(anew, series_state.BLANK, taken_up=True, restored=True)
    elif anew != {**old, "number": anew["number"]}:
        agenda = agenda.telling(anew, taken_up=True)
    if state == "closed":
        agenda = agenda.closing(anew["task_id"], in_trash=entry.get("trashed", False))
    return step.having(agenda), anew


def renamed(made: MadeSlot, old: MadeSlot) -> MadeSlot:
    """Returns a slot with the task of the one that it was; it keeps its generation as long as it keeps its name."""
    generation = old["generation"] if made["slot"] == old["slot"] else made["generation"]
    return {**made, "generation": generation, "task_id": old["task_id"]}


# Slots are let go.


def let_go(step: Step, entries: Iterable[MadeSlot], *, counted: bool | None = None) -> Step:
    """Lets go of made slots that have not started, and remembers them; `counted` says that they came after completion.

    The task of one is withdrawn if nobody has written into it; else it stays, as a single one.
    """
    entries = list(entries)
    shelf = [_shelved(step, made, counted=step.is_counted if counted is None else counted) for made in entries]
    blank = [entry["made"] for entry in shelf if entry["state"] == "withdrawn"]
    return step.having(step.agenda.without(entries).withdrawing(blank).shelving(shelf))


def _shelved(step: Step, made: MadeSlot, *, counted: bool) -> Shelved:
    agenda = step.agenda
    entry: Shelved = {"made": made, "state": "kept" if agenda.is_written(made) else "withdrawn"}
    if agenda.is_closed(made):
        entry["state"] = "closed"
        if made["task_id"] in agenda.trashed:
            entry["trashed"] = True
    if counted:
        entry["counted"] = True
    return entry


def hold(step: Step, entries: Iterable[MadeSlot]) -> Step:
    """Has slots that have not started taken up anew, by name, when the series next awaits one."""
    entries = list(entries)
    shelf = [_shelved(step, made, counted=step.is_counted) for made in entries]
    for entry in shelf:
        if entry["state"] != "closed":
            entry["state"] = "held"
    return step.having(step.agenda.without(entries).shelving(shelf))


def retell(step: Step, names: Iterable[str]) -> Step:
    """Has the open tasks take these fields of the template, as it is when the fact is recorded."""
    agenda, names = step.agenda, list(names)
    kept = tuple(entry["made"] for entry in agenda.shelf if entry["state"] == "kept")
    for made in agenda.unstarted + agenda.held + agenda.open + kept:
        step = step.having(step.agenda.telling(made, names))
    return step
