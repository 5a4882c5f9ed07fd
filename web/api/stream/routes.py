"""The live stream: every event of a user, in order and without a gap."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from web.api.edge.acting import caller_of
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.operation import operation
from web.api.stream.response import EventStream

router: Final = APIRouter(prefix="/api/v1/stream", tags=["stream"], route_class=GuardedRoute)

Position = Annotated[int, Field(ge=0, le=2**63 - 1)]
_POSITION: Final = re.compile(r"[0-9]{1,18}")
_NOWHERE: Final = 2**62  # beyond every position: the answer is a resync
_ABOUT: Final = """
Server-sent events. `hello` comes first; then each event with its type as `event` and its position as `id`;
more than ten a second come together as `batch`. `resync` says that the position you asked for is too old: load the
lists again. `replaced` says that a fourth stream took the place of this one: do not reconnect automatically.
A comment every 20 s keeps the connection open. The server ends a stream after one to two hours: reconnect with
`Last-Event-ID` or `after`, and you miss nothing.

Where a proxy holds the stream back, poll: with `poll=20` the same answer ends with the first events, or after 20 s
without any. Ask again from the last position; a poll counts as a stream.
""".strip()
_EXAMPLE: Final = (
    'id: 41\nevent: hello\ndata: {"position":41,"server_time":"2026-11-22T09:00:00.000Z"}\n\n'
    'id: 42\nevent: task.completed\ndata: {"position":42,"type":"task.completed",…}\n\n'
)


def _documented() -> dict[str, Any]:
    keywords = operation("stream", "read", "Live updates", None)
    keywords["responses"][200] = {
        "description": "A stream of events, whose data is Hello, StreamEvent, StreamBatch or StreamResync",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "examples": {"first": {"value": _EXAMPLE}}}},
    }
    return {**keywords, "description": _ABOUT, "response_class": Response}


@router.get("", **_documented())
async def stream(
    request: Request,
    after: Annotated[
        Position | None, Query(description="The position from which to continue, as in Duely-Position")
    ] = None,
    poll: Annotated[
        int | None, Query(ge=1, le=25, description="End with the first events, or after so many seconds without any")
    ] = None,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="The position from which to continue, as a browser sends it when it reconnects",
        ),
    ] = None,
) -> Response:
    """Answers the stream. A browser that reconnects sends both positions, and that of the header is newer."""
    if last_event_id is not None:
        after = int(last_event_id) if _POSITION.fullmatch(last_event_id) else _NOWHERE
    return EventStream(state_of(request), caller_of(request), after, poll)
