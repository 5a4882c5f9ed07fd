"""How the fields of a task change: edits that merge, edits that conflict, undo, and the events they make. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast

import orjson
from typing_extensions import TypedDict

from actors.clock import instant_text
from actors.commands import Command
from actors.doc import MAX_BYTES
from actors.due import overdue_at
from actors.events import Changes, Fact, cloud_events
from actors.fields import Priority
from actors.replies import Accepted, Decision, Json, Refused, Unchanged
from actors.shapes import ChecklistItem, DueShape, OccurrenceRef
from actors.task import reminders
from actors.task import state as task_state
from actors.task.firings import Mover
from actors.task.reminders import Spec
from actors.task.state import ChecklistEntry, TaskState

MAX_TASK_BYTES: Final = (
    88 * 1024
)  # a doc, which holds the task in state, reply, event and change, stays below MAX_BYTES
_ROOMY: Final = 8_000  # code points; less text than this cannot come near the limits

_TIMING: Final = frozenset({"due", "reminders", "status", "deleted_at", "zone"})
_CONTENT: Final = frozenset({"title", "description", "tags", "reminders", "checklist"})
_LONG: Final = ("description", "reminders", "checklist")

NO_ROOM: Final = Refused(
    "task_too_large",
    "The task as a whole is too large: shorten its description or its checklist.",
    422,
    {"errors": [{"pointer": "", "code": "task_too_large", "detail": f"more than {MAX_TASK_BYTES} bytes"}]},
)


class _Values(TypedDict, total=False):
    title: str
    description: str
    priority: Priority
    tags: list[str]
    due: DueShape | None
    reminders: list[Spec]
    status: Literal["open", "completed"]
    deleted_at: str | None
    zone: str
    series_id: str | None
    occurrence: OccurrenceRef | None


class Edit(_Values, total=False):
    """The fields that a command sets, with their values as the command writes them."""

    checklist: list[ChecklistEntry]


class _Wanted(_Values, total=False):
    """An edit as it is compared with the task: each checklist item has its id."""

    checklist: list[ChecklistItem]


def edited(state: TaskState, edit: Edit, command: Command, now: datetime) -> Decision:
    """Sets fields, unless the caller's If-Match shows that it did not know the newest value of one of them."""
    wanted = _complete(state, edit, command)
    changed: Changes = {
        name: {"old": old, "new": value} for name, value in wanted.items() if (old := _current(state, name)) != value
    }
    if (conflict := _conflict(state, changed, command.if_match)) is not None:
        return conflict
    if not changed:
        return Unchanged(task_state.task_json(state))
    after = _applied(state, wanted, changed, command, now)
    facts = [Fact(_event_type(changed), changed), *reminders.facts(state["reminders"], after["reminders"])]
    decision = accepted(after, facts, command, now)
    return decision if _CONTENT.isdisjoint(changed) or fits(decision) else NO_ROOM


def recounted(state: TaskState, command: Command, now: datetime) -> Decision:
    """Computes the instants anew after the rules of time zones changed: the same wall-clock time may be another one."""
    after: TaskState = {**state, "overdue_at": overdue_at(state["due"], state["zone"])}
    change = task_state.change_of(after, now, by="clock", command=command, changed=frozenset())
    after["reminders"] = task_state.settled_reminders(after, state["reminders"], change)
    if after == state:
        return Unchanged(task_state.task_json(state))
    after.update({"version": state["version"] + 1, "updated_at": instant_text(now)})
    facts = [Fact("task.updated"), *reminders.facts(state["reminders"], after["reminders"])]
    return accepted(after, facts, command, now)


def undone(state: TaskState, command: Command, now: datetime) -> Decision:
    """Puts the old values of an audit entry back; refuses with the `conflicts` when a field was changed since."""
    changed: Changes = command.body["changed"]
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": current}
        for name, change in changed.items()
        if (current := _current(state, name)) != change["new"]
    ]
    if conflicts:
        detail = "The task was changed again since, so this cannot be undone."
        return Refused("undo_conflict", detail, 409, {"conflicts": conflicts})
    edit = cast("Edit", {name: change["old"] for name, change in changed.items()})  # checked by the body's OldValues
    if edit.get("deleted_at") is not None:
        edit["deleted_at"] = instant_text(now)
    return edited(state, edit, command, now)


