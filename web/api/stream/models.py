"""What the live stream sends, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from web.api.activity.models import Cause, OldNew
from web.api.edge.models import Id, Instant
from web.api.notifications.models import Notification
from web.api.tasks.models import Task


class Hello(BaseModel):
    """The data of `event: hello`: the first on every stream, with the position from which the stream continues."""

    position: int
    server_time: Instant


class StreamEvent(BaseModel):
    """The data of an event, whose `id` is the position and whose `event` is the type."""

    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None = Field(default=None, description="The series, if the event is about a series")
    conversation_id: Id | None = Field(default=None, description="The conversation, if the event is about one")
    version: int
    task: Task | None
    changed: dict[str, OldNew]
    cause: Cause
    notification: Notification | None = Field(
        default=None, description="What to show, with `reminder.delivered` and `notice.delivered`"
    )


class StreamBatch(BaseModel):
    """The data of `event: batch`, which replaces several events when there are more than ten a second."""

    position: int
    events: list[StreamEvent]


class StreamResync(BaseModel):
    """The data of `event: resync`: the events since the given position are no longer kept; load the lists again."""

    position: int


STREAMED = (Hello, StreamEvent, StreamBatch, StreamResync)
