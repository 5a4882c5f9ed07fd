"""explain-reminder: why a reminder came, or will come."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from actors.clock import instant_text, parse_instant
from actors.fields import MAX_REMINDERS, STORABLE
from actors.replies import Json
from actors.series.stored import sentence_of
from host.store.notify import deliveries, notifications, reminder_ledger
from host.store.read_model import reminder_queries, series_queries, task_queries
from host.store.read_model.reminder_queries import ReminderFilter
from web.api.reminders.shown import ledger_json, reminder_json
from web.problems import not_found
from web.tools.brief import BriefTask, brief_task
from web.tools.one_task import required_task
from web.tools.reminder_words import About, Late, explained, last_firing, late_because, own_firing, steps_of
from web.tools.tool import Input, Output, ReadingTool, Use
from web.tools.words import reminder_words

MOST_EXPLAINED: Final = 5
_MOST_ENTRIES: Final = 1_000  # of the ledger of a task
_MOST_TOLD: Final = 50  # notifications that are looked at
_MOST_STEPS: Final = 20  # shown of one reminder


class ExplainReminder(Input):
    task: Annotated[str, StringConstraints(max_length=500), STORABLE] = Field(
        default="", description="The task's id or name; empty: the task whose reminder came last"
    )


class Step(Output):
    at: str
    what: str


class ExplainedReminder(Output):
    """One reminder: `text` says all in words, `set_as` how it is set, `steps` its life, at most the last 20."""

    id: str
    status: str
    text: str
    set_as: str
    fire_at: str | None
    fired_at: str | None
    late_seconds: float | None
    late_because: Late = Field(
        description="asked_late: its time had passed when it was asked for; away: Duely did not run or was behind; "
        "quiet_hours: held back until they ended; together: another one for the same moment told of both"
    )
    snoozed_until: str | None
    acknowledged_at: str | None
    steps: list[Step]


class Explanation(Output):
    """What is behind a task's reminders, at most 5: the one that came last first, then those to come.

    `sentence` is the rule of its series, if it has one.
    """

    text: str
    task: BriefTask | None
    sentence: str | None
    reminders: list[ExplainedReminder]
    total: int
    next: list[str]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledger and the deliveries of a task's reminders say, by the id of the reminder."""

    entries: dict[str, list[Json]]
    sent_at: dict[str, str | None]


async def explain_reminder(use: Use, asked: ExplainReminder) -> Explanation:
    """Returns why a task's reminders came or will come; it changes nothing."""
    task_id = (await required_task(use, asked.task))["id"] if asked.task.strip() else await _last_told(use)
    if task_id is None:
        return Explanation(text="No reminder has come yet.", task=None, sentence=None, reminders=[], total=0, next=[])
    about, reminders, total = await _about(use, task_id)
    shown = sorted(reminders, key=_newest_first)[:MOST_EXPLAINED]
    told = await _told(use, task_id, shown)
    return _explanation(use, about, [_explained(about, reminder, told) for reminder in shown], total)


async def _last_told(use: Use) -> str | None:
    """Returns the id of the task of the last notification that one reminder alone became."""
    async with use.act.db.snapshot() as connection:
        told = await notifications.listed(connection, use.act.user_id, unread_only=False, limit=_MOST_TOLD, offset=0)
    return next((each.task_id for each in told.items if each.kind == "reminder"), None)


async def _about(use: Use, task_id: str) -> tuple[About, list[Json], int]:
    """Returns what the reminders of a task are about, the reminders as the API shows them, and their number."""
    user_id, profile = use.act.user_id, use.act.caller.profile
    async with use.act.db.snapshot() as connection:
        task = await task_queries.find(connection, user_id, task_id)
        if task is None:
            raise not_found()
        series = await series_queries.of_ids(connection, user_id, [task["series_id"]] if task["series_id"] else [])
        wanted = ReminderFilter(task_id)
        rows, total = await reminder_queries.listed(connection, user_id, wanted, limit=MAX_REMINDERS, offset=0)
    sentence = sentence_of(series[0]) if series else None
    about = About(task, sentence, profile.zone, profile.defaults.get("quiet_hours"))
    return about, [reminder_json(row) for row in rows], total


async def _told(use: Use, task_id: str, reminders: Sequence[Json]) -> _Told:
    user_id = use.act.user_id
    async with use.act.db.snapshot() as connection:
        rows = await reminder_ledger.listed(connection, user_id, task_id, None, after=0, limit=_MOST_ENTRIES)
        sent = {
            each["id"]: await deliveries.of_reminder(connection, user_id, task_id, each["id"]) for each in reminders
        }
    entries: dict[str, list[Json]] = {each["id"]: [] for each in reminders}
    for row in rows:
        entries.get(row.reminder_id, []).append(ledger_json(row))
    last = {reminder_id: each[-1].sent_at if each else None for reminder_id, each in sent.items()}
    return _Told(entries, {reminder_id: at and instant_text(at) for reminder_id, at in last.items()})


def _newest_first(reminder: Json) -> tuple[bool, float]:
    """Orders the reminders that came before those to come, the last one first and the next one first."""
    fired_at = last_firing(reminder)["fired_at"]
    if fired_at:
        return False, -parse_instant(fired_at).timestamp()
    return True, parse_instant(reminder["fire_at"]).timestamp() if reminder["fire_at"] else inf


def _explained(about: About, reminder: Json, told: _Told) -> ExplainedReminder:
    entries, last = told.entries[reminder["id"]], last_firing(reminder)
    late = late_because(about, reminder, entries, told.sent_at[reminder["id"]])
    return ExplainedReminder(
        **{name: reminder[name] for name in ("id", "status", "snoozed_until", "acknowledged_at")},
        **{name: last[name] for name in ("fired_at", "late_seconds")},
        fire_at=own_firing(reminder)["fire_at"],
        text=explained(about, reminder, late, entries),
        set_as=reminder_words(reminder, about.zone),
        late_because=late,
        steps=[Step(**step) for step in steps_of(about, entries[-_MOST_STEPS:])],
    )


def _explanation(use: Use, about: About, reminders: list[ExplainedReminder], total: int) -> Explanation:
    task = brief_task(about.task, use.act.now())
    text = " ".join(each.text for each in reminders[:1]) or f'"{task.title}" has no reminder.'
    advice = ["update-tasks changes the reminders of a task; snooze-reminders tells again later."]
    return Explanation(text=text, task=task, sentence=about.sentence, reminders=reminders, total=total, next=advice)


EXPLAIN_REMINDER: Final = ReadingTool(
    name="explain-reminder",
    title="Explain a reminder",
    description="Use this to answer why or when a reminder came, came late or will come: it names the task, its due, how long "
    "before that the reminder is set, when it came, snoozes, and why it was late. "
    "Name the task, or leave it out for the reminder that came last. To change reminders use update-tasks.",
    input=ExplainReminder,
    output=Explanation,
    read=explain_reminder,
)
TOOLS: Final = (EXPLAIN_REMINDER,)
