"""Which tasks ids and names mean."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints

from actors.fields import STORABLE
from actors.replies import Json
from host.store.read_model import task_queries
from host.store.read_model.task_queries import TaskFilter
from web.tools.naming import MOST_READ, Titles, fitting, words_of
from web.tools.plan import Candidate, Unfit
from web.tools.tool import Use

MOST_TASKS: Final = 200  # in one call
_MOST_WORDS: Final = 10  # that a search takes
_MOST_FOUND: Final = 1_000  # by a search for the words of a name
_MOST_FORGIVING: Final = 2_000  # titles in which slips are looked for
_MOST_CANDIDATES: Final = 10
_LONGEST_SAID: Final = 80

Place = Literal["open", "completed", "trash"]  # where a name is looked for; an id is found in all of them
_Row: TypeAlias = tuple[str, str]  # id, title

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_READ), STORABLE]
Names = Annotated[
    list[Name],
    Field(
        min_length=1,
        max_length=MOST_TASKS,
        description="Ids, or words of a title that fit no other task; at most 200",
        examples=[["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11", "pay rent"]],
    ),
]


async def tasks_named(use: Use, names: Sequence[str], place: Place = "open") -> list[Json | Unfit]:
    """Returns for each id or name the stored task that it means, or why it means none or none alone."""
    act, there = use.act, _there(use, place)
    async with act.db.snapshot() as connection:
        rows = [
            await task_queries.titles(connection, act.user_id, _with_words(there, name), _MOST_FOUND) for name in names
        ]
        fits = [_fits(name, found) for name, found in zip(names, rows, strict=True)]
        if not all(fits):
            others = await task_queries.titles(connection, act.user_id, there, _MOST_FORGIVING)
            # Many names in many titles take a second, in which others are answered.
            fits = await asyncio.to_thread(_with_slips, names, fits, others)
        ids = [task_id for found in fits for task_id in found[:_MOST_CANDIDATES]]
        stored = await task_queries.of_ids(connection, act.user_id, ids)
    return _once([_meant(item, names[item], found, stored, place) for item, found in enumerate(fits)])


def _there(use: Use, place: Place) -> TaskFilter:
    trash = place == "trash"
    return TaskFilter(use.act.now(), trash=trash, status=None if trash else place)


def _with_words(there: TaskFilter, name: str) -> TaskFilter:
    return replace(there, search=" ".join(words_of(name)[:_MOST_WORDS]))


def _fits(name: str, rows: Sequence[_Row]) -> list[str]:
    task_id = as_id(name)
    return [row[0] for row in fitting(name, rows, _title)] if task_id is None else [task_id]


def _with_slips(names: Sequence[str], fits: Sequence[list[str]], rows: Sequence[_Row]) -> list[list[str]]:
    """Returns what the names fit, for those that fit nothing yet among these tasks."""
    titles = Titles(rows, _title)
    return [found or [row[0] for row in titles.fitting(name)] for name, found in zip(names, fits, strict=True)]


def _title(row: _Row) -> str:
    return row[1]


def as_id(name: str) -> str | None:
    """Returns the id in its one spelling; None for what is no id."""
    try:
        return str(UUID(name))
    except ValueError:
        return None


def _meant(item: int, name: str, ids: Sequence[str], stored: Mapping[str, Json], place: Place) -> Json | Unfit:
    there = [stored[task_id] for task_id in ids if task_id in stored]
    if len(ids) == 1 and there:
        return there[0]
    if not there:
        return Unfit(item, "task_not_found", _not_found(name, place))
    candidates = tuple(Candidate(task["id"], task["title"], task["due"]) for task in there[:_MOST_CANDIDATES])
    detail = f"{len(ids)} tasks fit {_said(name)}. Call again with the id of the one that is meant."
    return Unfit(item, "ambiguous_name", detail, candidates)


def _not_found(name: str, place: Place) -> str:
    if as_id(name) is not None:
        return "There is no task with this id; find-tasks gives the ids."
    where = {"open": "open task", "completed": "completed task", "trash": "task in the trash"}[place]
    return f"No {where} fits {_said(name)}. Look for it with find-tasks, by fewer words, or with another status."


def _said(name: str) -> str:
    return f"“{name}”" if len(name) <= _LONGEST_SAID else f"“{name[:_LONGEST_SAID]}…”"


def _once(meant: Sequence[Json | Unfit]) -> list[Json | Unfit]:
    """Returns the same, where a task that was meant before is none again: two changes of one task would be one too many."""
    first: dict[str, int] = {}
    for item, task in enumerate(meant):
        if not isinstance(task, Unfit):
            first.setdefault(task["id"], item)
    return [
        task if isinstance(task, Unfit) or first[task["id"]] == item else _again(item, task)
        for item, task in enumerate(meant)
    ]


def _again(item: int, task: Json) -> Unfit:
    return Unfit(item, "named_twice", f"{_said(task['title'])} is named twice in this call, and is changed once.")
