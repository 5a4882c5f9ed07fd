"""From an act to a command to one task, and from the reply to what is shown: routes, tools and imports alike."""

from typing import Final

from actors.commands import task_id_for
from actors.fields import Body
from actors.replies import Json, Reply
from web.act import Act, Done
from web.api import bodies
from web.api.tasks.shown import task_json

TASK: Final = "TaskActor"
USER: Final = "UserActor"
SERIES: Final = "SeriesActor"


async def create_task(act: Act, body: bodies.CreateTask) -> Done:
    """Send CreateTask to the actor that the command id names, so that a repeated act reaches the same one."""
    body.model_fields_set.discard("recurrence")  # null says as much as nothing, and is no part of the command
    task_id = body.id or task_id_for(act.user_id, act.command_id)
    reply = await act.send(TASK, task_id, act.command("CreateTask", body))
    return Done(reply_task(act, reply), [(task_id, reply.version)], reply.version, "made")


async def change_task(act: Act, task_id: str, name: str, body: Body | Json | None = None) -> Done:
    reply = await act.send(TASK, task_id, act.command(name, body, if_match=act.if_match))
    return Done(reply_task(act, reply), [(task_id, reply.version)], reply.version)


def reply_task(act: Act, reply: Reply) -> Json:
    return task_json(reply.value, act.now())
