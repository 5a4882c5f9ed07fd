"""The commands: the table BODIES of what may be asked of an actor, the shape of each body, and how one travels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid5

import orjson
from pydantic import AfterValidator, Field, StrictBool, StrictInt, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from actors.fields import (
    Body,
    Checklist,
    Defaults,
    Description,
    Due,
    Email,
    Id,
    Instant,
    PersonName,
    Priority,
    Reminders,
    TagName,
    Tags,
    TimeOfDay,
    Title,
    Zone,
)
from actors.replies import Json
from actors.series.bodies import (
    CreateSeries,
    DeleteSeries,
    MoveSlot,
    OccurrenceCompleted,
    OccurrencePlace,
    OccurrenceReport,
    OccurrenceTaken,
    OccurrenceWritten,
    PatchSeries,
    Retemplate,
    SkipSlot,
    SplitSeries,
    StopSeries,
    TakeUp,
    UndoSeries,
    UnskipSlot,
    Withdraw,
)

TICK = "Tick"  # the command of a reminder; it has no body and leaves no row in the command log


class Empty(Body):
    """The body of a command whose name says everything."""


class TaskFields(Body):
    """The fields of a task that people fill in. Absent reminders mean the user's default, [] means none."""

    description: Description = ""
    priority: Priority = "none"
    tags: Tags = Field(default_factory=list)
    due: Due | None = None
    reminders: Reminders | None = None
    checklist: Checklist = Field(default_factory=list)


class CreateTask(TaskFields):
    """A task, maybe an occurrence.

    `wanted_since` is when that ought to have been there: reminders since then come late. `slot_due` is the due of its slot
    where a person has moved that. `asked` says that a person makes the task, and its series with it: reminders whose time
    has passed come at once.
    """

    id: Id | None = None
    title: Title
    series_id: Id | None = None
    occurrence: OccurrencePlace | None = None
    wanted_since: Instant | None = None
    slot_due: Due | None = None
    asked: StrictBool = False


class PatchTask(Body):
    """Any of a task's fields; null clears one."""

    title: Title = ""
    description: Description | None = None
    priority: Priority | None = None
    tags: Tags | None = None
    due: Due | None = None
    reminders: Reminders | None = None
    checklist: Checklist | None = None


class SetPriority(Body):
    priority: Priority


class AddTags(Body):
    tags: Annotated[Tags, Field(min_length=1)]


class RemoveTag(Body):
    """Takes a tag away; `everywhere` where it goes from all tasks of the person."""

    tag: TagName
    everywhere: StrictBool = False


class RenameTag(Body):
    """Puts the tag `to` in the place of `from`, in any spelling."""

    from_: TagName = Field(alias="from")
    to: TagName


class MoveDue(Body):
    """The due from now on; null takes it away."""

    due: Due | None


class SnoozeReminder(Body):
    """Snoozes until an instant, for minutes from now, or until a time of tomorrow where the person lives.

    Without an id the reminder that fired last is meant, else the next to fire.
    """

    reminder_id: Id | None = None
    minutes: Annotated[StrictInt, Field(ge=1, le=527_040)] | None = None
    until: Instant | None = None
    tomorrow_at: TimeOfDay | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(form is not None for form in (self.minutes, self.until, self.tomorrow_at)) != 1:
            raise PydanticCustomError("invalid_snooze", "give one of minutes, until and tomorrow_at")
        return self


class AcknowledgeReminder(Body):
    """Without an id every reminder that has fired is meant."""

    reminder_id: Id | None = None


class OldValues(PatchTask):
    """The values that an undo may put back: the fields of a task, and whether it is completed or in the trash."""

    status: Literal["open", "completed"] = "open"
    deleted_at: Instant | None = None


