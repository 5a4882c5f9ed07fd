"""The connections of one listener: how many an address may hold, and what ends those whose time is over."""

import logging
import resource
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from math import inf
from typing import Final, Literal, Protocol

from host.settings import Settings
from web.api.edge.rate_limits import network_of

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
Place = Literal["taken", "too many of this address", "too many"]

LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_TELL_SECONDS: Final = 60.0
_MOST_NAMED: Final = 1_000  # addresses that are remembered until they are told


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may take of us. README has the two that are settings."""

    connections_per_address: int = 200
    keep_alive_seconds: float = 75.0
    head_seconds: float = 10.0
    bytes_a_second: int = 2_048  # of a body after as long as for the head; of an answer for which the buffer is full
    slow_reader_seconds: float = 30.0
    linger_seconds: float = 2.0


class Connection(Protocol):
    """A connection; on the clock of the event loop, what it does by when."""

    read_by: float
    write_by: float

    def expire(self, now: float) -> None: ...


class Door:
    """Lets connections in and looks each second which of them have to go.

    `exempt` addresses may hold as many as they like: behind a proxy stand many people.
    """

    def __init__(self, limits: Limits, exempt: Iterable[Network] = LOOPBACK, most: int | None = None) -> None:
        self.limits = limits
        self._exempt = tuple(exempt)
        self._most = _most_connections() if most is None else most
        self._connections: dict[Connection, str] = {}
        self._of_address: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._told_at = -inf

    def enter(self, connection: Connection, address: str | None) -> Place:
        """Takes a place for a connection; `leave` gives it back. Returns why there is none."""
        counted = "" if self.is_exempt(address) else network_of(address or "")
        if len(self._connections) >= self._most:
            self._refused["all"] += 1
            return "too many"
        if counted and self._of_address[counted] >= self.limits.connections_per_address:
            self._refused[counted if len(self._refused) < _MOST_NAMED else "others"] += 1
            return "too many of this address"
        self._connections[connection] = counted
        if counted:
            self._of_address[counted] += 1
        return "taken"

    def leave(self, connection: Connection) -> None:
        counted = self._connections.pop(connection, "")
        if counted:
            self._of_address[counted] -= 1
            if not self._of_address[counted]:
                del self._of_address[counted]

    def is_exempt(self, address: str | None) -> bool:
        """Returns whether its connections are not counted: a proxy, this machine, a Unix socket."""
        return not address or _is_within(address, self._exempt)

    def sweep(self, now: float) -> None:
        """Ends what is over. A timer for each request would cost more than this look at every connection."""
        over = [held for held in self._connections if held.read_by < now or held.write_by < now]
        for connection in over:
            connection.expire(now)
        if self._refused and now >= self._told_at + _TELL_SECONDS:
            self._tell(now)

    def _tell(self, now: float) -> None:
        """One line a minute, whatever comes: it may be an attack, or a proxy that is not named as one."""
        address, times = self._refused.most_common(1)[0]
        hint = "a proxy? then name it in DUELY_TRUSTED_PROXIES"
        extra = {"refused": self._refused.total(), "most_from": address, "times": times, "hint": hint}
        log.warning("connections refused: an address has too many", extra=extra)
        self._refused.clear()
        self._told_at = now


def door_of(settings: Settings) -> Door:
    """Returns a door with the limits of the settings."""
    limits = Limits(settings.connections_per_address, settings.keep_alive_seconds)
    return Door(limits, (*LOOPBACK, *settings.trusted_proxies))


@lru_cache(maxsize=10_000)
def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _most_connections() -> int:
    """Returns three quarters of the files that this process may open: the rest is for the database and the sidecar."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 65_536 if soft == resource.RLIM_INFINITY else soft * 3 // 4
