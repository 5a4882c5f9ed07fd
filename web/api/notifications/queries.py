"""What `GET /notifications` takes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class NotificationQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unread_only: bool = False
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50