def accepted(state: TaskState, facts: list[Fact], command: Command, now: datetime) -> Accepted:
    """Returns the next version with its events: the first has the whole task, the others lack its long parts."""
    task = task_state.task_json(state)
    whole: Json = {"task_id": task["id"], "task": task}
    trimmed: Json = {**whole, "task": {name: task[name] for name in task if name not in _LONG}, "trimmed": True}
    complete = [
        Fact(fact.type, fact.changed, {**(trimmed if number else whole), **fact.data})
        for number, fact in enumerate(facts)
    ]
    events = cloud_events("TaskActor", state, complete, command, instant_text(now))
    return Accepted(state, events, task_state.next_wake(state), task)


def fits(decision: Accepted) -> bool:
    """Returns whether the task is small enough, and so is the doc of the turn that wrote it."""
    task = decision.reply
    if len(task["description"]) + sum(len(item["text"]) for item in task["checklist"]) < _ROOMY:
        return True
    size = len(orjson.dumps(task))
    return size <= MAX_TASK_BYTES and 2 * size + len(orjson.dumps(decision.events)) < MAX_BYTES - 4096


def _complete(state: TaskState, edit: Edit, command: Command) -> _Wanted:
    """Returns the values as they will stand: reminders as specs, checklist items with ids, the default with a first due."""
    wanted = cast("_Wanted", edit.copy())  # the checklist comes below
    if "reminders" in edit:
        wanted["reminders"] = [reminders.spec_of(spec) for spec in edit["reminders"]]
    elif edit.get("due") is not None and state["due"] is None and not state["reminders_chosen"]:
        wanted["reminders"] = _specs(state) or task_state.default_reminders(command)
    if "checklist" in edit:
        wanted["checklist"] = task_state.checklist(edit["checklist"], state["checklist"], command.id)
    return wanted


def _specs(state: TaskState) -> list[Spec]:
    return [reminders.spec_of(reminder) for reminder in state["reminders"]]


def _current(state: TaskState, name: str) -> Any:
    fields: Mapping[str, Any] = state
    return _specs(state) if name == "reminders" else fields.get(name)  # early docs lack `occurrence`


def _conflict(state: TaskState, changed: Changes, if_match: int | None) -> Refused | None:
    if if_match is None:
        return None
    versions = state["field_versions"]
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": change["old"]}
        for name, change in changed.items()
        if versions.get(name, 1) > if_match
    ]
    if not conflicts and if_match <= state["version"]:
        return None
    return Refused("edit_conflict", "Somebody changed the same fields meanwhile.", 409, {"conflicts": conflicts})


def _applied(state: TaskState, wanted: _Wanted, changed: Changes, command: Command, now: datetime) -> TaskState:
    """Returns the next version, with what depends on a changed field: times and reminders."""
    now_text, version = instant_text(now), state["version"] + 1
    head = {"reminders": state["reminders"], "version": version, "updated_at": now_text}
    after = cast("TaskState", {**state, **wanted, **head})  # wanted reminders are specs; they are chosen below
    after["field_versions"] = {**state["field_versions"], **dict.fromkeys(changed, version)}
    if "status" in changed:
        after["completed_at"] = now_text if after["status"] == "completed" else None
    if _TIMING.isdisjoint(changed):
        return after
    after["zone"] = wanted.get("zone", command.zone)
    after["morning"] = task_state.morning_of(command.defaults)
    after["overdue_at"] = overdue_at(after["due"], after["zone"])
    after["reminders_chosen"] = state["reminders_chosen"] or "reminders" in command.body
    chosen = state["reminders"]
    if "reminders" in changed:
        specs = command.body.get("reminders") or wanted.get("reminders", [])
        chosen = reminders.chosen(chosen, specs, state["id"], command.id)
    differing = reminders.differing(state["reminders"], chosen)
    change = task_state.change_of(after, now, by=_mover(changed), command=command, changed=differing)
    after["reminders"] = task_state.settled_reminders(after, chosen, change)
    return after


def _mover(changed: Changes) -> Mover:
    if "due" in changed:
        return "due"
    return "clock" if "zone" in changed else None


def _event_type(changed: Changes) -> str:
    if "deleted_at" in changed:
        return "task.deleted" if changed["deleted_at"]["new"] else "task.restored"
    if "status" in changed:
        return "task.completed" if changed["status"]["new"] == "completed" else "task.reopened"
    return "task.updated"
