"""Dues and reminders as the tools over tasks take them: short texts, read where the person lives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, LiteralString

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from actors.clock import instant_text
from actors.due import instant_of
from actors.fields import MAX_REMINDERS, STORABLE, CalendarDate, Instant, LocalTime, OffsetText, TimeOfDay
from actors.replies import Json
from web.act import Act
from web.tools.moments import day_of

NONE: Final = "none"
_DAYS: Final = frozenset({"today", "tomorrow"})
_DUE: Final[TypeAdapter[str]] = TypeAdapter(CalendarDate | LocalTime)
_REMINDER: Final[TypeAdapter[str]] = TypeAdapter(OffsetText | LocalTime | Instant)
_MOMENT: Final[TypeAdapter[str]] = TypeAdapter(LocalTime | Instant)
_CLOCK: Final[TypeAdapter[str]] = TypeAdapter(TimeOfDay)
_SHORT: Final = StringConstraints(strip_whitespace=True, max_length=40)


def _due(text: str) -> str:
    if not text or text == NONE or text in _DAYS:
        return text
    wanted = "not none, today, tomorrow, a date YYYY-MM-DD or a local time YYYY-MM-DDTHH:MM, without offset"
    return _read(_DUE, text, "invalid_date", wanted)


def _reminder(text: str) -> str:
    wanted = "not a distance from the due, as -PT30M or -P1D, nor a time, as 2026-12-01T18:00"
    return text if text == NONE else _read(_REMINDER, text, "invalid_reminder", wanted)


def _moment(text: str) -> str:
    return text and _read(_MOMENT, text, "invalid_date", "not a local time YYYY-MM-DDTHH:MM, nor an instant")


def _clock(text: str) -> str:
    return text and _read(_CLOCK, text, "invalid_time", "not a time of the day, written HH:MM")


def _read(form: TypeAdapter[str], text: str, code: LiteralString, wanted: LiteralString) -> str:
    try:
        return form.validate_python(text)
    except ValidationError:
        raise PydanticCustomError(code, wanted) from None


def _none_alone(reminders: list[str]) -> list[str]:
    if NONE in reminders and len(reminders) > 1:
        raise PydanticCustomError("invalid_reminder", "none stands alone")
    return reminders


DueText = Annotated[str, _SHORT, AfterValidator(_due), STORABLE]
MomentText = Annotated[str, _SHORT, AfterValidator(_moment), STORABLE]
ClockText = Annotated[str, _SHORT, AfterValidator(_clock), STORABLE]
ReminderText = Annotated[str, _SHORT, AfterValidator(_reminder), STORABLE]
ReminderTexts = Annotated[list[ReminderText], Field(max_length=MAX_REMINDERS), AfterValidator(_none_alone)]


def due_of(act: Act, text: str) -> Json | None:
    """Returns the due that a DueText names; a time is one of the zone where the person lives."""
    if text == NONE:
        return None
    return {"local": text, "zone": act.caller.profile.zone} if "T" in text else {"date": str(day_of(act, text))}


def reminders_of(act: Act, texts: Sequence[str]) -> list[Json]:
    """Returns the reminders that the texts name; a local time is one of the zone where the person lives."""
    return [{"offset": text} if "P" in text else {"at": instant_in(act, text)} for text in texts if text != NONE]


def instant_in(act: Act, text: str) -> str:
    """Returns the instant that a MomentText names; a local time is one of the zone where the person lives."""
    at = datetime.fromisoformat(text)
    return text if at.tzinfo else instant_text(instant_of(at, act.caller.profile.zone))


def moved_to(act: Act, due: Mapping[str, Any] | None, text: str) -> Json | None:
    """Returns the due after a move; a move to a day keeps the time of day, and with it its zone."""
    moved = due_of(act, text)
    if due is None or moved is None or "local" not in due:
        return moved
    if "date" in moved:
        return {"local": moved["date"] + due["local"][10:], "zone": due["zone"]}
    return {**moved, "zone": None} if due["zone"] is None else moved


def moved_by(due: Mapping[str, Any], days: int) -> Json:
    """Returns the due so many days later, or earlier, at the same time on the wall."""
    form = "date" if "date" in due else "local"
    day = date.fromisoformat(due[form][:10]) + timedelta(days=days)
    return {**due, form: f"{day}{due[form][10:]}"}
