"""Readiness while the database can be read but not written: what is wrong with it is said."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import pytest

from host.presence import Presence
from host.readiness import WORKS, checks
from host.store.engine import Database, is_outage
from host.store.faults import REMEMBERED_SECONDS, UNWRITABLE, WriteFaults

pytestmark = pytest.mark.store

sidecar: Any = None  # the check of the database asks none


async def said(database: Database) -> str:
    return await checks(database, sidecar, "all")["database"]()


async def test_a_database_that_becomes_read_only_is_not_ready_and_its_error_passes(
    database: Database, database_url: str
) -> None:
    presence = Presence(database, "this", "all")
    await presence.announce()
    assert await said(database) == "ok"
    async with database.raw() as connection:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError) as caught:
        await presence.announce()
    assert is_outage(caught.value)
    assert "read only" in await said(database)
    assert await said(database) not in WORKS


@pytest.mark.parametrize(
    ("code", "words"), [("53100", "disk is full"), ("25006", "read only"), ("XX001", "page"), ("XX002", "index")]
)
async def test_each_fault_that_stops_the_report_of_a_process_is_named(
    database: Database, code: str, words: str
) -> None:
    async with database.raw() as connection:
        await connection.execute(
            f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$;
                CREATE TRIGGER fail BEFORE INSERT ON processes EXECUTE FUNCTION fail()"""
        )
    running = asyncio.create_task(Presence(database, "this", "all").run())
    async with asyncio.timeout(5):
        while words not in await said(database):
            await asyncio.sleep(0.01)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_full_disk_counts_wherever_it_is_met_but_a_damaged_page_only_in_the_report(database: Database) -> None:
    async def fail(code: str) -> None:
        with contextlib.suppress(Exception):
            async with database.connect() as connection:
                await connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")

    await fail("XX001")
    assert await said(database) == "ok"
    await fail("53100")
    assert "full" in await said(database)


def test_a_fault_is_forgotten_after_half_a_minute() -> None:
    now = 0.0
    faults = WriteFaults(lambda: now)
    faults.note(asyncpg.DiskFullError("no"))
    assert faults.why() == UNWRITABLE["53100"]
    now = REMEMBERED_SECONDS
    assert faults.why() == ""
