"""A task as an occurrence of a series: it is withdrawn, taken up, follows the template, and notes who wrote into it. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from actors.clock import instant_text
from actors.commands import Command
from actors.events import Fact
from actors.replies import Accepted, Decision, Json, Refused, Unchanged
from actors.task import state as task_state
from actors.task.edit import NO_ROOM, Edit, accepted, edited
from actors.task.state import TaskState

NOT_FOUND: Final = Refused("task_not_found", "There is no such task.", 404)
PURGED: Final = Refused(
    "task_purged", "The task with this id was deleted permanently: choose another id for a new one.", 410
)
PEOPLE: Final = frozenset({"user", "token", "agent"})  # kinds of principals who write
# What a person says without writing: it changes no content, or that goes with all tasks that have the tag. A task that is
# done or in the trash is out of reach of its series; one that is opened again is as it was before it was ticked.
NOT_WRITING: Final = frozenset(
    {"AcknowledgeReminder", "CompleteTask", "ReopenTask", "DeleteTask", "PurgeTask", "RenameTag"}
)
_TICK: Final = frozenset({"status", "completed_at"})
_OPENED: Final = frozenset({"task.reopened", "task.restored"})


# What a person has written.


def noting(state: TaskState, command: Command, decision: Decision) -> Decision:
    """Returns the decision with the mark of an occurrence that a person writes into.

    Its first event says so once, and again when the task is opened: meanwhile its series has forgotten it.
    """
    if not isinstance(decision, Accepted) or state["series_id"] is None:
        return decision
    writes, known = _writes(command), state.get("written", False)
    marked = {**decision.state, "written": True} if writes else decision.state
    first = decision.events[:1]
    if not (writes and not known) and not (known and first and first[0]["type"] in _OPENED):
        return replace(decision, state=marked)
    events = [{**event, "data": {**event["data"], "written": True}} for event in first]
    return replace(decision, state=marked, events=events + decision.events[1:])


def _writes(command: Command) -> bool:
    if command.name == "MoveDue":  # a series sends it because a person has moved the slot
        return True
    if command.principal.kind not in PEOPLE or command.name in NOT_WRITING:
        return False
    unticks = command.name == "UndoChange" and command.body["changed"].keys() <= _TICK
    return not unticks and not command.body.get("everywhere", False)


def is_written(state: TaskState) -> bool:
    """Returns whether a person has changed the task since its series made it; in doubt one has."""
    written = state.get("written")
    if written is not None:
        return written
    fields = state["field_versions"].keys() - {"zone"}
    put_off = any(reminder["snoozed_until"] is not None for reminder in state["reminders"])
    return put_off or any(task_state.by_hand(state, name) for name in fields)


# What its series asks.


def withdraw(state: TaskState | None, command: Command, now: datetime) -> Decision:
    """Takes an occurrence back for its series: to the trash, or so that it is never made.

    What is done stays done, and what was written into stays open unless a person has asked for it to go.
    """
    if state is None:
        stone = task_state.never_made(command, now)
        return accepted(stone, [Fact("task.purged")], command, now)
    if (state["user_id"], state["series_id"]) != (command.principal.user_id, command.body["series_id"]):
        return NOT_FOUND
    asked = command.body.get("asked", False)
    if not task_state.is_active(state) or (is_written(state) and not asked):
        return Unchanged(task_state.task_json(state))
    decision = edited(state, {"deleted_at": instant_text(now)}, command, now)
    return _with(decision, withdrawn="asked" if asked else "system")


def out_of_trash(decision: Decision) -> Decision:
    """Returns the decision of a task that may have left the trash: then its series has not withdrawn it any more."""
    left = isinstance(decision, Accepted) and decision.state["deleted_at"] is None
    return _with(decision, withdrawn=None) if left else decision


def everywhere(state: TaskState, edit: Edit, command: Command, now: datetime) -> Decision:
    """Sets fields in all tasks of a person at once; one that follows its series' template goes on to follow it."""
    if any(task_state.by_hand(state, name) for name in edit):
        return edited(state, edit, command, now)
    return _templated(state, edit, command, now)