def _undoable(changed: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if not changed or any(change.keys() != {"old", "new"} for change in changed.values()):
        raise PydanticCustomError("not_undoable", "give what changed, each field with old and new")
    OldValues.model_validate({name: change["old"] for name, change in changed.items()})
    return changed


class UndoChange(Body):
    """The audit entry to undo: the version it made and what it changed, `{field: {old, new}}`."""

    version: Annotated[StrictInt, Field(ge=1)]
    changed: Annotated[dict[str, dict[str, Any]], AfterValidator(_undoable)]


class LeaveSeries(Body):
    """Makes a task one of no series, if it is one of this series; see `first_task` of CreateSeries."""

    series_id: Id


class Rezone(Body):
    """The user's zone from now on."""

    zone: Zone


class RegisterUser(Body):
    """The profile of a user who begins."""

    email: Email
    zone: Zone = "UTC"
    defaults: Defaults = Defaults()
    name: PersonName = ""


class PatchUser(Body):
    """Any of the fields of a profile, and of its `defaults`; the defaults here are never read."""

    zone: Zone = ""
    defaults: Defaults = Defaults()
    name: PersonName = ""


# Every command but Tick, and the shape of its body.
BODIES: Mapping[str, type[Body]] = {
    "CreateTask": CreateTask,
    "PatchTask": PatchTask,
    "CompleteTask": Empty,
    "ReopenTask": Empty,
    "DeleteTask": Empty,
    "RestoreTask": Empty,
    "PurgeTask": Empty,
    "SetPriority": SetPriority,
    "AddTags": AddTags,
    "RemoveTag": RemoveTag,
    "RenameTag": RenameTag,
    "MoveDue": MoveDue,
    "SnoozeReminder": SnoozeReminder,
    "AcknowledgeReminder": AcknowledgeReminder,
    "UndoChange": UndoChange,
    "Rezone": Rezone,
    "RecountTimes": Empty,
    "LeaveSeries": LeaveSeries,
    "RegisterUser": RegisterUser,
    "PatchUser": PatchUser,
    "DeleteUser": Empty,
    "Withdraw": Withdraw,
    "TakeUp": TakeUp,
    "Retemplate": Retemplate,
    "CreateSeries": CreateSeries,
    "PatchSeries": PatchSeries,
    "SplitSeries": SplitSeries,
    "UndoSeries": UndoSeries,
    "SkipSlot": SkipSlot,
    "UnskipSlot": UnskipSlot,
    "MoveSlot": MoveSlot,
    "PauseSeries": Empty,
    "ResumeSeries": Empty,
    "StopSeries": StopSeries,
    "DeleteSeries": DeleteSeries,
    "OccurrenceCreated": OccurrenceReport,
    "OccurrenceTaken": OccurrenceTaken,
    "OccurrenceCompleted": OccurrenceCompleted,
    "OccurrenceDeleted": OccurrenceReport,
    "OccurrenceOpened": OccurrenceReport,
    "OccurrenceWritten": OccurrenceWritten,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `kind` is user, token, agent, reminder or system; `user_id` names whose things it may touch."""

    kind: str
    id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Cause:
    """By what a command came about, whoever asked.

    `kind` is request, tool, chat, import or link, and `id` names which one; `change_set` is the id of the whole that the
    command is a part of.
    """

    kind: str
    id: str
    change_set: str | None = None

    def to_wire(self) -> Json:
        """Returns `{kind, id, change_set}`."""
        return {"kind": self.kind, "id": self.id, "change_set": self.change_set}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any] | None) -> Self | None:
        """Reads what `to_wire` made; None where nobody asked: at a tick, or in what an early release wrote."""
        return None if wire is None else cls(wire["kind"], wire["id"], wire.get("change_set"))


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked of one actor.

    `body` has the fields that were given, as JSON. `hash` shows whether the same id comes with the same request. `zone`
    and `defaults` are the user's; `if_match` is the version that the caller knows, when it insists on it.
    """

    id: str
    name: str
    body: Json
    hash: str
    principal: Principal
    correlation_id: str
    zone: str = "UTC"
    defaults: Json = field(default_factory=dict)
    if_match: int | None = None
    cause: Cause | None = None

    def to_wire(self) -> Json:
        """Returns the command as JSON, for the actor's `turn`."""
        principal = {"kind": self.principal.kind, "id": self.principal.id, "user_id": self.principal.user_id}
        return {
            "id": self.id,
            "name": self.name,
            "body": self.body,
            "hash": self.hash,
            "principal": principal,
            "correlation_id": self.correlation_id,
            "zone": self.zone,
            "defaults": self.defaults,
            "if_match": self.if_match,
            "cause": self.cause and self.cause.to_wire(),
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Reads what `to_wire` made. Raises KeyError or TypeError for another form."""
        who = wire["principal"]
        return cls(
            id=wire["id"],
            name=wire["name"],
            body=wire["body"],
            hash=wire["hash"],
            principal=Principal(who["kind"], who["id"], who["user_id"]),
            correlation_id=wire["correlation_id"],
            zone=wire["zone"],
            defaults=wire["defaults"],
            if_match=wire["if_match"],
            cause=Cause.from_wire(wire.get("cause")),
        )


def build_command(
    name: str,
    body: Mapping[str, Any] | Body,
    *,
    id: str,  # noqa: A002  # the name it has on the wire
    principal: Principal,
    correlation_id: str,
    zone: str,
    defaults: Json | None = None,
    if_match: int | None = None,
    cause: Cause | None = None,
) -> Command:
    """Makes a command from a raw or an already validated body.

    Raises KeyError for an unknown name, and pydantic's ValidationError for a body that is out of limits.
    """
    clean = clean_body(name, body)
    hash_ = body_hash(name, clean)
    return Command(id, name, clean, hash_, principal, correlation_id, zone, defaults or {}, if_match, cause)


def tick_command(actor_id: str, now_text: str) -> Command:
    """Returns the command of a reminder to its actor: to do what is due at the instant `now_text`."""
    tick_id = str(uuid5(UUID(actor_id), now_text))
    return Command(tick_id, TICK, {}, "", Principal("reminder", "wake", ""), tick_id)


def clean_body(name: str, body: Mapping[str, Any] | Body) -> Json:
    """Returns the body as plain JSON with only the fields that were given. Bodies are validated here and nowhere else."""
    model = body if isinstance(body, Body) else BODIES[name].model_validate(body)
    return model.model_dump(exclude_unset=True, by_alias=True)


def is_of_this_release(command: Command) -> bool:
    """Returns whether this release could have made the body. All senders validate, so any other is of a newer release."""
    if command.name == TICK:
        return True
    try:
        BODIES[command.name].model_validate(command.body)
    except ValidationError:
        return False
    return True


def body_hash(name: str, body: Json) -> str:
    """Returns the SHA-256 of a request, in hex digits: the same for the same name and body."""
    return sha256(orjson.dumps([name, body], option=orjson.OPT_SORT_KEYS)).hexdigest()


def command_id_for_key(user_id: str, idempotency_key: str) -> str:
    """Returns the command id behind an `Idempotency-Key`: the same key of the same user is the same command."""
    return str(uuid5(UUID(user_id), idempotency_key))


def command_id_for_item(command_id: str, item_id: str) -> str:
    """Returns the command id of one item of a bulk request."""
    return str(uuid5(UUID(command_id), item_id))


def task_id_for(user_id: str, command_id: str) -> str:
    """Returns the id of the task or series that a command makes when it names none: a retry reaches the same actor."""
    return str(uuid5(UUID(user_id), command_id))


def occurrence_id(series_id: str, generation: int, nominal: str, incarnation: int = 0) -> str:
    """Returns the id of the task of a slot: whoever makes it, however often, makes the same one.

    `incarnation` counts how often a series found something else under the slot's id.
    """
    name = f"{generation}/{nominal}/{incarnation}" if incarnation else f"{generation}/{nominal}"
    return str(uuid5(UUID(series_id), name))


def successor_id(series_id: str, command_id: str) -> str:
    """Returns the id of the series that follows when the command splits one."""
    return str(uuid5(UUID(series_id), command_id))
