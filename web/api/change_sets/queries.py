"""What the GETs of change sets take."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from web.api.activity.queries import Position
from web.api.edge.paging import Paged


class ChangeSetQuery(Paged):
    """The page of the list."""


class EntryQuery(BaseModel):
    """The page of the entries of one set."""

    model_config = ConfigDict(extra="forbid")

    before: Position | None = Field(default=None, description="Entries older than this position")
    limit: Annotated[int, Field(ge=1, le=200)] = 50
