"""Commands to series, and those that answer what a series makes: its first task, or the series that follows a split."""

import asyncio
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from actors.commands import Command, successor_id, task_id_for
from actors.fields import Body
from actors.replies import Json, Refused, Reply
from host.store import series_queries, task_queries
from web.api import bodies
from web.api.bulk import UNREACHED, send_each
from web.api.caller import caller_of
from web.api.consistency import Write, brought, honour
from web.api.parts import parts_of
from web.api.sending import SERIES, accepted, answer, command_id_of, command_of, edited_version, write_headers
from web.api.series_json import series_json, tasks_of
from web.api.task_json import task_json
from web.problems import ProblemError, invalid_body, not_found, refused, unavailable
from web.services import LONGEST_WAIT_SECONDS

_TEMPLATE: Final = ("title", "description", "priority", "tags", "checklist", "reminders")
# Where in the body of a task the fault of a series stands.
_IN_TASK: Final = {"/rule": "/recurrence/rule", "/start": "/due"}


async def create_series(request: Request, body: bodies.CreateSeries) -> Response:
    before = brought(request)
    command = _birth(request, body)
    reply = await accepted(request, SERIES, command.body["id"], command)
    await _awaited_shown(request, reply.value, LONGEST_WAIT_SECONDS)
    headers = write_headers(request, before, _writes(reply.value, reply.version))
    return answer(series_json(reply.value), status=201, headers=headers)


async def change_series(request: Request, series_id: str, name: str, body: Body | Json | None = None) -> Response:
    before = brought(request)
    command = command_of(request, name, body or {}, if_match=edited_version(request))
    reply = await accepted(request, SERIES, series_id, command)
    await _awaited_shown(request, reply.value, LONGEST_WAIT_SECONDS)
    headers = write_headers(request, before, _writes(reply.value, reply.version))
    return answer(series_json(reply.value), headers=headers)


async def edit_series(request: Request, series_id: str, patch: Json) -> Response:
    older = await _older_open(request, series_id) if "template" in patch else []
    answered = await change_series(request, series_id, "PatchSeries", patch)
    await _tell_older(request, older, "Retemplate", patch.get("template", {}))
    return answered


async def delete_series(request: Request, series_id: str, occurrences: str) -> Response:
    older = await _older_open(request, series_id) if occurrences == "delete" else []
    answered = await change_series(request, series_id, "DeleteSeries", {"occurrences": occurrences})
    await _tell_older(request, older, "DeleteTask", {})
    return answered


async def _tell_older(request: Request, task_ids: list[str], name: str, body: Json) -> None:
    """A series tells the open tasks that it knows; of more than a hundred the older ones are told from here."""
    if not task_ids:
        return
    outcome = await send_each(request, command_of(request, name, body), task_ids)
    if any(result["status"] == UNREACHED.status for result in outcome.results):
        raise unavailable("Some of its open occurrences could not be reached; send the same request again.")


async def _older_open(request: Request, series_id: str) -> list[str]:
    """The open tasks of the series that it does not know any more."""
    user_id = caller_of(request).user_id
    async with parts_of(request).services.db.connect() as connection:
        stored = await series_queries.find(connection, user_id, series_id)
        found = await series_queries.open_of(connection, user_id, series_id)
    known = {entry["task_id"] for entry in tasks_of(stored)} if stored else set()
    return [task_id for task_id in found if task_id not in known]


async def split_series(request: Request, series_id: str, slot: str, patch: Json) -> Response:
    """The series that begins at the slot, once it is there; until then a 202 with the one that ends there."""
    before = brought(request)
    command = command_of(request, "SplitSeries", {"slot": slot, "patch": patch}, if_match=edited_version(request))
    reply = await accepted(request, SERIES, series_id, command)
    follows = successor_id(series_id, command.id)
    location = {"Location": f"/api/v1/series/{follows}"}
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LONGEST_WAIT_SECONDS
    if await _is_shown(request, follows, LONGEST_WAIT_SECONDS):
        async with parts_of(request).services.db.connect() as connection:
            successor = await series_queries.find(connection, caller_of(request).user_id, follows)
        if successor is not None:
            await _awaited_shown(request, successor, max(0.0, ends_at - loop.time()))
            writes = [(series_id, reply.version), *_writes(successor, successor["version"])]
            headers = write_headers(request, before, writes) | location
            return answer(series_json(successor), status=201, headers=headers)
    headers = write_headers(request, before, _writes(reply.value, reply.version)) | location
    return answer(series_json(reply.value), status=202, headers=headers)


