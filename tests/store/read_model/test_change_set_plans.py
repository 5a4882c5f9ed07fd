"""Change sets are listed and shown from the rows that they need, beside 100,000 entries of the activity."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from host.runner.postgres import EmbeddedPostgres
from host.store.engine import Database
from host.store.read_model import change_set_queries
from tests.support.databases import filled
from tests.support.summary import SUMMARY

pytestmark = pytest.mark.store
ENTRIES, SETS, OF_SET, PAGE = 100_000, 1_000, 50, 50
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_BODY = (
    """{"data":{"actor":{"id":"a","kind":"agent"},"changed":{"due":{"new":null,"old":null}},"task":{"title":"T"}}}"""
)
_FILL = f"""
INSERT INTO activity (user_id, position, at, event_id, type, task_id, version, actor_kind, actor_id, body, prev_hash, hash,
  change_set)
SELECT 'user', n, timestamptz '{NOW}' + make_interval(secs => n / 1000.0), 'TaskActor:t' || n || ':1:1', 'task.updated',
  't' || n, 1, 'agent', 'a', '{_BODY}', '', '', CASE WHEN n % 2 = 0 THEN 'set-' || n / (2 * {OF_SET}) END
FROM generate_series(1, {ENTRIES}) n;
INSERT INTO change_sets (user_id, id, kind, actor_kind, actor_id, started_at, last_at, changes)
SELECT 'user', 'set-' || n, 'tool', 'agent', 'a', '{NOW}', timestamptz '{NOW}' + make_interval(secs => n), {OF_SET}
FROM generate_series(0, {SETS} - 1) n
"""


@pytest.fixture(scope="module", params=["never analyzed", "analyzed"])
def template(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    analyze = ["ANALYZE activity, change_sets"] if request.param == "analyzed" else []
    with filled(postgres, _FILL, *analyze) as name:
        yield name


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    database = Database(database_url)
    async with database.connect() as made:
        yield made
    await database.close()


async def test_a_page_of_the_list_reads_its_sets_and_their_entries(connection: AsyncConnection) -> None:
    for _ in range(2):  # the first time the statements are made and the blocks are read
        began = time.perf_counter()
        rows = await change_set_queries.listed(connection, "user", limit=PAGE)
        things = await change_set_queries.things(connection, "user", [row.id for row in rows])
    SUMMARY.append(f"change sets: a page of {PAGE} of {SETS} sets in {1000 * (time.perf_counter() - began):.1f} ms")
    assert [row.id for row in rows] == [f"set-{SETS - 1 - n}" for n in range(PAGE)]
    assert things[f"set-{SETS - 2}"] == [("task.moved", False, OF_SET)]
    for statement, most in (
        (change_set_queries.listing("user").limit(PAGE), 3 * PAGE),
        (change_set_queries.counting("user", [row.id for row in rows]), 3 * PAGE * OF_SET),
        (change_set_queries.changes("user", "set-7").limit(1_000), 3 * OF_SET),
    ):
        assert 0 < await _read(connection, statement) <= most


async def _read(connection: AsyncConnection, statement: object) -> int:
    """Returns how many rows and index entries the statement looks at, by its plan."""
    text = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    plan = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text.replace('%%', '%')}")
    return _looked_at(plan.scalar_one()[0]["Plan"])


def _looked_at(node: dict[str, object]) -> int:
    own = 0
    if "Relation Name" in node or "Index Name" in node:
        removed = sum(int(str(node.get(f"Rows Removed by {what}", 0))) for what in ("Filter", "Index Recheck"))
        own = (int(float(str(node["Actual Rows"]))) + removed) * int(float(str(node["Actual Loops"])))
    plans = node.get("Plans", [])
    return own + sum(_looked_at(child) for child in (plans if isinstance(plans, list) else []))
