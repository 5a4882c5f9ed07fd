"""The chat: a message is answered as JSON, or as a stream of what happens until the answer is there."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.api.chat import bodies, models
from web.api.chat.shown import about_json, answer_json
from web.api.chat.streaming import streamed
from web.api.edge.acting import act_of
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.tools.chat.runs import Runs

router: Final = APIRouter(prefix="/api/v1/chat", tags=["chat"], route_class=GuardedRoute)

_STREAM: Final = "text/event-stream"
_ABOUT: Final = """
The assistant answers a message and may use the same tools as agents do. All that one message changes is one change set,
which can be taken back as a whole.

With `Accept: text/event-stream` the answer is a stream: `start`; then `text` with pieces of what is said, `call` and
`result` for each tool; at last `end`, whose data is the answer as JSON, or `problem`. The work does not depend on the
stream: who leaves finds the answer in the conversation. The same request with the same `Idempotency-Key` finds the same
run. A conversation answers one message at a time: another one meanwhile is a 409.
""".strip()
_EXAMPLE: Final = (
    'event: start\ndata: {"conversation_id":"7d0d…","run_id":"0b9f…"}\n\n'
    'event: call\ndata: {"name":"add-tasks","arguments":{…}}\n\n'
    'event: end\ndata: {"response":"Added “Call Ana”.",…}\n\n'
)


def _documented() -> dict[str, Any]:
    keywords = operation(
        "chat", "write", "Say something to the assistant", models.ChatAnswer, body=bodies.Chat, command=True, gone=True,
        pending=models.ChatAnswer,
    )  # fmt: skip
    keywords["responses"][200].pop("headers", None)
    keywords["responses"][200]["content"] = {
        _STREAM: {"schema": {"type": "string"}, "examples": {"first": {"value": _EXAMPLE}}}
    }
    return {**keywords, "description": _ABOUT}


@router.post("", **_documented())
async def chat(request: Request) -> Response:
    body = await read_body(request, bodies.Chat)
    act, runs = act_of(request), runs_of(request)
    said = await runs.say(act, body.message, body.conversation_id, confirmed=body.confirm)
    if _STREAM in request.headers.get("accept", ""):
        return streamed(act, runs, said)
    answered = await runs.answer_to(act, said)
    return answer(await answer_json(act, said, answered), status=202 if answered is None else 200)


@router.get("/about", **operation("get_chat_about", "read", "Read who answers in the chat", models.ChatAbout))
async def about(request: Request) -> Response:
    return answer(about_json(state_of(request).services.settings.chat))


def runs_of(request: Request) -> Runs:
    """Returns the runs of the app that serves the request."""
    runs = request.scope["app"].state.runs
    assert isinstance(runs, Runs)  # noqa: S101
    return runs
