"""The state of a task, what is derived from it, and how a task begins and ends as a tombstone. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, NotRequired, cast
from uuid import UUID, uuid5

from typing_extensions import TypedDict

from actors.clock import instant_text, parse_instant
from actors.commands import Command, occurrence_id
from actors.due import MORNING, overdue_at, overdue_told_at
from actors.fields import PRIORITIES
from actors.offsets import default_spec
from actors.replies import Json
from actors.shapes import ChecklistItem, DueShape, Reminder, Task
from actors.task import reminders
from actors.task.firings import Change, Mover
from actors.task.reminders import Spec


class TaskState(Task):
    """What the doc of a task holds: the task as everybody sees it (`Task`), and the private fields of the rules.

    A doc that an early release wrote lacks `occurrence`; only `task_json` reads it. Keys of a newer release pass
    through.
    """

    zone: str  # the user's, in which a due without a time counts
    field_versions: dict[str, int]  # the version that last changed each field; absent: the first
    templated: NotRequired[dict[str, int]]  # the version at which the series last set each field
    morning: NotRequired[str]  # when the user's digest comes; absent: at 09:00, or not known yet
    overdue_noted: DueShape | None  # the due whose passing was last announced
    reminders_chosen: bool  # whether a person has said which reminders there are
    written: NotRequired[
        bool
    ]  # of an occurrence: whether a person has changed it since it was made; absent: see is_written
    slot_due: NotRequired[DueShape | None]  # of an occurrence: the due that its series gave it last
    withdrawn: NotRequired[
        Literal["asked", "system"]
    ]  # its series put it into the trash: as a person asked, or by itself


# The commands by which a person asks for what they change, to be reminded at once where its time has passed.
_ASKING: Final = frozenset({"CreateTask", "PatchTask", "MoveDue"})
PRIVATE: Final = frozenset(TaskState.__annotations__.keys() - Task.__annotations__.keys())


class ChecklistEntry(TypedDict):
    """An entry of a checklist as commands write it. See `checklist` for the id of one that names none."""

    id: NotRequired[str]
    text: str
    done: NotRequired[bool]


def task_json(state: Mapping[str, Any]) -> Json:
    """Returns the task as replies, events and the read model have it: `actors.shapes.Task`."""
    task = {key: value for key, value in state.items() if key not in PRIVATE}
    task.setdefault("occurrence", None)  # docs from before there were series lack it
    return task


def new(task_id: str, command: Command, now: datetime) -> TaskState:
    """Returns version 1, from the body of a CreateTask."""
    body, now_text = command.body, instant_text(now)
    due, specs = body.get("due"), body.get("reminders")
    state: TaskState = {
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
        "morning": morning_of(command.defaults),
        "field_versions": {},
        "overdue_noted": None,
        "reminders_chosen": specs is not None,
    }
    if state["series_id"] is not None:
        state.update({"written": "slot_due" in body, "slot_due": body.get("slot_due", due)})
    if specs is None:
        specs = [] if due is None else default_reminders(command)
    chosen = reminders.chosen([], specs, task_id, command.id)
    changed = reminders.differing([], chosen)
    change = change_of(state, _wanted_since(body, now), by="due", command=command, changed=changed)
    state["reminders"] = settled_reminders(state, chosen, change)
    return state


def _wanted_since(body: Mapping[str, Any], now: datetime) -> datetime:
    """Returns the instant from which reminders count as wanted: one between then and `now` fires late."""
    since = body.get("wanted_since")
    return now if since is None else min(now, parse_instant(since))


def default_reminders(command: Command) -> list[Spec]:
    """Returns the user's default, for a task that gets a due and whose owner has not said which reminders it has."""
    spec = default_spec(command.defaults)
    return [] if spec is None else [cast("Spec", spec)]


def morning_of(defaults: Mapping[str, Any]) -> str:
    """Returns when the user hears of the days before: with the digest, else at 09:00."""
    return defaults.get("digest_at") or MORNING


def settled_reminders(state: TaskState, chosen: list[Reminder], change: Change) -> list[Reminder]:
    """Returns the reminders as they stand under the due and zone of `state`; see `reminders.settled`."""
    return reminders.settled(chosen, state["due"], state["zone"], change)


