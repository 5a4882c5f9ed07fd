"""Shorthands for making a series and asking for its slots."""

from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile, islice
from typing import Literal
from zoneinfo import ZoneInfo

from actors.clock import instant_text, parse_instant
from actors.recurrence.expansion import Policies, Recurrence, Slot, first, slot_at, slots_since
from actors.recurrence.parsing import parse
from actors.replies import Refused

BERLIN = "Europe/Berlin"


def start(text: str, zone: str = BERLIN) -> dict[str, str]:
    return {"local": text, "zone": zone} if "T" in text else {"date": text}


def series(
    rule: str,
    local: str,
    zone: str = BERLIN,
    *,
    month_end: Literal["clamp", "skip"] = "clamp",
    mode: Literal["schedule", "completion"] = "schedule",
) -> Recurrence:
    recurrence = parse(rule, start(local, zone), zone, Policies(month_end, mode))
    assert not isinstance(recurrence, Refused), recurrence.detail
    return recurrence


def refusal(
    rule: str, local: str = "2026-01-31T09:00", mode: Literal["schedule", "completion"] = "schedule"
) -> list[dict[str, str]]:
    refused = parse(rule, start(local), BERLIN, Policies("skip", mode))
    assert isinstance(refused, Refused), f"{rule} was taken"
    assert (refused.code, refused.status) == ("invalid_rule", 422)
    errors: list[dict[str, str]] = refused.extra["errors"]
    return errors


def names(recurrence: Recurrence, count: int) -> list[str]:
    return [slot.nominal for slot in first(recurrence, count)]


def starts(recurrence: Recurrence, count: int) -> list[str]:
    return [instant_text(slot_at(recurrence, slot)) for slot in first(recurrence, count)]


def slots_after(recurrence: Recurrence, instant: datetime) -> Iterator[Slot]:
    """Yields the slots by schedule that start after an aware `instant`."""
    ahead = slots_since(recurrence, instant.astimezone(ZoneInfo(recurrence.zone)).date())
    return dropwhile(lambda slot: slot_at(recurrence, slot) <= instant, ahead)


def names_after(recurrence: Recurrence, instant: str, count: int) -> list[str]:
    return [slot.nominal for slot in islice(slots_after(recurrence, parse_instant(instant)), count)]


def slot(nominal: str) -> Slot:
    return Slot(1, nominal)


def at(text: str) -> datetime:
    return parse_instant(text)
