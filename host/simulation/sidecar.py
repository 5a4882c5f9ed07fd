"""The simulated sidecar: calls actors by the SDK's dispatch and stores their state with the sidecar's own upsert."""

import asyncio
from typing import Any

import asyncpg
from dapr.actor import ActorRuntime
from dapr.actor.runtime.config import ActorRuntimeConfig
from dapr.clients.base import DaprActorClientBase

from actors.doc import KEY
from actors.ports import Activations, Ports
from actors.registry import register_all
from actors.replies import Outage
from actors.turn import SAVE_HEAD, SAVE_TAIL
from host.dapr.http import SidecarError
from host.store.engine import Database
from host.store.turns import actor_state

_asyncpg: Any = asyncpg  # its errors have no types


class SimulatedSidecar(DaprActorClientBase):
    """Stands in for the sidecar of one process.

    It ignores reminders, because the sweeper finds every wake in the table `wakes`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._runtime = _own_runtime()
        self._active: set[tuple[str, str]] = set()

    async def host(self, ports: Ports) -> Activations:
        """Makes all actor types callable."""
        return await register_all(self._runtime, self, ports)

    async def deactivate_all(self) -> None:
        """Deactivates every actor, as the sidecar does with idle ones: the next turn of each reads its stored state."""
        active, self._active = self._active, set()
        for actor_type, actor_id in active:
            await self._runtime.deactivate(actor_type, actor_id)

    async def invoke_method(self, actor_type: str, actor_id: str, method: str, data: bytes | None = None) -> bytes:
        self._active.add((actor_type, actor_id))
        try:
            return await self._runtime.dispatch(actor_type, actor_id, method, data or b"")
        except Outage as error:
            raise SidecarError(f"500 {error}") from error

    async def get_state(self, actor_type: str, actor_id: str, name: str) -> bytes:
        async with self._database.raw() as connection:
            return await actor_state.read(connection, actor_type, actor_id, name)

    async def save_state_transactionally(self, actor_type: str, actor_id: str, data: bytes) -> None:
        value = data.removeprefix(SAVE_HEAD).removesuffix(SAVE_TAIL)
        assert len(value) == len(data) - len(SAVE_HEAD) - len(SAVE_TAIL), "a turn saves one key"  # noqa: S101
        try:
            async with self._database.raw() as connection:
                await actor_state.save(connection, actor_type, actor_id, KEY, value)
        except _asyncpg.PostgresError as error:
            raise SidecarError(_as_sidecar(error)) from error
        except _asyncpg.InterfaceError as error:
            raise ConnectionError(str(error)) from error

    async def register_reminder(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        pass

    async def unregister_reminder(self, actor_type: str, actor_id: str, name: str) -> None:
        pass

    async def register_timer(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        raise NotImplementedError

    async def unregister_timer(self, actor_type: str, actor_id: str, name: str) -> None:
        raise NotImplementedError


def _as_sidecar(error: Any) -> str:
    """Returns the text with which the sidecar answers a save that the database refused."""
    return (
        '500 {"errorCode":"ERR_ACTOR_STATE_TRANSACTION_SAVE","message":"error saving actor transaction state: '
        f'ERROR: {error.message} (SQLSTATE {error.sqlstate})"}}'
    )


def _own_runtime() -> type[ActorRuntime]:
    """Returns a subclass with actors of its own: the SDK keeps them on the class, which the process may use, too."""
    own = {"_actor_managers": {}, "_actor_managers_lock": asyncio.Lock(), "_actor_config": ActorRuntimeConfig()}
    return type("Runtime", (ActorRuntime,), own)
