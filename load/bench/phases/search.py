"""Lists and searches over many tasks of one user, against the same statements through bare asyncpg."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from host.store.read_model.task_queries import Stretch, TaskFilter, list_statement
from load.bench.api import create_many
from load.bench.bench import Bench, in_turn
from load.bench.clients.http import Connection, connect, request
from load.bench.figures import VoidError, percentile, spread
from load.bench.report import Limit, Line, Section
from load.bench.users import add_users
from load.bench.waiting import until

ADDED_MS = Limit(limit=3, smoke_limit=100, at_most=True, unit=" ms")
P95_MS = Limit(limit=20, smoke_limit=1000, at_most=True, unit=" ms")

_OK = 200
_PER_PAGE = 50
_LEVEL_SECONDS = 15.0
_ASKS_NOT_COUNTED = 5
_VERBS = ("Pay", "Call", "Write to", "Repair", "Order", "Return", "Plan", "Book", "Clean", "Renew")
_THINGS = ("the rent", "the dentist", "a new piano", "the bicycle", "winter tyres", "the library books", "a holiday")
_TAGS = ("home", "work", "money", "garden", "family", "car")
_PRIORITIES = ("none", "low", "medium", "high", "urgent")

Ask = Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Question:
    """One request of the API and the statement that it runs; times in ms, a list for each pair."""

    name: str
    query: str
    wanted: TaskFilter
    sort: Any
    searches: bool
    ours: list[list[float]] = field(default_factory=list)
    bare: list[list[float]] = field(default_factory=list)


async def run(bench: Bench, section: Section) -> None:
    """Creates the tasks of one user, and measures each question by the API and by SQL."""
    owner = (await add_users(bench.system, 1))[0]
    bench = replace(bench, token=owner.token, user_id=owner.id)
    await create_many(bench, [_task(number) for number in range(bench.plan.search_tasks)])
    async with bench.system.database() as database:
        await database.execute("SET jit = off")
        await _until_level(bench, database)
        questions = _questions(datetime.now(UTC))
        await _ask_all(bench, database, questions)
    section.lines += [line for question in questions for line in _lines(bench, question)]
    section.notes.append(
        f"One client, {bench.plan.search_tasks} tasks of one user, pages of {_PER_PAGE};"
        f" {bench.plan.pairs} pairs of {bench.plan.search_asks} requests each. The same statement, bare asyncpg."
    )


def _task(number: int) -> dict[str, Any]:
    """Returns a task whose title is one of ten verbs and seven things; each thirteenth has one of 23 names in it."""
    rare = f" with Ottilie{number // 13 % 23}" if number % 13 == 0 else ""
    return {
        "title": f"{_VERBS[number % 10]} {_THINGS[number % 7]}{rare} {number}",
        "description": f"Noted on page {number % 211} of the blue book.",
        "tags": sorted({_TAGS[number % 6], _TAGS[number % 5]}),
        "priority": _PRIORITIES[number % 5],
        "due": {"date": f"2031-{number % 12 + 1:02d}-{number % 28 + 1:02d}"},
        "reminders": [],
    }


def _questions(now: datetime) -> list[Question]:
    tagged = TaskFilter(now=now, status="open", tags=("garden",), priorities=("high", "urgent"))
    return [
        Question("list by due", "sort=due", TaskFilter(now=now), "due", searches=False),
        Question(
            "list of a tag and two priorities",
            "sort=created&status=open&tag=garden&priority=high&priority=urgent",
            tagged,
            "created",
            searches=False,
        ),
        Question(
            "search a word that few have",
            "sort=due&search=ottilie17",
            TaskFilter(now=now, search="ottilie17"),
            "due",
            searches=True,
        ),
        Question(
            "search part of a common word",
            "sort=due&search=bicyc",
            TaskFilter(now=now, search="bicyc"),
            "due",
            searches=True,
        ),
        Question(
            "search two words",
            "sort=due&search=renew%20piano",
            TaskFilter(now=now, search="renew piano"),
            "due",
            searches=True,
        ),
    ]


async def _until_level(bench: Bench, database: Any) -> None:
    """Waits until the read model has all tasks, then makes the statistics that autovacuum would make within a minute."""
    await until(
        lambda: database.fetchval("SELECT count(*) FROM tasks WHERE user_id = $1", bench.user_id),
        lambda read: read >= bench.plan.search_tasks,
        within_seconds=_LEVEL_SECONDS,
        pause_seconds=0.1,
        what="all tasks in the read model",
    )
    await database.execute("VACUUM ANALYZE tasks")


async def _ask_all(bench: Bench, database: Any, questions: list[Question]) -> None:
    connection = await connect(bench.system.url)
    for pair in range(bench.plan.pairs):
        for question in questions:
            sides = [
                (question.ours, _by_api(bench, connection, question)),
                (question.bare, _by_sql(bench, database, question)),
            ]
            totals = set()
            for times, ask in in_turn(sides, pair):
                took, total = await _timed(ask, bench.plan.search_asks)
                times.append(took)
                totals.add(total)
            if len(totals) != 1 or not totals - {0}:
                raise VoidError(f"{question.name}: both sides must find the same tasks, found {totals}")
    connection.close()


async def _timed(ask: Ask, count: int) -> tuple[list[float], int]:
    """Asks `count` times, one after the other; returns the ms of each, and the total that the last one found."""
    took: list[float] = []
    total = 0
    for number in range(count + _ASKS_NOT_COUNTED):
        began = time.perf_counter()
        total = await ask()
        if number >= _ASKS_NOT_COUNTED:
            took.append((time.perf_counter() - began) * 1000)
    return took, total


def _by_api(bench: Bench, connection: Connection, question: Question) -> Ask:
    frame = request("GET", bench.url(f"/tasks?per_page={_PER_PAGE}&{question.query}"), bench.headers)

    async def ask() -> int:
        status, body = await connection.ask(frame)
        if status != _OK:
            raise VoidError(f"{question.name}: {status} {body[:200]!r}")
        return int(orjson.loads(body)["total"])

    return ask


def _by_sql(bench: Bench, database: Any, question: Question) -> Ask:
    stretch = Stretch(sort=question.sort, descending=False, limit=_PER_PAGE)
    compiled = list_statement(bench.user_id, question.wanted, stretch).compile(
        dialect=asyncpg_dialect.dialect(), compile_kwargs={"render_postcompile": True}
    )
    values = compiled.construct_params()
    arguments = [values[name] for name in compiled.positiontup or ()]
    statement = str(compiled)

    async def ask() -> int:
        rows = await database.fetch(statement, *arguments)
        return int(rows[0]["total"])

    return ask


def _lines(bench: Bench, question: Question) -> list[Line]:
    added = spread(
        [percentile(ours, 0.5) - percentile(bare, 0.5) for ours, bare in zip(question.ours, question.bare, strict=True)]
    )
    ours = [took for times in question.ours for took in times]
    line = Line(question.name, _text(ours), _text([took for times in question.bare for took in times]), f"+{added} ms")
    if question.searches:
        return [bench.judged(line, added.middle, ADDED_MS)]
    return [bench.judged(line, percentile(ours, 0.95), P95_MS)]


def _text(took: list[float]) -> str:
    return f"p50 {percentile(took, 0.5):.2f}, p95 {percentile(took, 0.95):.2f} ms"
