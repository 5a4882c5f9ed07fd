"""What a task keeps: its JSON, and beside it what only the rules need."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from actors.clock import instant_text, parse_instant
from actors.commands import Command, occurrence_id
from actors.due import due_at, overdue_at
from actors.replies import Json
from actors.task import reminders

# The user's zone; the version that last changed each field (absent: the first); the version at which the series last
# set one; the due that was last told as overdue; whether a person has said which reminders there are. Fields that a
# newer release adds pass through.
PRIVATE = frozenset({"zone", "field_versions", "templated", "overdue_noted", "reminders_chosen"})


def task_json(state: Json) -> Json:
    """The task as replies, events and the read model have it. A doc of before there were series lacks `occurrence`."""
    task = {key: value for key, value in state.items() if key not in PRIVATE}
    task.setdefault("occurrence", None)
    return task


def new(task_id: str, command: Command, now: datetime) -> Json:
    """Version 1."""
    body, now_text = command.body, instant_text(now)
    due, specs = body.get("due"), body.get("reminders")
    state: Json = {
        "id": task_id,
        "user_id": command.principal.user_id,
        "title": body["title"],
        "description": body.get("description", ""),
        "priority": body.get("priority", "none"),
        "status": "open",
        "tags": body.get("tags", []),
        "due": due,
        "reminders": [],
        "checklist": checklist(body.get("checklist", []), [], command.id),
        "series_id": body.get("series_id"),
        "occurrence": body.get("occurrence"),
        "version": 1,
        "created_at": now_text,
        "updated_at": now_text,
        "completed_at": None,
        "deleted_at": None,
        "overdue_at": overdue_at(due, command.zone),
        "purged": False,
        "zone": command.zone,
        "field_versions": {},
        "overdue_noted": None,
        "reminders_chosen": specs is not None,
    }
    if specs is None:
        specs = [] if due is None else default_reminders(command)
    chosen = reminders.chosen([], specs, task_id, command.id)
    state["reminders"] = settled_reminders(state, chosen, _wanted_since(body, now), by="due")
    return state


def _wanted_since(body: Json, now: datetime) -> datetime:
    """A reminder from between then and now was not set in vain: it fires late."""
    since = body.get("wanted_since")
    return now if since is None else min(now, parse_instant(since))


def default_reminders(command: Command) -> list[Json]:
    """The user's default, for a task that gets a due and whose owner has not said anything about reminders."""
    offset = command.defaults.get("reminder_offset_minutes")
    return [] if offset is None else [{"offset_minutes": offset}]


def settled_reminders(state: Json, chosen: list[Json], now: datetime, *, by: reminders.Mover) -> list[Json]:
    if not chosen:
        return chosen
    return reminders.settled(chosen, due_at(state["due"], state["zone"]), now, active=is_active(state), by=by)


def is_active(state: Json) -> bool:
    """Whether it still wants something from its owner."""
    return state["status"] == "open" and state["deleted_at"] is None and not state["purged"]


def checklist(entries: list[Json], current: list[Json], command_id: str) -> list[Json]:
    """The wanted entries with their ids: the given one, else that of an entry with the same text, else a new one.

    One that is there already keeps what a newer release wrote into it.
    """
    known = {item["id"]: item for item in current}
    ids_of = {item["text"]: item["id"] for item in reversed(current)}
    taken = {entry["id"] for entry in entries if "id" in entry}
    items: list[Json] = []
    for number, entry in enumerate(entries):
        item_id = entry.get("id") or ids_of.get(entry["text"])
        if item_id is None or (item_id in taken and "id" not in entry):
            item_id = str(uuid5(UUID(command_id), f"checklist:{number}"))
        taken.add(item_id)
        wanted = {"id": item_id, "text": entry["text"], "done": entry.get("done", False)}
        items.append(known.get(item_id, {}) | wanted)
    return items


def overdue_ahead(state: Json) -> str | None:
    """The instant at which the owner is to be told that the task is overdue; None when told already."""
    if not is_active(state) or state["overdue_noted"] == state["due"]:
        return None
    overdue: str | None = state["overdue_at"]
    return overdue


def next_wake(state: Json) -> str | None:
    """The earliest instant at which the task has something to do by itself."""
    times: list[Any] = [reminder["fire_at"] for reminder in state["reminders"] if reminder["status"] == "pending"]
    overdue = overdue_ahead(state)
    return min(times if overdue is None else [*times, overdue], default=None)


def never_made(command: Command, now: datetime) -> Json:
    """Version 1 of the task of a slot that was withdrawn before it came to be: a tombstone from the first."""
    body = command.body
    occurrence = {"generation": body["generation"], "slot": body["slot"]}
    task_id = occurrence_id(body["series_id"], body["generation"], body["slot"])
    fields = {"title": "", "series_id": body["series_id"], "occurrence": occurrence}
    return {**tombstone(new(task_id, replace(command, body=fields), now), now), "version": 1}


def by_hand(state: Json, name: str) -> bool:
    """Whether somebody has changed a field since the task was made; what its series set does not count."""
    version = state["field_versions"].get(name)
    return version is not None and version != state.get("templated", {}).get(name)


def tombstone(state: Json, now: datetime) -> Json:
    """The shape of a task with nothing in it, so that whoever reads tasks can read this one too."""
    now_text = instant_text(now)
    blank: Json = {
        "title": "",
        "description": "",
        "priority": "none",
        "tags": [],
        "due": None,
        "reminders": [],
        "checklist": [],
    }
    return {
        **state,
        **blank,
        "version": state["version"] + 1,
        "updated_at": now_text,
        "deleted_at": state["deleted_at"] or now_text,
        "overdue_at": None,
        "purged": True,
        "field_versions": {},
        "overdue_noted": None,
    }
