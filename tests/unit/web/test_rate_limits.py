"""Counting: windows end, addresses of one client count as one, and what is remembered does not grow for ever."""

import pytest

from web.api.edge.rate_limits import LOGINS_PER_ACCOUNT, SIGN_UPS_PER_ADDRESS, RateLimit, RateLimits, network_of
from web.problems import ProblemError

pytestmark = pytest.mark.unit
TWO = RateLimit("test", 2, "minute")


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


async def test_windows_that_are_over_are_swept() -> None:
    now = [0.0]
    limits = RateLimits(None, lambda: now[0], sweep_above=100)
    for n in range(1_000):
        now[0] += 10
        await limits.count(TWO, f"client {n}")
    assert len(limits._windows) <= 102


def test_replicas_of_two_releases_count_under_the_same_keys() -> None:
    assert LOGINS_PER_ACCOUNT.key_for("ada@example.org") == "login-account/ada@example.org/10/5/minute"
    assert SIGN_UPS_PER_ADDRESS.key_for("203.0.113.9") == "sign-up-address/203.0.113.9/100/1/hour"
    assert (LOGINS_PER_ACCOUNT.window_seconds, SIGN_UPS_PER_ADDRESS.window_seconds) == (300, 3_600)


def test_an_ipv6_client_is_its_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("not an address" * 10) == ("not an address" * 10)[:64]
