"""Counting: windows end, addresses of one client count as one, and what is remembered does not grow for ever."""

import time

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


async def test_at_most_so_many_windows_are_kept_and_the_oldest_go() -> None:
    limits = RateLimits(None, lambda: 0.0, most_windows=100)
    for n in range(1_000):
        await limits.count(TWO, f"client {n}")
    assert len(limits._windows) == 100
    await limits.count(TWO, "client 999")
    assert not await limits.admits(TWO, "client 999")
    assert await limits.admits(TWO, "client 0")


async def test_a_window_that_begins_anew_is_the_youngest() -> None:
    now = [0.0]
    limits = RateLimits(None, lambda: now[0], most_windows=2)
    await limits.count(TWO, "ada")
    await limits.count(TWO, "bob")
    now[0] += 60
    for who in ("ada", "ada", "eve"):
        await limits.count(TWO, who)
    assert not await limits.admits(TWO, "ada")


async def test_a_new_key_costs_as_much_among_many_as_among_few() -> None:
    few, many = RateLimits(None, lambda: 0.0, most_windows=100), RateLimits(None, lambda: 0.0, most_windows=50_000)
    for n in range(50_000):
        await many.count(TWO, f"client {n}")

    async def seconds(limits: RateLimits) -> float:
        began = time.perf_counter()
        for n in range(2_000):
            await limits.count(TWO, f"other {n}")
        return time.perf_counter() - began

    assert await seconds(many) < 20 * await seconds(few)


def test_replicas_of_two_releases_count_under_the_same_keys() -> None:
    assert LOGINS_PER_ACCOUNT.key_for("ada@example.org") == "login-account/ada@example.org/10/5/minute"
    assert SIGN_UPS_PER_ADDRESS.key_for("203.0.113.9") == "sign-up-address/203.0.113.9/100/1/hour"
    assert (LOGINS_PER_ACCOUNT.window_seconds, SIGN_UPS_PER_ADDRESS.window_seconds) == (300, 3_600)


def test_an_ipv6_client_is_its_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("not an address" * 10) == ("not an address" * 10)[:64]
