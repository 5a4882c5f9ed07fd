"""How often one user or one address may ask, on all replicas together: fixed windows, counted here and told to the rest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from host.store.access import rate_counts
from host.store.engine import Database, is_outage
from web.problems import ProblemError

log = logging.getLogger(__name__)

PER_USER: Final = RateLimitItemPerMinute(1_200, namespace="user")
PER_ADDRESS: Final = RateLimitItemPerMinute(3_000, namespace="address")
LOGINS_PER_ADDRESS: Final = RateLimitItemPerMinute(30, namespace="login-address")
# A login that succeeds clears it, and it lasts minutes: nobody can shut a person out for long by guessing.
LOGINS_PER_ACCOUNT: Final = RateLimitItemPerMinute(10, 5, namespace="login-account")
SIGN_UPS_PER_ADDRESS: Final = RateLimitItemPerHour(100, namespace="sign-up-address")

# Of a limit: what a replica counts before it tells the others. So many replicas may admit so much more together; a
# limit below twenty is exact, at a statement for each that is counted.
_TELL: Final = 1 / 20
_SWEEP_ABOVE: Final = 20_000


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """What is counted as one address: of IPv6, one client has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((int(parsed), 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004  IPv6


@dataclass(slots=True)
class Window:
    """How often somebody asked until `ends_at`, as far as is known here; the others do not know of `untold` yet."""

    ends_at: float
    count: int = 0
    untold: int = 0


class RateLimits:
    """`now` is monotonic; without a database each process counts for itself; with `on=False` nothing is counted."""

    def __init__(self, database: Database | None, now: Callable[[], float], *, on: bool = True) -> None:
        self._database = database
        self._now = now
        self._on = on
        self._windows: dict[str, Window] = {}

    async def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one; raises the 429 when that is one too many."""
        if not self._on:
            return
        key = limit.key_for(who)
        window = self._window(key, limit.get_expiry())
        window.count += 1
        window.untold += 1
        if self._database is not None and window.untold >= limit.amount * _TELL:
            await self._tell(self._database, key, limit.get_expiry(), window)
        if window.count > limit.amount:
            raise self._exceeded(limit, window)

    async def forget(self, limit: RateLimitItem, who: str) -> None:
        key = limit.key_for(who)
        self._windows.pop(key, None)
        if self._on and self._database is not None:
            async with self._database.raw() as connection:
                await rate_counts.forget(connection, _hashed(key))

    def _window(self, key: str, seconds: int) -> Window:
        now = self._now()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            if len(self._windows) > _SWEEP_ABOVE:
                self._windows = {name: known for name, known in self._windows.items() if known.ends_at > now}
            window = self._windows[key] = Window(now + seconds)
        return window

    async def _tell(self, database: Database, key: str, seconds: int, window: Window) -> None:
        """Hand on what was counted here, and learn what was counted everywhere. An outage leaves what is known."""
        told, window.untold = window.untold, 0
        try:
            async with database.raw() as connection:
                count, left = await rate_counts.add(
                    connection,
                    _hashed(key),
                    told,
                    window_seconds=seconds,
                    left_seconds=window.ends_at - self._now(),
                )
        except Exception as error:
            if not is_outage(error):
                raise
            window.untold += told
            log.warning("requests are counted on this replica alone", extra={"cause": repr(error)[:300]})
            return
        window.count = count + window.untold  # those that came meanwhile
        window.ends_at = self._now() + left

    def _exceeded(self, limit: RateLimitItem, window: Window) -> ProblemError:
        seconds = max(1, ceil(window.ends_at - self._now()))
        detail = f"That was more than {limit.amount} in {limit.get_expiry()} s; try again in {seconds} s."
        return ProblemError(429, "too_many_requests", detail, headers={"Retry-After": str(seconds)})


def _hashed(key: str) -> str:
    """Whose count it is, is nobody's business."""
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
