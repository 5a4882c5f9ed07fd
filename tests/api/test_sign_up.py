"""A sign-up that is cut off: the same person gets the same account with the next request, and nobody else does."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.fakes.world import PASSWORD, QUIET, World, world

pytestmark = pytest.mark.api

AUTH = "/api/v1/auth"
ADA = {"email": "ada@example.org", "password": PASSWORD, "timezone": "Asia/Tokyo"}
LOGIN = {"email": ADA["email"], "password": PASSWORD}
ANOTHER = ADA | {"password": "a long phrase of another"}


async def register(here: World, body: dict[str, Any] = ADA, path: str = "register") -> httpx.Response:
    return await here.client().post(f"{AUTH}/{path}", json=body)


async def there_is(here: World) -> list[tuple[str, str | None]]:
    """Returns each person's id as the actors have it and as the accounts have it."""
    async with here.db.raw() as connection:
        rows = await connection.fetch(
            """SELECT split_part(key, '||', 3), user_id FROM dapr_state FULL JOIN accounts
               ON split_part(key, '||', 3) = user_id WHERE key IS NULL OR key LIKE '%||UserActor||%'"""
        )
    return [(row[0], row[1]) for row in rows]


@pytest.fixture(params=["before the actor", "after the actor"])
async def cut_off(here: World, request: pytest.FixtureRequest) -> World:
    """Ada's sign-up was answered with a 503."""
    here.actors.down = request.param == "before the actor"
    here.actors.lose_reply = not here.actors.down
    answer = await register(here)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    here.actors.down = False
    return here


async def test_it_is_finished_by_the_same_request(cut_off: World) -> None:
    answer = await register(cut_off)
    assert answer.status_code == 201, answer.text
    user = answer.json()["user"]
    assert (user["email"], user["timezone"]) == (ADA["email"], "Asia/Tokyo")
    assert await there_is(cut_off) == [(user["id"], user["id"])]


async def test_it_is_finished_by_a_login(cut_off: World) -> None:
    answer = await register(cut_off, LOGIN, "login")
    assert (answer.status_code, answer.json()["user"]["timezone"]) == (200, "Asia/Tokyo")
    user_id = answer.json()["user"]["id"]
    assert await there_is(cut_off) == [(user_id, user_id)]


async def test_nobody_else_gets_it(cut_off: World) -> None:
    other = await register(cut_off, ANOTHER)
    assert (other.status_code, other.json()["code"]) == (409, "email_taken")
    assert (await register(cut_off, LOGIN | {"password": ANOTHER["password"]}, "login")).status_code == 401
    assert (await register(cut_off)).status_code == 201


async def test_a_request_that_ends_with_its_process_is_finished_by_the_next(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(here.actors, "send", die)
        with pytest.raises(asyncio.CancelledError):
            await register(here)
    answer = await register(here)
    assert answer.status_code == 201, answer.text
    assert await there_is(here) == [(answer.json()["user"]["id"],) * 2]


async def test_two_at_once_are_one(here: World) -> None:
    answers = await asyncio.gather(*(register(here) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["user"]["id"] for answer in answers}) == 1
    assert len(await there_is(here)) == 1


async def test_guessing_by_signing_up_is_counted_as_guessing_by_logging_in(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as limited:
        assert (await register(limited)).status_code == 201
        answers = [await register(limited, ADA | {"password": f"a long phrase {n}"}) for n in range(12)]
        assert [answer.status_code for answer in answers] == [409] * 10 + [429] * 2
        assert (await register(limited, LOGIN, "login")).status_code == 429
