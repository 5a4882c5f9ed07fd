"""Commands to tasks, to one or to up to 200 at once, and what is shown of the replies."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pydantic import ValidationError

from actors.commands import BODIES, Command, body_hash, command_id_for_item, task_id_for
from actors.fields import Body
from actors.replies import Json, Refused, Reply
from actors.typed import TYPED
from host.dapr.gateway import ActorBug, Unavailable
from host.store.turns import commands
from web.act import TASK, Act, Done, Write
from web.api.edge.consistency import MOST_WRITES, behind_after_wait
from web.api.tasks.bodies import CreateTask
from web.api.tasks.shown import task_json
from web.problems import ProblemError, broken, invalid_body, refused, unavailable

log = logging.getLogger(__name__)

_AT_ONCE: Final = 16
_SECONDS: Final = 10.0  # items not begun by then fail; those under way end with the gateway's limit
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

Sent: TypeAlias = tuple[Json, Write | None]  # the result of an item, and what it wrote


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of many commands in the order of their ids, and what was written."""

    results: list[Json]
    writes: list[Write]


async def create_task(act: Act, body: CreateTask) -> Done:
    """Sends CreateTask to the actor that the command id names, so that a repeated act reaches the same one."""
    body.model_fields_set.discard("recurrence")  # null means the same as absent, and is no field of the command
    task_id = body.id or task_id_for(act.user_id, act.command_id)
    reply = await act.ask(TASK, task_id, act.command("CreateTask", body))
    if reply.error is not None:
        raise refused(_shown(act, reply.error))
    return Done(reply_task(act, reply), [(task_id, reply.version)], reply.version, "made")


def _shown(act: Act, refusal: Refused) -> Refused:
    """Returns the refusal with the task that is there, if it has one, as the API shows tasks."""
    there = refusal.extra.get("task")
    return refusal if there is None else replace(refusal, extra={"task": task_json(there, act.now())})


async def change_task(act: Act, task_id: str, name: str, body: Body | Json | None = None) -> Done:
    """Sends one command to a task; raises what `Act.send` raises."""
    reply = await act.send(TASK, task_id, act.command(name, body, if_match=act.if_match))
    return Done(reply_task(act, reply), [(task_id, reply.version)], reply.version)


def reply_task(act: Act, reply: Reply) -> Json:
    """Returns what to show of the task in a reply."""
    return task_json(reply.value, act.now())


async def change_tasks(
    act: Act, action: str, ids: Sequence[str], args: Json, versions: Mapping[str, int] | None = None
) -> Done:
    """Does one action of `COMMANDS` to each task; raises the 422 for arguments that it does not take.

    `versions` says by id which version the caller insists on.
    """
    name = COMMANDS[action]
    try:
        BODIES[name].model_validate(args, context=None if action == "remove_tag" else TYPED)
    except ValidationError as error:
        raise invalid_body(
            error.errors(include_url=False, include_context=False, include_input=False), prefix="/args"
        ) from error
    command = act.command(name, args)
    command = replace(command, cause=replace(act.cause, change_set=act.cause.change_set or act.command_id))
    asked: Json = {"command": command.hash, "ids": list(ids)} | ({"versions": versions} if versions else {})
    await as_first_asked(act, body_hash("Bulk", asked), {})
    outcome = await send_each(act, command, ids, versions)
    return Done({"results": outcome.results}, outcome.writes)


async def as_first_asked(act: Act, digest: str, kept: Json) -> Json:
    """Returns what was kept when this was first asked of many tasks; raises the 422 for another request's key."""
    async with act.db.begin() as connection:
        first = await commands.keep(connection, act.user_id, act.command_id, digest, kept)
    if first is None:
        raise other_request()
    return first


def other_request() -> ProblemError:
    """Returns the 422 for the key of another request."""
    return ProblemError(422, "idempotency_mismatch", "This Idempotency-Key came with another request before.")


async def send_each(
    act: Act, command: Command, ids: Sequence[str], versions: Mapping[str, int] | None = None
) -> Outcome:
    """Sends the same command to each task, with an id of its own; what fails for one does not stop the others.

    `versions` are as in `change_tasks`.
    """
    seen = versions or {}
    semaphore = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _SECONDS

    async def send_one(task_id: str) -> Sent:
        async with semaphore:
            if loop.time() > give_up_at:
                return _failed(task_id, UNREACHED), None
            item_id = command_id_for_item(command.id, task_id)
            return await _send_one(act, task_id, replace(command, id=item_id, if_match=seen.get(task_id)))

    done = await asyncio.gather(*map(send_one, ids))
    writes = await _newest(act, [write for _, write in done if write is not None])
    return Outcome([result for result, _ in done], writes)


async def _newest(act: Act, writes: list[Write]) -> list[Write]:
    """Returns the writes with those last that cannot be read yet: a token keeps only the last ten."""
    if len(writes) <= MOST_WRITES:
        return writes
    behind = await behind_after_wait(act, writes, act.services.longest_wait_seconds)
    return [write for write in writes if write not in behind] + behind


async def _send_one(act: Act, task_id: str, command: Command) -> Sent:
    try:
        reply = await act.ask(TASK, task_id, command)
    except ProblemError as problem:
        return _failed(task_id, problem), None
    except Unavailable:
        return _failed(task_id, UNREACHED), None
    except ActorBug as bug:
        details = {"actor_type": TASK, "actor": task_id, "fingerprint": bug.fingerprint}
        log.warning("an actor has a bug", extra=details)  # its host says more
        return _failed(task_id, broken()), None
    if reply.error is not None:
        return _failed(task_id, refused(reply.error)), None
    task = {} if reply.value["purged"] else {"task": reply_task(act, reply)}
    return {"id": task_id, "status": 200, **task}, (task_id, reply.version)


def _failed(task_id: str, problem: ProblemError) -> Json:
    return {"id": task_id, "status": problem.status, "problem": problem.as_json()}
