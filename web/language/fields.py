"""What a line says as the fields of a task or a series, in the forms that these keep. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from actors import offsets
from actors.clock import instant_text, parse_instant
from actors.due import DAY_STARTS, instant_of
from actors.replies import Json
from web.language.parsed import Parsed, SpanKind

_DAY_MINUTES: Final = 1440
# The spans that say a field.
KINDS: Final[Mapping[str, frozenset[SpanKind]]] = {
    "due": frozenset({"date", "time", "recurrence"}),
    "priority": frozenset({"priority"}),
    "tags": frozenset({"tag"}),
    "reminders": frozenset({"reminder", "request"}),
    "recurrence": frozenset({"recurrence"}),
}


def fields_of(parsed: Parsed, zone: str) -> Json:
    """Returns the fields that a line says besides its title: due, priority, tags, reminders, recurrence.

    What it does not say is absent. `zone` is the one that the line was read in.
    """
    said: Json = {
        "due": None if parsed.due is None else _due(parsed.due, zone),
        "priority": parsed.priority,
        "tags": None if parsed.tags is None else list(parsed.tags),
        "reminders": None if parsed.reminders is None else [_reminder(one, zone) for one in parsed.reminders],
        "recurrence": parsed.recurrence,
    }
    given = {name: value for name, value in said.items() if value is not None}
    return repeatable(given, zone, None) if parsed.recurrence else given


def repeatable(fields: Mapping[str, Any], zone: str, today: date | None) -> Json:
    """Returns the fields of a task as its series can hold them: with a due, and with reminders counted from it.

    Without a due it begins `today`; one of both is given.
    """
    due = fields.get("due") or {"date": str(today)}
    reminders = fields.get("reminders")
    counted = {} if reminders is None else {"reminders": [_from_due(one, due, zone) for one in reminders]}
    return {**fields, "due": due, **counted}


def _due(due: Mapping[str, str], zone: str) -> Json:
    return {**due, "zone": zone} if "local" in due else {**due}


def _reminder(said: Mapping[str, Any], zone: str) -> Json:
    """Returns a reminder as tasks keep it: whole days are those of the wall, a local time is an instant."""
    if "local" in said:
        return {"at": instant_text(instant_of(datetime.fromisoformat(said["local"]), zone))}
    days, minutes = divmod(said["offset_minutes"], _DAY_MINUTES)
    return {"offset": f"-P{days}D"} if days and not minutes else {**said}


def _from_due(reminder: Mapping[str, Any], due: Mapping[str, Any], zone: str) -> Json:
    """Returns a reminder at an instant as days on the wall and minutes from the due, which every occurrence can hold."""
    if reminder.get("at") is None:
        return {**reminder}
    where = ZoneInfo(due.get("zone") or zone)
    at = parse_instant(reminder["at"]).astimezone(where).replace(tzinfo=None)
    start = datetime.fromisoformat(due["local"] if "local" in due else f"{due['date']}T{DAY_STARTS}")
    days = (at.date() - start.date()).days
    minutes = (at.hour - start.hour) * 60 + at.minute - start.minute
    sign, rest = (-1, -minutes) if minutes < 0 else (1, minutes)
    return {"offset": offsets.canonical(f"P{days}DT{sign * (rest // 60)}H{sign * (rest % 60)}M")}
