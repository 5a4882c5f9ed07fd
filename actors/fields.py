"""The fields that people fill in: their limits in code points, and the codes and pointers of what is refused."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from actors import offsets
from actors.clock import instant_text, read_instant
from actors.typed import LINES, ONE_LINE, REACHABLE, VISIBLE, placed
from actors.zones import zone_named

MAX_TAGS = 10
_MOST_SPELLINGS = 100  # of tags in one list, before those that a person would call the same become one
UNDERIVED = frozenset({4, 7})  # versions of uuids that nobody can compute beforehand; all that we derive have version 5
MAX_REMINDERS = 20
MAX_CHECKLIST = 100
YEARS = range(1970, 3000)

PRIORITIES = ("none", "low", "medium", "high", "urgent")
Priority = Literal["none", "low", "medium", "high", "urgent"]
Language = Literal["en", "de", "fr", "es"]  # those that quick add and the chat read

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_OFFSET = re.compile(r"[+-]([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def fold(text: str) -> str:
    """Returns a tag in a spelling in which two that a person would call the same are equal."""
    once = unicodedata.normalize("NFKC", text.casefold())
    return unicodedata.normalize("NFKC", once.casefold())  # a sign such as ㏆ has capitals only once it is taken apart


def _storable(value: object) -> object:
    if isinstance(value, str) and (found := _UNSTORABLE.search(value)):
        said = {"sign": placed(value, found.start())}
        raise PydanticCustomError("invalid_text", "{sign} cannot be stored; leave it out", said)
    return value


def _composed(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _date(text: str) -> str:
    try:
        if DATE.fullmatch(text) and date.fromisoformat(text).year in YEARS:
            return text
    except ValueError:
        pass
    raise PydanticCustomError("invalid_date", "not a date of the calendar, written YYYY-MM-DD")


def _local(text: str) -> str:
    try:
        if _LOCAL.fullmatch(text) and datetime.fromisoformat(text).year in YEARS:
            return text
    except ValueError:
        pass
    raise PydanticCustomError(
        "invalid_date", "not a local date and time, written YYYY-MM-DDTHH:MM or …:SS, without offset"
    )


def _offset_time(text: str) -> str:
    _local(text[:-6])
    if _OFFSET.fullmatch(text[-6:]):
        return text
    raise PydanticCustomError("invalid_date", "not a local time with its offset, written YYYY-MM-DDTHH:MM+HH:MM")


def _time_of_day(text: str) -> str:
    if _TIME_OF_DAY.fullmatch(text):
        return text
    raise PydanticCustomError("invalid_time", "not a time of the day, written HH:MM")


def _instant(text: str) -> str:
    try:
        instant = read_instant(text)
        if instant.year in YEARS:
            return instant_text(instant)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError(
        "invalid_date", "not an RFC 3339 instant, as 2026-11-22T09:00:00Z or 2026-11-22T09:00:00+01:00"
    )


def _offset(text: str) -> str:
    try:
        days, minutes = offsets.read(text)
    except ValueError:
        message = "not a duration of weeks, or of days, hours and minutes, written -P1W, -P1D, -PT1H or -P1DT2H"
        raise PydanticCustomError("invalid_duration", message) from None
    parts = (1440 * days, minutes, 1440 * days + minutes)  # each: one sign may undo the other, at a far-off day
    if min(parts) >= -offsets.MAX_MINUTES_BEFORE and max(parts) <= offsets.MAX_MINUTES_AFTER:
        return offsets.canonical(text)
    raise PydanticCustomError("out_of_range", "more than 365 days before the due, or more than 30 days after it")


def _zone(text: str) -> str:
    zone = zone_named(text)
    if zone is None:
        raise PydanticCustomError("unknown_zone", "not a zone of the IANA database, as Europe/Berlin, nor of Windows")
    return zone


def _email(text: str) -> str:
    if _EMAIL.fullmatch(text):
        return text
    raise PydanticCustomError("invalid_format", "not an email address, as ada@example.org")


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise PydanticCustomError("invalid_id", "not a uuid") from None


def _underived(text: str) -> str:
    if UUID(text).version in UNDERIVED:
        return text
    raise PydanticCustomError("derived_id", "a new id must be a random or time-ordered uuid (version 4 or 7)")


def _distinct_tags(tags: list[str]) -> list[str]:
    return list({fold(tag): tag for tag in reversed(tags)}.values())[::-1]


COMPOSED = BeforeValidator(_composed)  # what looks the same is the same
STORABLE = BeforeValidator(_storable)  # stands last in each line, so that it runs before the limits count
Text = Annotated[str, STORABLE]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), VISIBLE, ONE_LINE, STORABLE
]
Description = Annotated[str, StringConstraints(max_length=20_000), LINES, STORABLE]
TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=30),
    VISIBLE,
    ONE_LINE,
    REACHABLE,
    COMPOSED,
    STORABLE,
]
Tags = Annotated[
    list[TagName],
    Field(max_length=_MOST_SPELLINGS),
    AfterValidator(_distinct_tags),
    Field(
        max_length=MAX_TAGS,
        json_schema_extra={"maxItems": _MOST_SPELLINGS, "description": f"At most {MAX_TAGS} different ones"},
    ),
]
ItemText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), LINES, STORABLE]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), ONE_LINE, COMPOSED, STORABLE]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_email), STORABLE]
CalendarDate = Annotated[str, AfterValidator(_date), STORABLE]
LocalTime = Annotated[str, AfterValidator(_local), STORABLE]
OffsetTime = Annotated[str, AfterValidator(_offset_time), STORABLE]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day), STORABLE]
Instant = Annotated[str, AfterValidator(_instant), STORABLE]
Zone = Annotated[str, AfterValidator(_zone), STORABLE]
Id = Annotated[str, AfterValidator(_uuid), STORABLE]
# An id that somebody outside chooses for something new.
NewId = Annotated[str, AfterValidator(_uuid), AfterValidator(_underived), STORABLE]
OffsetMinutes = Annotated[int, Field(strict=True, ge=-offsets.MAX_MINUTES_AFTER, le=offsets.MAX_MINUTES_BEFORE)]
# Kept in the spelling of `offsets.canonical`.
OffsetText = Annotated[str, AfterValidator(_offset), STORABLE]


class Body(BaseModel):
    """The base of all bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Sparse(Body):
    """A part of a body whose null fields are left out of its JSON, because they say nothing."""

    @model_serializer(mode="wrap")
    def _given(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}


