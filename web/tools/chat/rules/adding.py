"""Adds a task: the line is read by quick add; quotes around a whole title are left away."""

import re
from typing import Final

from actors.replies import Json
from web.language import Parsed, parse
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.reply import MOST_LISTED, Reply, State

_WHOLE_QUOTE: Final = re.compile(
    r'"([^"]+)"|“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\'([^\']+)\'|\u2018([^\u2018\u2019]+)\u2019'
)
_LONGEST_LINE: Final = 2_000
_LONGEST_TITLE: Final = 500
_LONGEST_DESCRIPTION: Final = 20_000


async def add(desk: Desk, state: State, intent: Intent) -> Reply:
    """Adds what an intent says, and tells what was understood."""
    changed = await desk.tools.call("add-tasks", {"tasks": [_item(desk, intent.line)]})
    result = changed["results"][0]
    if result["status"] != "done":
        return Reply(desk.words.say("refused", detail=result.get("detail", "")), "nothing", state=state)
    task = result.get("task") or {}
    kept = State(state.listed, (result["id"],), None, (*state.changes, changed["change_set"])[-MOST_LISTED:])
    return Reply(_told(desk, result), "done", (result["id"],) if task else (), kept)


def _told(desk: Desk, result: Json) -> str:
    shown = result.get("task") or result.get("series") or {}
    due = shown.get("due") or (shown.get("next") or {})
    said = [desk.words.due(due)] if due and ("date" in due or "local" in due) else []
    said += [desk.words.say(shown["priority"])] if shown.get("priority") in {"low", "medium", "high", "urgent"} else []
    said += [f"#{tag}" for tag in shown.get("tags") or ()]
    said += [desk.words.say("repeats")] if result.get("series") or shown.get("series_id") else []
    more = f" · {' · '.join(said)}" if said else ""
    return desk.words.say("added", task=desk.words.title(result["title"]), more=more)


def _item(desk: Desk, line: str) -> Json:
    """Returns what add-tasks takes: the line, or its fields where the title is not what the line says."""
    context = desk.context
    if len(line) > _LONGEST_LINE:
        return {"title": _cut(line), "description": line[:_LONGEST_DESCRIPTION]}
    parsed = parse(line, now=context.now, zone=context.zone, language=context.language)
    whole = _WHOLE_QUOTE.fullmatch(parsed.title)
    if whole is None:
        return {"line": line}
    return {"title": next(filter(None, whole.groups())).strip()[:_LONGEST_TITLE], **_fields(parsed)}


def _fields(parsed: Parsed) -> Json:
    due = parsed.due or {}
    fields: Json = {
        "due": due.get("local") or due.get("date"),
        "priority": parsed.priority,
        "tags": list(parsed.tags or ()),
        "reminders": _reminders(parsed),
        **(dict(parsed.recurrence) if parsed.recurrence else {}),
    }
    return {name: value for name, value in fields.items() if value}


def _reminders(parsed: Parsed) -> list[str]:
    if parsed.reminders is None:
        return []
    return [
        f"-PT{each['offset_minutes']}M" if "offset_minutes" in each else str(each["local"]) for each in parsed.reminders
    ] or ["none"]


def _cut(line: str) -> str:
    """Returns the beginning of a long text, cut at a word."""
    text = " ".join(line[: 2 * _LONGEST_TITLE].split())
    return text[:_LONGEST_TITLE].rpartition(" ")[0] or text[:_LONGEST_TITLE]
