"""The bodies that the routes of tasks accept; those of single commands are the commands' own, in actors/commands.py."""

from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from actors import commands
from actors.commands import TaskFields
from actors.fields import Body, Id, NewId, Title
from web.api.series.bodies import TaskRecurrence

BulkAction = Literal[
    "complete", "reopen", "delete", "restore", "purge", "add_tags", "remove_tag", "set_priority", "move_due"
]

Version = Annotated[int, Field(strict=True, ge=0, lt=10**18)]


class CreateTask(TaskFields):
    """A new task. With `recurrence`, it is the first occurrence of a new series, and its id follows from the series."""

    id: NewId | None = None
    title: Title
    recurrence: TaskRecurrence | None = None


class PatchTask(commands.PatchTask):
    """Any of a task's fields; null clears one. With `recurrence`, the task becomes the first occurrence of a new series."""

    recurrence: TaskRecurrence | None = None


def _storable_within(value: Any) -> Any:
    """Raises the error for a value that is no JSON: the command's own body looks at each field, and later."""
    try:
        orjson.dumps(value)
    except TypeError:
        raise PydanticCustomError("invalid_text", "lone surrogates cannot be stored") from None
    return value


class Bulk(Body):
    """One action on many tasks. `args` is the body of the single command: `{tags}`, `{tag}`, `{priority}` or `{due}`.

    `versions` is for a task what If-Match is for the single command: its id, and the version that you saw.
    """

    action: BulkAction
    ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    args: Annotated[dict[str, Any], AfterValidator(_storable_within), Field(default_factory=dict)]

    versions: Annotated[dict[Id, Version], Field(default_factory=dict, max_length=200)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(self.ids) != len(set(self.ids)):
            raise PydanticCustomError("duplicate_id", "each id may be in `ids` only once")
        if not self.versions.keys() <= set(self.ids):
            raise PydanticCustomError("unknown_id", "`versions` may name only tasks that are in `ids`")
        return self
