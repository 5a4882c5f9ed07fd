"""Instants and days in queries."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from actors.clock import read_instant
from actors.fields import DATE, YEARS

_DAY_CHARACTERS = len("2026-12-01")


def _moment(text: object) -> datetime:
    try:
        # A `+` of an offset that was not escaped arrives as a space.
        instant = read_instant(str(text).replace(" ", "+"))
        if instant.year in YEARS:
            return instant
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("invalid_date", "not an RFC 3339 instant, as 2026-11-22T09:00:00Z")


def _day_or_moment(text: object) -> date | datetime:
    if len(str(text)) > _DAY_CHARACTERS:
        return _moment(text)
    try:
        day = date.fromisoformat(str(text))
        if DATE.fullmatch(str(text)) and day.year in YEARS:
            return day
    except ValueError:
        pass
    raise PydanticCustomError("invalid_date", "not a date YYYY-MM-DD or an RFC 3339 instant")


Moment = Annotated[datetime, BeforeValidator(_moment)]
DayOrMoment = Annotated[
    date | datetime,
    BeforeValidator(_day_or_moment),
    Field(json_schema_extra={"examples": ["2026-12-01", "2026-12-01T08:00:00Z"]}),
]
