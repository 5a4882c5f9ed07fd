"""Answers that change nothing: lists and counts, the plan of a day, why a reminder came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from actors.clock import parse_instant
from actors.replies import Json
from web.problems import ProblemError
from web.tools.chat.rules.answering import in_order
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.intent import Filter, Intent
from web.tools.chat.rules.reply import MOST_LISTED, Reply, State
from web.tools.chat.rules.selecting import select

_MINUTE: Final = timedelta(minutes=1)


async def count_or_list(desk: Desk, state: State, intent: Intent) -> Reply:
    """Lists the tasks of a filter, or counts them first."""
    if intent.target.filter is None:
        meant = await select(desk, state, intent)
        return meant.reply or _listed(desk, state, list(meant.things), len(meant.things))
    wanted = intent.target.filter
    tasks, total = await desk.find(wanted, MOST_LISTED)
    if not tasks and wanted.text:
        tasks = await _by_name(desk, wanted)
        total = len(tasks)
    if not total and intent.value == "wondering":
        return Reply(desk.words.say("help"), "help", state=state)
    return _listed(desk, state, tasks, total)


async def _by_name(desk: Desk, wanted: Filter) -> list[Json]:
    """Returns the tasks whose titles have the words, slips forgiven, where the search has found none."""
    [found] = await desk.look_up([wanted.text], "completed" if wanted.status == "completed" else "open")
    ids = [found["id"]] if found.get("id") else [each["id"] for each in found.get("candidates") or ()]
    if not ids:
        return []
    fits = {task["id"] for task in (await desk.find(replace(wanted, text="")))[0]}
    return in_order([task for task in await desk.of_ids(ids) if task["id"] in fits])


def _listed(desk: Desk, state: State, tasks: Sequence[Json], total: int) -> Reply:
    ids = tuple(task["id"] for task in tasks)[:MOST_LISTED]
    return Reply(desk.words.listed(tasks, total), "list", ids, replace(state, listed=ids))


async def plan(desk: Desk, state: State, intent: Intent) -> Reply:
    """Tells what a day asks for."""
    found = await desk.tools.call("plan-day", {"day": intent.value} if intent.value else {})
    day = date.fromisoformat(found["day"])
    tasks = in_order(
        [*found.get("overdue", ()), *found.get("due", ()), *found.get("important", ())],
        [each["id"] for each in found.get("important", ())],
    )
    ids = tuple(task["id"] for task in tasks)[:MOST_LISTED]
    coming = [f"· {desk.words.line(each)}" for each in found.get("coming", ())]
    if not tasks and not coming:
        return Reply(desk.words.say("plan_empty", day=desk.words.day(day)), "list", state=replace(state, listed=()))
    lines = [desk.words.say("plan", day=desk.words.day(day)), desk.words.numbered(tasks), *coming]
    return Reply("\n".join(filter(None, lines)), "list", ids, replace(state, listed=ids))


async def explain(desk: Desk, state: State, intent: Intent) -> Reply:
    """Tells why a reminder came: of which task, when that is due, and how long before."""
    task = ""
    if not intent.target.is_empty:
        meant = await select(desk, state, intent)
        if meant.reply is not None:
            return meant.reply
        task = meant.things[0]["id"]
    try:
        found = await desk.tools.call("explain-reminder", {"task": task} if task else {})
    except ProblemError:
        return Reply(desk.words.say("never_told"), "nothing", state=state)
    if not found.get("task"):
        return Reply(desk.words.say("never_told"), "list", state=state)
    task_id = found["task"]["id"]
    return Reply(_explained(desk, found), "list", (task_id,), replace(state, listed=(task_id,)))


def _explained(desk: Desk, found: Json) -> str:
    words, task = desk.words, found["task"]
    title = words.title(task["title"])
    reminder = next(iter(found.get("reminders") or ()), None)
    if reminder is None:
        return words.say("no_reminder", task=title)
    fires = parse_instant(reminder["fire_at"]) if reminder.get("fire_at") else None
    due = _instant(task.get("due"), desk)
    lines = (
        [words.say("explained", task=title, due=words.due(task["due"]), before=_before(desk, fires, due))]
        if fires and due
        else []
    )
    if fires and not due:
        moment = words.instant(fires)
        lines = [words.say("explained_at", task=title, due=moment)]
    if reminder.get("snoozed_until"):
        lines.append(words.say("snoozed", due=words.instant(parse_instant(reminder["snoozed_until"]))))
    return "\n".join(lines) or str(found["text"])


def _instant(due: Json | None, desk: Desk) -> datetime | None:
    if not due or "local" not in due:
        return None
    return datetime.fromisoformat(due["local"]).replace(tzinfo=ZoneInfo(due.get("zone") or desk.context.zone))


def _before(desk: Desk, fires: datetime, due: datetime) -> str:
    """Returns how long before its due a reminder comes."""
    minutes = round((due - fires) / _MINUTE)
    if minutes == 0:
        return desk.words.say("on_time")
    return desk.words.say("before" if minutes > 0 else "after", n=desk.words.interval(abs(minutes)))
