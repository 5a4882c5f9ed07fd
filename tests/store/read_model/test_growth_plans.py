"""Chores and lookups read only the rows that they need, however many others there are."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from host.runner.postgres import EmbeddedPostgres
from host.store.engine import Database, Raw
from host.store.notify import notifications
from host.store.turns import wakes
from host.store.upkeep import ledger_archive, prune
from tests.store.explained import Explained
from tests.support.databases import filled

pytestmark = pytest.mark.store

ROWS = 20_000
TAKEN = 30
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_NUMBERS = f"generate_series(1, {ROWS}) n"
_FILL = f"""
INSERT INTO notifications (id, user_id, kind, task_id, reminder_id, firing, title, body, created_at)
SELECT n, 'user', 'reminder', 'task-' || n, 'reminder-' || n, 1, '', '', '{NOW}' FROM {_NUMBERS};
INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, status, due_at, version, title, body, fired_at)
SELECT 'reminder-' || n, 1, 'in_app', 'user', 'task-' || n, 'sent', '{NOW}', 1, '', '', '{NOW}' FROM {_NUMBERS};
INSERT INTO wakes (actor_type, actor_id, wake_at, set_at)
SELECT 'TaskActor', n, timestamptz '{NOW}' + make_interval(secs => n), '-infinity' FROM {_NUMBERS};
INSERT INTO reminder_ledger (user_id, task_id, reminder_id, firing, step, at, source)
SELECT 'user', 'task-' || n, 'reminder-' || n, 1, 'fired', timestamptz '{NOW}' + make_interval(secs => n), n FROM {_NUMBERS}
"""


_ANALYZE = "ANALYZE notifications, deliveries, wakes, reminder_ledger"


@pytest.fixture(scope="module", params=["never analyzed", "analyzed"])
def template(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    with filled(postgres, _FILL, *([_ANALYZE] if request.param == "analyzed" else [])) as name:
        yield name


@pytest.fixture
async def full(database: Database) -> AsyncIterator[Raw]:
    async with database.raw() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")  # what a statement has after some calls
        yield connection


async def test_an_answer_reads_what_was_told_of_its_reminders(full: Raw) -> None:
    explained = Explained(full)
    await notifications.acknowledge(explained, [(f"reminder-{n}", 1, NOW.isoformat()) for n in range(1, TAKEN + 1)])
    assert 0 < explained.read <= 10 * TAKEN


@pytest.mark.parametrize("table", ["deliveries", "notifications"])
async def test_the_pruner_reads_what_goes(full: Raw, table: str) -> None:
    explained = Explained(full)
    await full.execute("UPDATE deliveries SET due_at = $1 WHERE task_id = 'task-7'", NOW - timedelta(days=1))
    await full.execute("UPDATE notifications SET created_at = $1 WHERE task_id = 'task-7'", NOW - timedelta(days=1))
    await prune.by_age(explained, table, NOW)
    assert 0 < explained.read <= TAKEN


@pytest.mark.parametrize("tried", ["never", "long ago"])
async def test_the_sweeper_reads_the_wakes_that_it_arms(full: Raw, tried: str) -> None:
    if tried == "long ago":
        await full.execute("UPDATE wakes SET tried_at = $1", NOW - timedelta(hours=1))
    explained = Explained(full)
    await wakes.take_unarmed(explained, grace_seconds=3, tried_before=NOW, now=NOW, limit=TAKEN)
    assert 0 < explained.read <= 10 * TAKEN


@pytest.mark.parametrize("tried", ["never", "long ago"])
async def test_the_sweeper_reads_the_overdue_wakes_that_it_takes(full: Raw, tried: str) -> None:
    now = NOW + timedelta(days=1)
    if tried == "long ago":
        await full.execute("UPDATE wakes SET tried_at = $1", NOW)
    explained = Explained(full)
    await wakes.take_overdue(explained, overdue_since=now, tried_before=now, now=now, limit=TAKEN)
    assert 0 < explained.read <= 10 * TAKEN


async def test_a_page_of_wakes_to_forget_reads_that_page(full: Raw) -> None:
    await full.execute("UPDATE wakes SET armed_at = $1", NOW)
    explained = Explained(full)
    await wakes.forget_armed(explained, ("TaskActor", "5"), TAKEN)
    assert 0 < explained.read <= 10 * TAKEN


async def test_a_page_of_the_ledger_to_archive_reads_that_page(full: Raw) -> None:
    explained = Explained(full)
    await ledger_archive.next_rows(explained, ledger_archive.START, NOW + timedelta(days=1), TAKEN)
    assert 0 < explained.read <= 10 * TAKEN


async def test_a_look_for_old_rows_of_the_ledger_reads_no_young_ones(full: Raw) -> None:
    explained = Explained(full)
    await ledger_archive.next_rows(explained, ledger_archive.START, NOW, TAKEN)
    assert explained.read <= TAKEN
