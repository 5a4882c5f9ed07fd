"""What the API accepts, one model a body; those of single commands are the commands' own."""

from typing import Annotated, Any, Final, Literal, Self

import orjson
from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from actors.commands import AcknowledgeReminder, AddTags, PatchTask, SetPriority, SnoozeReminder, TaskFields
from actors.fields import STORABLE, Body, Defaults, Due, Email, Id, PersonName, TagName, Title, Zone
from actors.series import bodies as series_commands
from host.passwords import LONGEST, SHORTEST

__all__ = [
    "AcknowledgeReminder",
    "AddTags",
    "Bulk",
    "ChangePassword",
    "CreateSeries",
    "CreateTask",
    "CreateToken",
    "Login",
    "MoveSlot",
    "PatchMe",
    "PatchSeries",
    "PatchTask",
    "PreviewSeries",
    "Register",
    "RenameTag",
    "SetPriority",
    "SkipSlot",
    "SnoozeReminder",
    "StopSeries",
]

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), STORABLE]
GivenPassword = Annotated[str, StringConstraints(max_length=LONGEST), STORABLE]
TokenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), STORABLE]
Scope = Literal["read", "write", "agent"]
BulkAction = Literal[
    "complete", "reopen", "delete", "restore", "purge", "add_tags", "remove_tag", "set_priority", "move_due"
]


_SLOT: Final[TypeAdapter[str]] = TypeAdapter(series_commands.SlotName)


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
    series_commands.RuleText,
    Field(description="Of RFC 5545: DAILY, WEEKLY, MONTHLY, YEARLY", examples=["FREQ=WEEKLY;BYDAY=MO,TH"]),
]
Mode = Annotated[
    series_commands.Mode,
    Field(description="By the calendar, or each an interval after the completion of the one before"),
]
MonthEnd = Annotated[
    series_commands.MonthEnd, Field(description="What a month without that day has: its last day, or no slot")
]
PileUp = Annotated[series_commands.PileUp, Field(description="Which open occurrences stay when the next one starts")]
LookAheadDays = Annotated[
    series_commands.LookAheadDays, Field(description="Slots of so many days ahead have their tasks already")
]


class TaskRecurrence(Body):
    """How a new task repeats; it starts at the task's due."""

    rule: RuleText
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0


class CreateTask(TaskFields):
    """With `recurrence` the first occurrence of a new series; its id follows from the series."""

    id: Id | None = None
    title: Title
    recurrence: TaskRecurrence | None = None


class CreateSeries(TaskRecurrence, series_commands.Template):
    """What each occurrence gets, and when they come. Absent reminders mean the user's default, [] means none."""

    start: Due


class PatchSeries(series_commands.TemplatePatch):
    """Any of the fields; null clears one. With `from_slot` that slot and all after it become a series of their own."""

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
    """To another due; the slot keeps its name and its place in the order."""

    slot: SlotName
    to: Due


class StopSeries(Body):
    """`keep` leaves the occurrence that waits for its time."""

    keep: StrictBool = False


def _storable_within(value: Any) -> Any:
    """The command's own body looks at each field; what is no JSON to it must not get that far."""
    try:
        orjson.dumps(value)
    except TypeError:
        raise PydanticCustomError("invalid_text", "lone surrogates cannot be stored") from None
    return value


class Bulk(Body):
    """`args` is the body of the single command: `{tags}`, `{tag}`, `{priority}` or `{due}`; nothing for the others."""

    action: BulkAction
    ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    args: Annotated[dict[str, Any], AfterValidator(_storable_within), Field(default_factory=dict)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(self.ids) != len(set(self.ids)):
            raise PydanticCustomError("duplicate_id", "each id may stand in `ids` once")
        return self


class RenameTag(Body):
    name: TagName


class Register(Body):
    email: Email
    password: Password
    timezone: Zone = "UTC"


class Login(Body):
    email: Annotated[str, StringConstraints(max_length=254), STORABLE]
    password: GivenPassword


class ChangePassword(Body):
    current_password: GivenPassword
    new_password: Password


class PatchMe(Body):
    timezone: Zone = ""
    name: PersonName = ""
    defaults: Defaults = Defaults()


class CreateToken(Body):
    """`agent` reads and writes like both others; what it does is marked as an agent's."""

    name: TokenName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    expires_in_days: Annotated[int, Field(strict=True, ge=1, le=3_650)] | None = None
