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
DEAD_SECONDS = 6.0
CALM_SECONDS = 3.0
MOST_STALL_SECONDS = 2.0
RATE = 60.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(STOP_SECONDS + 120)]


async def test_others_write_on_while_the_runner_is_stopped(system: System, tmp_path: Path) -> None:
    """A part that dies meanwhile is started again when the runner goes on; until then its writers are told to wait."""
    history = tmp_path / "history.jsonl"
    seed = random.SystemRandom().randrange(1_000_000)
    async with storm(system, history, rate=RATE, seed=seed) as (load, readers):
        streams = {person.user_id: reader for person, reader in zip(load.people, readers, strict=True)}
        system.runner.send_signal(signal.SIGSTOP)
        stopped = Fault(f"runner stopped {STOP_SECONDS:g} s", load.recorder.fault("stop runner"), datetime.now(UTC))
        try:
            await asyncio.sleep(STOP_SECONDS - DEAD_SECONDS)
            old = system.kill("placement")
            dead = Fault(f"placement dead {DEAD_SECONDS:g} s", load.recorder.fault("kill placement"), datetime.now(UTC))
            await asyncio.sleep(DEAD_SECONDS)
        finally:
            system.runner.send_signal(signal.SIGCONT)
        dead.ready_seconds = DEAD_SECONDS + await asyncio.to_thread(system.until_restarted, "placement", old)
        await asyncio.sleep(CALM_SECONDS)
        await load.finish()
        verdict = await verdict_on(system, history, streams)
    table = write_table("Runner stopped", history, verdict, [stopped, dead], load)
    assert not verdict.wrong, f"{verdict.words()}\n{table}"
    assert recorder.longest_stall(recorder.read(history), stopped.at, dead.at) < MOST_STALL_SECONDS, table
    until(lambda: "placement" in system.said(), 5, "the runner says what it found")
