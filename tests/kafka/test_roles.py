"""Roles as processes of their own: the consumers signal both hubs through the broker."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from host.live.hub import POLL_SECONDS
from tests.kafka.handled import GRACE_SECONDS, handled_within
from tests.support.cluster import START_SECONDS, Cluster
from tests.support.own_writes import read_back
from tests.support.summary import SUMMARY
from tests.support.system import running

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]

REPLICAS = ("actors-1", "consumers-1", "web-1", "web-2")
EVENTS = 20
PEOPLE = 5
WRITES = 1_000


class SmallCluster(Cluster):
    """Two web replicas, and one replica of each other role: no test needs a second one."""

    def __init__(self, folder: Path, settings: Any) -> None:
        super().__init__(folder, settings)
        self.command = ("-m", "host.operator.cli", "cluster", "--web", "2", "--actors", "1", "--consumers", "1")

    def is_ready(self) -> bool:
        return all(self.ready(name)[0] == 200 for name in REPLICAS)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCluster]:
    """A cluster with a broker of its own: on a shared one its consumer groups would be those of the other system."""
    small = SmallCluster(tmp_path_factory.mktemp("roles"), {"DUELY_BROKER": "kafka"})
    with running(small, START_SECONDS):
        yield small


async def test_streams_at_both_web_replicas_hear_long_before_their_hubs_poll(cluster: SmallCluster) -> None:
    async with cluster.caller(1) as first:
        await first.sign_up()
        async with cluster.caller(2, like=first) as second, first.stream() as here, second.stream() as there:
            await here.connected()
            await there.connected()
            seconds: list[float] = []
            for number in range(EVENTS):
                task = await first.create(f"Heard {number}", reminders=[])
                written = datetime.now(UTC)
                for stream in (here, there):
                    heard = await stream.hear("task.created", POLL_SECONDS + 5, task["id"])
                    seconds.append((heard.at - written).total_seconds())
    middle = statistics.median(seconds)
    SUMMARY.append(f"roles apart, answer → heard at a stream through the broker: p50 {middle * 1000:.0f} ms")
    # Hubs that only poll would hear after half of POLL_SECONDS on average.
    assert middle < POLL_SECONDS / 5


async def test_each_of_a_thousand_writes_at_one_replica_is_read_at_once_at_the_other(cluster: SmallCluster) -> None:
    """Several people write at once, and the broker brings their events in any order."""
    began = time.monotonic()
    missed = await asyncio.gather(*(_read_elsewhere(cluster, WRITES // PEOPLE) for _ in range(PEOPLE)))
    seconds = time.monotonic() - began
    SUMMARY.append(f"roles apart, {WRITES} writes each read at once at the other replica: {seconds:.0f} s")
    assert [line for lines in missed for line in lines] == []


async def _read_elsewhere(cluster: SmallCluster, count: int) -> list[str]:
    async with cluster.caller(1) as first:
        await first.sign_up()
        async with cluster.caller(2, like=first) as second:
            return await read_back(first, second, count)


async def test_only_the_consumers_get_events_and_only_web_replicas_get_signals(cluster: SmallCluster) -> None:
    async with cluster.caller(2) as person:
        await person.sign_up()
        task = await person.create("Through the broker", reminders=[])
        await handled_within(cluster, "projector", "task.created", task["id"], GRACE_SECONDS - 2)
    logs = {name: (cluster.data.logs / f"{name}-daprd.log").read_text() for name in REPLICAS}
    subscribed = {name: "app is subscribed" in text for name, text in logs.items()}
    assert subscribed == {"actors-1": False, "consumers-1": True, "web-1": True, "web-2": True}
    events, signals = "pubsub=events-", "pubsub=task-updates"
    assert [name for name, text in logs.items() if events in text] == ["consumers-1"]
    assert [name for name, text in logs.items() if signals in text] == ["web-1", "web-2"]
