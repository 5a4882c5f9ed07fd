"""What the API answers about notifications, as OpenAPI documents it."""

from typing import Literal

from pydantic import BaseModel

from web.api.edge.models import Id, Instant, Page


class Notification(BaseModel):
    id: Id
    kind: Literal["reminder", "overdue", "digest"]
    task_id: Id | None
    reminder_id: Id | None
    title: str
    body: str
    late_seconds: float | None
    created_at: Instant
    read_at: Instant | None
    acknowledged_at: Instant | None


class NotificationPage(Page[Notification]):
    unread: int


class MarkedRead(BaseModel):
    marked: int
