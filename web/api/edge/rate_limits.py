"""How often one user or one address may ask, on all replicas together: fixed windows, counted here and shared through the database."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final, Literal

from host.store.access import rate_counts
from host.store.engine import Database, is_outage
from web.problems import ProblemError

log = logging.getLogger(__name__)

_UNIT_SECONDS: Final = {"minute": 60, "hour": 3_600}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `amount` requests in a window of `units` minutes or hours; `namespace` names what is limited."""

    namespace: str
    amount: int
    unit: Literal["minute", "hour"]
    units: int = 1

    @property
    def window_seconds(self) -> int:
        return self.units * _UNIT_SECONDS[self.unit]

    def key_for(self, who: str) -> str:
        """Returns the name under which `who` is counted; another form would begin all counts again."""
        return f"{self.namespace}/{who}/{self.amount}/{self.units}/{self.unit}"


PER_USER: Final = RateLimit("user", 1_200, "minute")
PER_ADDRESS: Final = RateLimit("address", 3_000, "minute")
LOGINS_PER_ADDRESS: Final = RateLimit("login-address", 30, "minute")
# A login that succeeds clears it, and it lasts minutes: nobody can shut a person out for long by guessing.
LOGINS_PER_ACCOUNT: Final = RateLimit("login-account", 10, "minute", 5)
SIGN_UPS_PER_ADDRESS: Final = RateLimit("sign-up-address", 100, "hour")

# A replica shares its count with the others after this part of a limit. Each replica may admit so much more together;
# a limit below twenty is exact, at the price of a statement for each request that is counted.
_SHARE_AFTER: Final = 1 / 20
_SWEEP_ABOVE: Final = 20_000


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Returns what is counted as one address: for IPv6 the /64, because one client has all of it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((int(parsed), 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004  IPv6


@dataclass(slots=True)
class Window:
    """The count of one key until `ends_at`, as far as this replica knows; the others do not know of `unshared` yet."""

    ends_at: float
    count: int = 0
    unshared: int = 0


class RateLimits:
    """Counts requests and refuses those beyond a limit.

    `now` is a monotonic clock in seconds. Without a database each process counts for itself. With `on=False` nothing is
    counted. More than `sweep_above` windows make room by dropping those that are over.
    """

    def __init__(
        self,
        database: Database | None,
        now: Callable[[], float],
        *,
        on: bool = True,
        sweep_above: int = _SWEEP_ABOVE,
    ) -> None:
        self._database = database
        self._now = now
        self._on = on
        self._sweep_above = sweep_above
        self._windows: dict[str, Window] = {}

    async def count(self, limit: RateLimit, who: str) -> None:
        """Counts one request; raises the 429 if that is one too many."""
        if not self._on:
            return
        key = limit.key_for(who)
        window = self._window(key, limit.window_seconds)
        window.count += 1
        window.unshared += 1
        if self._database is not None and window.unshared >= limit.amount * _SHARE_AFTER:
            await self._share(self._database, key, limit.window_seconds, window)
        if window.count > limit.amount:
            raise self._exceeded(limit, window)

    async def forget(self, limit: RateLimit, who: str) -> None:
        """Starts the count of `who` again, on all replicas."""
        key = limit.key_for(who)
        self._windows.pop(key, None)
        if self._on and self._database is not None:
            async with self._database.raw() as connection:
                await rate_counts.forget(connection, _hashed(key))

    def _window(self, key: str, seconds: int) -> Window:
        now = self._now()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            if len(self._windows) > self._sweep_above:
                self._windows = {name: open_ for name, open_ in self._windows.items() if open_.ends_at > now}
            window = self._windows[key] = Window(now + seconds)
        return window

    async def _share(self, database: Database, key: str, seconds: int, window: Window) -> None:
        """Adds what was counted here to the shared count and takes that over. An outage leaves the window as it is."""
        added, window.unshared = window.unshared, 0
        try:
            async with database.raw() as connection:
                count, left = await rate_counts.add(
                    connection,
                    _hashed(key),
                    added,
                    window_seconds=seconds,
                    left_seconds=window.ends_at - self._now(),
                )
        except Exception as error:
            if not is_outage(error):
                raise
            window.unshared += added
            log.warning("requests are counted on this replica alone", extra={"cause": repr(error)[:300]})
            return
        window.count = count + window.unshared  # those that came meanwhile
        window.ends_at = self._now() + left

    def _exceeded(self, limit: RateLimit, window: Window) -> ProblemError:
        seconds = max(1, ceil(window.ends_at - self._now()))
        detail = f"That was more than {limit.amount} requests in {limit.window_seconds} s; try again in {seconds} s."
        return ProblemError(429, "too_many_requests", detail, headers={"Retry-After": str(seconds)})


def _hashed(key: str) -> str:
    """Returns the key as the database keeps it: it must not tell whose count it is."""
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
