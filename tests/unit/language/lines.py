"""Reads lines on Monday, 30 November 2026 at 10:00 in Berlin."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from web.language import Parsed, parse

BERLIN = "Europe/Berlin"
MONDAY = "2026-11-30T10:00"


def read(
    text: str,
    language: str = "en",
    *,
    now: str = MONDAY,
    zone: str = BERLIN,
    literal: Iterable[tuple[int, int]] = (),
) -> Parsed:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
    return parse(text, now=moment, zone=zone, language=language, literal=literal)


def due(parsed: Parsed) -> str | None:
    return next(iter(parsed.due.values())) if parsed.due else None


def rule(parsed: Parsed) -> str | None:
    """Returns `FREQ=DAILY`, with `!` behind it after completion."""
    if parsed.recurrence is None:
        return None
    return parsed.recurrence["rule"] + ("!" if parsed.recurrence["mode"] == "completion" else "")
