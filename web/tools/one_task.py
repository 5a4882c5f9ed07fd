"""Which task a reading tool is asked about."""

from dataclasses import asdict
from typing import Final

from actors.replies import Json
from web.problems import ProblemError
from web.tools.plan import Unfit
from web.tools.task_names import Place, tasks_named
from web.tools.tool import Use

_PLACES: Final[tuple[Place, ...]] = ("open", "completed", "trash")


async def required_task(use: Use, named: str) -> Json:
    """Returns the task that an id or a name means, an open one before a completed one, and that before one in the trash.

    Raises the 404 for a name that fits none, and the 409 with `candidates` for one that fits several.
    """
    for place in _PLACES:
        [task] = await tasks_named(use, [named], place)
        if not isinstance(task, Unfit):
            return task
        if task.candidates:
            candidates = [asdict(candidate) for candidate in task.candidates]
            raise ProblemError(409, task.code, task.detail, extra={"candidates": candidates})
    detail = "No task of yours fits, open, completed or in the trash. Look for it with find-tasks, by fewer words."
    raise ProblemError(404, "task_not_found", detail)
