"""Parts start in order, come back when they die, and stop in the reverse order; tested with tiny commands."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from host.console import OperatorError
from host.runner.part import Part, tethered
from host.runner.supervisor import PartError, Patience, Supervisor

pytestmark = pytest.mark.unit

HASTE = Patience(
    first_seconds=0.05, longest_seconds=0.2, steady_seconds=60, stop_seconds=3, sick_looks=3, look_seconds=0.05
)
# Writes its name when it starts and when it is told to stop.
PART = """
import signal, sys, time
name, diary = sys.argv[1:]
def note(what):
    with open(diary, "a") as file: file.write(f"{name} {what}\\n")
signal.signal(signal.SIGTERM, lambda *_: (note("stops"), sys.exit()))
note("starts")
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


class Bench:
    """Makes parts that write what they do into one diary."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.diary = folder / "diary"
        self.said: list[str] = []
        self.pids: dict[str, int] = {}

    def part(self, name: str, script: str = PART, after: tuple[str, ...] = (), **more: object) -> Part:
        log = self.folder / f"{name}.log"
        command = (sys.executable, "-c", script, name, str(self.diary))
        return Part(name=name, log=log, spawn=lambda: tethered(command, log=log), after=after, **more)  # type: ignore[arg-type]

    def started(self, name: str) -> Callable[[], "asyncio.Future[str]"]:
        async def ready() -> str:
            return "" if f"{name} starts" in self.read() else "not there yet"

        return ready  # type: ignore[return-value]

    def read(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def supervise(self, *parts: Part) -> Supervisor:
        return Supervisor(parts, self.said.append, lambda pids: setattr(self, "pids", dict(pids)), HASTE)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[None]:
    keep = asyncio.create_task(supervisor.keep())
    try:
        async with asyncio.timeout(10):
            await supervisor.all_ready()
        yield
    finally:
        keep.cancel()
        await asyncio.gather(keep, return_exceptions=True)
        await supervisor.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_part_starts_after_those_it_needs_and_stops_before_them(bench: Bench) -> None:
    first = bench.part("first", ready=bench.started("first"))
    second = bench.part("second", ready=bench.started("second"), after=("first",))
    async with running(bench.supervise(first, second)):
        pass
    assert bench.read() == ["first starts", "second starts", "second stops", "first stops"]


async def test_parts_of_a_group_stop_together_and_those_before_them_after_that(bench: Bench) -> None:
    first = bench.part("first", ready=bench.started("first"))
    slow = [bench.part(name, DEAF, after=("first",), group="slow", stop_seconds=1) for name in ("one", "two", "three")]
    supervisor = bench.supervise(first, *slow)
    async with running(supervisor):
        await until(lambda: all("up" in (bench.folder / f"{part.name}.log").read_text() for part in slow))
        began = time.monotonic()
        await supervisor.stop()
        assert 1 <= time.monotonic() - began < 2.5
    assert bench.read() == ["first starts", "first stops"]


async def test_a_part_that_is_killed_is_started_again_and_said_so(bench: Bench) -> None:
    part = bench.part("one", ready=bench.started("one"))
    async with running(bench.supervise(part)):
        before = bench.pids["one"]
        os.kill(before, signal.SIGKILL)
        await until(lambda: bench.pids.get("one", before) != before and bench.read().count("one starts") == 2)
        await until(lambda: any("is back after" in line for line in bench.said))
    assert any("was ended by SIGKILL; starting it again in 0.05 s" in line for line in bench.said)


async def test_a_part_that_keeps_dying_waits_longer_each_time(bench: Bench) -> None:
    part = bench.part("one", "import time; time.sleep(0.05)")
    async with running(bench.supervise(part)):
        await until(lambda: sum("starting it again" in line for line in bench.said) >= 4)
    delays = [line.split("again in ")[1].split(" s")[0] for line in bench.said if "starting it again" in line]
    assert delays[:4] == ["0.05", "0.1", "0.2", "0.2"]


def test_the_wait_never_grows_past_its_limit() -> None:
    assert Patience().delay(1) == 0.5
    assert Patience().delay(5000) == 30


async def test_a_part_that_cannot_be_brought_up_ends_the_start_with_its_log(bench: Bench) -> None:
    part = bench.part("one", "import sys; sys.exit('the disk is gone')", ready=bench.started("one"))
    supervisor = bench.supervise(part)
    with pytest.raises(PartError, match=r"one ended with code 1(.|\n)*the disk is gone(.|\n)*one\.log"):
        await supervisor.keep()
    await supervisor.stop()


async def test_a_part_that_never_gets_ready_ends_the_start_and_runs_no_more(bench: Bench) -> None:
    async def never() -> str:
        return "the door is shut"

    supervisor = bench.supervise(bench.part("one", ready=never, ready_seconds=0.2))
    with pytest.raises(PartError, match=r"was not ready within 0\.2 s: the door is shut"):
        await supervisor.keep()
    await supervisor.stop()
    assert bench.pids == {}


async def test_a_step_that_fails_ends_the_start_and_the_next_part_never_runs(bench: Bench) -> None:
    step = bench.part("step", "raise SystemExit(3)", once=True)
    supervisor = bench.supervise(step, bench.part("next", after=("step",)))
    with pytest.raises(PartError, match="step ended with code 3"):
        await supervisor.keep()
    await supervisor.stop()
    assert bench.read() == []


async def test_a_step_that_ends_well_is_not_started_again(bench: Bench) -> None:
    step = bench.part("step", "open(__import__('sys').argv[2], 'a').write('step ran\\n')", once=True)
    last = bench.part("last", ready=bench.started("last"), after=("step",))
    async with running(bench.supervise(step, last)):
        await asyncio.sleep(0.3)
    assert bench.read() == ["step ran", "last starts", "last stops"]


async def test_a_preparation_that_fails_is_reported_like_a_part_that_dies(bench: Bench) -> None:
    def refuse() -> None:
        raise OSError(28, "No space left on device")

    supervisor = bench.supervise(bench.part("one", prepare=refuse))
    with pytest.raises(PartError, match="No space left on device"):
        await supervisor.keep()


async def test_a_preparation_that_fails_later_is_tried_until_it_works(bench: Bench) -> None:
    outcomes = iter([None, OperatorError("the disk is full"), OSError(28, "No space left on device"), None])

    def prepare() -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    part = bench.part("one", prepare=prepare, ready=bench.started("one"))
    async with running(bench.supervise(part)):
        os.kill(bench.pids["one"], signal.SIGKILL)
        await until(lambda: any("is back after" in line for line in bench.said))
    assert sum("the disk is full; starting it again" in line for line in bench.said) == 1


async def test_a_part_that_does_not_hear_is_killed_within_its_time(bench: Bench) -> None:
    deaf = bench.part("deaf", DEAF, stop_seconds=0.3)
    supervisor = bench.supervise(deaf)
    async with running(supervisor):
        await until(lambda: "up" in deaf.log.read_text())
        pid = bench.pids["deaf"]
        began = time.monotonic()
    assert time.monotonic() - began < 1.5
    assert not psutil.pid_exists(pid)


async def test_a_second_request_to_stop_kills_at_once(bench: Bench) -> None:
    deaf = bench.part("deaf", DEAF, stop_seconds=3)
    supervisor = bench.supervise(deaf)
    async with running(supervisor):
        await until(lambda: "up" in deaf.log.read_text())
        supervisor.hurry.set()
        began = time.monotonic()
    assert time.monotonic() - began < 1


async def test_a_stop_in_the_middle_of_a_start_leaves_nothing(bench: Bench) -> None:
    slow = bench.part("slow", DEAF, ready=bench.started("never"), stop_seconds=0.1)
    supervisor = bench.supervise(slow)
    keep = asyncio.create_task(supervisor.keep())
    await until(lambda: "slow" in bench.pids)
    pid = bench.pids["slow"]
    keep.cancel()
    await asyncio.gather(keep, return_exceptions=True)
    await supervisor.stop()
    assert not psutil.pid_exists(pid)


def test_a_part_dies_with_a_runner_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom host.runner.part import tethered\n"
        "process = tethered(('/bin/sleep', '60'), log=Path(sys.argv[1]))\nprint(process.pid, flush=True)\ntime.sleep(60)\n"
    )
    runner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    pid = int(runner.stdout.readline())
    sleeper = psutil.Process(pid)
    deadline = time.monotonic() + 5
    while sleeper.name() != "sleep" and time.monotonic() < deadline:
        time.sleep(0.01)
    runner.kill()
    runner.wait()
    runner.stdout.close()
    psutil.wait_procs([sleeper], timeout=5)
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE


def test_a_command_that_is_not_there_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert tethered(("/nowhere/at-all",), log=log).wait(5) == 127
    assert "cannot run /nowhere/at-all: No such file" in log.read_text()


async def test_a_part_that_does_not_work_any_more_is_started_again(bench: Bench) -> None:
    async def works() -> str:
        return "it answers nothing" if len(bench.read()) == 1 else ""

    async with running(bench.supervise(bench.part("one", ready=bench.started("one"), works=works))):
        await until(lambda: bench.read() == ["one starts", "one stops", "one starts"])
        await until(lambda: any("is back" in line for line in bench.said))
        await asyncio.sleep(0.5)
    assert any("one  did not work any more (it answers nothing); starting it again" in line for line in bench.said)
    assert bench.read() == ["one starts", "one stops", "one starts", "one stops"]


async def test_a_part_that_works_again_in_time_is_left_alone(bench: Bench) -> None:
    looks: list[str] = []

    async def works() -> str:
        looks.append("")
        return "busy" if len(looks) % 3 else ""

    async with running(bench.supervise(bench.part("one", ready=bench.started("one"), works=works))):
        await until(lambda: len(looks) > 9)
    assert bench.read() == ["one starts", "one stops"]


async def test_what_was_done_before_a_start_is_said(bench: Bench) -> None:
    async with running(bench.supervise(bench.part("one", prepare=lambda: "was mended"))):
        assert any(line.split() == ["one", "was", "mended"] for line in bench.said)
