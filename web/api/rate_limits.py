"""How often one user or one address may ask: fixed windows of the `limits` library over counters in this process."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter

from web.problems import ProblemError

PER_USER: Final = RateLimitItemPerMinute(1_200, namespace="user")
PER_ADDRESS: Final = RateLimitItemPerMinute(3_000, namespace="address")
LOGINS_PER_ADDRESS: Final = RateLimitItemPerMinute(30, namespace="login-address")
# A login that succeeds clears it, and it lasts minutes: nobody can shut a person out for long by guessing.
LOGINS_PER_ACCOUNT: Final = RateLimitItemPerMinute(10, 5, namespace="login-account")
SIGN_UPS_PER_ADDRESS: Final = RateLimitItemPerHour(100, namespace="sign-up-address")

_SWEEP_ABOVE: Final = 20_000


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """What is counted as one address: of IPv6, one client has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((int(parsed), 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004  IPv6


class RateLimits:
    """Counts against a storage; with `on=False` nothing is counted."""

    def __init__(self, storage: Storage, now: Callable[[], float], *, on: bool = True) -> None:
        self._windows = FixedWindowRateLimiter(storage)
        self._now = now
        self._on = on

    async def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one; raises the 429 when that is one too many."""
        if self._on and not await self._windows.hit(limit, who):
            raise await self._exceeded(limit, who)

    async def forget(self, limit: RateLimitItem, who: str) -> None:
        await self._windows.clear(limit, who)

    async def _exceeded(self, limit: RateLimitItem, who: str) -> ProblemError:
        reset_at = (await self._windows.get_window_stats(limit, who)).reset_time
        seconds = max(1, ceil(reset_at - self._now()))
        detail = f"That was more than {limit.amount} in {limit.get_expiry()} s; try again in {seconds} s."
        return ProblemError(429, "too_many_requests", detail, headers={"Retry-After": str(seconds)})


class Counters(Storage):
    """Counters of this process. The library's own memory storage walks every key a hundred times a second."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = self._now()
        count, ends_at = self._counts.get(key, (0, 0.0))
        if ends_at <= now:
            count, ends_at = 0, now + expiry
            if len(self._counts) > _SWEEP_ABOVE:
                self._counts = {k: v for k, v in self._counts.items() if v[1] > now}
        self._counts[key] = (count + amount, ends_at)
        return count + amount

    async def get(self, key: str) -> int:
        count, ends_at = self._counts.get(key, (0, 0.0))
        return count if ends_at > self._now() else 0

    async def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._now()))[1]

    async def check(self) -> bool:
        return True

    async def reset(self) -> int:
        count, self._counts = len(self._counts), {}
        return count

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)
