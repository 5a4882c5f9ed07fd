"""The sentinel: a job in the far future. Its absence shows that the scheduler has lost its data, and all reminders."""

import grpc
import grpc.aio
from dapr.proto import api_v1

from host.dapr.client import SidecarConnection

_NAME = "sentinel"
_FAR = "876000h"  # a hundred years
_TIMEOUT_SECONDS = 5


class Sentinel:
    """Looks for the sentinel and plants it, through the sidecar.

    It is a job and not a reminder: a reminder can only be read where its actor lives, and the sweeper runs elsewhere.
    """

    def __init__(self, sidecar: SidecarConnection) -> None:
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata

    async def present(self) -> bool:
        """Whether the scheduler has the sentinel; raises AioRpcError when it cannot be asked."""
        request = api_v1.GetJobRequest(name=_NAME)
        try:
            reply = await self._calls.GetJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND or "job not found" in (error.details() or ""):
                return False
            raise
        return bool(reply.job.due_time)

    async def plant(self) -> None:
        """Schedules the sentinel; only after every wake was marked as unarmed."""
        request = api_v1.ScheduleJobRequest(job=api_v1.Job(name=_NAME, due_time=_FAR), overwrite=True)
        await self._calls.ScheduleJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
