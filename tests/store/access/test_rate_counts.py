"""Rate limits over replicas: each counts what the others admit, exactly where the limit is small."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from host.store.access import rate_counts
from host.store.engine import Database
from web.api.edge.rate_limits import RateLimit, RateLimits
from web.problems import ProblemError

pytestmark = pytest.mark.store

FEW = RateLimit("few", 10, "minute")
MANY = RateLimit("many", 200, "minute")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


def replica(database: Database, now: float = 0.0) -> RateLimits:
    return RateLimits(database, lambda: now)


async def admitted(limits: RateLimits, limit: RateLimit, who: str, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            await limits.count(limit, who)
        except ProblemError:
            continue
        count += 1
    return count


async def test_a_small_limit_is_exact_over_replicas(database: Database) -> None:
    replicas = [replica(database) for _ in range(3)]
    counts = await asyncio.gather(*(admitted(limits, FEW, "ada", 20) for limits in replicas))
    assert sum(counts) == 10
    assert await admitted(replica(database), FEW, "bob", 1) == 1


async def test_a_large_limit_is_told_in_parts_and_overshot_by_less_than_one_each(database: Database) -> None:
    first, second = replica(database), replica(database)
    total = 0
    for _ in range(150):
        total += await admitted(first, MANY, "ada", 2) + await admitted(second, MANY, "ada", 1)
    assert 200 <= total <= 200 + 2 * 10


async def test_what_is_forgotten_on_one_replica_is_forgotten_on_all(database: Database) -> None:
    first, second = replica(database), replica(database)
    assert await admitted(first, FEW, "ada", 10) == 10
    await second.forget(FEW, "ada")
    assert await admitted(first, FEW, "ada", 20) == 10


async def test_a_window_lasts_as_long_as_the_replica_says_that_opened_it(database: Database) -> None:
    async with database.raw() as connection:
        count, left = await rate_counts.add(connection, "k", 3, window_seconds=60, left_seconds=20)
        assert (count, left) == (3, pytest.approx(20, abs=1))
        count, left = await rate_counts.add(connection, "k", 2, window_seconds=60, left_seconds=60)
        assert (count, left) == (5, pytest.approx(20, abs=1))
        await connection.execute("UPDATE rate_counts SET ends_at = clock_timestamp()")
        count, left = await rate_counts.add(connection, "k", 1, window_seconds=60, left_seconds=60)
        assert (count, left) == (1, pytest.approx(60, abs=1))


async def test_a_clock_that_is_put_back_shuts_nobody_out_for_longer_than_a_window(database: Database) -> None:
    async with database.raw() as connection:
        await rate_counts.add(connection, "k", 1, window_seconds=60, left_seconds=60)
        await connection.execute("UPDATE rate_counts SET ends_at = ends_at + interval '1 hour'")
        _, left = await rate_counts.add(connection, "k", 1, window_seconds=60, left_seconds=60)
        assert left <= 60


async def test_without_the_database_each_replica_counts_for_itself() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    await nowhere.open()
    assert await admitted(replica(nowhere), FEW, "ada", 20) == 10
    await nowhere.close()