class Due(Body):
    """A date, or a local time with its zone; never only UTC. A null zone is that of wherever the person is."""

    date: CalendarDate | None = None
    local: LocalTime | None = None
    zone: Zone | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        has_zone = "zone" in self.model_fields_set
        if (self.date is None) == (self.local is None) or (self.local is None and self.zone is not None):
            raise PydanticCustomError("invalid_date", "give either date, or local and zone")
        if self.local is not None and not has_zone:
            raise PydanticCustomError("invalid_date", "give the zone of local, or null for wherever you are")
        return self

    @model_serializer
    def _given(self) -> dict[str, str | None]:
        return {"date": self.date} if self.local is None else {"local": self.local, "zone": self.zone}


class OffsetReminder(Sparse):
    """A wanted reminder, counted from the due; see `actors.offsets` for the two forms.

    An instant would be right for one task alone, so templates of series take these.
    """

    offset: OffsetText | None = None
    offset_minutes: OffsetMinutes | None = None

    @model_validator(mode="after")
    def _one_offset(self) -> Self:
        if (self.offset is None) == (self.offset_minutes is None):
            raise PydanticCustomError("invalid_reminder", "give either offset or offset_minutes")
        return self


class ReminderSpec(Sparse):
    """A wanted reminder: a distance from the due, or an instant; an id keeps the life of one that is there already."""

    id: Id | None = None
    offset: OffsetText | None = None
    offset_minutes: OffsetMinutes | None = None
    at: Instant | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(form is not None for form in (self.offset, self.offset_minutes, self.at)) != 1:
            raise PydanticCustomError("invalid_reminder", "give one of offset, offset_minutes and at")
        return self


class ChecklistEntry(Sparse):
    id: Id | None = None
    text: ItemText
    done: StrictBool = False


class QuietHours(Body):
    """The hours from `start` to `end` in the person's zone; they cross midnight where start is the later one."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.start == self.end:
            raise PydanticCustomError("invalid_quiet_hours", "start and end are the same time")
        return self


class Defaults(Body):
    """A person's standing choices. Null means: no daily digest, no quiet hours.

    The reminder for a task with a due is the one of `reminder_offset` and `reminder_offset_minutes` that is not null; to
    set one clears the other, and without either there is none. `language` is that in which the person types. `chat_model`: a model may answer the chat, if there is one.
    """

    reminder_offset: OffsetText | None = None
    reminder_offset_minutes: OffsetMinutes | None = 30
    digest_at: TimeOfDay | None = None
    quiet_hours: QuietHours | None = None
    language: Language = "en"
    chat_model: StrictBool = True

    @model_validator(mode="after")
    def _one_reminder(self) -> Self:
        given = self.model_fields_set & {"reminder_offset", "reminder_offset_minutes"}
        if given == {"reminder_offset"} and self.reminder_offset is not None:
            self.reminder_offset_minutes = None
        if given == {"reminder_offset_minutes"}:
            self.reminder_offset = None
        if self.reminder_offset is not None and self.reminder_offset_minutes is not None:
            raise PydanticCustomError("invalid_reminder", "give either reminder_offset or reminder_offset_minutes")
        return self


def _distinct_ids(entries: list[Any]) -> list[Any]:
    ids = [entry.id for entry in entries if entry.id is not None]
    if len(ids) != len(set(ids)):
        raise PydanticCustomError("duplicate_id", "two entries have one id")
    return entries


Reminders = Annotated[list[ReminderSpec], Field(max_length=MAX_REMINDERS), AfterValidator(_distinct_ids)]
Checklist = Annotated[list[ChecklistEntry], Field(max_length=MAX_CHECKLIST), AfterValidator(_distinct_ids)]

_DETAILS = {"int_parsing_size": "a number with too many digits"}
# pydantic's names for what is wrong → ours; our own codes pass through.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "string_unicode": "invalid_text",
    "string_pattern_mismatch": "invalid_format",
    "too_long": "too_many",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "int_parsing_size": "out_of_range",
    "literal_error": "invalid_choice",
    "value_error": "invalid_value",
    "json_invalid": "invalid_json",
}


def problems(error: ValidationError) -> list[dict[str, str]]:
    """Returns the `errors` of a problem document: `[{pointer: "/due/zone", code, detail}]`."""
    return [field_problem(wrong["loc"], wrong["type"], wrong["msg"]) for wrong in error.errors(include_url=False)]


def field_problem(location: tuple[int | str, ...], kind: str, detail: str) -> dict[str, str]:
    """Returns one entry of `errors`, from pydantic's location, error type and message."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    code = _CODES.get(kind, "wrong_type" if kind.endswith(("_type", "_parsing")) else kind)
    pointer = "".join(f"/{step}" for step in steps)
    return {"pointer": pointer, "code": code, "detail": _DETAILS.get(kind, detail)}
