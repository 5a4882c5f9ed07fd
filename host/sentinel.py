"""The sentinel: one far reminder whose absence says that the scheduler has lost its data."""

import grpc
import grpc.aio
from dapr.proto import api_v1

from host.sidecar_client import Sidecar

_ACTOR = ("UserActor", "sentinel")
_NAME = "sentinel"
_FAR = "876000h"  # a hundred years
_TIMEOUT_SECONDS = 5


class Sentinel:
    """Asks the scheduler, through the sidecar, for the reminder that was planted there."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._calls = sidecar.calls
        self._metadata = sidecar.metadata

    async def present(self) -> bool:
        """Whether the scheduler still has it; raises AioRpcError when the scheduler cannot be asked."""
        request = api_v1.GetActorReminderRequest(actor_type=_ACTOR[0], actor_id=_ACTOR[1], name=_NAME)
        try:
            reply = await self._calls.GetActorReminder(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND or "not found" in (error.details() or ""):
                return False
            raise
        return bool(reply.due_time)

    async def plant(self) -> None:
        """Register it again, after every wake was marked as not armed."""
        request = api_v1.RegisterActorReminderRequest(
            actor_type=_ACTOR[0], actor_id=_ACTOR[1], name=_NAME, due_time=_FAR
        )
        await self._calls.RegisterActorReminder(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)
