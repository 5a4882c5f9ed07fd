"""Jobs of Dapr: at its hour the scheduler calls `/job/NAME` of one process of this app.

host/store/upkeep/jobs.py notes in the database that a job was called, and that it was done.
"""

import grpc
import grpc.aio
from dapr.proto import api_v1
from dapr.proto.common.v1.common_pb2 import JobFailurePolicy, JobFailurePolicyConstant
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration

from host.dapr.client import SidecarConnection

_TIMEOUT_SECONDS = 5
_RETRY_SECONDS = 30


class Job:
    """One job. `schedule`: cron with a field for seconds first, in UTC."""

    def __init__(self, sidecar: SidecarConnection, name: str, schedule: str) -> None:
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata
        self._name = name
        self._schedule = schedule

    async def ensure(self) -> None:
        """Registers the job unless the scheduler has it with this schedule; raises AioRpcError."""
        if await self._registered() == self._schedule:
            return
        job = api_v1.Job(
            name=self._name,
            schedule=self._schedule,
            data=AnyMessage(),
            # Retries without a limit: by default the scheduler gives up a call after four failures, some 3 s later.
            failure_policy=JobFailurePolicy(
                constant=JobFailurePolicyConstant(interval=Duration(seconds=_RETRY_SECONDS))
            ),
        )
        request = api_v1.ScheduleJobRequest(job=job, overwrite=True)
        await self._calls.ScheduleJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)

    async def _registered(self) -> str:
        """Returns the schedule that the scheduler has for the job, "" where it does not know it."""
        request = api_v1.GetJobRequest(name=self._name)
        try:
            reply = await self._calls.GetJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND or "not found" in (error.details() or ""):
                return ""
            raise
        schedule: str = reply.job.schedule
        return schedule
