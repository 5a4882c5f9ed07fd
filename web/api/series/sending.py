"""Commands to series, and what they make: a first task, or the series that follows a split."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from pydantic import ValidationError

from actors.commands import Command, command_id_for_item, successor_id, task_id_for
from actors.fields import Body
from actors.recurrence.expansion import Policies
from actors.recurrence.parsing import parse
from actors.replies import Json, Refused, Reply
from actors.series.stored import tasks_of
from host.store.read_model import change_set_queries, series_queries, task_queries
from web.act import SERIES, TASK, Act, Done, Write
from web.api.edge.consistency import wait_for_writes
from web.api.series.bodies import CreateSeries, PatchSeries
from web.api.series.shown import series_json
from web.api.tasks.bodies import CreateTask, PatchTask
from web.api.tasks.sending import UNREACHED, send_each
from web.api.tasks.shown import task_json
from web.problems import ProblemError, broken, invalid_body, not_found, refused, unavailable

_TEMPLATE: Final = ("title", "description", "priority", "tags", "checklist", "reminders")
# From a fault's place in the body of a series to its place in the body of a task.
_IN_TASK: Final = {"/rule": "/recurrence/rule", "/start": "/due"}


async def create_series(act: Act, body: CreateSeries) -> Done:
    """Creates a series and waits for its first task."""
    command = _create_command(act, body)
    reply = await act.ask(SERIES, command.body["id"], command)
    if reply.error is not None:
        raise refused(_shown(reply.error))
    await _wait_for_next(act, reply.value, act.services.longest_wait_seconds)
    return replace(_done(reply), outcome="made")


def _shown(refusal: Refused) -> Refused:
    """Returns the refusal with the series that is there, if it has one, as the API shows series."""
    there = refusal.extra.get("series")
    return refusal if there is None else replace(refusal, extra={"series": series_json(there)})


async def change_series(act: Act, series_id: str, name: str, body: Body | Json | None = None) -> Done:
    """Sends a command to a series and waits for the task that its `next` names."""
    reply = await act.send(SERIES, series_id, act.command(name, body, if_match=act.if_match))
    await _wait_for_next(act, reply.value, act.services.longest_wait_seconds)
    return _done(reply)


async def edit_series(act: Act, series_id: str, patch: Json) -> Done:
    """Edits a series and, if the edit changes what occurrences get, all its open tasks."""
    older = await _older_open(act, series_id) if "template" in patch else []
    done = await change_series(act, series_id, "PatchSeries", patch)
    await _send_to_older(act, older, "Retemplate", patch.get("template", {}))
    return done


async def delete_series(act: Act, series_id: str, occurrences: str) -> Done:
    """Deletes a series; with `occurrences` "delete" its open tasks, too."""
    older = await _older_open(act, series_id) if occurrences == "delete" else []
    done = await change_series(act, series_id, "DeleteSeries", {"occurrences": occurrences})
    await _send_to_older(act, older, "DeleteTask", {})
    return done


async def take_back_series(act: Act, series_id: str, most: int) -> tuple[Done, Sequence[Json]]:
    """Deletes a series with the tasks that nobody has written into; returns at most so many tasks that stay.

    The task that it began with goes on as one of no series.
    """
    older = await _older_open(act, series_id)
    reply = await act.send(SERIES, series_id, act.command("DeleteSeries", {"occurrences": "unwritten"}))
    # A task that is there goes by its series alone; the slot is for one that is yet to be made.
    await _send_to_older(act, older, "Withdraw", {"series_id": series_id, "generation": 1, "slot": "1970-01-01"})
    open_ids = [*(made["task_id"] for made in reply.value["open"]), *reply.value.get("kept", ())]
    async with act.db.connect() as connection:
        first_task = await change_set_queries.first_task(connection, act.user_id, series_id)
        stays = await change_set_queries.staying(connection, act.user_id, series_id, open_ids, most)
    if first_task is not None:
        await _leave(act, series_id, first_task)
    return _done(reply), [task for task in stays if task["id"] != first_task]


async def _leave(act: Act, series_id: str, task_id: str) -> None:
    """Has a task go on as one of no series; one in the trash, or gone, needs nothing."""
    command = act.command("LeaveSeries", {"series_id": series_id})
    await act.ask(TASK, task_id, replace(command, id=command_id_for_item(act.command_id, task_id)))


async def _send_to_older(act: Act, task_ids: list[str], name: str, body: Json) -> None:
    """Sends the command to open tasks that the series no longer knows; it sends to those that it knows itself.

    It keeps a hundred of them in mind.
    """
    if not task_ids:
        return
    outcome = await send_each(act, act.command(name, body), task_ids)
    statuses = {result["status"] for result in outcome.results}
    if UNREACHED.status in statuses:
        raise unavailable("Some of its open occurrences could not be reached; send the same request again.")
    if HTTPStatus.INTERNAL_SERVER_ERROR in statuses:  # repeating the request does not reach that task
        raise broken()


async def _older_open(act: Act, series_id: str) -> list[str]:
    """Returns the ids of the open tasks of the series that it no longer knows."""
    await wait_for_writes(act)
    async with act.db.connect() as connection:
        stored = await series_queries.find(connection, act.user_id, series_id)
        open_ids = await series_queries.open_of(connection, act.user_id, series_id)
    known = {entry["task_id"] for entry in tasks_of(stored)} | set(stored.get("kept", ())) if stored else set()
    return [task_id for task_id in open_ids if task_id not in known]


async def split_series(act: Act, series_id: str, slot: str, patch: Json) -> tuple[str, Done]:
    """Returns the id of the series that begins at the slot, and what to show.

    That is the new series if it is there in time, else the one that ends, with the outcome `pending`.
    """
    command = act.command("SplitSeries", {"slot": slot, "patch": patch}, if_match=act.if_match)
    reply = await act.send(SERIES, series_id, command)
    follows = successor_id(series_id, command.id)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + act.services.longest_wait_seconds
    if await _is_shown(act, follows, act.services.longest_wait_seconds):
        async with act.db.connect() as connection:
            successor = await series_queries.find(connection, act.user_id, follows)
        if successor is not None:
            await _wait_for_next(act, successor, max(0.0, ends_at - loop.time()))
            version = successor["version"]
            writes = [(series_id, reply.version), *_writes(successor, version)]
            return follows, Done(series_json(successor), writes, version, "made")
    return follows, replace(_done(reply), outcome="pending")


async def create_recurring(act: Act, body: CreateTask) -> Done:
    """Creates a series and returns its first task if it is there in time, else the series, whose `next` names the task."""
    command = _create_command(act, _series_of(body), asked=True)
    reply = await act.ask(SERIES, command.body["id"], command)
    if reply.error is not None:
        raise refused(_shown(_in_task(reply.error)))
    return await _first_task(act, reply) or replace(_done(reply), outcome="pending")


def _in_task(refusal: Refused) -> Refused:
    errors = [error | {"pointer": _IN_TASK.get(error["pointer"], "")} for error in refusal.extra.get("errors", [])]
    return replace(refusal, extra=refusal.extra | ({"errors": errors} if errors else {}))


async def _first_task(act: Act, reply: Reply) -> Done | None:
    series = reply.value
    # In a series of days, today's task has started as soon as it is there.
    first = next(iter(series["open"]), series["awaited"])
    if first is None or not await _is_shown(act, first["task_id"], act.services.longest_wait_seconds):
        return None
    async with act.db.connect() as connection:
        task = await task_queries.find(connection, act.user_id, first["task_id"])
    if task is None:
        return None
    writes = [(series["id"], reply.version), (task["id"], task["version"])]
    return Done(task_json(task, act.now()), writes, task["version"], "made")


async def repeat_task(act: Act, task_id: str, body: PatchTask) -> Done:
    """Makes a task the first occurrence of a new series, with what else the body changes in it; returns the task."""
    assert body.recurrence is not None  # noqa: S101  asked before
    await wait_for_writes(act)
    series_id = task_id_for(act.user_id, act.command_id)
    task = await _repeatable(act, task_id, series_id)
    fields = body.model_dump(exclude_unset=True, exclude={"recurrence"})
    begins: Json = {**task, **{name: value for name, value in fields.items() if value is not None or name == "due"}}
    if begins["due"] is None:
        raise _unfit("due", "required", "a task that repeats needs a due, at which it starts")
    recurrence = body.recurrence.model_dump(exclude_unset=True)
    series = {"id": series_id, "template": _template_of(begins), "start": begins["due"], "first_task": task_id}
    command = act.command("CreateSeries", {**series, **recurrence})
    policies = Policies(month_end=body.recurrence.month_end, mode=body.recurrence.mode)
    if isinstance(problem := parse(recurrence["rule"], begins["due"], act.caller.profile.zone, policies), Refused):
        raise refused(_in_task(problem))
    if fields and task["series_id"] is None:
        patch = act.command("PatchTask", fields, if_match=act.if_match)
        patch = replace(patch, id=command_id_for_item(act.command_id, task_id))
        task = (await act.send(TASK, task_id, patch)).value
    reply = await act.services.actors.send(SERIES, series_id, command)
    if reply.error is not None:
        raise refused(_shown(_in_task(reply.error)))
    await act.services.projection.wait(task_id, task["version"] + 1, act.services.longest_wait_seconds)
    async with act.db.connect() as connection:
        shown = dict(await task_queries.find(connection, act.user_id, task_id) or task)
    return Done(
        task_json(shown, act.now()), [(series_id, reply.version), (task_id, shown["version"])], shown["version"]
    )


async def _repeatable(act: Act, task_id: str, series_id: str) -> Mapping[str, Any]:
    """Returns the task if it can begin the series of that id; raises the 404 or 409 for one that cannot."""
    async with act.db.connect() as connection:
        task = await task_queries.find(connection, act.user_id, task_id)
    if task is None or task["purged"]:
        raise not_found()
    if task["deleted_at"] is not None:
        raise ProblemError(409, "task_in_trash", "The task is in the trash: restore it first.")
    if task["series_id"] not in {None, series_id}:
        raise ProblemError(409, "task_repeats", "The task is of a series already: edit that, or take it away first.")
    if task["status"] == "completed" and task["series_id"] is None:
        raise ProblemError(409, "task_completed", "The task is completed: reopen it first.")
    return task


def _template_of(task: Mapping[str, Any]) -> Json:
    """Returns the template of a series that goes on as the task began: an unticked checklist, and no reminder at an instant."""
    before_due = ("offset_minutes", "offset")
    reminders = [{name: one[name] for name in before_due if name in one} for one in task["reminders"]]
    return {
        **{name: task[name] for name in ("title", "description", "priority", "tags")},
        "checklist": [{"text": item["text"]} for item in task["checklist"]],
        "reminders": [one for one in reminders if one],
    }


async def end_recurrence(act: Act, task_id: str) -> Done:
    """Stops the series of a task and leaves the task."""
    await wait_for_writes(act)
    async with act.db.connect() as connection:
        task = await task_queries.find(connection, act.user_id, task_id)
    if task is None:
        raise not_found()
    if task["series_id"] is None:
        raise ProblemError(404, "series_not_found", "This task does not belong to a series.")
    return await change_series(act, task["series_id"], "StopSeries", {"keep": True})


def patch_of(body: PatchSeries) -> Json:
    """Returns the patch as the command takes it, with the template's fields apart."""
    fields: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"from_slot"})
    template = {name: fields.pop(name) for name in _TEMPLATE if name in fields}
    return fields | ({"template": template} if template else {})


