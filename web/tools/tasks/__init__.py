"""Tools over tasks: to find, add and change them, by ids or by names."""

from collections.abc import Sequence
from typing import Final

from web.tools.tasks import changing
from web.tools.tasks.adding import ADD_TASKS
from web.tools.tasks.finding import FIND_TASKS
from web.tools.tasks.models import OfTasks, Reschedule, Snooze, TagTasks, UpdateTasks
from web.tools.tool import Hints, Tool, WritingTool

_WRITES: Final = Hints(read_only=False)
_COUNTS: Final = Hints(read_only=False, idempotent=False)  # from now, or from what is there

UPDATE_TASKS: Final = WritingTool(
    name="update-tasks",
    title="Change tasks",
    description="Use this to change title, description, due, priority, reminders or checklist of up to 200 tasks, each in "
    'its own way. What is left out stays; `none` clears. Example: {"tasks": [{"task": "pay rent", "priority": "high"}]}. '
    "To move tasks to another day use reschedule-tasks, for tags tag-tasks, for all occurrences of a series update-series.",
    input=UpdateTasks,
    plan=changing.plan_update,
    hints=_WRITES,
)
COMPLETE_TASKS: Final = WritingTool(
    name="complete-tasks",
    title="Complete tasks",
    description="Use this when tasks are done. Of a series it completes the occurrence that is named, and the next one comes. "
    "To leave an occurrence out use skip-occurrences; what is not wanted any more goes by delete-tasks.",
    input=OfTasks,
    plan=changing.plan_complete,
    hints=_WRITES,
)
REOPEN_TASKS: Final = WritingTool(
    name="reopen-tasks",
    title="Reopen tasks",
    description="Use this when completed tasks are not done after all. Names are looked for among completed tasks. "
    "For tasks in the trash use restore-tasks.",
    input=OfTasks,
    plan=changing.plan_reopen,
    hints=_WRITES,
)
RESCHEDULE_TASKS: Final = WritingTool(
    name="reschedule-tasks",
    title="Move tasks to another day",
    description="Use this to move the due of tasks, all to one day or time, or all by so many days. A day keeps the time of "
    'day. Example: {"tasks": ["dentist"], "to": "2026-12-04"}. Of a series only the named occurrence moves; for all '
    "use update-series. Only to be reminded later use snooze-reminders.",
    input=Reschedule,
    plan=changing.plan_reschedule,
    hints=_COUNTS,
)
TAG_TASKS: Final = WritingTool(
    name="tag-tasks",
    title="Add and remove tags",
    description="Use this to add tags to tasks and to take tags away from them; others stay. A task has at most 10. "
    "To rename a tag everywhere use rename-tag, to see all tags list-tags.",
    input=TagTasks,
    plan=changing.plan_tags,
    hints=_WRITES,
)
SNOOZE_REMINDERS: Final = WritingTool(
    name="snooze-reminders",
    title="Snooze reminders",
    description="Use this to be reminded again later; the due stays. Give minutes from now, a time, or a time of tomorrow. "
    "Of each task it takes the reminder that came last, else the next to come. To move the due use reschedule-tasks; "
    "for other reminders from now on use update-tasks.",
    input=Snooze,
    plan=changing.plan_snooze,
    hints=_COUNTS,
)
DELETE_TASKS: Final = WritingTool(
    name="delete-tasks",
    title="Move tasks to the trash",
    description="Use this only when the person wants tasks gone; ask first. They go to the trash, from which restore-tasks "
    "takes them within 30 days. What is done goes by complete-tasks; a whole series by set-series-status.",
    input=OfTasks,
    plan=changing.plan_delete,
    hints=Hints(read_only=False, destructive=True),
)
RESTORE_TASKS: Final = WritingTool(
    name="restore-tasks",
    title="Restore tasks from the trash",
    description="Use this to take tasks out of the trash. Names are looked for there; find-tasks with in_trash lists it. "
    "For completed tasks use reopen-tasks.",
    input=OfTasks,
    plan=changing.plan_restore,
    hints=_WRITES,
)
TOOLS: Final[Sequence[Tool]] = (
    FIND_TASKS,
    ADD_TASKS,
    UPDATE_TASKS,
    COMPLETE_TASKS,
    REOPEN_TASKS,
    RESCHEDULE_TASKS,
    TAG_TASKS,
    SNOOZE_REMINDERS,
    DELETE_TASKS,
    RESTORE_TASKS,
)
