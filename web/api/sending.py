"""From a request to a command, from its reply to an answer: the one way in which the API changes anything."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from actors.commands import Command, Principal, build_command, command_id_for_key, task_id_for
from actors.fields import Body
from actors.replies import Json, Reply
from web.api import bodies
from web.api.caller import Caller, caller_of
from web.api.consistency import HEADER, Write, brought, token_for
from web.api.parts import parts_of
from web.api.task_json import task_json
from web.problems import ProblemError, refused

TASK: Final = "TaskActor"
USER: Final = "UserActor"
SERIES: Final = "SeriesActor"
_LONGEST_KEY: Final = 255
_ETAG: Final = re.compile(r'(?:W/)?"?(\d{1,18})"?')


def answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is not checked again: what is answered was made by us."""
    return Response(orjson.dumps(value), status_code=status, headers=dict(headers or {}), media_type="application/json")


async def create_task(request: Request, body: bodies.CreateTask) -> Response:
    """Send CreateTask to the actor that the command id names, so that a repeated request reaches the same one."""
    body.model_fields_set.discard("recurrence")  # null says as much as nothing, and is no part of the command
    command = command_of(request, "CreateTask", body)
    task_id = body.id or task_id_for(command.principal.user_id, command.id)
    return await _sent(request, task_id, command, status=201)


async def change_task(request: Request, task_id: str, name: str, body: Body | Json | None = None) -> Response:
    command = command_of(request, name, body or {}, if_match=edited_version(request))
    return await _sent(request, task_id, command)


async def _sent(request: Request, task_id: str, command: Command, *, status: int = 200) -> Response:
    before = brought(request)
    reply = await accepted(request, TASK, task_id, command)
    headers = write_headers(request, before, [(task_id, reply.version)])
    return answer(reply_task(request, reply), status=status, headers=headers)


async def accepted(request: Request, actor_type: str, actor_id: str, command: Command) -> Reply:
    """The reply of the actor; raises the problem that says what it refused."""
    reply = await parts_of(request).services.actors.send(actor_type, actor_id, command)
    if reply.error is not None:
        raise refused(reply.error)
    return reply


def write_headers(request: Request, before: Sequence[Write], writes: Sequence[Write]) -> dict[str, str]:
    """For what the request brought and what it did; the last write is of what is answered."""
    return {HEADER: token_for(request, before, writes), "ETag": f'"{writes[-1][1]}"'}


def reply_task(request: Request, reply: Reply) -> Json:
    return task_json(reply.value, parts_of(request).services.clock.now())


def command_of(
    request: Request, name: str, body: Body | Json, *, command_id: str | None = None, if_match: int | None = None
) -> Command:
    """The command in the caller's name; its id comes from the Idempotency-Key where there is one."""
    caller = caller_of(request)
    return build_command(
        name,
        body,
        id=command_id or command_id_of(request, caller),
        principal=Principal(caller.kind, caller.id, caller.user_id),
        correlation_id=request.scope["duely.correlation_id"],
        zone=caller.profile.zone,
        defaults=caller.profile.defaults,
        if_match=if_match,
    )


def command_id_of(request: Request, caller: Caller) -> str:
    key = request.headers.get("idempotency-key")
    if key is None:
        return str(uuid4())
    if not (0 < len(key) <= _LONGEST_KEY and key.isprintable()):
        raise ProblemError(400, "bad_idempotency_key", "Send 1 to 255 printable characters as Idempotency-Key.")
    return command_id_for_key(caller.user_id, key)


def edited_version(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None or text == "*":
        return None
    match = _ETAG.fullmatch(text.strip())
    if match is None:
        raise ProblemError(400, "bad_if_match", 'Send the version that you edited as If-Match: "3".')
    return int(match[1])
