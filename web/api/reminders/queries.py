"""What the GETs of reminders and of their ledger take."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from actors.fields import Id


class ReminderQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task_id: Id | None = None
    status: Literal["pending", "fired", "cancelled"] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50


class LedgerQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task_id: Id
    reminder_id: Id | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1, description="Entries after the one with this id")] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100