def _create_command(act: Act, body: CreateSeries, **more: Any) -> Command:
    """Returns the command for a new series, with `more` that the body of the request does not say.

    The series gets the id that a task of the same key would get: so a key that made a task cannot make a series, too.
    """
    fields = body.model_dump(exclude_unset=True)
    template = {name: fields.pop(name) for name in _TEMPLATE if name in fields}
    fields |= {"id": task_id_for(act.user_id, act.command_id), "template": template, **more}
    return act.command("CreateSeries", fields)


def _series_of(body: CreateTask) -> CreateSeries:
    """Returns the series that begins with this task; raises the 422 for what a task may have and a series may not."""
    assert body.recurrence is not None  # noqa: S101  asked before
    if body.due is None:
        raise _unfit("due", "required", "a task that repeats needs a due, at which it starts")
    if body.id is not None:
        raise _unfit("id", "not_allowed", "the id of an occurrence follows from its series")
    fields = body.model_dump(exclude_unset=True, exclude={"id", "recurrence", "due"})
    fields |= body.recurrence.model_dump(exclude_unset=True)
    try:
        return CreateSeries.model_validate({**fields, "start": body.due.model_dump()})
    except ValidationError as error:
        raise invalid_body(error.errors(include_url=False, include_context=False)) from None


def _unfit(field: str, code: str, detail: str) -> ProblemError:
    return invalid_body([{"loc": (field,), "type": code, "msg": detail}])


def _done(reply: Reply) -> Done:
    """Returns the result that shows the series of the reply."""
    return Done(series_json(reply.value), _writes(reply.value, reply.version), reply.version)


async def _wait_for_next(act: Act, series: Mapping[str, Any], timeout_seconds: float) -> None:
    """Waits for the task that `next` names, which a consumer makes; one that was there before is seen at once."""
    if series["awaited"] is not None:
        await _is_shown(act, series["awaited"]["task_id"], timeout_seconds)


def _writes(series: Mapping[str, Any], version: int) -> list[Write]:
    """Returns what the next read must show: the task that `next` names, late or not, and the series itself."""
    task = [] if series["awaited"] is None else [(series["awaited"]["task_id"], 1)]
    return [*task, (series["id"], version)]


async def _is_shown(act: Act, actor_id: str, timeout_seconds: float) -> bool:
    return await act.services.projection.wait(actor_id, 1, timeout_seconds)
