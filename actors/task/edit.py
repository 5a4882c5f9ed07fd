"""How fields of a task change: edits that merge, edits that conflict, undo, and the events they make. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from actors.clock import instant_text
from actors.commands import Command
from actors.doc import MAX_BYTES
from actors.due import overdue_at
from actors.events import Fact, cloud_events
from actors.replies import Accepted, Decision, Json, Refused, Unchanged
from actors.task import reminders
from actors.task import state as task_state

MAX_TASK_BYTES = 88 * 1024  # so that a doc, which holds the task in state, reply, event and change, stays below
_ROOMY = 8_000  # code points; less text than this cannot come near the limits

_TIMING = frozenset({"due", "reminders", "status", "deleted_at", "zone"})
_CONTENT = frozenset({"title", "description", "tags", "reminders", "checklist"})
_LONG = ("description", "reminders", "checklist")

NO_ROOM = Refused(
    "task_too_large",
    "The task as a whole is too large: shorten its description or its checklist.",
    422,
    {"errors": [{"pointer": "", "code": "task_too_large", "detail": f"more than {MAX_TASK_BYTES} bytes"}]},
)


def edited(state: Json, values: Json, command: Command, now: datetime) -> Decision:
    """Set fields, unless the caller's If-Match shows that it did not know the newest value of one of them."""
    wanted = _complete(state, values, command)
    changed = {
        name: {"old": old, "new": value} for name, value in wanted.items() if (old := _current(state, name)) != value
    }
    if not changed:
        return Unchanged(task_state.task_json(state))
    if (conflict := _conflict(state, changed, command.if_match)) is not None:
        return conflict
    after = _applied(state, wanted, changed, command, now)
    facts = [Fact(_event_type(changed), changed), *reminders.facts(state["reminders"], after["reminders"])]
    decision = accepted(after, facts, command, now)
    return decision if _CONTENT.isdisjoint(changed) or fits(decision) else NO_ROOM


def recounted(state: Json, command: Command, now: datetime) -> Decision:
    """The rules of the zones have changed: what is due at the same time on the wall may be due at another instant."""
    after: Json = {**state, "overdue_at": overdue_at(state["due"], state["zone"])}
    after["reminders"] = task_state.settled_reminders(after, state["reminders"], now, by="clock")
    if after == state:
        return Unchanged(task_state.task_json(state))
    after |= {"version": state["version"] + 1, "updated_at": instant_text(now)}
    facts = [Fact("task.updated"), *reminders.facts(state["reminders"], after["reminders"])]
    return accepted(after, facts, command, now)


def undone(state: Json, command: Command, now: datetime) -> Decision:
    changed: Json = command.body["changed"]
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": current}
        for name, change in changed.items()
        if (current := _current(state, name)) != change["new"]
    ]
    if conflicts:
        detail = "It was changed again since, so it cannot be undone."
        return Refused("undo_conflict", detail, 409, {"conflicts": conflicts})
    values = {name: change["old"] for name, change in changed.items()}
    if values.get("deleted_at") is not None:
        values["deleted_at"] = instant_text(now)
    return edited(state, values, command, now)


def accepted(state: Json, facts: list[Fact], command: Command, now: datetime) -> Accepted:
    """The new version with its events; the first of them has the whole task, the others have it without its long parts."""
    task = task_state.task_json(state)
    whole: Json = {"task_id": task["id"], "task": task}
    trimmed: Json = {**whole, "task": {name: task[name] for name in task if name not in _LONG}, "trimmed": True}
    told = [
        Fact(fact.type, fact.changed, {**(trimmed if number else whole), **fact.data})
        for number, fact in enumerate(facts)
    ]
    events = cloud_events("TaskActor", state, told, command, instant_text(now))
    return Accepted(state, events, task_state.next_wake(state), task)


def fits(decision: Accepted) -> bool:
    """Whether the task is small enough, and the doc of the turn that wrote it."""
    task = decision.reply
    if len(task["description"]) + sum(len(item["text"]) for item in task["checklist"]) < _ROOMY:
        return True
    size = len(orjson.dumps(task))
    return size <= MAX_TASK_BYTES and 2 * size + len(orjson.dumps(decision.events)) < MAX_BYTES - 4096


def _complete(state: Json, values: Json, command: Command) -> Json:
    """The values as they will stand: reminders as specs, checklist entries with ids, the default reminder with a due."""
    wanted = dict(values)
    if "reminders" in values:
        wanted["reminders"] = [reminders.spec_of(spec) for spec in values["reminders"]]
    elif values.get("due") is not None and state["due"] is None and not state["reminders_chosen"]:
        wanted["reminders"] = _specs(state) or task_state.default_reminders(command)
    if "checklist" in values:
        wanted["checklist"] = task_state.checklist(values["checklist"], state["checklist"], command.id)
    return wanted


def _specs(state: Json) -> list[Json]:
    return [reminders.spec_of(reminder) for reminder in state["reminders"]]


def _current(state: Json, name: str) -> Any:
    return _specs(state) if name == "reminders" else state[name]


def _conflict(state: Json, changed: Mapping[str, Any], if_match: int | None) -> Refused | None:
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


def _applied(state: Json, wanted: Json, changed: Json, command: Command, now: datetime) -> Json:
    """The next version; what hangs on a changed field (times, reminders) follows it."""
    now_text, version = instant_text(now), state["version"] + 1
    after: Json = {**state, **wanted, "reminders": state["reminders"], "version": version, "updated_at": now_text}
    after["field_versions"] = {**state["field_versions"], **dict.fromkeys(changed, version)}
    if "status" in changed:
        after["completed_at"] = now_text if after["status"] == "completed" else None
    if _TIMING.isdisjoint(changed):
        return after
    after["zone"] = wanted.get("zone", command.zone)
    after["overdue_at"] = overdue_at(after["due"], after["zone"])
    after["reminders_chosen"] = state["reminders_chosen"] or "reminders" in command.body
    chosen = state["reminders"]
    if "reminders" in changed:
        specs = command.body.get("reminders") or wanted["reminders"]
        chosen = reminders.chosen(chosen, specs, state["id"], command.id)
    after["reminders"] = task_state.settled_reminders(after, chosen, now, by=_mover(changed))
    return after


def _mover(changed: Mapping[str, Any]) -> reminders.Mover:
    if "due" in changed:
        return "due"
    return "clock" if "zone" in changed else None


def _event_type(changed: Mapping[str, Any]) -> str:
    if "deleted_at" in changed:
        return "task.deleted" if changed["deleted_at"]["new"] else "task.restored"
    if "status" in changed:
        return "task.completed" if changed["status"]["new"] == "completed" else "task.reopened"
    return "task.updated"
