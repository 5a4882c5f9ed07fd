"""Everything the public side is given when it is put together; web/serve.py fills it, tests fill it with fakes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from actors.clock import Clock
from host.dapr.gateway import Actors
from host.live.hub import Hub
from host.settings import Settings
from host.store.engine import Database
from host.store.read_model.consistency import Shown

LONGEST_WAIT_SECONDS: Final = 2.0


class Projection(Protocol):
    """How far the read model is."""

    async def wait(self, actor_id: str, version: int, timeout_seconds: float) -> bool:
        """Whether the read model shows that version of that actor before the time is over."""
        ...

    async def own_writes(self, user_id: str, timeout_seconds: float) -> Shown:
        """What can be read of the user when all that there is now is shown, or the time is over."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """`checks` names what must work for this process to be of use, each with a check that answers "ok" or why not."""

    settings: Settings
    clock: Clock
    db: Database
    actors: Actors
    hub: Hub
    projection: Projection
    signing_key: bytes
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS
    checks: Mapping[str, Callable[[], Awaitable[str]]] = field(default_factory=dict)
