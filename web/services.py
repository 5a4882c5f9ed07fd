"""What the public app is given when it is put together; web/serve.py fills it, tests fill it with fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from actors.clock import Clock
from host.dapr.gateway import Actors
from host.live.hub import Hub
from host.readiness import Check
from host.settings import Settings
from host.store.engine import Database
from host.store.read_model.consistency import Readable

LONGEST_WAIT_SECONDS: Final = 2.0


class Projection(Protocol):
    """The progress of the read model."""

    async def wait(self, actor_id: str, version: int, timeout_seconds: float) -> bool:
        """Returns whether the read model shows that version of the actor before the time is over."""
        ...

    async def own_writes(self, user_id: str, timeout_seconds: float) -> Readable:
        """Returns what can be read of the user once everything committed so far is shown, or when the time is over."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What routes work with, besides what the app makes itself.

    `checks` are those of readiness. A read waits at most `longest_wait_seconds` for the caller's writes, and a write as
    long for what it makes.
    """

    settings: Settings
    clock: Clock
    db: Database
    actors: Actors
    hub: Hub
    projection: Projection
    signing_key: bytes
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS
    checks: Mapping[str, Check] = field(default_factory=dict)