def change_of(state: TaskState, now: datetime, *, by: Mover, command: Command, changed: frozenset[str]) -> Change:
    """Returns what the reminders of `state` follow after `command`; `changed` are the ids of those that are new or other."""
    oldest = "" if by == "clock" else instant_text(now - reminders.JUST_NOW)
    return Change(
        now=instant_text(now),
        oldest=oldest,
        active=is_active(state),
        by=by,
        over=state["overdue_at"],
        changed=changed,
        asked=_is_asked(command),
        change_set=None if command.cause is None else command.cause.change_set,
    )


def _is_asked(command: Command) -> bool:
    """Returns whether a person makes the task, or changes its due or its reminders: no undo, no import.

    A series asks for what it makes only where a person makes the task and the series with it.
    """
    if "wanted_since" in command.body:
        return bool(command.body.get("asked", False))
    by_person = command.principal.kind not in {"system", "reminder"}
    is_import = command.cause is not None and command.cause.kind == "import"
    return by_person and not is_import and command.name in _ASKING


def is_active(state: TaskState) -> bool:
    """Returns whether the task still wants something from its owner."""
    return state["status"] == "open" and state["deleted_at"] is None and not state["purged"]


def checklist(entries: list[ChecklistEntry], current: list[ChecklistItem], command_id: str) -> list[ChecklistItem]:
    """Returns the wanted items with their ids: the given id, else that of an item with the same text, else a new one.

    An item that is there already keeps the keys that a newer release wrote into it.
    """
    known = {item["id"]: item for item in current}
    ids_of = {item["text"]: item["id"] for item in reversed(current)}
    taken = {entry["id"] for entry in entries if "id" in entry}
    items: list[ChecklistItem] = []
    for number, entry in enumerate(entries):
        item_id = entry.get("id") or ids_of.get(entry["text"])
        if item_id is None or (item_id in taken and "id" not in entry):
            item_id = str(uuid5(UUID(command_id), f"checklist:{number}"))
        taken.add(item_id)
        wanted: ChecklistItem = {"id": item_id, "text": entry["text"], "done": entry.get("done", False)}
        items.append({**known[item_id], **wanted} if item_id in known else wanted)
    return items


def overdue_ahead(state: TaskState) -> str | None:
    """Returns the instant at which task.overdue is to be announced; None when it has been, or there is nothing to.

    The end of a day is announced in the morning after it.
    """
    if not is_active(state) or state["overdue_noted"] == state["due"]:
        return None
    return overdue_told_at(state["due"], state["zone"], state.get("morning", MORNING))


def next_wake(state: TaskState) -> str | None:
    """Returns the earliest instant at which the task has something to do by itself."""
    times = (reminders.next_time(state["reminders"]), overdue_ahead(state))
    return min((time for time in times if time is not None), default=None)


def never_made(command: Command, now: datetime) -> TaskState:
    """Returns version 1 of the task of a slot that was withdrawn before the task was made: a tombstone at once."""
    body = command.body
    occurrence = {"generation": body["generation"], "slot": body["slot"]}
    task_id = body.get("task_id") or occurrence_id(body["series_id"], body["generation"], body["slot"])
    fields = {"title": "", "series_id": body["series_id"], "occurrence": occurrence}
    return {**tombstone(new(task_id, replace(command, body=fields), now), now), "version": 1}


def by_hand(state: TaskState, name: str) -> bool:
    """Returns whether somebody has changed a field since the task was made; what its series set does not count."""
    version = state["field_versions"].get(name)
    return version is not None and version != state.get("templated", {}).get(name)


# What clears a field that an edit sets to null.
_CLEARED: Final[Mapping[str, Any]] = {
    "description": "",
    "priority": PRIORITIES[0],
    "tags": [],
    "due": None,
    "reminders": [],
    "checklist": [],
}


def cleared(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of a command's body as an edit: null clears a field."""
    return {name: _CLEARED.get(name) if value is None else value for name, value in fields.items()}


def tombstone(state: TaskState, now: datetime) -> TaskState:
    """Returns the last version: the shape of a task without content, so that readers of tasks can read it too."""
    now_text = instant_text(now)
    return {
        **state,
        "title": "",
        "description": "",
        "priority": "none",
        "tags": [],
        "due": None,
        "reminders": [],
        "checklist": [],
        "version": state["version"] + 1,
        "updated_at": now_text,
        "deleted_at": state["deleted_at"] or now_text,
        "overdue_at": None,
        "purged": True,
        "field_versions": {},
        "overdue_noted": None,
    }
