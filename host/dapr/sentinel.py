"""The sentinel: one far job whose absence says that the scheduler has lost its data, and every reminder with it."""

import grpc
import grpc.aio
from dapr.proto import api_v1

from host.dapr.client import SidecarConnection

_NAME = "sentinel"
_FAR = "876000h"  # a hundred years
_TIMEOUT_SECONDS = 5


class Sentinel:
    """Asks the scheduler, through the sidecar, for the job that was planted there.

    A job and no reminder: reminders can only be asked for where their actors live, and the sweeper lives elsewhere.
    """

    def __init__(self, sidecar: SidecarConnection) -> None:
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata

    async def present(self) -> bool:
        """Whether the scheduler still has it; raises AioRpcError when the scheduler cannot be asked."""
        request = api_v1.GetJobRequest(name=_NAME)
        try:
            reply = await self._calls.GetJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND or "job not found" in (error.details() or ""):
                return False
            raise
        return bool(reply.job.due_time)

    async def plant(self) -> None:
        """Schedule it again, after every wake was marked as not armed."""
        request = api_v1.ScheduleJobRequest(job=api_v1.Job(name=_NAME, due_time=_FAR), overwrite=True)
        await self._calls.ScheduleJob(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
