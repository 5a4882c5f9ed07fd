"""find-activity: who did what, and when."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from actors.replies import Json
from host.store.access import tokens
from host.store.read_model import activity_queries, series_queries
from host.store.read_model.activity_queries import ActivityFilter
from web.api.activity.shown import activity_json
from web.tools.activity_words import did
from web.tools.moments import SinceText, instant_of
from web.tools.one_task import required_task
from web.tools.tool import Input, Output, ReadingTool, Use

_WHO: Final = {"user": "You", "token": "A script", "agent": "An agent", "reminder": "Duely", "system": "Duely"}


class FindActivity(Input):
    task: str = Field(default="", max_length=500, description="Only what happened to this task: its id or its name")
    by: Literal["anyone", "user", "token", "agent", "reminder", "system"] = Field(
        default="anyone",
        description="user is the person; token a script; agent an assistant; the others are Duely itself",
    )
    since: SinceText = Field(
        default="", description="From this day (YYYY-MM-DD) or instant on; empty: from the beginning"
    )
    limit: Annotated[int, Field(strict=True, ge=1, le=50)] = 20
    before: Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)] = Field(
        default=0, description="Only entries older than this position; 0: from the newest on"
    )


class Entry(Output):
    """One thing that happened: who (You, Duely or the name of a token) did what, in words, and `via` what."""

    position: int
    at: str
    who: str
    by: str
    did: str
    type: str
    task_id: str | None
    series_id: str | None
    via: str | None
    change_set: str | None
    undoable: bool


class ActivityFound(Output):
    """The newest entries first; `before` is for the next call, null where there are no older ones."""

    entries: list[Entry]
    before: int | None
    next: list[str]


async def find_activity(use: Use, asked: FindActivity) -> ActivityFound:
    """Returns entries of the person's activity log, the newest first."""
    act = use.act
    wanted = ActivityFilter(
        actor=None if asked.by == "anyone" else asked.by,
        task_id=(await required_task(use, asked.task))["id"] if asked.task.strip() else None,
        since=instant_of(act, asked.since) if asked.since else None,
        before=asked.before or None,
    )
    async with act.db.connect() as connection:
        rows = await activity_queries.listed(connection, act.user_id, wanted, asked.limit + 1)
        shown = [activity_json(row, act.now()) for row in rows[: asked.limit]]
        series = await series_queries.of_ids(connection, act.user_id, _ids(shown, "series_id"))
        names = await tokens.names(connection, act.user_id, {item["cause"]["id"] for item in shown})
    titles = {each["id"]: each["template"]["title"] for each in series}
    entries = [_entry(item, titles, names) for item in shown]
    more = len(rows) > asked.limit
    return ActivityFound(entries=entries, before=entries[-1].position if more else None, next=_advice(entries))


def _ids(shown: Sequence[Json], name: str) -> list[str]:
    return [*dict.fromkeys(item[name] for item in shown if item[name])]


def _entry(item: Json, titles: Mapping[str, str], names: Mapping[str, str]) -> Entry:
    cause, task = item["cause"], item["task"]
    title = task["title"] if task else titles.get(item["series_id"] or "", "")
    kind = cause["kind"]
    return Entry(
        **{name: item[name] for name in ("position", "at", "type", "task_id", "series_id", "undoable")},
        who=names.get(cause["id"], _WHO[kind]) if kind in {"token", "agent"} else _WHO[kind],
        by=kind,
        did=did(item["type"], title, item["changed"] if item["type"].endswith(".updated") else {}),
        via=cause["via"],
        change_set=cause["change_set"],
    )


def _advice(entries: Sequence[Entry]) -> list[str]:
    if any(entry.change_set for entry in entries):
        return ["find-change-sets shows a change set; revert-change-set takes all of it back."]
    return [] if entries else ["Nothing was found: leave out since, by or task."]


FIND_ACTIVITY: Final = ReadingTool(
    name="find-activity",
    title="Find activity",
    description="Use this to answer who changed what and when, or what happened to a task: the activity log, newest first. "
    "For changes that belong together use find-change-sets; for why a reminder came use explain-reminder.",
    input=FindActivity,
    output=ActivityFound,
    read=find_activity,
)
TOOLS: Final = (FIND_ACTIVITY,)
