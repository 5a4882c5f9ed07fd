"""What the API accepts, one model a body; those of single commands are the commands' own."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from actors.commands import AcknowledgeReminder, AddTags, CreateTask, PatchTask, SetPriority, SnoozeReminder
from actors.fields import STORABLE, Body, Defaults, Email, Id, PersonName, TagName, Zone
from host.passwords import LONGEST, SHORTEST

__all__ = [
    "AcknowledgeReminder",
    "AddTags",
    "Bulk",
    "ChangePassword",
    "CreateTask",
    "CreateToken",
    "Login",
    "PatchMe",
    "PatchTask",
    "Register",
    "RenameTag",
    "SetPriority",
    "SnoozeReminder",
]

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), STORABLE]
GivenPassword = Annotated[str, StringConstraints(max_length=LONGEST), STORABLE]
TokenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), STORABLE]
Scope = Literal["read", "write", "agent"]
BulkAction = Literal[
    "complete", "reopen", "delete", "restore", "purge", "add_tags", "remove_tag", "set_priority", "move_due"
]


class Bulk(Body):
    """`args` is the body of the single command: `{tags}`, `{tag}`, `{priority}` or `{due}`; nothing for the others."""

    action: BulkAction
    ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    args: Annotated[dict[str, Any], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _distinct(self) -> "Bulk":
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
