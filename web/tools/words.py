"""What tools say in English of moments and reminders. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actors.clock import parse_instant
from actors.offsets import offset_of


def due_words(due: Mapping[str, Any] | None) -> str:
    """Returns a due as `2026-12-01` or `2026-12-01 09:00`, on the wall of its own zone; "no due" without one."""
    if due is None:
        return "no due"
    return str(due["date"]) if "date" in due else str(due["local"][:16]).replace("T", " ")


def moment_words(instant: str | datetime, zone: str) -> str:
    """Returns an instant as `2026-12-01 09:00` on the wall of that zone."""
    at = parse_instant(instant) if isinstance(instant, str) else instant
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def reminder_words(spec: Mapping[str, Any], zone: str) -> str:
    """Returns how a reminder is set: `30 min before it is due`, `1 day before it is due`, `at 2026-12-01 09:00`."""
    if spec.get("at"):
        return f"at {moment_words(spec['at'], zone)}"
    days, minutes = offset_of(spec)
    parts = [_days(abs(days))] * bool(days) + [span_words(abs(minutes))] * bool(minutes)
    if days * minutes < 0:  # one sign undoes a part of the other
        parts[0] += " before" if days < 0 else " after"
    where = "before" if (minutes or days) < 0 else "after"
    return f"{' and '.join(parts)} {where} it is due" if parts else "when it is due"


def span_words(minutes: int) -> str:
    """Returns a span of time as `30 min`, `1 h` or `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def late_words(seconds: float) -> str:
    """Returns how late something was as `7 s`, `12 min`, `3 h 5 min` or `2 days`."""
    minutes = int(seconds) // 60
    if not minutes:
        return f"{int(seconds)} s"
    days = minutes // 1440
    return _days(days) if days else span_words(minutes)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
