"""Each process is killed, one after another, during writes: nothing acknowledged is lost, nothing is there twice."""

import random
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.machine import Machine
from tests.faults.pace import Pace
from tests.faults.run import run
from tests.faults.table import table

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

PARTS = ("host", "daprd", "placement", "scheduler", "postgres")


async def test_nothing_acknowledged_is_lost_or_doubled_when_parts_are_killed(
    system: Machine, tmp_path: Path, seed: int
) -> None:
    plan = [faults.kill(system, part, random.Random(seed)) for part in PARTS]
    pace = Pace(rate=40, floor=20)
    history = tmp_path / "history.jsonl"
    report = await run(system, plan, history, seed=seed, users=30, readers=30, calm_seconds=3, pace=pace)
    shown = table(report)
    assert not report.verdict.wrong, f"{report.verdict.words()}\n{shown}"
    assert report.verdict.acknowledged > 500, shown
    assert report.verdict.reminders_due > 20, shown
