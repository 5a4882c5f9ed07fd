"""Days and times as tools take them: short texts, read in the zone where the person lives."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final, LiteralString

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from actors.clock import parse_instant
from actors.day_times import instant_at, local_day
from actors.fields import STORABLE, CalendarDate, Instant, LocalTime
from actors.replies import Json
from web.act import Act

_DAYS_AHEAD: Final = {"today": timedelta(0), "tomorrow": timedelta(1)}
_START: Final[TypeAdapter[str]] = TypeAdapter(LocalTime | CalendarDate)
_DATE: Final[TypeAdapter[str]] = TypeAdapter(CalendarDate)
_SINCE: Final[TypeAdapter[str]] = TypeAdapter(Instant | CalendarDate)


def _day(text: str) -> str:
    return text if text in _DAYS_AHEAD else _read(_DATE, text, "not today, tomorrow or a date, written YYYY-MM-DD")


def _start(text: str) -> str:
    return text and _read(_START, text, "not a date YYYY-MM-DD or a local time YYYY-MM-DDTHH:MM, without offset")


def _since(text: str) -> str:
    return text and _read(_SINCE, text, "not a date YYYY-MM-DD or an instant, as 2026-11-22T09:00:00Z")


def _read(form: TypeAdapter[str], text: str, wanted: LiteralString) -> str:
    try:
        return form.validate_python(text)
    except ValidationError:
        raise PydanticCustomError("invalid_date", wanted) from None


_SHORT: Final = StringConstraints(max_length=40)
# An empty StartText or SinceText says nothing: clients send the defaults of a schema, too.
DayText = Annotated[str, _SHORT, AfterValidator(_day), STORABLE, Field(examples=["today", "2026-12-01"])]
StartText = Annotated[str, _SHORT, AfterValidator(_start), STORABLE, Field(examples=["2026-12-01", "2026-12-01T09:00"])]
SinceText = Annotated[str, _SHORT, AfterValidator(_since), STORABLE, Field(examples=["2026-12-01"])]


def day_of(act: Act, text: str) -> date:
    """Returns the day that a DayText names, on the person's calendar."""
    if text in _DAYS_AHEAD:
        return local_day(act.now(), act.caller.profile.zone) + _DAYS_AHEAD[text]
    return date.fromisoformat(text)


def due_of(act: Act, text: str) -> Json:
    """Returns the due that a StartText names; a time is one of the zone where the person lives."""
    return {"local": text, "zone": act.caller.profile.zone} if "T" in text else {"date": text}


def instant_of(act: Act, text: str) -> datetime:
    """Returns the instant that a SinceText names; a day is that day's beginning where the person lives."""
    return (
        parse_instant(text) if "T" in text else instant_at(date.fromisoformat(text), "00:00", act.caller.profile.zone)
    )
