"""The checks of the sidecar and of what is behind it: placement, scheduler, components."""

from typing import Final

import grpc
import grpc.aio
from dapr.proto import api_v1

from host.dapr.client import SidecarConnection

CHECK_SECONDS: Final = 2.0
OK: Final = "ok"
BUSY: Final = "busy"


def unreachable(error: Exception) -> str:
    """Returns how a call to the sidecar failed, in words; "" for an error that is not from gRPC."""
    return f"the sidecar cannot be reached ({error.code().name})" if isinstance(error, grpc.aio.AioRpcError) else ""


class SidecarChecks:
    """Each check returns OK, BUSY or why it fails; it raises AioRpcError when the sidecar cannot be reached."""

    def __init__(self, sidecar: SidecarConnection) -> None:
        self._sidecar = sidecar

    async def _metadata(self) -> api_v1.GetMetadataResponse:
        reply: api_v1.GetMetadataResponse = await self._sidecar.calls.GetMetadata(
            api_v1.GetMetadataRequest(), timeout=CHECK_SECONDS, metadata=self._sidecar.metadata
        )
        return reply

    async def answers(self) -> str:
        """Whether the sidecar and its actor runtime run."""
        runtime = (await self._metadata()).actor_runtime
        running = runtime.runtime_status == api_v1.ActorRuntime.ActorRuntimeStatus.RUNNING
        return OK if running else "its actor runtime is not running yet"

    async def placed(self) -> str:
        """Whether placement knows this host."""
        runtime = (await self._metadata()).actor_runtime
        return OK if runtime.host_ready else runtime.placement or "not connected"

    async def scheduled(self) -> str:
        """Whether the scheduler answers. The scheduler itself is asked: the sidecar goes on naming one that is gone.

        A scheduler that is there and does not answer is BUSY: after a hard kill it waits up to 20 s for the lease of
        its predecessor, and the sweeper does its work until then.
        """
        if not (await self._metadata()).scheduler.connected_addresses:
            return "not connected"
        try:
            await self._sidecar.calls.ListJobsAlpha1(
                api_v1.ListJobsRequestAlpha1(), timeout=CHECK_SECONDS / 2, metadata=self._sidecar.metadata
            )
        except grpc.aio.AioRpcError as error:
            busy = error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            return BUSY if busy else f"cannot be reached ({error.code().name})"
        return OK

    async def has(self, component: str) -> str:
        """Whether the sidecar has loaded the component."""
        loaded = (await self._metadata()).registered_components
        return OK if any(each.name == component for each in loaded) else f"the sidecar has no component {component}"
