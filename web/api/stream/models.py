"""What the live stream sends, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from web.api.activity.models import Cause, OldNew
from web.api.edge.models import Id, Instant
from web.api.notifications.models import Notification
from web.api.tasks.models import Task


class Hello(BaseModel):
    """First on every stream, with the position from which it goes on."""

    position: int
    server_time: Instant


class StreamEvent(BaseModel):
    """The data of an event; its `id` is the position, its `event` the type."""

    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None = Field(default=None, description="Of a series that says something of itself")
    version: int
    task: Task | None
    changed: dict[str, OldNew]
    cause: Cause
    notification: Notification | None = Field(
        default=None, description="With `reminder.delivered` and `notice.delivered`: what to show"
    )


class StreamBatch(BaseModel):
    """The data of `event: batch`, which stands for several when there are more than ten a second."""

    position: int
    events: list[StreamEvent]


class StreamResync(BaseModel):
    """The data of `event: resync`: what came before is not kept any more; load the lists again."""

    position: int


STREAMED = (Hello, StreamEvent, StreamBatch, StreamResync)
