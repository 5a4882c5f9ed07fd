"""Jobs of Dapr: the scheduler calls one process of this app at `/job/NAME`, at its hour."""

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
    """One job; `schedule` is cron with seconds first, in UTC."""

    def __init__(self, sidecar: SidecarConnection, name: str, schedule: str) -> None:
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata
        self._name = name
        self._schedule = schedule

    async def ensure(self) -> None:
        """Register it where the scheduler has it not, or with another schedule; raises AioRpcError."""
        if await self._registered() == self._schedule:
            return
        job = api_v1.Job(
            name=self._name,
            schedule=self._schedule,
            data=AnyMessage(),
            # Without a limit: by default the call of that day is dropped after its fourth failure, some 3 s later.
            failure_policy=JobFailurePolicy(
                constant=JobFailurePolicyConstant(interval=Duration(seconds=_RETRY_SECONDS))
            ),
        )
        request = api_v1.ScheduleJobRequest(job=job, overwrite=True)
        await self._calls.ScheduleJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)

    async def _registered(self) -> str:
        """Its schedule as the scheduler has it; "" where it has none."""
        request = api_v1.GetJobRequest(name=self._name)
        try:
            reply = await self._calls.GetJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND or "not found" in (error.details() or ""):
                return ""
            raise
        schedule: str = reply.job.schedule
        return schedule
