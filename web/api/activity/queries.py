"""What the GETs of the activity log take, and the position of an entry in a path."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from actors.fields import STORABLE, Id
from web.api.edge.moments import Moment

Position = Annotated[int, Field(ge=0, le=2**63 - 1)]
_EVENT_TYPE: Final = re.compile(r"[a-z-]{1,20}\.[a-z-]{1,20}")


def _event_type(text: str) -> str:
    if _EVENT_TYPE.fullmatch(text):
        return text
    raise PydanticCustomError("invalid_format", "not the type of an event, as task.created")


EventType = Annotated[str, AfterValidator(_event_type), STORABLE]


class ActivityQuery(BaseModel):
    """The query of a task's activity; `from` and `to` are instants, `to` excluded."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type: Annotated[list[EventType], Field(max_length=100)] = []
    actor: Annotated[str, StringConstraints(max_length=64), STORABLE] | None = Field(
        default=None, description="user, token, agent, reminder or system, or the id of one of them"
    )
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
    before: Position | None = Field(default=None, description="Entries older than this position")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AllActivityQuery(ActivityQuery):
    task_id: Id | None = None
