"""The tools that change tasks: each plans one command for each task that is named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from actors import tags
from actors.commands import clean_body
from actors.fields import problems
from actors.replies import Json
from web.tools.plan import Plan, Step, Unfit
from web.tools.task_names import Place, tasks_named
from web.tools.tasks.dues import NONE, due_of, instant_in, moved_by, moved_to, reminders_of
from web.tools.tasks.models import OfTasks, Reschedule, Snooze, TagTasks, TaskChange, UpdateTasks
from web.tools.tool import Use

# From the place of an item in its call and the stored task that it means.
StepOf = Callable[[int, Json], Step | Unfit]

_AMBIGUOUS: Final = "ambiguous_name"
_WHICH: Final = "Ask which of the candidates is meant, and call again with their ids for the failed items alone."


async def plan_complete(use: Use, asked: OfTasks) -> Plan:
    return await _plan(use, asked.tasks, "open", lambda item, task: _step(item, task, "CompleteTask"))


async def plan_reopen(use: Use, asked: OfTasks) -> Plan:
    return await _plan(use, asked.tasks, "completed", lambda item, task: _step(item, task, "ReopenTask"))


async def plan_delete(use: Use, asked: OfTasks) -> Plan:
    return await _plan(use, asked.tasks, "open", lambda item, task: _step(item, task, "DeleteTask", asks=True))


async def plan_restore(use: Use, asked: OfTasks) -> Plan:
    return await _plan(use, asked.tasks, "trash", lambda item, task: _step(item, task, "RestoreTask"))


async def plan_reschedule(use: Use, asked: Reschedule) -> Plan:
    """Plans a new due for each task; of a series only the occurrence that is named moves."""

    def step_of(item: int, task: Json) -> Step | Unfit:
        if asked.to:
            return _step(item, task, "MoveDue", {"due": moved_to(use.act, task["due"], asked.to)})
        if task["due"] is None:
            return Unfit(item, "no_due", f"“{task['title']}” has no due to count from; give `to`.")
        return _step(item, task, "MoveDue", {"due": moved_by(task["due"], asked.by_days)})

    return await _plan(use, asked.tasks, "open", step_of)


async def plan_tags(use: Use, asked: TagTasks) -> Plan:
    """Plans the tags that each task has then; one that has them already is changed by nothing."""

    def step_of(item: int, task: Json) -> Step | Unfit:
        kept = task["tags"]
        for tag in asked.remove:
            kept = tags.removed(kept, tag)
        return _step(item, task, "PatchTask", {"tags": tags.added(kept, asked.add)})

    return await _plan(use, asked.tasks, "open", step_of)


async def plan_snooze(use: Use, asked: Snooze) -> Plan:
    """Plans the snooze of one reminder of each task: the one that came last, else the next to come."""
    body: Json = {
        "minutes": asked.minutes,
        "until": asked.until and instant_in(use.act, asked.until),
        "tomorrow_at": asked.tomorrow_at,
    }
    given = {name: value for name, value in body.items() if value}
    return await _plan(use, asked.tasks, "open", lambda item, task: _step(item, task, "SnoozeReminder", given))


async def plan_update(use: Use, asked: UpdateTasks) -> Plan:
    """Plans an edit of the fields that each item gives."""

    def step_of(item: int, task: Json) -> Step | Unfit:
        return _step(item, task, "PatchTask", _patch(use, asked.tasks[item], task))

    return await _plan(use, [change.task for change in asked.tasks], "open", step_of)


def _patch(use: Use, change: TaskChange, task: Json) -> Json:
    act = use.act
    fields: dict[str, tuple[bool, Any]] = {
        "title": (bool(change.title), change.title),
        "description": (bool(change.description), "" if change.description == NONE else change.description),
        "due": (bool(change.due), due_of(act, change.due) if change.due else None),
        "priority": (change.priority != "keep", change.priority),
        "reminders": (bool(change.reminders), reminders_of(act, change.reminders)),
        "checklist": (bool(change.checklist), _checklist(task["checklist"], change.checklist)),
    }
    return {name: value for name, (is_given, value) in fields.items() if is_given}


def _checklist(there: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> list[Json]:
    """Returns the items that the texts say; one whose text is there already keeps its id, and its tick unless it says so."""
    known = {item["text"]: item for item in there}
    return [] if [*texts] == [NONE] else [_item(text, known) for text in texts]


def _item(text: str, known: dict[str, Mapping[str, Any]]) -> Json:
    mark, said = (text[:3].lower(), text[3:].strip()) if text[:3].lower() in {"[x]", "[ ]"} else ("", text)
    old = known.pop(said, {"done": False})
    return {**old, "text": said, "done": mark == "[x]" if mark else old["done"]}


async def _plan(use: Use, names: Sequence[str], place: Place, step_of: StepOf) -> Plan:
    """Returns a step for each name that means one task, in their order."""
    meant = await tasks_named(use, names, place)
    made = [task if isinstance(task, Unfit) else step_of(item, task) for item, task in enumerate(meant)]
    steps = tuple(step for step in made if isinstance(step, Step))
    unfit = tuple(each for each in made if isinstance(each, Unfit))
    return Plan(steps, unfit, (_WHICH,) if any(each.code == _AMBIGUOUS for each in unfit) else ())


def _step(item: int, task: Json, command: str, body: Json | None = None, *, asks: bool = False) -> Step | Unfit:
    """Returns the step, or why no task takes such a body."""
    try:
        clean = clean_body(command, body or {})
    except ValidationError as error:
        fault = problems(error)[0]
        return Unfit(item, fault["code"], f"{fault['pointer'].lstrip('/') or command}: {fault['detail']}.")
    return Step("change_task", task["id"], task["title"], command, clean, task["version"], asks)
