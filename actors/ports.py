"""The ports: what a turn needs from the host, and what all live actors of one process share."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakValueDictionary

from actors.bugs import Bug
from actors.clock import Clock


class CommandLog(Protocol):
    """The commands that were applied in the last 24 h."""

    async def find(self, command_id: str) -> Mapping[str, Any] | None:
        """Returns `{"actor", "hash", "reply"}` of a command, with the id of the actor that applied it. Raises Outage."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What a turn needs from the host. None of the functions may block.

    `on_commit` gets the types of the events that a turn committed, `note_armed` an armed wake as (actor type, actor id,
    instant), `on_bug` a bug. `fault_of` gets (actor type, actor id, command as it came) and returns why the gateway did not
    sign it for that actor, "" when it did.
    """

    clock: Clock
    commands: CommandLog
    on_commit: Callable[[set[str]], None]
    note_armed: Callable[[str, str, str], None]
    on_bug: Callable[[Bug], None]
    fault_of: Callable[[str, str, Any], str]


class Activations:
    """What all live actors of one process share: the ports, a lock for each actor id, the age of their caches."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.epoch = 0
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def lock_of(self, actor_type: str, actor_id: str) -> asyncio.Lock:
        """Returns the lock of an actor, the same for each object of it: two first calls at once each make one."""
        return self._locks.setdefault((actor_type, actor_id), asyncio.Lock())

    def drop_caches(self) -> None:
        """Has each actor read its doc anew, after the sidecar was away: others may have written meanwhile."""
        self.epoch += 1
