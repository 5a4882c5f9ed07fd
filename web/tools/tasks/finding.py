"""find-tasks: tasks by words, due, tags and more, or by their ids."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from actors.day_times import local_day
from actors.fields import STORABLE, CalendarDate, Id, Priority, TagName
from actors.replies import Json
from host.store.read_model import task_queries
from host.store.read_model.task_queries import TaskFilter
from web.act import Act
from web.api.edge.paging import cursor_after
from web.api.edge.signed import LONGEST
from web.api.tasks.queries import TaskQuery, Words, task_filter, task_stretch
from web.api.tasks.shown import task_json
from web.tools.brief import BriefTask
from web.tools.tool import Input, Output, ReadingTool, Use
from web.tools.words import reminder_words

MOST_FOUND: Final = 50
_DATE: Final[TypeAdapter[str]] = TypeAdapter(CalendarDate)
_DAY: Final = timedelta(days=1)
_SUNDAY: Final = 7

DayOr = Annotated[str, AfterValidator(lambda text: text and _DATE.validate_python(text)), STORABLE]
SeriesOr = Annotated[str, AfterValidator(lambda text: text and TypeAdapter(Id).validate_python(text)), STORABLE]


class FindTasks(Input):
    text: Words = Field(default="", description="Words that title, description, tags or checklist have, at most 10")
    ids: Annotated[list[Id], Field(max_length=MOST_FOUND)] = Field(
        default=[], description="Exactly these tasks, whatever the other filters say"
    )
    status: Literal["open", "completed", "any"] = "open"
    due: Literal["any", "overdue", "today", "tomorrow", "this_week", "none"] = Field(
        default="any", description="today and this_week (until Sunday) are without what was due before; none: no due"
    )
    from_day: DayOr = Field(default="", description="Due on this day or later, as 2026-12-01; only with due any")
    to_day: DayOr = Field(default="", description="Due on this day or before; only with due any")
    tags: Annotated[list[TagName], Field(max_length=10)] = Field(default=[], description="All of these")
    priorities: Annotated[list[Priority], Field(max_length=5)] = Field(default=[], description="Any of these")
    series: SeriesOr = Field(default="", description="Occurrences of the series with this id")
    in_trash: bool = False
    sort: Literal["due", "priority", "created", "updated", "title"] = "due"
    descending: bool = False
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST_FOUND)] = 20
    cursor: Annotated[str, Field(max_length=LONGEST)] = Field(
        default="", description="next_cursor of the previous answer, with the same filters"
    )
    details: bool = Field(default=False, description="Also descriptions, checklists and whole reminders")


class FoundTask(BriefTask):
    """A task in short; the last four fields only with `details`."""

    reminders: list[str] = Field(description="In words, with their status unless they are still to come")
    in_trash: bool = False
    description: str = ""
    checklist: list[dict[str, Any]] = Field(default=[])
    reminder_details: list[dict[str, Any]] = Field(default=[])
    completed_at: str | None = None


class TasksFound(Output):
    """Tasks, how many there are in all, and how to get more."""

    tasks: list[FoundTask]
    total: int
    next_cursor: str = ""
    next: list[str] = Field(default=[])


class _Query(TaskQuery):
    """What the cursor of the list holds for."""

    undated: bool = False


async def find_tasks(use: Use, asked: FindTasks) -> TasksFound:
    """Returns the tasks of the ids, or a page of those that all filters fit; raises the 400 for a bad cursor."""
    return await (_by_ids if asked.ids else _by_filters)(use, asked)


async def _by_ids(use: Use, asked: FindTasks) -> TasksFound:
    async with use.act.db.connect() as connection:
        stored = await task_queries.of_ids(connection, use.act.user_id, asked.ids)
    found = [_found(use.act, stored[task_id], details=asked.details) for task_id in asked.ids if task_id in stored]
    missing = [task_id for task_id in asked.ids if task_id not in stored]
    advice = [f"No task of yours has the id {', '.join(missing)}; look for it by its words."] if missing else []
    return TasksFound(tasks=found, total=len(found), next=advice)


async def _by_filters(use: Use, asked: FindTasks) -> TasksFound:
    act, query = use.act, _query_of(use.act, asked)
    wanted = _filter_of(act, query)
    async with act.db.connect() as connection:
        listed = await task_queries.listed(connection, act.user_id, wanted, task_stretch(act, query))
    cursor = cursor_after(act, query, listed.last) or ""
    found = [_found(act, task, details=asked.details) for task in listed.items]
    return TasksFound(tasks=found, total=listed.total, next_cursor=cursor, next=_advice(asked, listed.total, cursor))


def _query_of(act: Act, asked: FindTasks) -> _Query:
    after, before = _days(asked, local_day(act.now(), act.caller.profile.zone))
    return _Query(
        status=None if asked.status == "any" or asked.in_trash else asked.status,
        priority=asked.priorities,
        tag=asked.tags,
        due_after=after,
        due_before=before,
        overdue=True if asked.due == "overdue" else None,
        undated=asked.due == "none",
        search=asked.text,
        series=asked.series or None,
        trash=asked.in_trash,
        sort=asked.sort,
        order="desc" if asked.descending else "asc",
        per_page=asked.limit,
        cursor=asked.cursor or None,
    )


def _filter_of(act: Act, query: _Query) -> TaskFilter:
    return replace(task_filter(query, act.now(), act.caller.profile.zone), undated=query.undated)


def _days(asked: FindTasks, today: date) -> tuple[date | None, date | None]:
    """Returns the first day, and the day after the last one, on which tasks are to be due."""
    named = {
        "today": (today, today + _DAY),
        "tomorrow": (today + _DAY, today + 2 * _DAY),
        "this_week": (today, today + (_SUNDAY + 1 - today.isoweekday()) * _DAY),
    }
    first = date.fromisoformat(asked.from_day) if asked.from_day else None
    last = date.fromisoformat(asked.to_day) + _DAY if asked.to_day else None
    return named.get(asked.due, (first, last))


def _found(act: Act, stored: Json, *, details: bool) -> FoundTask:
    task, zone = task_json(stored, act.now()), act.caller.profile.zone
    more: Json = {name: task[name] for name in ("description", "checklist", "completed_at")}
    more["reminder_details"] = task["reminders"]
    return FoundTask(
        **{name: task[name] for name in BriefTask.model_fields},
        reminders=[_words(reminder, zone) for reminder in task["reminders"]],
        in_trash=task["deleted_at"] is not None,
        **(more if details else {}),
    )


def _words(reminder: Json, zone: str) -> str:
    state = "" if reminder["status"] == "pending" else f" ({reminder['status']})"
    return f"{reminder_words(reminder, zone)}{state}"


def _advice(asked: FindTasks, total: int, cursor: str) -> list[str]:
    if cursor:
        return [f"There are {total}; call again with next_cursor as cursor, or narrow the filters."]
    if total or asked.status != "open":
        return []
    return ["Nothing fits. Try fewer words, another due, status any or in_trash."]


FIND_TASKS: Final = ReadingTool(
    name="find-tasks",
    title="Find tasks",
    description="Use this to list, count or search tasks, and to learn ids before you change something. All filters must "
    "fit; without any, all open tasks by due. Days are those of the person. Example: "
    '{"due": "this_week", "tags": ["home"]}. It gives 20 at a time (`limit` up to 50) and `total`. '
    "For what repeats use find-series, for what happened find-activity, for a plan of today plan-day.",
    input=FindTasks,
    output=TasksFound,
    read=find_tasks,
)
