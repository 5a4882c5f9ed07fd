"""Decisions and replies: a refusal is a value, an outage is raised; bugs are in `actors.bugs`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Json = dict[str, Any]


class Outage(Exception):  # noqa: N818  # the name says what happened, not a kind of mistake
    """A failure outside, after which the result is not known: the caller may try again."""


class NewerWriterError(Outage):
    """Something that a newer release wrote and this one cannot read; a process of that release will do it."""


class UnknownNameError(NewerWriterError):
    """A command or reminder that no table names."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A decision that makes the next version of an actor.

    `state` is the whole new state (the TypedDict of its actor type: TaskState, SeriesState, UserState), `events` its
    CloudEvents in order, `wake` the instant text at which the actor needs a tick (None: never), `reply` the value that
    the caller gets.
    """

    state: Mapping[str, Any]
    events: list[Json]
    wake: str | None
    reply: Json


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A decision that writes nothing, because everything is as the command asks already."""

    reply: Json


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision against the command; `status` is 404, 409, 410 or 422, `extra` are more members of the problem document."""

    code: str
    detail: str
    status: int
    extra: Json = field(default_factory=dict)


Decision = Accepted | Unchanged | Refused


def unseen(if_match: int | None, version: int) -> Refused | None:
    """Returns the refusal for a caller who insists on another version than `version`, for changes that do not merge."""
    if if_match is None or if_match == version:
        return None
    detail = f"It is at version {version}, and you saw version {if_match}: read it again."
    return Refused("edit_conflict", detail, 409, {"conflicts": []})


# To whoever is not the owner: it says neither what is there nor whether that is gone.
ID_TAKEN = Refused("id_taken", "This id is taken: choose another.", 409)


def taken(what: str, there: Json) -> Refused:
    """Returns the refusal for an owner whose create meets `there`, a task or a series, under its id."""
    return Refused(
        ID_TAKEN.code, f"You have a {what} with this id already; choose another id for a new one.", 409, {what: there}
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """The envelope of every turn. Always a 200 on the wire, because Dapr turns anything else into an opaque 500."""

    ok: bool
    value: Json
    version: int = 0
    error: Refused | None = None

    @classmethod
    def of(cls, decision: Decision, version: int) -> Self:
        """Returns the reply to a decision; `version` is the actor's after it."""
        if isinstance(decision, Refused):
            return cls(ok=False, value={}, error=decision)
        return cls(ok=True, value=decision.reply, version=version)

    def to_wire(self) -> Json:
        """Returns the envelope as JSON: `ok`, and either `value` and `version` or `error`."""
        if self.error is None:
            return {"ok": True, "value": self.value, "version": self.version}
        refused = self.error
        error = {"code": refused.code, "detail": refused.detail, "status": refused.status, "extra": refused.extra}
        return {"ok": False, "error": error}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Reads the envelope that `to_wire` made."""
        if wire["ok"]:
            return cls(ok=True, value=wire["value"], version=wire["version"])
        error = wire["error"]
        refused = Refused(error["code"], error["detail"], error["status"], error.get("extra") or {})
        return cls(ok=False, value={}, error=refused)
