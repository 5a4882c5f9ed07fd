"""The busiest statements on the outbox read only the rows that they need, however many others there are."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from host.runner.postgres import EmbeddedPostgres
from host.store.engine import Database, Raw
from host.store.read_model import own_writes
from host.store.turns import outbox, outbox_publishing, watermarks
from tests.store.explained import Explained
from tests.support.databases import filled

pytestmark = pytest.mark.store

ROWS = 20_000
TAKEN = 30
_FILL = f"""
INSERT INTO outbox (event_id, actor_type, actor_id, version, seq, "of", user_id, type, body)
SELECT 'event-' || n, 'TaskActor', 'task-' || n, 1, 1, 1, 'user', 'task.created', '{{"id": "x"}}'
FROM generate_series(1, {ROWS}) n
"""
_HANDLED = """
INSERT INTO inbox (consumer, event_id, position) SELECT '{}', event_id, position FROM outbox WHERE position <= {}
"""


@pytest.fixture(scope="module", params=["never analyzed", "analyzed"])
def template(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    analyze = ["ANALYZE outbox, inbox"] if request.param == "analyzed" else []
    with filled(postgres, _FILL, _HANDLED.format("projector", ROWS - 100), *analyze) as name:
        yield name


@pytest.fixture
async def full(database: Database) -> AsyncIterator[Raw]:
    """Many rows, most of them handled, all of them above the watermark."""
    async with database.raw() as connection:
        await watermarks.register(connection, "projector", from_now=False)
        yield connection


async def _newest(connection: Raw, what: str) -> Sequence[Any]:
    rows = await connection.fetch(f"SELECT {what} FROM outbox ORDER BY position DESC LIMIT {TAKEN}")
    return [row[0] for row in rows]


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_a_delivery_reads_the_rows_of_its_actors(full: Raw, plan: str) -> None:
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    await outbox.with_earlier(explained, "projector", ["task.created"], await _newest(full, "event_id"))
    assert 0 < explained.read <= 10 * TAKEN


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("consumer", ["projector", "notifier"])
async def test_a_batch_reads_the_rows_above_its_watermark(full: Raw, plan: str, consumer: str) -> None:
    """The notifier has handled nothing before, so that the statistics do not know it."""
    above = 10 * TAKEN  # two thirds of which are handled
    await watermarks.register(full, consumer, from_now=False)
    await full.execute("UPDATE watermarks SET position = $1 WHERE consumer = $2", ROWS - above, consumer)
    if consumer == "notifier":
        await full.execute(_HANDLED.format(consumer, ROWS - 100))
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    async with full.transaction():
        mark = await watermarks.lock(full, consumer)
        assert mark is not None
        taken, _ = await outbox.take_next(explained, consumer, ["task.created"], mark, 500)
    assert 0 < explained.read <= 10 * above
    assert not taken  # by the second run; the first took them for its plan


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_a_batch_of_a_long_backlog_stops_when_it_is_full(full: Raw, plan: str) -> None:
    await watermarks.register(full, "notifier", from_now=False)
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    async with full.transaction():
        mark = await watermarks.lock(full, "notifier")
        assert mark is not None
        await outbox.take_next(explained, "notifier", ["task.created"], mark, TAKEN)
    assert 0 < explained.read <= 10 * TAKEN


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_the_relay_reads_and_marks_the_rows_of_its_batch(full: Raw, plan: str) -> None:
    await full.execute("UPDATE outbox SET published_at = clock_timestamp() WHERE position <= $1", ROWS - 100)
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    await outbox_publishing.mark_published(explained, await _newest(full, "position"))
    assert 0 < explained.read <= 10 * TAKEN


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("pause", ["a minute", "over"])
async def test_the_relay_reads_its_batch_alone_however_many_were_refused(full: Raw, plan: str, pause: str) -> None:
    until = "+ interval '1 minute'" if pause == "a minute" else ""
    await full.execute(
        f"UPDATE outbox SET publish_after = clock_timestamp() {until}, refused_topics = '{{x}}' WHERE position <= $1",
        ROWS - 100,
    )
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    rows = await outbox_publishing.due(explained, TAKEN, 1_000_000, timedelta(minutes=2))
    assert 0 < explained.read <= 10 * TAKEN
    again = sum(row.lacking is not None for row in rows)
    assert (len(rows), again) == (TAKEN, 0 if pause == "a minute" else TAKEN // 2)
    await outbox_publishing.put_off(explained, {row.position: ["x"] for row in rows}, timedelta(seconds=10))
    assert 0 < explained.read <= 10 * TAKEN


async def test_a_look_for_what_is_old_enough_stops_at_the_first_that_is_not(full: Raw) -> None:
    await full.execute("UPDATE outbox SET published_at = clock_timestamp()")
    explained = Explained(full)
    async with full.transaction():
        mark = await watermarks.lock(explained, "projector", min_age_seconds=60)
    assert mark is not None
    assert mark.top == 0
    assert 0 < explained.read <= 10


async def test_a_look_takes_what_is_old_enough_wherever_its_watermark_stands(full: Raw) -> None:
    await full.execute("UPDATE outbox SET published_at = clock_timestamp()")
    await full.execute("UPDATE outbox SET created_at = created_at - interval '1 minute' WHERE position <= $1", ROWS - 7)
    tops = []
    async with full.transaction():
        for position in (0, ROWS - 10, ROWS):
            await full.execute("UPDATE watermarks SET position = $1", position)
            mark = await watermarks.lock(full, "projector", min_age_seconds=60)
            tops.append(mark and mark.top)
    assert tops == [ROWS - 7] * 3


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_a_read_looks_at_the_rows_of_its_user_above_the_watermark(full: Raw, plan: str) -> None:
    await full.execute("UPDATE outbox SET user_id = 'reader' WHERE position % 1000 = 0")
    await full.execute(f"SET plan_cache_mode = {plan}")
    explained = Explained(full)
    found = await own_writes.status(explained, "reader")
    assert found == own_writes.Status(ROWS, aside=False, profile_version=0)
    assert 0 < explained.read <= 10 * (ROWS // 1_000)
