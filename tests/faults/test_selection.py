"""Each fault once, in an order that the seed gives, under load: every promise is held."""

import os
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.machine import machine
from tests.faults.run import run
from tests.faults.table import table

pytestmark = [pytest.mark.selection, pytest.mark.timeout(350)]


async def test_each_fault_once_breaks_no_promise(tmp_path: Path, seed: int) -> None:
    with machine(tmp_path) as system:
        if system.without_disks and os.environ.get("DUELY_TEST_ALL") == "1":
            pytest.fail(system.without_disks)
        plan = faults.each_once(system, seed)
        report = await run(system, plan, tmp_path / "history.jsonl", seed=seed, calm_seconds=1.0)
    report.without += [system.without_disks] if system.without_disks else []
    shown = table(report)
    assert not report.verdict.wrong, f"{report.verdict.words()}\n{shown}\n{system.tails()}"
