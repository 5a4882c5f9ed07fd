"""Each fault once under load, in the order of the seed: every promise is kept.

One machine gets the faults that it can show; a cluster gets those of its roles, their sidecars and the broker, a replica
that joins and leaves, and a rolling restart.
"""

import os
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.cluster import cluster
from tests.faults.machine import machine
from tests.faults.pace import Pace
from tests.faults.run import FaultReport, run
from tests.faults.subject import Subject
from tests.faults.table import table

pytestmark = pytest.mark.selection

CALM_SECONDS = 0.5
AT_ONCE = 2


@pytest.mark.timeout(200)
async def test_one_machine_keeps_every_promise(tmp_path: Path, seed: int) -> None:
    with machine(tmp_path) as system:
        if system.without_disks and os.environ.get("DUELY_TEST_ALL") == "1":
            pytest.fail(system.without_disks)
        report = await _tried(system, tmp_path / "history.jsonl", seed, Pace(rate=40, floor=20), users=60, readers=120)
        report.left_out += [system.without_disks] if system.without_disks else []
        _judged(report, system)


@pytest.mark.timeout(260)
async def test_a_cluster_on_kafka_keeps_every_promise(tmp_path: Path, seed: int) -> None:
    """The storm lasts while other faults come. Sixteen processes leave two cores little room for writes."""
    with cluster(tmp_path) as system:
        pace = Pace(rate=20, floor=10, ceiling=40)
        report = await _tried(system, tmp_path / "history.jsonl", seed, pace, users=50, readers=100)
        _judged(report, system)
    storms = [strike for strike in report.strikes if strike.name.startswith("storm")]
    assert [sum(storm.at < other.at < storm.ended for other in report.strikes) > 2 for storm in storms] == [True]


async def _tried(system: Subject, history: Path, seed: int, pace: Pace, **shape: int) -> FaultReport:
    plan = faults.share_of_ci(system, seed)
    return await run(system, plan, history, seed=seed, calm_seconds=CALM_SECONDS, pace=pace, at_once=AT_ONCE, **shape)


def _judged(report: FaultReport, system: Subject) -> None:
    shown = table(report)
    assert not report.verdict.wrong, f"{report.verdict.words()}\n{shown}\n{system.tails()}"
    assert report.verified.checked["versions"] > report.verdict.acknowledged / 10, shown
