"""Counting: windows end, addresses of one client count as one, and what is remembered does not grow for ever."""

import pytest
from limits import RateLimitItemPerMinute

from web.api.edge import rate_limits
from web.api.edge.rate_limits import RateLimits, network_of
from web.problems import ProblemError

pytestmark = pytest.mark.unit
TWO = RateLimitItemPerMinute(2, namespace="test")


async def test_a_window_ends_and_another_begins() -> None:
    now = [100.0]
    limits = RateLimits(None, lambda: now[0])
    for _ in range(2):
        await limits.count(TWO, "ada")
    now[0] += 45
    with pytest.raises(ProblemError) as refused:
        await limits.count(TWO, "ada")
    assert refused.value.headers == {"Retry-After": "15"}
    await limits.count(TWO, "bob")
    now[0] += 15
    await limits.count(TWO, "ada")
    await limits.forget(TWO, "ada")
    for _ in range(2):
        await limits.count(TWO, "ada")


async def test_nothing_is_counted_when_limits_are_off() -> None:
    limits = RateLimits(None, lambda: 0.0, on=False)
    for _ in range(100):
        await limits.count(TWO, "ada")


async def test_windows_that_are_over_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_SWEEP_ABOVE", 100)
    now = [0.0]
    limits = RateLimits(None, lambda: now[0])
    for n in range(1_000):
        now[0] += 10
        await limits.count(TWO, f"client {n}")
    assert len(limits._windows) <= 102


def test_an_ipv6_client_is_its_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("not an address" * 10) == ("not an address" * 10)[:64]
