"""What only one process may do moves to the other consumers when its leader dies, or hangs."""

import asyncio
import signal
import time

import pytest

from tests.client import Caller, instant
from tests.cluster.system import Cluster
from tests.deadline import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

MOVED_SECONDS = 5.0  # after a death: the other asks each second
STALE_SECONDS = 12.0  # after a stop: PostgreSQL waits 5 s for a word


async def moved_from(cluster: Cluster, old: str, within_seconds: float) -> float:
    began = time.monotonic()
    await eventually(lambda: cluster.leader() != old, within_seconds, f"{old} no longer leads")
    return time.monotonic() - began


async def test_the_lead_moves_when_the_leader_is_killed(cluster: Cluster, first: Caller) -> None:
    old = cluster.leader()
    at = instant(6)
    task = await first.create("Due while the lead moves", reminders=[{"at": at}])
    async with first.stream() as stream:
        await stream.connected()
        pid = cluster.kill(old)
        await moved_from(cluster, old, MOVED_SECONDS)
        await stream.hear("reminder.delivered", 30, task["id"])
    fired = await first.items(f"/tasks/{task['id']}/activity", type="reminder.fired")
    assert len(fired) == 1
    await asyncio.to_thread(cluster.until_restarted, old, pid)


async def test_the_lead_moves_when_the_leader_hangs_and_it_follows_when_it_goes_on(
    cluster: Cluster, first: Caller
) -> None:
    old = cluster.leader()
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
    assert cluster.leader() != old, "there is one leader, and it is not the one that was away"
    delivered = await first.items(f"/tasks/{task['id']}/activity", type="reminder.delivered")
    assert len(delivered) == 1
