"""The state of a series: what everybody sees, what only the rules need, and what is derived from it. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal, NotRequired, cast

import orjson
from typing_extensions import TypedDict

from actors.commands import Command, occurrence_id, task_id_for
from actors.offsets import lead_of
from actors.replies import Json
from actors.shapes import DueShape, MadeSlot, Series, Template

# A doc holds the template in state, reply, event and, when it changes, old and new: so that it stays below its limit.
MAX_TEMPLATE_BYTES: Final = 64 * 1024
MAX_OPEN: Final = 100
MAX_AHEAD: Final = 64
MAX_SKIPPED: Final = 200
MAX_MOVED: Final = 100
MAX_INCARNATIONS: Final = 100  # slots whose ids were taken; the newest are kept
MAX_INCARNATION: Final = 8  # of one slot: whoever takes that many ids has more than luck
MAX_SHELF: Final = 100
MAX_LAST: Final = 10  # slots done in a row after completion that can be opened again, the last one first
MAX_EDITS: Final = 100
EDITS_KEPT: Final = timedelta(days=30)


class BacklogEntry(TypedDict):
    """What the task of a made slot is still to get: new values of template fields, or (`fields` null) its withdrawal.

    With `taken_up` it also hears that it is the task of that slot: `restored`, where it comes back from the trash, and
    `taken_from`, the series that had it before (None: none had).
    """

    made: MadeSlot
    fields: list[str] | None
    asked: NotRequired[bool]  # whether a person has said that the task is to go
    taken_up: NotRequired[bool]
    restored: NotRequired[bool]
    taken_from: NotRequired[str | None]


class Shelved(TypedDict):
    """A made slot that has not started and that the series does not await, with its task.

    `held`: its task is open and is to be taken up as soon as a turn has room. `kept`: it is open, was written into, and
    stays as a single task. `withdrawn`: the series took it back; `skipped`: a person has skipped it. `closed`: a person
    has completed it, or, where `trashed`, deleted it.
    """

    made: MadeSlot
    state: Literal["held", "kept", "withdrawn", "skipped", "closed"]
    trashed: NotRequired[bool]
    counted: NotRequired[bool]  # it came after completion: its number is its name, not its day
    was_open: NotRequired[bool]  # it had started when a deletion took it back that can be undone


class Last(TypedDict):
    """The last slot that started, or was counted as done after completion.

    `done_before` is the `last_done` before it, `before` the slot that was done before it.
    """

    made: MadeSlot
    done_before: NotRequired[str]
    before: NotRequired["Last"]


class Lost(TypedDict):
    """What is skipped and moved of slots that the present rule does not have; another rule may have them again."""

    skipped: list[str]
    moved: dict[str, DueShape]


class Noted(TypedDict):
    """An edit that can be undone: the version it made, when, and the `last_done` that it set aside."""

    version: int
    at: str
    last_done: NotRequired[str]


class SeriesState(Series):
    """What the doc of a series holds: the series as everybody sees it (`Series`), and the private fields of the rules.

    Keys of a newer release pass through.
    """

    passed: str | None  # the name of the last slot that this generation has passed
    passed_number: int  # the number of the last slot passed in any generation
    started_day: str | None  # the day of the last slot that started; its name, where a day has several
    closed: list[str]  # ids of tasks that were done or trashed before their slot started
    unreported: list[MadeSlot]  # slots whose tasks nobody has reported as made
    backlog: list[BacklogEntry]
    field_versions: dict[str, int]  # the version that last changed each field; absent: the first
    default_offset: NotRequired[
        int
    ]  # how long before a due the user's default reminder comes, as last heard of, in minutes; absent: 0
    behind_since: NotRequired[str]  # since when something is due that a turn left to the next one; absent: nothing is
    trashed: NotRequired[list[str]]  # those of `closed` that are in the trash; absent: none
    incarnations: NotRequired[dict[str, int]]  # generation/slot → how often something else had its id; absent: 0
    last_done: NotRequired[str]  # when the last slot after completion was completed, under this start; absent: none was
    last: NotRequired[Last]
    written: NotRequired[list[str]]  # ids of tasks of made slots that a person has written into; absent: none
    shelf: NotRequired[list[Shelved]]  # absent: empty
    lost: NotRequired[Lost]  # absent: nothing
    edits: NotRequired[list[Noted]]  # the oldest first; absent: none
    restorable: NotRequired[bool]  # of a deleted one: it can be taken back; absent: not


PRIVATE: Final = frozenset(SeriesState.__annotations__.keys() - Series.__annotations__.keys())

# What a template holds when nobody has said anything; null reminders are the user's default.
BLANK: Final[Template] = {
    "title": "",
    "description": "",
    "priority": "none",
    "tags": [],
    "checklist": [],
    "reminders": None,
}


def series_json(state: Mapping[str, Any]) -> Json:
    """Returns the series as replies, events and the read model have it: `actors.shapes.Series`."""
    return {key: value for key, value in state.items() if key not in PRIVATE}


def new(command: Command, now_text: str) -> SeriesState:
    """Returns version 1, before its first slot is found, from the body of a CreateSeries."""
    body = command.body
    return {
        "id": body.get("id") or task_id_for(command.principal.user_id, command.id),
        "user_id": command.principal.user_id,
        "version": 1,
        "template": cast("Template", {**BLANK, **body["template"]}),  # validated where commands are built
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


def slot_name(state: Mapping[str, Any], nominal: str, number: int) -> str:
    """Returns what the id of a slot's task is made of: its nominal start; after completion, where that may come twice, its number."""
    return f"#{number}" if state["mode"] == "completion" else nominal


def slot_task_id(state: Mapping[str, Any], generation: int, name: str) -> str:
    """Returns the id under which the task of a slot is made, as long as the series remembers that its first one was taken."""
    incarnation = state.get("incarnations", {}).get(f"{generation}/{name}", 0)
    return occurrence_id(state["id"], generation, name, incarnation)


def template_bytes(template: Template) -> int:
    """Returns the size of a template as JSON, in bytes."""
    return len(orjson.dumps(template))


def horizon(state: SeriesState) -> timedelta:
    """Returns how long before its slot a task is made: by the look-ahead, and in time for its earliest reminder."""
    reminders = state["template"]["reminders"]
    if reminders is None:
        lead = timedelta(minutes=state.get("default_offset", 0))
    else:
        lead = max(map(lead_of, reminders), default=timedelta(0))
    return max(timedelta(days=state["look_ahead_days"]), lead)


def unstarted(state: Series) -> list[MadeSlot]:
    """Returns the made slots whose time has not come, in order: the awaited one first, if one is awaited."""
    return state["ahead"] if state["awaited"] is None else [state["awaited"], *state["ahead"]]


def awaited_of(state: Series) -> MadeSlot:
    """Returns the awaited slot of a series that awaits one, as each active one does between turns."""
    made = state["awaited"]
    assert made is not None, "the series awaits no slot"  # noqa: S101  # a bug of the caller
    return made


def flat(state: Series) -> dict[str, Any]:
    """Returns what a person may edit, each value under the name by which it is edited."""
    return {
        **state["template"],
        "rule": state["rule"],
        "start": state["start"],
        "mode": state["mode"],
        "month_end": state["month_end"],
        "pile_up": state["pile_up"],
        "look_ahead_days": state["look_ahead_days"],
    }
