"""The cluster as a whole: what it says, what it answers where, and that it ends at once with nothing left."""

import asyncio

import psutil
import pytest

from tests.cluster.system import REPLICAS, Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


def test_each_part_is_told_in_a_line_and_the_pages_by_their_addresses(cluster: Cluster) -> None:
    said = cluster.said()
    for part in (*REPLICAS, *(f"{replica}-daprd" for replica in REPLICAS), "placement", "scheduler", "postgres"):
        assert len([line for line in said.splitlines() if line.split()[:2] == [part, "ready"]]) == 1, part
    assert " and ".join(cluster.urls) in said


def test_a_process_without_the_public_app_answers_its_health_and_nothing_else(cluster: Cluster) -> None:
    for replica in ("actors-1", "consumers-1"):
        assert cluster.ask(replica, "/health/live") == (200, {"status": "ok"})
        assert cluster.ready(replica)[0] == 200
        for path in ("/api/v1/me", "/", "/dapr/config", "/actors/TaskActor/x/method/turn"):
            assert cluster.ask(replica, path)[0] == 404, path


def test_only_the_actors_host_actors(cluster: Cluster) -> None:
    hosted = {replica: cluster.hosted(replica) for replica in REPLICAS}
    assert hosted == {
        replica: {"TaskActor", "UserActor", "SeriesActor"} if replica.startswith("actors") else set()
        for replica in REPLICAS
    }


def test_the_doctor_knows_every_part(cluster: Cluster) -> None:
    report = cluster.cli("doctor")
    assert report.returncode == 0, report.stdout
    for part in (*REPLICAS, "web-2-daprd", "scheduler"):
        assert f"  {part} " in report.stdout


async def test_it_stops_within_ten_seconds_leaves_nothing_and_starts_again(cluster: Cluster) -> None:
    async with cluster.caller(1) as person:
        await person.sign_up()
        task = await person.create("Kept", reminders=[])
        async with person.stream() as stream:
            await stream.connected()
            await asyncio.to_thread(cluster.stop)
        assert not [process for process in psutil.process_iter() if str(cluster.data.path) in " ".join(_words(process))]
        await asyncio.to_thread(cluster.start, 150)
        assert (await person.task(task["id"]))["title"] == "Kept"


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
