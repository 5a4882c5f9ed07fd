"""A streamed answer: what happens in the run, as it happens, and at last the whole answer."""

from collections.abc import AsyncIterable
from contextlib import aclosing
from typing import Final

import orjson
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.responses import Response

from actors.replies import Json
from web.act import Act
from web.api.chat.shown import answer_json
from web.problems import ProblemError
from web.tools.chat.runs import Message, Runs

_LONGEST_SEND_SECONDS: Final = 30.0
_HEARTBEAT_SECONDS: Final = 15
_LINE: Final = "\n"


def streamed(act: Act, runs: Runs, said: Message) -> Response:
    """Returns the stream. A client that leaves ends it, and not the run."""
    return EventSourceResponse(
        _events(act, runs, said),
        headers={"Cache-Control": "no-store, no-transform"},
        ping=_HEARTBEAT_SECONDS,
        send_timeout=_LONGEST_SEND_SECONDS,
        sep=_LINE,
    )


async def _events(act: Act, runs: Runs, said: Message) -> AsyncIterable[ServerSentEvent]:
    yield _event("start", {"conversation_id": said.conversation_id, "run_id": said.run_id})
    async with aclosing(runs.follow(said)) as happening:
        async for what in happening:
            yield _event(what["type"], {key: what[key] for key in what if key != "type"})
    try:
        yield _event("end", await answer_json(act, said, await runs.answer_to(act, said)))
    except ProblemError as problem:
        yield _event("problem", problem.as_json())


def _event(name: str, data: Json) -> ServerSentEvent:
    return ServerSentEvent(orjson.dumps(data).decode(), event=name, sep=_LINE)
