"""`duely user`: accounts made and changed by the operator."""

import asyncio
from subprocess import CompletedProcess

import pytest

from tests.support.client import PASSWORD, Caller
from tests.support.system import System
from web.api.edge.credentials import CACHE_SECONDS

pytestmark = [pytest.mark.live, pytest.mark.timeout(60)]

NEW = "another good passphrase"


def user(system: System, *arguments: str, password: str = "") -> "CompletedProcess[str]":
    return system.cli("user", *arguments, typed=f"{password}\n", timeout_seconds=30)


async def test_a_created_account_can_log_in_with_its_zone(system: System) -> None:
    made = user(system, "create", "made@example.org", "--timezone", "Europe/Berlin", password=PASSWORD)
    assert made.returncode == 0, made.stderr
    async with Caller(system.url) as person:
        await person.call("POST", "/auth/login", {"email": "made@example.org", "password": PASSWORD})
        assert (await person.call("GET", "/me"))["timezone"] == "Europe/Berlin"
    assert "made@example.org" in user(system, "list").stdout
    again = user(system, "create", "MADE@example.org", password=PASSWORD)
    assert again.returncode == 1
    assert "has an account already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "password", "says"),
    [
        (("create", "no-address"), PASSWORD, "email 'no-address'"),
        (("create", "x@example.org", "--timezone", "Mars/Base"), PASSWORD, "zone 'Mars/Base'"),
        (("create", "x@example.org"), "short", "A password has 8 to 256 characters"),
        (("reset-password", "stranger@example.org"), PASSWORD, "Nobody has an account"),
    ],
)
def test_wrong_arguments_are_refused_with_a_reason(
    system: System, arguments: tuple[str, ...], password: str, says: str
) -> None:
    done = user(system, *arguments, password=password)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_new_password_ends_the_sessions_and_the_old_password(system: System, person: Caller) -> None:
    email = (await person.call("GET", "/me"))["email"]
    done = user(system, "reset-password", email, password=NEW)
    assert done.returncode == 0, done.stderr
    assert "1 sessions were ended" in done.stdout
    async with Caller(system.url) as again:
        await again.call("POST", "/auth/login", {"email": email, "password": PASSWORD}, expect=401)
        await again.call("POST", "/auth/login", {"email": email, "password": NEW})


async def test_a_new_password_ends_open_streams_within_a_second(system: System, person: Caller) -> None:
    email = (await person.call("GET", "/me"))["email"]
    async with person.http.stream("GET", "/stream") as stream:
        parts = stream.aiter_bytes()
        assert b"hello" in await anext(parts)
        done = await asyncio.to_thread(user, system, "reset-password", email, password=NEW)
        assert done.returncode == 0, done.stderr
        async with asyncio.timeout(1):
            async for _ in parts:
                pass


async def test_a_new_password_ends_tokens_if_that_is_wanted(system: System, person: Caller) -> None:
    email, token = (await person.call("GET", "/me"))["email"], await person.new_token("read")
    assert user(system, "reset-password", email, password=NEW).returncode == 0
    async with Caller(system.url, token) as script:
        await script.call("GET", "/me")
    done = user(system, "reset-password", email, "--end-tokens", password=NEW)
    assert "0 sessions and 1 tokens were ended" in done.stdout
    await asyncio.sleep(CACHE_SECONDS)
    async with Caller(system.url, token) as script:
        await script.call("GET", "/me", expect=401)
