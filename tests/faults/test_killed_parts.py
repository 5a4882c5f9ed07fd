"""Each process killed hard, one after another, in the middle of writes: nothing acknowledged is lost, nothing is doubled."""

import asyncio
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.load import storm
from tests.faults.outcome import Fault, verdict_on, write_table
from tests.system import System

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]

RATE = 80.0
CALM_SECONDS = 4.0
PARTS = ("host", "daprd", "placement", "scheduler", "postgres")


async def test_nothing_acknowledged_is_lost_or_doubled_when_parts_are_killed(system: System, tmp_path: Path) -> None:
    seed = int(os.environ.get("DUELY_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
    history, faults = tmp_path / "history.jsonl", []
    async with storm(system, history, rate=RATE, seed=seed) as (load, readers):
        streams = {person.user_id: reader for person, reader in zip(load.people, readers, strict=True)}
        for part in PARTS:
            await asyncio.sleep(CALM_SECONDS)
            old = await asyncio.to_thread(system.kill, part)
            fault = Fault(f"kill -9 {part}", load.recorder.fault(f"kill {part}"), datetime.now(UTC))
            fault.ready_seconds = await asyncio.to_thread(system.until_restarted, part, old)
            faults.append(fault)
        await asyncio.sleep(CALM_SECONDS)
        await load.finish()
        verdict = await verdict_on(system, history, streams)
    table = write_table("Parts killed", history, verdict, faults, load)
    assert not verdict.wrong, f"{verdict.words()}\n{table}"
    assert verdict.acknowledged > RATE * CALM_SECONDS * len(PARTS) / 2, table
    assert verdict.reminders_due > 20, table
