"""The runner is stopped for a while (SIGSTOP): its parts go on without it, and then it goes on itself."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults import recorder
from tests.faults.faults import End, Fault
from tests.faults.machine import Machine
from tests.faults.pace import Pace
from tests.faults.run import run
from tests.faults.table import table
from tests.support.deadline import until

# DUELY_TEST_STOP_SECONDS=120 makes it two minutes, for a run by hand.
STOP_SECONDS = float(os.environ.get("DUELY_TEST_STOP_SECONDS") or 20)
DEAD_SECONDS = 6.0
MOST_STALL_SECONDS = 2.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(STOP_SECONDS + 150)]


async def test_others_write_on_while_the_runner_is_stopped(system: Machine, tmp_path: Path, seed: int) -> None:
    """A part that dies meanwhile is started again when the runner goes on."""
    died: list[float] = []
    said_before: list[str] = []

    def begin() -> End:
        system.runner.send_signal(signal.SIGSTOP)
        said_before.append(system.said())
        try:
            time.sleep(STOP_SECONDS - DEAD_SECONDS)
            old = system.kill("placement")
            died.append(time.monotonic())
        except BaseException:
            system.runner.send_signal(signal.SIGCONT)
            raise
        return lambda: goes_on(old)

    def goes_on(old: int) -> None:
        system.runner.send_signal(signal.SIGCONT)
        system.until_replaced("placement", old)

    fault = Fault(f"stop runner {STOP_SECONDS:g} s", "nothing", DEAD_SECONDS, begin)
    history = tmp_path / "history.jsonl"
    report = await run(system, [fault], history, seed=seed, users=30, readers=30, pace=Pace(rate=40, floor=20))
    shown = table(report)
    assert not report.verdict.wrong, f"{report.verdict.words()}\n{shown}"
    stall = recorder.longest_stall(recorder.read(history), report.strikes[0].at, died[0])
    assert stall < MOST_STALL_SECONDS, shown
    until(
        lambda: "placement" in system.said().removeprefix(said_before[-1]), 5, "the runner reports the part that died"
    )
