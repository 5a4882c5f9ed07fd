"""The life of a series: it is created, paused, resumed, stopped and deleted, and does what is due at a tick."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from actors.clock import instant_text, parse_instant
from actors.commands import Command, task_id_for
from actors.recurrence.expansion import Slot, default_pile_up, due_of, slot_at
from actors.replies import ID_TAKEN, Decision, Json, Refused, Unchanged, taken
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.coming import catch_up, let_go, ready
from actors.series.refusals import DELETED, NO_ROOM, NOTHING_LEFT
from actors.series.renewal import renew
from actors.series.state import BLANK, SeriesState, Shelved
from actors.series.step import Step
from actors.shapes import MadeSlot


def create(state: SeriesState | None, command: Command, now: datetime) -> Decision:
    """Makes the series and its first tasks. Refuses an id that is taken, a wrong rule, no slot ahead, a large template."""
    if state is not None:
        return _there(state, command)
    state = series_state.new(command, instant_text(now))
    recurrence = series_slots.parsed(state)
    if isinstance(recurrence, Refused):
        return recurrence
    if series_state.template_bytes(state["template"]) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    if "pile_up" not in command.body:
        state["pile_up"] = default_pile_up(recurrence)
    step = Step.begun(state, command, now)
    since = min(step.now_text, command.body.get("wanted_since") or step.now_text)
    step = _adopting(replace(step, since=since, from_start=True))
    first = series_slots.first_numbered(step.state, step.recurrence, parse_instant(since), 0, from_start=True)
    if first is None and not step.agenda.held:
        return NOTHING_LEFT
    return catch_up(step.record("series.created")).told().accepted()


def _there(state: SeriesState, command: Command) -> Decision:
    """Answers a repeated create, which the log may have forgotten, with the series as it is now; refuses any other."""
    who = command.principal
    if state["user_id"] != who.user_id:
        return ID_TAKEN
    there = series_state.series_json(state)
    if who.kind == "system":
        return Unchanged(there)
    if state["status"] == "deleted":
        return DELETED
    return Unchanged(there) if state["id"] == task_id_for(who.user_id, command.id) else taken("series", there)


def _adopting(step: Step) -> Step:
    """Puts the tasks on the shelf that were there before: those of the series it was split from, or its first one."""
    first_task = step.body.get("first_task")
    items: list[Json] = step.body.get("adopted", [])
    if first_task is not None:
        step, name = _first_of(step)
        items = [{"slot": name, "task_id": first_task, "state": "held", "written": True}]
    fields = () if first_task is not None else BLANK
    for item in items:
        entry = _adopted(step, item)
        agenda = step.agenda.shelving([entry])
        if item.get("written"):
            agenda = agenda.writing(item["task_id"])
        told = () if entry["state"] == "closed" else fields
        step = step.having(agenda.telling(entry["made"], told, taken_up=True, taken_from=step.series["split_from"]))
    return step


def _first_of(step: Step) -> tuple[Step, str]:
    """Returns the slot of a task that is there already: the first from its due on; a due that no slot has is a move."""
    start, recurrence = step.series["start"], step.recurrence
    slot = next(series_slots.slots_from(step.state, recurrence, recurrence.start))
    if due_of(recurrence, slot) != start:
        step = step.lists(moved={slot.nominal: start})
    return step, slot.nominal


def _adopted(step: Step, item: Json) -> Shelved:
    slot = Slot(step.series["generation"], item["slot"])
    made: MadeSlot = {
        "generation": slot.generation,
        "slot": slot.nominal,
        "number": 1,  # after completion; by schedule it is counted when the slot is taken up
        "at": instant_text(slot_at(step.recurrence, slot)),
        "task_id": item["task_id"],
    }
    entry: Shelved = {"made": made, "state": "held" if item["state"] == "kept" else item["state"]}
    if item.get("trashed"):
        entry["trashed"] = True
    if step.is_counted:
        entry["counted"] = True
    return entry


def tick(state: SeriesState | None, command: Command, now: datetime) -> Decision:
    """Starts the slots that are due, makes the tasks that are due to be made, and works off the backlog."""
    if state is None:
        return Unchanged({})
    decision = catch_up(Step.begun(state, command, now)).decided()
    return Unchanged({}) if isinstance(decision, Unchanged) else decision


def pause(step: Step) -> Decision:
    """Stops slots from coming until a resume. Tasks that have started stay, and those that were written into or done."""
    paused = ready(step, "active", "paused", *_over(step))
    if isinstance(paused, Refused):
        return paused
    if paused.status in _OVER:
        return _begun_again(paused).change("series.paused", status="paused", **_not_deleted(paused)).decided()
    if paused.status == "active":
        agenda = paused.agenda
        ahead = [*agenda.unstarted, *agenda.held]
        late = [made for made in ahead if paused.has_started(made) and not agenda.is_closed(made)]
        paused = paused.having(agenda.without(late).opening(*late))
        paused = _waiting(paused, late)
        paused = let_go(paused, [made for made in ahead if made not in late])
        paused = paused.change("series.paused", status="paused")
    return paused.decided()


def _waiting(step: Step, opened: Sequence[MadeSlot]) -> Step:
    """Notes the first of the slots that are open now as the last one: after completion, what goes on awaits it again."""
    if not opened:
        return step
    return step.lists(last=step.agenda.lasting(opened[0]), passed_number=opened[0]["number"])


def resume(step: Step) -> Decision:
    """Goes on from now, without the slots missed meanwhile; the series ends at once when no slot is left.

    Tasks that the pause withdrew come back for the slots that come. After completion the task that was awaited is awaited
    again, if it is open.
    """
    resumed = ready(step, "active", "paused", *_over(step))
    if isinstance(resumed, Refused):
        return resumed
    if resumed.status != "active":
        resumed = _begun_again(resumed)
        resumed = renew(resumed, resumed.recurrence, goes_on=True)
        if resumed.is_counted:
            resumed = _await_again(resumed)
        resumed = catch_up(resumed.change("series.resumed", status="active", **_not_deleted(resumed)))
    return resumed.decided()


_OVER: Final = ("stopped", "deleted")


def _over(step: Step) -> tuple[str, ...]:
    """Returns the statuses from which an undo alone leads back."""
    return _OVER if step.command.name == "UndoSeries" else ()


def _not_deleted(step: Step) -> Json:
    return {"deleted_at": None} if step.status == "deleted" else {}


def _begun_again(step: Step) -> Step:
    """Has the tasks come back that were open when a deletion took them, if one did."""
    step = step.fields(restorable=None)
    for entry in step.agenda.shelf:
        if entry.get("was_open"):
            made = entry["made"]
            agenda = step.agenda.without([made]).telling(made, BLANK, taken_up=True, restored=True)
            step = step.having(agenda.opening(made))
    return step


def _await_again(step: Step) -> Step:
    """Awaits the last slot that started once more, if its task is still open."""
    agenda = step.agenda
    last = next((made for made in agenda.open if agenda.is_last(made)), None)
    if last is None:
        return step
    number = last["number"] or agenda.passed_number
    before = agenda.last and agenda.last.get("before")
    agenda = replace(agenda.without([last]), awaited={**last, "number": number}, last=before)
    return let_go(step.having(agenda), agenda.held)


def stop(step: Step) -> Decision:
    """Ends the series for good. With `keep` the task of the next slot stays, as one that nothing follows.

    A task that was written into stays in any case, and so does one that a person has opened during a pause.
    """
    stopped = ready(step, "active", "paused", "stopped")
    if isinstance(stopped, Refused):
        return stopped
    if stopped.status != "stopped":
        agenda = stopped.agenda
        ahead = [*agenda.unstarted, *agenda.held]
        stays = [
            made for made in ahead if stopped.has_started(made) or (stopped.body["keep"] and made == agenda.awaited)
        ]
        stays = [made for made in stays if not agenda.is_closed(made)]
        stopped = stopped.having(agenda.without(stays).opening(*stays))
        stopped = _waiting(stopped, stays) if stopped.is_counted else stopped
        stopped = let_go(stopped, [made for made in ahead if made not in stays])
        stopped = stopped.change("series.stopped", status="stopped")
    return stopped.decided()


def delete(step: Step) -> Decision:
    """Deletes a series for good, also one that is over, with its open tasks or without them."""
    if step.status == "deleted":
        return step.decided()
    begun = _taken_back(step) if step.body["occurrences"] == "unwritten" else _deleted(step)
    return begun.change("series.deleted", status="deleted", deleted_at=step.now_text).decided()


def _deleted(step: Step) -> Step:
    """Takes the person at their word: all open tasks stay, or all go."""
    agenda = step.agenda
    singles = [entry["made"] for entry in agenda.shelf if entry["state"] in {"held", "kept"}]
    ahead = [made for made in agenda.unstarted if not agenda.is_closed(made)]
    bare = agenda.without([*agenda.unstarted, *(entry["made"] for entry in agenda.shelf)])
    if step.body["occurrences"] == "delete":
        bare = replace(bare.withdrawing([*ahead, *singles, *agenda.open], asked=True), open=())
    else:
        bare = bare.opening(*ahead, *singles)
    return step.having(bare)


def _taken_back(step: Step) -> Step:
    """Lets go of all tasks, as a stop does, and of the open ones, too; those stay that somebody has written into."""
    agenda = step.agenda
    blank = [made for made in agenda.open if not agenda.is_written(made)]
    shelf: list[Shelved] = [{"made": made, "state": "withdrawn", "was_open": True} for made in blank]
    step = step.having(agenda.without(blank).withdrawing(blank).shelving(shelf))
    return let_go(step, [*agenda.unstarted, *agenda.held]).fields(restorable=True)
