"""What a turn needs from the host, and what all live actors of one process share."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakValueDictionary

from actors.bugs import Bug
from actors.clock import Clock


class CommandLog(Protocol):
    """The commands of the last 24 h: `{"actor", "hash", "reply"}` of one that was applied, and by whom. Raises Outage."""

    async def find(self, command_id: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What a turn needs from the host. None of its functions may block.

    They are told the types of the events that a turn committed, an armed wake as (type, id, wake), and a bug.
    """

    clock: Clock
    commands: CommandLog
    on_commit: Callable[[set[str]], None]
    note_armed: Callable[[str, str, str], None]
    on_bug: Callable[[Bug], None]


class Activations:
    """What all live actors of this process share: the ports, a lock for each actor id, the age of their caches."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.epoch = 0
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def lock_of(self, actor_type: str, actor_id: str) -> asyncio.Lock:
        """By id, because the SDK may hold two objects of one actor: two first calls at once each make one."""
        return self._locks.setdefault((actor_type, actor_id), asyncio.Lock())

    def drop_caches(self) -> None:
        """When a sidecar comes back: others may have written meanwhile."""
        self.epoch += 1