def take_up(state: TaskState | None, command: Command, now: datetime) -> Decision:
    """Makes the task that of a slot: of its series, or of one that takes it over.

    It gets the slot's due unless a person has given it another one, and comes back if its series had withdrawn it.
    """
    body = command.body
    if state is None or state["user_id"] != command.principal.user_id:
        return NOT_FOUND
    if state["purged"]:
        return PURGED
    owners = {body["series_id"], body["taken_from"]} if "taken_from" in body else {body["series_id"]}
    if state["series_id"] not in owners:
        return NOT_FOUND
    adopts = state["series_id"] is None
    place = _taken_up(state, command, by_hand=adopts or _due_by_hand(state))
    marks: Json = {"slot_due": body["due"], "written": adopts or is_written(state)}
    if place.get("deleted_at", "") is None:
        marks["withdrawn"] = None
    fields = _unedited(state, body.get("fields", {}), command)
    decision = _templated(state, {**fields, **place}, command, now, **marks)
    # A template that does not fit beside what was written into the task is left out.
    return _templated(state, place, command, now, **marks) if decision is NO_ROOM else decision


def _taken_up(state: TaskState, command: Command, *, by_hand: bool) -> Edit:
    body = command.body
    edit: Json = {
        "series_id": body["series_id"],
        "occurrence": {"generation": body["generation"], "slot": body["slot"]},
    }
    if not by_hand and not body.get("moved", False):
        edit["due"] = body["due"]
    if body.get("restored", False) and state.get("withdrawn") is not None:
        edit["deleted_at"] = None
    return cast("Edit", edit)


def _due_by_hand(state: TaskState) -> bool:
    """Returns whether somebody has given the task another due than its series did."""
    if "slot_due" in state:
        return state["due"] != state["slot_due"]
    return task_state.by_hand(state, "due")


def retemplate(state: TaskState, command: Command, now: datetime) -> Decision:
    """Follows a change of the series' template: an open task takes every field that nobody has edited in it."""
    if not task_state.is_active(state):
        return Unchanged(task_state.task_json(state))
    return _templated(state, _unedited(state, command.body, command), command, now)


def _unedited(state: TaskState, fields: Mapping[str, Any], command: Command) -> Edit:
    """Returns those of the fields that nobody has edited; null reminders are the user's default."""
    free = {name: value for name, value in fields.items() if not task_state.by_hand(state, name)}
    if free.get("reminders", ()) is None:
        free["reminders"] = task_state.default_reminders(command)
    return cast("Edit", task_state.cleared(free))


def _templated(state: TaskState, edit: Edit, command: Command, now: datetime, **marks: Any) -> Decision:
    """Sets fields in the name of the series, so that they do not count as edited."""
    decision = edited(state, edit, command, now)
    if isinstance(decision, Unchanged) and any(state.get(name) != value for name, value in marks.items()):
        return _with(_unedited_version(state, command, now), **marks)
    if not isinstance(decision, Accepted):
        return decision
    changed = decision.events[0]["data"]["changed"]
    templated = {**state.get("templated", {}), **dict.fromkeys(changed, decision.state["version"])}
    return _with(decision, templated=templated, **marks, **_noted_overdue(state, decision.state, now))


def _noted_overdue(state: TaskState, after: Mapping[str, Any], now: datetime) -> Json:
    """Says that a due that has passed is not told again when the series moves it to another one that has."""
    told = state["due"] is not None and state["overdue_noted"] == state["due"]
    over = after["overdue_at"] is not None and after["overdue_at"] <= instant_text(now)
    return {"overdue_noted": after["due"]} if told and over else {}


def _unedited_version(state: TaskState, command: Command, now: datetime) -> Accepted:
    after: TaskState = {**state, "version": state["version"] + 1, "updated_at": instant_text(now)}
    return accepted(after, [Fact("task.updated")], command, now)


def _with(decision: Decision, **marks: Any) -> Decision:
    """Returns the decision with private marks in the state; None takes one away."""
    if not isinstance(decision, Accepted):
        return decision
    state = {
        name: value for name, value in {**decision.state, **marks}.items() if value is not None or name not in marks
    }
    return replace(decision, state=state, wake=task_state.next_wake(cast("TaskState", state)))
