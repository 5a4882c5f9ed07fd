"""Chores that only one process may run move to another one when theirs dies or hangs."""

import asyncio
import signal
import time

import pytest

from tests.support.client import Caller, instant
from tests.support.cluster import Cluster
from tests.support.deadline import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

MOVED_SECONDS = 5.0  # after a kill: the others try each second
STALE_SECONDS = 12.0  # after a stop: PostgreSQL gives the connection 5 s


async def moved_from(cluster: Cluster, old: str, within_seconds: float) -> float:
    began = time.monotonic()
    await eventually(lambda: old not in cluster.holders().values(), within_seconds, f"{old} runs no chore")
    return time.monotonic() - began


async def test_chores_move_when_their_process_is_killed(cluster: Cluster, first: Caller) -> None:
    old = cluster.holders()["sweeper"]
    at = instant(6)
    task = await first.create("Due while the chores move", reminders=[{"at": at}])
    async with first.stream() as stream:
        await stream.connected()
        pid = cluster.kill(old)
        await moved_from(cluster, old, MOVED_SECONDS)
        await stream.hear("reminder.delivered", 30, task["id"])
    fired = await first.items(f"/tasks/{task['id']}/activity", type="reminder.fired")
    assert len(fired) == 1
    await asyncio.to_thread(cluster.until_restarted, old, pid)


async def test_chores_move_when_their_process_hangs_and_it_runs_none_when_it_goes_on(
    cluster: Cluster, first: Caller
) -> None:
    old = cluster.holders()["sweeper"]
    hanging = cluster.part(old)
    hanging.send_signal(signal.SIGSTOP)
    try:
        await moved_from(cluster, old, STALE_SECONDS)
        task = await first.create("Beside one that hangs", reminders=[{"at": instant(1)}])
        async with first.stream(after=0) as stream:
            await stream.hear("reminder.delivered", 15, task["id"])
    finally:
        hanging.send_signal(signal.SIGCONT)
    await eventually(cluster.is_ready, 20, "all are ready again", 0.2)
    await asyncio.sleep(2)
    assert old not in cluster.holders().values(), "each chore is in one process, and not in the one that hung"
    delivered = await first.items(f"/tasks/{task['id']}/activity", type="reminder.delivered")
    assert len(delivered) == 1
