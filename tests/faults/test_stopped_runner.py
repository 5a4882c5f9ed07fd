"""The runner stopped for a while (SIGSTOP): its parts go on without it, and it goes on where it was."""

import asyncio
import os
import random
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.deadline import until
from tests.faults import recorder
from tests.faults.load import storm
from tests.faults.outcome import Fault, verdict_on, write_table
from tests.system import System

# Two minutes by hand: DUELY_TEST_STOP_SECONDS=120.
STOP_SECONDS = float(os.environ.get("DUELY_TEST_STOP_SECONDS") or 20)
RATE = 60.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(STOP_SECONDS + 120)]


async def test_others_write_on_while_the_runner_is_stopped(system: System, tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    seed = random.SystemRandom().randrange(1_000_000)
    async with storm(system, history, rate=RATE, seed=seed) as (load, readers):
        streams = {person.user_id: reader for person, reader in zip(load.people, readers, strict=True)}
        system.runner.send_signal(signal.SIGSTOP)
        stopped_at = load.recorder.fault("stop runner")
        fault = Fault(f"runner stopped {STOP_SECONDS:g} s", stopped_at, datetime.now(UTC))
        try:
            await asyncio.sleep(STOP_SECONDS / 2)
            old = system.kill("placement")
            await asyncio.sleep(STOP_SECONDS / 2)
        finally:
            system.runner.send_signal(signal.SIGCONT)
        fault.ready_seconds = await asyncio.to_thread(system.until_restarted, "placement", old)
        await load.finish()
        verdict = await verdict_on(system, history, streams)
    table = write_table("Runner stopped", history, verdict, [fault], load)
    assert not verdict.wrong, f"{verdict.words()}\n{table}"
    assert recorder.longest_stall(recorder.read(history), stopped_at, stopped_at + STOP_SECONDS / 2) < 2, table
    until(lambda: "placement" in system.said(), 5, "the runner says what it found")