async def create_recurring(request: Request, body: bodies.CreateTask) -> Response:
    """The first task of a new series, once it is there; until then a 202 with the series, whose `next` names it."""
    before = brought(request)
    command = _birth(request, _series_of(body))
    reply = await parts_of(request).services.actors.send(SERIES, command.body["id"], command)
    if reply.error is not None:
        raise refused(_in_task(reply.error))
    return await _first_task(request, before, reply)


def _in_task(refusal: Refused) -> Refused:
    errors = [error | {"pointer": _IN_TASK.get(error["pointer"], "")} for error in refusal.extra.get("errors", [])]
    return replace(refusal, extra=refusal.extra | ({"errors": errors} if errors else {}))


async def _first_task(request: Request, before: list[tuple[str, int]], reply: Reply) -> Response:
    series, services = reply.value, parts_of(request).services
    made = (series["id"], reply.version)
    # Of a series of days today's has started as soon as it is there.
    first = next(iter(series["open"]), series["awaited"])
    if first is not None and await _is_shown(request, first["task_id"], LONGEST_WAIT_SECONDS):
        async with services.db.connect() as connection:
            task = await task_queries.find(connection, caller_of(request).user_id, first["task_id"])
        if task is not None:
            headers = write_headers(request, before, [made, (task["id"], task["version"])])
            return answer(task_json(task, services.clock.now()), status=201, headers=headers)
    headers = write_headers(request, before, _writes(series, reply.version))
    return answer(series_json(series), status=202, headers=headers)


async def end_recurrence(request: Request, task_id: str) -> Response:
    """Stop the series of a task and leave the task."""
    await honour(request)
    async with parts_of(request).services.db.connect() as connection:
        task = await task_queries.find(connection, caller_of(request).user_id, task_id)
    if task is None:
        raise not_found()
    if task["series_id"] is None:
        raise ProblemError(404, "series_not_found", "This task is not of a series.")
    return await change_series(request, task["series_id"], "StopSeries", {"keep": True})


def patch_of(body: bodies.PatchSeries) -> Json:
    """What the command takes: the fields of the template apart."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"from_slot"})
    template = {name: given.pop(name) for name in _TEMPLATE if name in given}
    return given | ({"template": template} if template else {})


def _birth(request: Request, body: bodies.CreateSeries) -> Command:
    """Its id is a task's that the same command would make: so a key that made a task makes no series as well."""
    caller = caller_of(request)
    command_id = command_id_of(request, caller)
    given = body.model_dump(exclude_unset=True)
    template = {name: given.pop(name) for name in _TEMPLATE if name in given}
    given |= {"id": task_id_for(caller.user_id, command_id), "template": template}
    return command_of(request, "CreateSeries", given, command_id=command_id)


def _series_of(body: bodies.CreateTask) -> bodies.CreateSeries:
    """The series that begins with this task; raises the 422 for what a task may say and a series may not."""
    assert body.recurrence is not None  # noqa: S101  asked before
    if body.due is None:
        raise _unfit("due", "required", "a task that repeats needs a due to start at")
    if body.id is not None:
        raise _unfit("id", "not_allowed", "the id of an occurrence follows from its series")
    given = body.model_dump(exclude_unset=True, exclude={"id", "recurrence", "due"})
    given |= body.recurrence.model_dump(exclude_unset=True)
    try:
        return bodies.CreateSeries.model_validate({**given, "start": body.due.model_dump()})
    except ValidationError as error:
        raise invalid_body(error.errors(include_url=False, include_context=False)) from None


def _unfit(field: str, code: str, detail: str) -> ProblemError:
    return invalid_body([{"loc": (field,), "type": code, "msg": detail}])


async def _awaited_shown(request: Request, series: Json, timeout_seconds: float) -> None:
    """The task that `next` will name is made by a consumer: give it the time. One that was there before is seen at once."""
    if series["awaited"] is not None:
        await _is_shown(request, series["awaited"]["task_id"], timeout_seconds)


def _writes(series: Json, version: int) -> list[Write]:
    """What the next read must see: the task that `next` names, late or not, and the series itself."""
    task = [] if series["awaited"] is None else [(series["awaited"]["task_id"], 1)]
    return [*task, (series["id"], version)]


async def _is_shown(request: Request, actor_id: str, timeout_seconds: float) -> bool:
    return await parts_of(request).services.projection.wait(actor_id, 1, timeout_seconds)
