"""Tasks: create, list, read, edit, delete, the other commands to one task, and one command to many."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from actors.commands import AcknowledgeReminder, AddTags, PatchTask, SetPriority, SnoozeReminder
from actors.fields import Body
from actors.replies import Json
from host.store.read_model import task_queries
from web.api.edge.acting import act_of
from web.api.edge.answers import answer, answer_done, no_content
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import TagInPath, TaskId
from web.api.edge.operation import operation
from web.api.edge.paging import cursor_after, page_json
from web.api.edge.reading import read_body
from web.api.series.models import Series
from web.api.series.sending import create_recurring, end_recurrence
from web.api.tasks import bodies, models
from web.api.tasks.queries import TaskQuery, task_filter, task_stretch
from web.api.tasks.sending import change_task, change_tasks, create_task
from web.api.tasks.shown import task_json, tasks_json
from web.problems import not_found

router: Final = APIRouter(prefix="/api/v1/tasks", tags=["tasks"], route_class=GuardedRoute)


@router.post(
    "",
    **operation(
        "create_task",
        "write",
        "Create a task, or with `recurrence` a series of tasks",
        models.Task,
        status=201,
        body=bodies.CreateTask,
        command=True,
        gone=True,
        pending=Series,
    ),
)
async def create(request: Request) -> Response:
    body = await read_body(request, bodies.CreateTask)
    act = act_of(request)
    return answer_done(act, await (create_task if body.recurrence is None else create_recurring)(act, body))


@router.get("", **operation("list_tasks", "read", "List tasks", models.TaskPage, consistent=True, listed=True))
async def list_(request: Request, query: Annotated[TaskQuery, Query()]) -> Response:
    act = act_of(request)
    now, stretch = act.now(), task_stretch(act, query)
    async with act.db.connect() as connection:
        wanted = task_filter(query, now, act.caller.profile.zone)
        listed = await task_queries.listed(connection, act.user_id, wanted, stretch)
    page = page_json(query, tasks_json(listed.items, now), listed.total, cursor_after(act, query, listed.last))
    return answer(page, headers={"Duely-Position": str(listed.position)})


@router.get("/{task_id}", **operation("get_task", "read", "Read a task", models.Task, consistent=True))
async def get(request: Request, task_id: TaskId) -> Response:
    act = act_of(request)
    async with act.db.connect() as connection:
        stored = await task_queries.find(connection, act.user_id, task_id)
    if stored is None:
        raise not_found()
    return answer(task_json(stored, act.now()), headers={"ETag": f'"{stored["version"]}"'})


@router.patch(
    "/{task_id}",
    **operation(
        "patch_task", "write", "Edit a task; null clears a field", models.Task, body=PatchTask, command=True, edit=True
    ),
)
async def patch(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "PatchTask", await read_body(request, PatchTask))


@router.delete(
    "/{task_id}",
    **operation("delete_task", "write", "Move a task to the trash", models.Task, command=True, whole=True),
)
async def delete(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "DeleteTask")


@router.post(
    "/{task_id}/complete",
    **operation("complete_task", "write", "Complete a task", models.Task, command=True, edit=True),
)
async def complete(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "CompleteTask")


@router.post(
    "/{task_id}/reopen", **operation("reopen_task", "write", "Reopen a task", models.Task, command=True, edit=True)
)
async def reopen(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "ReopenTask")


@router.post(
    "/{task_id}/restore",
    **operation("restore_task", "write", "Restore a task from the trash", models.Task, command=True, edit=True),
)
async def restore(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "RestoreTask")


@router.post(
    "/{task_id}/purge",
    **operation("purge_task", "write", "Delete a task permanently", None, status=204, command=True, whole=True),
)
async def purge(request: Request, task_id: TaskId) -> Response:
    act = act_of(request)
    return no_content(act, await change_task(act, task_id, "PurgeTask"))


@router.put(
    "/{task_id}/priority",
    **operation("set_priority", "write", "Set the priority", models.Task, body=SetPriority, command=True, edit=True),
)
async def set_priority(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "SetPriority", await read_body(request, SetPriority))


@router.post(
    "/{task_id}/snooze",
    **operation(
        "snooze_reminder",
        "write",
        "Snooze a reminder",
        models.Task,
        body=SnoozeReminder,
        command=True,
    ),
)
async def snooze(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "SnoozeReminder", await read_body(request, SnoozeReminder))


@router.post(
    "/{task_id}/acknowledge",
    **operation(
        "acknowledge_reminder",
        "write",
        "Acknowledge a reminder",
        models.Task,
        body=AcknowledgeReminder,
        body_required=False,
        command=True,
    ),
)
async def acknowledge(request: Request, task_id: TaskId) -> Response:
    body = await read_body(request, AcknowledgeReminder, required=False)
    return await _change(request, task_id, "AcknowledgeReminder", body)


@router.post(
    "/{task_id}/tags",
    **operation("add_tags", "write", "Add tags", models.Task, body=AddTags, command=True, edit=True),
)
async def add_tags(request: Request, task_id: TaskId) -> Response:
    return await _change(request, task_id, "AddTags", await read_body(request, AddTags))


@router.delete(
    "/{task_id}/tags/{tag:path}",
    **operation("remove_tag", "write", "Remove a tag", models.Task, command=True, edit=True),
)
async def remove_tag(request: Request, task_id: TaskId, tag: TagInPath) -> Response:
    return await _change(request, task_id, "RemoveTag", {"tag": tag})


@router.delete(
    "/{task_id}/recurrence",
    **operation(
        "remove_recurrence",
        "write",
        "Stop the series of a task; the task stays",
        Series,
        command=True,
    ),
)
async def remove_recurrence(request: Request, task_id: TaskId) -> Response:
    act = act_of(request)
    return answer_done(act, await end_recurrence(act, task_id))


@router.post(
    "/bulk",
    **operation("bulk_tasks", "write", "Change up to 200 tasks", models.BulkResults, body=bodies.Bulk, command=True),
)
async def bulk(request: Request) -> Response:
    body = await read_body(request, bodies.Bulk)
    act = act_of(request)
    return answer_done(act, await change_tasks(act, body.action, body.ids, body.args, body.versions))


async def _change(request: Request, task_id: str, name: str, body: Body | Json | None = None) -> Response:
    act = act_of(request)
    return answer_done(act, await change_task(act, task_id, name, body))
