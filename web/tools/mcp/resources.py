"""What can be read by address: the day, the tags, and one task."""

import json
from typing import Any, Final

from host.store.read_model import task_queries
from web.api.edge.consistency import wait_for_writes
from web.api.tasks.shown import task_json
from web.problems import ProblemError, not_found
from web.tools.calling import call
from web.tools.catalogue import CATALOGUE
from web.tools.tool import Use

_TASKS: Final = "duely://tasks/"
_JSON: Final = "application/json"
_BY_TOOL: Final = {"duely://today": "plan-day", "duely://tags": "list-tags"}  # the tool that answers it
RESOURCES: Final[tuple[dict[str, Any], ...]] = (
    {
        "uri": "duely://today",
        "name": "today",
        "title": "Today",
        "description": "What is overdue and due today, and an order for it, as plan-day answers",
        "mimeType": _JSON,
    },
    {
        "uri": "duely://tags",
        "name": "tags",
        "title": "Tags",
        "description": "All tags with the number of their tasks",
        "mimeType": _JSON,
    },
)
TEMPLATES: Final[tuple[dict[str, Any], ...]] = (
    {
        "uriTemplate": f"{_TASKS}{{id}}",
        "name": "task",
        "title": "A task",
        "description": "One task with its description, checklist and reminders",
        "mimeType": _JSON,
    },
)


async def read(use: Use, uri: str) -> str:
    """Returns the resource as JSON; raises the 404 for one that does not exist or belongs to somebody else."""
    if tool := _BY_TOOL.get(uri):
        return _text(await call(CATALOGUE[tool], use, {}))
    if uri.startswith(_TASKS):
        return _text(await _task(use, uri.removeprefix(_TASKS)))
    raise ProblemError(404, "resource_not_found", "There is no such resource; resources/list names those there are.")


async def _task(use: Use, task_id: str) -> Any:
    act = use.act
    await wait_for_writes(act)
    async with act.db.connect() as connection:
        task = await task_queries.find(connection, act.user_id, task_id) if task_id.isascii() else None
    if task is None:
        raise not_found()
    return task_json(task, act.now())


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
