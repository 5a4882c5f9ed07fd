"""What must work for this process to be of use: each part by name, with a check that answers one of WORKS or why not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import grpc.aio
from dapr.proto import api_v1

from host.settings import Role
from host.sidecar_client import Sidecar
from host.store.engine import Database

Check = Callable[[], Awaitable[str]]

_CHECK_SECONDS = 2.0
_OK = "ok"
BUSY = "busy"
WORKS = frozenset({_OK, "none", BUSY})


# What a process of a role is of no use without: who publishes nothing needs no broker, who wakes nothing no scheduler.
# The hub of a web process hears later without a broker, and nobody may lose the page for that.
_NEEDS: Final[Mapping[Role, tuple[str, ...]]] = {
    "all": ("database", "sidecar", "placement", "scheduler", "broker"),
    "web": ("database", "sidecar", "placement"),
    "actors": ("database", "sidecar", "placement", "scheduler"),
    "consumers": ("database", "sidecar", "placement", "scheduler", "broker"),
}


def checks(database: Database, sidecar: Sidecar, role: Role, broker: str = "") -> Mapping[str, Check]:
    """The checks of `/health/ready`, each bounded to 2 s; `broker` is its component, "" where there is none."""
    asked = _Sidecar(sidecar)
    known = {
        "database": _bounded(lambda: _database(database)),
        "sidecar": _bounded(asked.answers),
        "placement": _bounded(asked.placed),
        "scheduler": _bounded(asked.scheduled),
        "broker": _bounded(lambda: asked.has(broker)) if broker else _no_broker,
    }
    return {name: known[name] for name in _NEEDS[role]}


def _bounded(check: Check) -> Check:
    async def run() -> str:
        try:
            return await asyncio.wait_for(check(), _CHECK_SECONDS)
        except TimeoutError:
            return f"no answer in {_CHECK_SECONDS:g} s"
        except grpc.aio.AioRpcError as error:
            return f"the sidecar cannot be reached ({error.code().name})"
        except Exception as error:  # noqa: BLE001  the edge: whatever it is, the part is not ready
            return type(error).__name__

    return run


async def _no_broker() -> str:
    return "none"


async def _database(database: Database) -> str:
    await database.ping()
    return _OK


class _Sidecar:
    """What the sidecar says of itself and of the services behind it."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._sidecar = sidecar

    async def _metadata(self) -> api_v1.GetMetadataResponse:
        reply: api_v1.GetMetadataResponse = await self._sidecar.calls.GetMetadata(
            api_v1.GetMetadataRequest(), timeout=_CHECK_SECONDS, metadata=self._sidecar.metadata
        )
        return reply

    async def answers(self) -> str:
        runtime = (await self._metadata()).actor_runtime
        running = runtime.runtime_status == api_v1.ActorRuntime.ActorRuntimeStatus.RUNNING
        return _OK if running else "its actor runtime is not running yet"

    async def placed(self) -> str:
        runtime = (await self._metadata()).actor_runtime
        return _OK if runtime.host_ready else runtime.placement or "not connected"

    async def scheduled(self) -> str:
        """Asks the scheduler itself: the sidecar goes on naming one that is gone.

        One that is there and does not answer is busy: after a hard kill it waits up to 20 s for its predecessor's
        lease, and the sweeper does its work until then.
        """
        if not (await self._metadata()).scheduler.connected_addresses:
            return "not connected"
        try:
            await self._sidecar.calls.ListJobsAlpha1(
                api_v1.ListJobsRequestAlpha1(), timeout=_CHECK_SECONDS / 2, metadata=self._sidecar.metadata
            )
        except grpc.aio.AioRpcError as error:
            busy = error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            return BUSY if busy else f"cannot be reached ({error.code().name})"
        return _OK

    async def has(self, component: str) -> str:
        loaded = (await self._metadata()).registered_components
        return _OK if any(each.name == component for each in loaded) else f"the sidecar has no component {component}"
