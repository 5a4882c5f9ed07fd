"""One command to many tasks: up to 200 ids, sixteen at a time, one reply an item."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from actors.commands import BODIES, Command, command_id_for_item
from actors.replies import Json
from host.gateway import Unavailable
from web.api import bodies, models
from web.api.consistency import HEADER, MOST_WRITES, Write, behind_after_wait, brought, token_for
from web.api.guard import GuardedRoute
from web.api.operation import operation
from web.api.parts import parts_of
from web.api.reading import read_body
from web.api.sending import TASK, answer, command_of, reply_task
from web.problems import ProblemError, invalid_body, refused, unavailable

router: Final = APIRouter(prefix="/api/v1/tasks", tags=["tasks"], route_class=GuardedRoute)

_AT_ONCE: Final = 16
_SECONDS: Final = 10.0  # items that were not begun by then are told so; those under way end with the gateway's limit
UNREACHED: Final = unavailable("This task could not be reached; send the same request again.")
COMMANDS: Final[Mapping[str, str]] = {
    "complete": "CompleteTask",
    "reopen": "ReopenTask",
    "delete": "DeleteTask",
    "restore": "RestoreTask",
    "purge": "PurgeTask",
    "add_tags": "AddTags",
    "remove_tag": "RemoveTag",
    "set_priority": "SetPriority",
    "move_due": "MoveDue",
}


Sent: TypeAlias = tuple[Json, Write | None]  # what the item is answered, and what it wrote


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result an item, in the order asked, and the headers of the answer."""

    results: list[Json]
    headers: dict[str, str]


@router.post(
    "/bulk",
    **operation("bulk_tasks", "write", "Change up to 200 tasks", models.BulkResults, body=bodies.Bulk, command=True),
)
async def bulk(request: Request) -> Response:
    body = await read_body(request, bodies.Bulk)
    name = COMMANDS[body.action]
    try:
        BODIES[name].model_validate(body.args)
    except ValidationError as error:
        raise invalid_body(error.errors(include_url=False, include_context=False), prefix="/args") from error
    outcome = await send_each(request, command_of(request, name, body.args), body.ids)
    return answer({"results": outcome.results}, headers=outcome.headers)


async def send_each(request: Request, command: Command, ids: Sequence[str]) -> Outcome:
    """The same command to each task, with an id of its own; what fails on one does not stop the others."""
    before = brought(request)
    slots = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _SECONDS

    async def send_one(task_id: str) -> Sent:
        async with slots:
            if loop.time() > give_up_at:
                return _failed(task_id, UNREACHED), None
            return await _send_one(request, task_id, replace(command, id=command_id_for_item(command.id, task_id)))

    done = await asyncio.gather(*map(send_one, ids))
    writes = await _newest(request, [write for _, write in done if write is not None])
    return Outcome([result for result, _ in done], {HEADER: token_for(request, before, writes)})


async def _newest(request: Request, writes: list[Write]) -> list[Write]:
    """A token holds ten writes, so more are waited for here; those still missing stand last and are kept."""
    if len(writes) <= MOST_WRITES:
        return writes
    behind = await behind_after_wait(request, writes)
    return [write for write in writes if write not in behind] + behind


async def _send_one(request: Request, task_id: str, command: Command) -> Sent:
    try:
        reply = await parts_of(request).services.actors.send(TASK, task_id, command)
    except Unavailable:
        return _failed(task_id, UNREACHED), None
    if reply.error is not None:
        return _failed(task_id, refused(reply.error)), None
    shown = {} if reply.value["purged"] else {"task": reply_task(request, reply)}
    return {"id": task_id, "status": 200, **shown}, (task_id, reply.version)


def _failed(task_id: str, problem: ProblemError) -> Json:
    return {"id": task_id, "status": problem.status, "problem": problem.as_json()}
