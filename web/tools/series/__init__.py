"""The tools over series: repeat-task, find-series, update-series, set-series-status and skip-occurrences."""

from typing import Final

from web.tools.series.finding import find_series
from web.tools.series.models import FindSeries, RepeatTask, SeriesFound, SetSeriesStatus, SkipOccurrences, UpdateSeries
from web.tools.series.plans import plan_repeat, plan_skips, plan_status, plan_update
from web.tools.tool import Hints, ReadingTool, WritingTool

REPEAT_TASK: Final = WritingTool(
    name="repeat-task",
    title="Repeat a task",
    description="Use this to make a task that is there repeat: it becomes the first occurrence of a new series. "
    "preview-recurrence checks the rule beforehand. "
    "For a new repeating task use add-tasks; to change a task that repeats already use update-series.",
    input=RepeatTask,
    plan=plan_repeat,
    hints=Hints(read_only=False),
)
FIND_SERIES: Final = ReadingTool(
    name="find-series",
    title="Find series",
    description="Use this to list what repeats, with the rule in words, the next occurrence and, with `upcoming`, the names "
    "of the coming slots. For single tasks use find-tasks.",
    input=FindSeries,
    output=SeriesFound,
    read=find_series,
)
UPDATE_SERIES: Final = WritingTool(
    name="update-series",
    title="Change a series",
    description="Use this to change what repeats: title, priority, tags, reminders, rule, start or time, for all open "
    "occurrences, or with `from_slot` for this and all following ones. "
    "To move one occurrence only use reschedule-tasks; to leave one out use skip-occurrences.",
    input=UpdateSeries,
    plan=plan_update,
    hints=Hints(read_only=False),
)
SET_SERIES_STATUS: Final = WritingTool(
    name="set-series-status",
    title="Pause, resume, stop or delete series",
    description="Use this to pause, resume, stop or delete up to 50 series. A delete asks first. "
    "To leave out one occurrence use skip-occurrences.",
    input=SetSeriesStatus,
    plan=plan_status,
    hints=Hints(read_only=False, destructive=True),
)
SKIP_OCCURRENCES: Final = WritingTool(
    name="skip-occurrences",
    title="Skip occurrences",
    description="Use this to leave out the next occurrence of series, or the slots that you name, or with `undo` to take "
    "that back. The series goes on with the slot after it. To move an occurrence use reschedule-tasks.",
    input=SkipOccurrences,
    plan=plan_skips,
    hints=Hints(read_only=False, idempotent=False),
)
TOOLS: Final = (REPEAT_TASK, FIND_SERIES, UPDATE_SERIES, SET_SERIES_STATUS, SKIP_OCCURRENCES)
