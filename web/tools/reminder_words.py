"""Why a reminder came, in English. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from actors.clock import parse_instant
from actors.day_times import quiet_until
from actors.replies import Json
from web.tools.words import due_words, late_words, moment_words, reminder_words

Late = Literal["", "asked_late", "away", "quiet_hours", "together"]
_LATE_WORDS: Final[Mapping[Late, str]] = {
    "asked_late": "its time had passed when you asked for it, so it came at once",
    "away": "Duely did not run at its time, or was behind",
    "quiet_hours": "your quiet hours hold it back until they end",
    "together": "another reminder for the same moment told of both",
}
_STEPS: Final[Mapping[str, str]] = {
    "scheduled": "was set",
    "fired": "came",
    "delivery_attempt": "was sent",
    "delivered": "was delivered",
    "failed": "could not be delivered",
    "snoozed": "was snoozed",
    "acknowledged": "was answered",
    "cancelled": "was cancelled",
}
_TIMES: Final[Mapping[str, tuple[str, str]]] = {"scheduled": ("for", "fire_at"), "snoozed": ("until", "snoozed_until")}


@dataclass(frozen=True, slots=True)
class About:
    """What a reminder is about: its stored task, the rule of its series in words, and where and how the person lives."""

    task: Mapping[str, Any]
    sentence: str | None
    zone: str
    quiet_hours: Mapping[str, str] | None


def explained(about: About, reminder: Json, late: Late, entries: Sequence[Json]) -> str:
    """Returns why a reminder, as the API shows it, came or comes, in sentences; `entries` are its part of the ledger."""
    came = _came(about, reminder, late) or _coming(about, reminder, entries)
    return " ".join(filter(None, (_rule(about, reminder), came, _answer(about, reminder))))


def _rule(about: About, reminder: Json) -> str:
    task, at = about.task, own_firing(reminder)["fire_at"]
    due = f", due {due_words(task['due'])}{_elsewhere(about)}," if task["due"] else ","
    when = f", so at {moment_words(at, about.zone)}" if at and not reminder.get("at") else ""
    series = f" The task is an occurrence of a series: {about.sentence}." if about.sentence else ""
    return f'A reminder of "{task["title"]}"{due} is set {reminder_words(reminder, about.zone)}{when}.{series}'


def _elsewhere(about: About) -> str:
    zone = about.task["due"].get("zone") or about.zone
    return f" in {zone}" if zone != about.zone else ""


def _came(about: About, reminder: Json, late: Late) -> str:
    firing = last_firing(reminder)
    if not firing["fired_at"]:
        return ""
    again = "again " if firing["snoozed"] else ""
    behind = f", {late_words(firing['late_seconds'])} late" if firing["late_seconds"] else ""
    why = f": {_LATE_WORDS[late]}" if late else ""
    return f"It came {again}at {moment_words(firing['fired_at'], about.zone)}{behind}{why}."


def _coming(about: About, reminder: Json, entries: Sequence[Json]) -> str:
    """Returns what is said of a reminder that has not come since it was set as it is now."""
    told = next((entry["at"] for entry in reversed(entries) if entry["step"] == "fired"), None)
    before = f"It came at {moment_words(told, about.zone)}, before that was changed." if told else ""
    if reminder["status"] == "cancelled":
        return f"{before} It does not come: {_hindrance(about.task)}.".lstrip()
    return before or "It has not come yet."


def _hindrance(task: Mapping[str, Any]) -> str:
    if task["deleted_at"] is not None:
        return "the task is in the trash"
    if task["status"] == "completed":
        return "the task is completed"
    return "its time had passed already" if task["due"] else "the task has no due"


def _answer(about: About, reminder: Json) -> str:
    if reminder["snoozed_until"]:
        return f"You snoozed it until {moment_words(reminder['snoozed_until'], about.zone)}."
    return f"You answered it at {moment_words(at, about.zone)}." if (at := reminder["acknowledged_at"]) else ""


def own_firing(reminder: Json) -> Json:
    """Returns the firing of a reminder at its own time."""
    firings: list[Json] = reminder.get("firings") or [{**reminder, "snoozed": False}]
    return firings[0]


def last_firing(reminder: Json) -> Json:
    """Returns the firing that came last; one that is to come if none did."""
    firings: list[Json] = reminder.get("firings") or [{**reminder, "snoozed": bool(reminder["snoozed_until"])}]
    return next((firing for firing in reversed(firings) if firing["fired_at"]), firings[-1])


def late_because(about: About, reminder: Json, entries: Sequence[Json], sent_at: str | None) -> Late:
    """Returns why the last firing came late or was told late; `entries` are of the ledger, `sent_at` is when it was told."""
    firing = last_firing(reminder)
    if not firing["fired_at"]:
        return ""
    details = [entry["detail"] or {} for entry in entries if entry["firing"] == firing["firing"]]
    if firing.get("asked_at") or any("asked_at" in detail for detail in details):
        return "asked_late"
    if any("told_with" in detail for detail in details):
        return "together"
    if firing["late_seconds"]:
        return "away"
    return (
        "quiet_hours" if _is_quiet(about, firing["fired_at"]) and (not sent_at or sent_at > firing["fired_at"]) else ""
    )


def _is_quiet(about: About, instant: str) -> bool:
    hours = about.quiet_hours
    return (
        hours is not None and quiet_until(parse_instant(instant), hours["start"], hours["end"], about.zone) is not None
    )


def steps_of(about: About, entries: Sequence[Json]) -> list[Json]:
    """Returns the entries of the ledger as `{at, what}`."""
    return [{"at": entry["at"], "what": _step(about, entry)} for entry in entries]


def _step(about: About, entry: Json) -> str:
    joint, name = _TIMES.get(entry["step"], ("", ""))
    at = (entry["detail"] or {}).get(name)
    return f"{_STEPS[entry['step']]} {joint} {moment_words(at, about.zone)}" if at else _STEPS[entry["step"]]
