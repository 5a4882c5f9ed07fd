"""Which task a name or an id means, for tools that are about one."""

from dataclasses import asdict
from uuid import UUID

from actors.replies import Json
from host.store.read_model import task_queries
from web.problems import ProblemError
from web.tools.plan import Unfit
from web.tools.tool import Use


async def one_task(use: Use, named: str) -> Json | Unfit:
    """Returns the task, or why there is none."""
    try:
        task_id = str(UUID(named))
    except ValueError:
        task_id = ""
    async with use.act.db.connect() as connection:
        task = await task_queries.find(connection, use.act.user_id, task_id)
    return Unfit(0, "task_not_found", f"No task of yours is named {named}.") if task is None else task


async def required_task(use: Use, named: str) -> Json:
    """Returns the task; raises the 404 for a name that fits none, the 409 with candidates for one that fits several."""
    task = await one_task(use, named)
    if not isinstance(task, Unfit):
        return task
    candidates = [asdict(candidate) for candidate in task.candidates]
    raise ProblemError(409 if candidates else 404, task.code, task.detail, extra={"candidates": candidates})
