"""The bodies that the routes of series accept; the text fields are checked as the commands check them."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StrictBool, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from actors.fields import STORABLE, Body, Due
from actors.series import bodies as commands

_SLOT: Final[TypeAdapter[str]] = TypeAdapter(commands.SlotName)


def _slot(text: str) -> str:
    try:
        return _SLOT.validate_python(text)
    except ValidationError:
        raise PydanticCustomError("invalid_slot", "not the slot of an occurrence, as 2026-12-03T09:00") from None


SlotName = Annotated[
    str,
    AfterValidator(_slot),
    STORABLE,
    Field(description="The `slot` of an occurrence", examples=["2026-12-03T09:00"]),
]
RuleText = Annotated[
    commands.RuleText,
    Field(
        description="A rule of RFC 5545 with slots at least 15 minutes apart, kept as it is written. Lines EXDATE, RDATE "
        "and DTSTART may stand beside it; `start` counts, not DTSTART. HOURLY and MINUTELY count time that passes, or "
        "with BYHOUR hours of the wall",
        examples=["FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"],
    ),
]
Mode = Annotated[
    commands.Mode,
    Field(
        description="Whether occurrences follow the calendar, or come an interval after the completion of the previous one"
    ),
]
MonthEnd = Annotated[
    commands.MonthEnd,
    Field(description="What happens in a month without that day: its last day is taken, or it has no slot"),
]
PileUp = Annotated[commands.PileUp, Field(description="Which open occurrences stay when the next one starts")]
LookAheadDays = Annotated[
    commands.LookAheadDays, Field(description="How many days ahead slots already have their tasks")
]


class TaskRecurrence(Body):
    """How a new task repeats; the series starts at the task's due."""

    rule: RuleText
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0


class CreateSeries(TaskRecurrence, commands.Template):
    """What each occurrence gets, and when occurrences come. Absent reminders mean the user's default, [] means none."""

    start: Due


class PatchSeries(commands.TemplatePatch):
    """Any of the fields; null clears one. With `from_slot`, that slot and all later ones become a series of their own."""

    rule: RuleText = ""
    start: Due = Due(date="1970-01-01")
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0
    from_slot: SlotName | None = None


class PreviewSeries(Body):
    rule: RuleText
    start: Due
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    count: Annotated[int, Field(strict=True, ge=1, le=50)] = 5


class SkipSlot(Body):
    slot: SlotName


class MoveSlot(Body):
    """Moves an occurrence to another due; the slot keeps its name and its place in the order."""

    slot: SlotName
    to: Due


class StopSeries(Body):
    """Stops a series; with `keep`, the occurrence that waits for its time stays."""

    keep: StrictBool = False
