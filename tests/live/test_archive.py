"""The archive on a real system: the scheduler's job runs, the leader writes the file, the API names the archived days."""

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from dapr.proto import api_v1
from dapr.proto.runtime.v1.dapr_pb2_grpc import DaprStub
from google.protobuf.any_pb2 import Any as AnyMessage

from host.chores.archivist import JOB, SCHEDULE
from tests.support.client import Caller
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = pytest.mark.live


async def test_old_activity_is_archived_when_the_job_runs(system: System, person: Caller) -> None:
    for number in range(3):
        await person.create(f"Long ago {number}", reminders=[])
    before = await person.call("GET", "/activity")  # this read waits for all of them
    assert len(before["items"]) == 4
    # The day of an entry is no part of its hash, so a test can move it into the past.
    long_ago = datetime.now(UTC) - timedelta(days=200)
    async with system.database() as database:
        await database.execute("UPDATE activity SET at = $2 WHERE user_id = $1", person.user_id, long_ago)
        assert (await _registered(system)).schedule == SCHEDULE
        await _call_now(system)
        query = "SELECT rows FROM archives WHERE month = date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC')::date"

        async def archived() -> bool:
            return await database.fetchval(query, long_ago) == 4

        await eventually(archived, 25, "the month was archived", 0.2)
    assert (system.data.path / "archive" / f"activity-{long_ago:%Y-%m}.ndjson.gz").is_file()
    after = await person.call("GET", "/activity")
    assert after["items"] == []
    assert before["archived_before"] is None
    assert after["archived_before"] > f"{long_ago:%Y-%m-%d}"
    done = system.cli("activity", "verify")
    assert done.returncode == 0, done.stdout
    assert "4 in 1 archived files" in done.stdout
    await person.create("And on it goes", reminders=[])
    assert len((await person.call("GET", "/activity"))["items"]) == 1


async def _registered(system: System) -> api_v1.Job:
    """Waits until the scheduler has the job; returns it."""
    jobs: list[api_v1.Job] = []

    async def is_there() -> bool:
        async with _channel(system) as channel:
            request = api_v1.GetJobRequest(name=JOB)
            try:
                reply = await DaprStub(channel).GetJob(request, timeout=5, metadata=_token(system))
            except grpc.aio.AioRpcError:
                return False
            jobs.append(reply.job)
            return True

    await eventually(is_there, 20, "the job is registered", 0.5)
    return jobs[0]


async def _call_now(system: System) -> None:
    """Registers the same job again, due at once."""
    job = api_v1.Job(name=JOB, schedule=SCHEDULE, due_time="1s", data=AnyMessage())
    async with _channel(system) as channel:
        request = api_v1.ScheduleJobRequest(job=job, overwrite=True)
        await DaprStub(channel).ScheduleJob(request, timeout=5, metadata=_token(system))


def _channel(system: System) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(f"127.0.0.1:{system.data.require_running().dapr_grpc_port}")


def _token(system: System) -> tuple[tuple[str, str], ...]:
    return (("dapr-api-token", system.data.require_running().api_token),)
