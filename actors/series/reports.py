"""What the tasks of a series report: that they exist, and what people made of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from actors.clock import instant_text, parse_instant
from actors.recurrence.expansion import Slot, due_of, number_of, starts_at
from actors.replies import Decision, Json
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.agenda import Agenda
from actors.series.coming import await_slot, count_done, let_go
from actors.series.state import Shelved
from actors.series.step import Step
from actors.shapes import MadeSlot

_RESTING: Final = frozenset({"paused", "stopped"})  # what is done meanwhile counts once it goes on


def created(step: Step) -> Decision:
    """Records, once, that the task of a slot exists."""
    task_id = _task_id(step)
    made = next((entry for entry in step.agenda.unreported if entry["task_id"] == task_id), None)
    if made is not None:
        left = tuple(entry for entry in step.agenda.unreported if entry is not made)
        step = step.lists(unreported=left).record_slot("instance-created", made)
    return step.decided()


def completed(step: Step) -> Decision:
    """Closes a slot whose task was completed."""
    return _closed(step, parse_instant(step.body["completed_at"])).decided()


def deleted(step: Step) -> Decision:
    """Closes a slot whose task was trashed; after completion it counts as completed now."""
    return _closed(step, step.now, in_trash=True).decided()


def _closed(step: Step, when: datetime, *, in_trash: bool = False) -> Step:
    """Closes a slot whose task is done or gone. It matters only while the series has it in hand."""
    task_id, agenda = _task_id(step), step.agenda
    awaited, entry = agenda.awaited, agenda.shelved(task_id)
    if awaited is not None and awaited["task_id"] == task_id and step.is_counted:
        return go_on(step, awaited, when)
    if (opened := next((made for made in agenda.open if made["task_id"] == task_id), None)) is not None:
        step = step.having(agenda.without([opened]))
        if not step.is_counted and not step.has_started(opened):  # a stop has kept it, which may be undone
            return step.having(step.agenda.shelving([_done_ahead(opened, in_trash=in_trash)]))
        counts = step.status in _RESTING and step.is_counted and agenda.is_last(opened)
        return step.lists(last_done=instant_text(when)) if counts else step
    if entry is not None:
        return _closed_on_shelf(step, entry, when, in_trash=in_trash)
    return step if agenda.made(task_id) is None else step.having(agenda.closing(task_id, in_trash=in_trash))


def _done_ahead(made: MadeSlot, *, in_trash: bool) -> Shelved:
    closed: Shelved = {"made": made, "state": "closed"}
    return {**closed, "trashed": True} if in_trash else closed


def _closed_on_shelf(step: Step, entry: Shelved, when: datetime, *, in_trash: bool) -> Step:
    """Notes a task as done or gone that waits for another rule or the end of a pause.

    A task that the series has withdrawn itself stays so when it is reported from the trash.
    """
    if in_trash and entry["state"] in {"withdrawn", "skipped"}:
        return step
    made, is_next = entry["made"], entry["made"]["number"] == step.agenda.passed_number + 1
    if step.status in _RESTING and step.is_counted and entry.get("counted") and is_next and not in_trash:
        return count_done(step.having(step.agenda.without([made])), made, instant_text(when))
    closed: Shelved = {**entry, "state": "closed"}
    if in_trash:
        closed["trashed"] = True
    return step.having(step.agenda.shelving([closed]))


def opened(step: Step) -> Decision:
    """Takes a task that is open again among the open ones, once its slot has started.

    After completion the last one that was done is awaited again, and the one that followed it goes: also one that was done
    and opened again itself, unless it was written into. A task that the series had withdrawn, and that a person opens or
    has written into, stays as a single task until its slot comes.
    """
    task_id, agenda = _task_id(step), step.agenda
    agenda = agenda.writing(task_id) if step.body.get("written") or not step.is_counted else agenda
    if task_id in agenda.closed:
        return step.having(agenda.reopening(task_id)).decided()
    if step.status == "deleted" or agenda.made(task_id) is not None:
        return step.decided()
    entry = agenda.shelved(task_id)
    made = _known_again(step, task_id) if entry is None else entry["made"]
    if step.is_counted and _is_last_done(step, made):
        return go_back(step.having(agenda), made).decided()
    if _is_leaving(agenda, task_id) and entry is None:
        return step.decided()
    step = step.having(agenda.without([made]))
    if step.has_started(made) and not (step.is_counted and entry and entry.get("counted")):
        return step.having(step.agenda.opening(made)).decided()
    kept: Shelved = {"made": made, "state": "kept"}
    if entry is not None and entry.get("counted"):
        kept["counted"] = True
    return step.having(step.agenda.shelving([kept])).decided()


def written(step: Step) -> Decision:
    """Notes that a person has written into a task, and the due that it was given by hand."""
    task_id, agenda = _task_id(step), step.agenda
    entry = agenda.shelved(task_id)
    made = agenda.made(task_id) or (entry and entry["made"])
    if made is None:
        return step.decided()
    if not agenda.is_written(made):
        step = step.having(agenda.writing(task_id)).record_slot("written", made)
    return (_moved_by_hand(step, made) if "due" in step.body else step).decided()


def _moved_by_hand(step: Step, made: MadeSlot) -> Step:
    """Notes the due that a person gave to the task of a slot ahead: it is moved, unless that is the due of the slot."""
    agenda, due = step.agenda, step.body["due"]
    if made not in agenda.unstarted:
        return step
    own = due_of(step.recurrence, Slot(made["generation"], made["slot"]))
    others = {name: at for name, at in agenda.moved.items() if name != made["slot"]}
    moved = others if due is None or due == own else {**others, made["slot"]: due}
    if moved == agenda.moved or len(moved) > series_state.MAX_MOVED:
        return step
    return step.record("series.updated", {"moved": {"old": dict(agenda.moved), "new": moved}}).lists(moved=moved)


# After completion.


def go_on(step: Step, made: MadeSlot, when: datetime) -> Step:
    """Awaits the slot that follows the completion of this one (after completion)."""
    step = count_done(replace(step, since=min(step.now_text, instant_text(when))), made, instant_text(when))
    following = series_slots.slot_after_completion(step.state, step.recurrence, made, when)
    return _releasing(await_slot(step, following))


def _releasing(step: Step) -> Step:
    held = step.agenda.held
    return let_go(step, held) if held else step


def go_back(step: Step, made: MadeSlot) -> Step:
    """Awaits a slot again that was done or skipped; the one that followed it is let go.

    The next is counted from when this one is really done. A series that had ended by it goes on; a paused one has it among
    its open tasks.
    """
    agenda = step.agenda
    last: Json = {**(agenda.last or {})}
    done, before = last.get("done_before"), last.get("before")
    step = let_go(step, agenda.unstarted)
    step = step.lists(passed=None, passed_number=made["number"] - 1, last=before, last_done=done)
    if step.status == "ended":
        step = step.change("series.resumed", status="active")
    agenda = step.agenda.without([made])
    if step.status == "active":
        return step.having(replace(agenda, awaited=made))
    if step.has_started(made):
        return step.having(replace(agenda.opening(made), last=agenda.lasting(made), passed_number=made["number"]))
    return step.having(agenda.shelving([{"made": made, "state": "kept", "counted": True}]))


def _is_last_done(step: Step, made: MadeSlot) -> bool:
    """Returns whether it is the slot that was done last, so that it can be awaited again."""
    agenda = step.agenda
    if step.status not in {"active", "ended", *_RESTING} or agenda.last_done is None:
        return False
    if agenda.last is not None:
        return agenda.last["made"]["task_id"] == made["task_id"]
    return agenda.passed == made["slot"]


# Which slot a report is about.


def _task_id(step: Step) -> str:
    """Returns the id of the task that reports; a report of an early release names its slot alone."""
    body = step.body
    if "task_id" in body:
        task_id: str = body["task_id"]
        return task_id
    agenda = step.agenda
    shelf = (entry["made"] for entry in agenda.shelf)
    for made in (*agenda.unstarted, *agenda.open, *shelf, *agenda.unreported):
        if (made["generation"], made["slot"]) == (body["generation"], body["slot"]):
            return made["task_id"]
    if agenda.last is not None and _names(agenda.last["made"], body):
        return agenda.last["made"]["task_id"]
    return series_state.slot_task_id(step.state, body["generation"], body["slot"])


def _names(made: MadeSlot, body: Mapping[str, Any]) -> bool:
    return (made["generation"], made["slot"]) == (body["generation"], body["slot"])


def _is_leaving(agenda: Agenda, task_id: str) -> bool:
    """Returns whether the series is about to withdraw the task."""
    return any(entry["made"]["task_id"] == task_id and entry["fields"] is None for entry in agenda.backlog)


def _known_again(step: Step, task_id: str) -> MadeSlot:
    """Returns a made slot from its name alone; the number of one of an earlier generation is unknown: 0."""
    agenda, body = step.agenda, step.body
    if agenda.last is not None and agenda.last["made"]["task_id"] == task_id:
        return agenda.last["made"]
    slot = Slot(body["generation"], body["slot"])
    named = None if step.is_counted else series_slots.named_slot(step.state, step.recurrence, slot.nominal)
    number = number_of(step.recurrence, slot) if named == slot else 0
    if step.is_counted and agenda.passed == slot.nominal:
        number = agenda.passed_number
    return {
        "generation": slot.generation,
        "slot": slot.nominal,
        "number": number,
        "at": instant_text(starts_at(slot.nominal, step.recurrence.zone)),
        "task_id": task_id,
    }
