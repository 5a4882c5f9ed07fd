"""How often one user or one address may ask, on all replicas together: fixed windows, counted here and shared through the database."""

import logging
from collections import OrderedDict
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
# From one network, or one browser that was signed in before: whoever guesses elsewhere keeps nobody out. A login that
# succeeds clears it, and it lasts minutes.
LOGINS_PER_ACCOUNT: Final = RateLimit("login-account", 10, "minute", 5)
# Beyond this many from anywhere, an account is under attack and each network has the fewer guesses below.
LOGINS_ANYWHERE: Final = RateLimit("login-anywhere", 100, "hour")
LOGINS_UNDER_ATTACK: Final = RateLimit("login-attacked", 2, "minute", 5)
SIGN_UPS_PER_ADDRESS: Final = RateLimit("sign-up-address", 100, "hour")

# A replica shares its count with the others after this part of a limit. Each replica may admit so much more together;
# a limit below twenty is exact, at the price of a statement for each request that is counted.
_SHARE_AFTER: Final = 1 / 20
_MOST_WINDOWS: Final = 20_000


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
    counted. Of more than `most_windows` the one that began first makes room, whether it is over or not: what it told the
    database still counts.
    """

    def __init__(
        self,
        database: Database | None,
        now: Callable[[], float],
        *,
        on: bool = True,
        most_windows: int = _MOST_WINDOWS,
    ) -> None:
        self._database = database
        self._now = now
        self._on = on
        self._most_windows = most_windows
        self._windows: OrderedDict[str, Window] = OrderedDict()  # that which began first comes first

    async def count(self, limit: RateLimit, who: str) -> None:
        """Counts one request; raises the 429 if that is one too many."""
        if self._on:
            window = await self._counted(limit, who)
            if window.count > limit.amount:
                raise self._exceeded(limit, window)

    async def admits(self, limit: RateLimit, who: str) -> bool:
        """Counts one request and returns whether it is within the limit."""
        return not self._on or (await self._counted(limit, who)).count <= limit.amount

    async def forget(self, limit: RateLimit, who: str) -> None:
        """Starts the count of `who` again, on all replicas."""
        key = limit.key_for(who)
        self._windows.pop(key, None)
        if self._on and self._database is not None:
            async with self._database.raw() as connection:
                await rate_counts.forget(connection, _hashed(key))

    async def _counted(self, limit: RateLimit, who: str) -> Window:
        key = limit.key_for(who)
        window = self._window(key, limit.window_seconds)
        window.count += 1
        window.unshared += 1
        if self._database is not None and window.unshared >= limit.amount * _SHARE_AFTER:
            await self._share(self._database, key, limit.window_seconds, window)
        return window

    def _window(self, key: str, seconds: int) -> Window:
        window = self._windows.get(key)
        if window is None or window.ends_at <= self._now():
            window = self._windows[key] = Window(self._now() + seconds)
            self._windows.move_to_end(key)
            if len(self._windows) > self._most_windows:
                self._windows.popitem(last=False)
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
