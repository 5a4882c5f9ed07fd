"""add-tasks: new tasks out of sentences or fields."""

from typing import Final

from pydantic import ValidationError

from actors.day_times import local_day
from actors.fields import problems
from actors.replies import Json
from actors.typed import TYPED
from web.api.quick_add.reading import Source, cut, read
from web.api.tasks.bodies import CreateTask
from web.tools.plan import Plan, Step, Unfit
from web.tools.tasks.dues import NONE, due_of, reminders_of
from web.tools.tasks.models import MOST_ADDED, AddTasks, NewTask
from web.tools.tool import Hints, Use, WritingTool


async def plan_add(use: Use, asked: AddTasks) -> Plan:
    """Plans one task or series an item."""
    made = [_step(use, item, new) for item, new in enumerate(asked.tasks)]
    return Plan(
        tuple(step for step in made if isinstance(step, Step)),
        tuple(unfit for unfit in made if isinstance(unfit, Unfit)),
    )


def _step(use: Use, item: int, new: NewTask) -> Step | Unfit:
    body = _body(use, new)
    try:
        CreateTask.model_validate(body, context=TYPED)
    except ValidationError as error:
        fault = problems(error)[0]
        return Unfit(item, fault["code"], f"{fault['pointer'].lstrip('/') or 'The task'}: {fault['detail']}.")
    return Step("create_task", "", body["title"], body=body)


def _body(use: Use, new: NewTask) -> Json:
    fields = {**(_read(use, new.line) if new.line else {"title": new.title}), **_given(use, new)}
    if "recurrence" not in fields:
        return fields
    # The grammars take a tenth of a second to load, which a process that reads no line does without.
    from web.language import repeatable  # noqa: PLC0415

    zone = use.act.caller.profile.zone
    return repeatable(fields, zone, local_day(use.act.now(), zone))


def _read(use: Use, line: str) -> Json:
    """Returns what the line says; what is too long for a title stands in the description, too."""
    found = read(Source(line, use.act.now(), use.act.caller.profile.zone, use.language))
    title = cut(found.whole_title)
    more = {} if title == found.whole_title else {"description": line}
    return {"title": title, **more, **found.fields}


def _given(use: Use, new: NewTask) -> Json:
    """Returns the fields that the item says by themselves."""
    fields: Json = {
        "description": new.description,
        "due": due_of(use.act, new.due) if new.due else None,
        "priority": "" if new.priority == NONE else new.priority,
        "tags": new.tags,
        "checklist": [{"text": text} for text in new.checklist],
        "recurrence": {"rule": new.rule, "mode": new.mode, "month_end": new.month_end} if new.rule else None,
    }
    reminders = {"reminders": reminders_of(use.act, new.reminders)} if new.reminders else {}
    return {name: value for name, value in fields.items() if value} | reminders


ADD_TASKS: Final = WritingTool(
    name="add-tasks",
    title="Add tasks",
    description=f"Use this to add up to {MOST_ADDED} tasks, or things that repeat, in one call. Give each as `line`, a "
    "sentence in the person's words, or as `title` with fields. A time needs a day: due 2026-12-01T09:00. "
    "To change a task that is there use update-tasks; to make one repeat use repeat-task.",
    input=AddTasks,
    plan=plan_add,
    hints=Hints(read_only=False, idempotent=False),
)
