"""Without Dapr: reads answer from the database, writes get a 503 with Retry-After, and all catches up by itself."""

import asyncio
import contextlib
import signal
import time
import uuid
from collections.abc import AsyncGenerator, Sequence

import pytest

from tests.support.client import PASSWORD, Caller, instant
from tests.support.cluster import REPLICAS, Cluster
from tests.support.deadline import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(150)]

LONGEST_WRITE_SECONDS = 9.5  # the gateway's 8 s, and some for a slow machine
LONGEST_READ_SECONDS = 3.0
BACK_SECONDS = 60.0
NOTICED_SECONDS = 20.0
NEED_SCHEDULER = ("actors-1", "consumers-1")


@contextlib.asynccontextmanager
async def without(cluster: Cluster, parts: Sequence[str]) -> AsyncGenerator[None]:
    """Kills the parts for the length of the block, and stops the runner, which would start them again."""
    runner = cluster.runner
    runner.send_signal(signal.SIGSTOP)
    try:
        for part in parts:
            cluster.kill(part)
        yield
    finally:
        runner.send_signal(signal.SIGCONT)
    await asyncio.sleep(0.5)
    await eventually(cluster.is_ready, BACK_SECONDS, "all are ready again", 0.2)


async def assert_reads(caller: Caller, task_id: str) -> None:
    began = time.monotonic()
    assert (await caller.task(task_id))["id"] == task_id
    assert (await caller.call("GET", "/tasks"))["total"] >= 1
    assert (await caller.call("GET", "/me"))["id"] == caller.user_id
    assert await caller.items("/activity")
    assert time.monotonic() - began < LONGEST_READ_SECONDS


async def assert_writes_are_put_off(caller: Caller, task_id: str) -> None:
    requests = (
        ("POST", "/tasks", {"title": "Not now"}),
        ("PATCH", f"/tasks/{task_id}", {"title": "Not now"}),
        ("POST", f"/tasks/{task_id}/complete", {}),
        ("PATCH", "/me", {"timezone": "Asia/Tokyo"}),
    )
    began = time.monotonic()
    answers = await asyncio.gather(*(caller.send(*request) for request in requests))
    assert time.monotonic() - began < LONGEST_WRITE_SECONDS
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["code"] == "actors_unavailable"


async def assert_nobody_is_half_made(cluster: Cluster) -> None:
    """Asserts that a sign-up gets a 503 too, and succeeds when it is sent again to the other replica."""
    body = {"email": f"{uuid.uuid4().hex}@example.org", "password": PASSWORD, "timezone": "UTC"}
    async with cluster.caller(1) as stranger, cluster.caller(2) as again:
        answer = await stranger.send("POST", "/auth/register", body)
        assert (answer.status_code, int(answer.headers["Retry-After"]) >= 1) == (503, True), answer.text
        assert (await again.send("POST", "/auth/register", body)).status_code == 201


def all_miss(cluster: Cluster, replicas: Sequence[str], missing: str) -> bool:
    return all(cluster.ready(replica)[1].get(missing, "ok") != "ok" for replica in replicas)


def assert_alive_and_missing(cluster: Cluster, replicas: Sequence[str], missing: str) -> None:
    for replica in replicas:
        assert cluster.ask(replica, "/health/live")[0] == 200
        status, parts = cluster.ready(replica)
        assert (status, parts["database"], parts[missing] != "ok") == (503, "ok", True), f"{replica}: {parts}"


async def test_a_web_replica_without_its_sidecar_reads_and_the_other_writes(
    cluster: Cluster, first: Caller, second: Caller
) -> None:
    task = await first.create("There", reminders=[])
    async with without(cluster, ["web-1-daprd"]):
        await assert_reads(first, task["id"])
        await asyncio.gather(assert_writes_are_put_off(first, task["id"]), assert_nobody_is_half_made(cluster))
        assert_alive_and_missing(cluster, ["web-1"], "sidecar")
        assert cluster.ready("web-2")[0] == 200
        async with first.stream() as stream:  # a write through the other replica is heard here
            await stream.connected()
            made = await second.create("By the other", reminders=[])
            await stream.hear("task.created", 5, made["id"])
    await first.patch(task["id"], title="Now")


async def test_without_any_sidecar_all_can_be_read_and_all_catches_up(
    cluster: Cluster, first: Caller, second: Caller
) -> None:
    task = await first.create("There", reminders=[{"at": instant(8)}])
    async with without(cluster, [f"{replica}-daprd" for replica in REPLICAS]):
        for caller in (first, second):
            await assert_reads(caller, task["id"])
            await assert_writes_are_put_off(caller, task["id"])
        assert_alive_and_missing(cluster, REPLICAS, "sidecar")
    async with second.stream(after=0) as stream:
        await stream.hear("reminder.delivered", 30, task["id"])
        made = await first.create("After", reminders=[{"at": instant(2)}])
        await stream.hear("reminder.delivered", 15, made["id"])
    for one in (task, made):
        assert len(await first.items(f"/tasks/{one['id']}/activity", type="reminder.fired")) == 1


async def test_without_any_actors_all_can_be_read_and_writes_are_put_off(
    cluster: Cluster, first: Caller, second: Caller
) -> None:
    task = await first.create("There", reminders=[])
    actors = ("actors-1", "actors-2")
    async with without(cluster, [*actors, *(f"{name}-daprd" for name in actors)]):
        await assert_reads(second, task["id"])
        await assert_writes_are_put_off(second, task["id"])
        assert cluster.ready("web-1")[0] == 200, "its own sidecar works, so it still serves reads"
    await second.patch(task["id"], title="Now")


async def test_a_sidecar_that_hangs_holds_up_no_request_beyond_its_limit(
    cluster: Cluster, first: Caller, second: Caller
) -> None:
    task = await first.create("There", reminders=[])
    hanging = cluster.part("web-1-daprd")
    hanging.send_signal(signal.SIGSTOP)
    try:
        await assert_reads(first, task["id"])
        await assert_writes_are_put_off(first, task["id"])
        assert_alive_and_missing(cluster, ["web-1"], "sidecar")
        await second.patch(task["id"], title="Through the other")
    finally:
        hanging.send_signal(signal.SIGCONT)
    await eventually(cluster.is_ready, BACK_SECONDS, "all are ready again", 0.2)
    await first.patch(task["id"], title="Through this one")


async def test_without_placement_and_scheduler_readiness_names_them(cluster: Cluster, first: Caller) -> None:
    task = await first.create("There", reminders=[])
    async with without(cluster, ["placement", "scheduler"]):
        await eventually(lambda: all_miss(cluster, REPLICAS, "placement"), NOTICED_SECONDS, "placement is missed", 0.2)
        await eventually(
            lambda: all_miss(cluster, NEED_SCHEDULER, "scheduler"), NOTICED_SECONDS, "so is the scheduler", 0.2
        )
        assert_alive_and_missing(cluster, REPLICAS, "placement")
        assert_alive_and_missing(cluster, NEED_SCHEDULER, "scheduler")
        await assert_reads(first, task["id"])
    await first.patch(task["id"], title="Now")
