"""What a series keeps: its JSON, and beside it what only the rules need."""

from datetime import timedelta
from typing import Any

import orjson

from actors.commands import Command, task_id_for
from actors.replies import Json

# A doc holds the template in state, reply, event and, when it changes, old and new: so that it stays below its limit.
MAX_TEMPLATE_BYTES = 64 * 1024
MAX_OPEN = 100
MAX_AHEAD = 64
MAX_SKIPPED = 200
MAX_MOVED = 100
MAX_HORIZON = timedelta(days=30)

# The name of the last slot that this generation has passed, and the number of the last slot passed at all; the day of
# the last one that started; tasks done before their slot started; those whose making nobody has reported; what is still
# to be told to tasks; the version that last changed each field; the user's default reminder, in minutes, as last heard of
# (absent: none); since when a turn has left something to make for the next one (absent: it has not); those of `closed` that
# are in the trash (absent: none); when the last one after completion was completed, under this start (absent: none was).
# Fields that a newer release adds pass through.
PRIVATE = frozenset({
    "passed", "passed_number", "started_day", "closed", "unreported", "backlog", "field_versions", "default_offset",
    "behind_since", "trashed", "last_done",
})  # fmt: skip

# What a template holds when nobody has said anything; null reminders are the user's default.
BLANK: Json = {"title": "", "description": "", "priority": "none", "tags": [], "checklist": [], "reminders": None}


def series_json(state: Json) -> Json:
    """The series as replies, events and the read model have it."""
    return {key: value for key, value in state.items() if key not in PRIVATE}


def new(command: Command, now_text: str) -> Json:
    """Version 1, before its first slot is found."""
    body = command.body
    return {
        "id": body.get("id") or task_id_for(command.principal.user_id, command.id),
        "user_id": command.principal.user_id,
        "version": 1,
        "template": {**BLANK, **body["template"]},
        "rule": body["rule"],
        "start": body["start"],
        "zone": command.zone,
        "mode": body.get("mode", "schedule"),
        "month_end": body.get("month_end", "clamp"),
        "pile_up": body.get("pile_up", "all"),
        "look_ahead_days": body.get("look_ahead_days", 0),
        "status": "active",
        "generation": 1,
        "split_from": body.get("split_from"),
        "begins_after": None,
        "ends_before": body.get("ends_before"),
        "awaited": None,
        "ahead": [],
        "open": [],
        "skipped": body.get("skipped", []),
        "moved": body.get("moved", {}),
        "created_at": now_text,
        "updated_at": now_text,
        "deleted_at": None,
        "passed": None,
        "passed_number": 0,
        "started_day": None,
        "closed": [],
        "unreported": [],
        "backlog": [],
        "field_versions": {},
    }


def template_bytes(template: Json) -> int:
    return len(orjson.dumps(template))


def horizon(state: Json) -> timedelta:
    """How long before its slot a task is there: by the look-ahead, and in time for the earliest of its reminders."""
    reminders = state["template"]["reminders"]
    if reminders is None:
        offset = state.get("default_offset", 0)
    else:
        offset = max((reminder["offset_minutes"] for reminder in reminders), default=0)
    return min(MAX_HORIZON, max(timedelta(days=state["look_ahead_days"]), timedelta(minutes=offset)))


def unstarted(state: Json) -> list[Json]:
    """The made slots whose time has not come, in order."""
    ahead: list[Json] = state["ahead"]
    return ahead if state["awaited"] is None else [state["awaited"], *ahead]


def made(state: Json, task_id: str) -> Json | None:
    """The made slot whose task this is, started or not."""
    return next((entry for entry in unstarted(state) + state["open"] if entry["task_id"] == task_id), None)


def flat(state: Json) -> dict[str, Any]:
    """What a person may edit, each under the name by which it is edited."""
    names = ("rule", "start", "mode", "month_end", "pile_up", "look_ahead_days")
    return {**state["template"], **{name: state[name] for name in names}}
