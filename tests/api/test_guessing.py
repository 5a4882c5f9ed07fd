"""Who guesses passwords, or asks too often, is stopped; nobody else is."""

import asyncio
import base64
from dataclasses import replace
from ipaddress import ip_network

import pytest

from tests.fakes.world import PASSWORD, QUIET, World, world
from web.api.auth.known_browser import known_browser
from web.api.edge.rate_limits import LOGINS_ANYWHERE, LOGINS_PER_ACCOUNT, LOGINS_UNDER_ATTACK, PER_ADDRESS

pytestmark = pytest.mark.api
PROXIES = (ip_network("127.0.0.0/8"),)
ME, AUTH = "/api/v1/me", "/api/v1/auth"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}


async def test_a_thousand_guesses_are_stopped_early(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        await here.person()
        guesser = here.client()
        answers = [await guesser.post(f"{AUTH}/login", json={**LOGIN, "password": f"guess {n}"}) for n in range(1_000)]
        assert sum(answer.status_code == 401 for answer in answers) == 10
        assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)
        assert {answer.status_code for answer in answers} == {401, 429}


async def test_guesses_all_at_once_are_counted_too(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        await here.person()
        guesses = [{**LOGIN, "password": f"guess {n}"} for n in range(25)]
        answers = await asyncio.gather(*(here.client().post(f"{AUTH}/login", json=guess) for guess in guesses))
        assert sum(answer.status_code == 401 for answer in answers) == 10


async def test_guesses_from_elsewhere_keep_nobody_out(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True, trusted_proxies=PROXIES)) as here:
        await here.person()
        for network in range(30):
            guesser = here.client(**{"x-forwarded-for": f"198.51.100.{network}"})
            for n in range(12):
                await guesser.post(f"{AUTH}/login", json={**LOGIN, "password": f"guess {n}"})
        answer = await here.client(**{"x-forwarded-for": "203.0.113.9"}).post(f"{AUTH}/login", json=LOGIN)
        assert answer.status_code == 200, answer.text


async def test_an_account_that_many_guess_at_gives_each_network_fewer_guesses(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True, trusted_proxies=PROXIES)) as here:
        await here.person()
        await here.app.state.duely.limits.count(LOGINS_ANYWHERE, LOGIN["email"])
        tried: list[int] = []
        for network in range(20):
            guesser = here.client(**{"x-forwarded-for": f"198.51.100.{network}"})
            answers = [await guesser.post(f"{AUTH}/login", json={**LOGIN, "password": "a guess"}) for _ in range(12)]
            tried.append(sum(answer.status_code == 401 for answer in answers))
        assert tried[0] == LOGINS_PER_ACCOUNT.amount
        assert tried[-1] == LOGINS_UNDER_ATTACK.amount < LOGINS_PER_ACCOUNT.amount


async def test_a_browser_that_was_signed_in_before_is_let_through(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        ada = await here.person()
        assert (await ada.post(f"{AUTH}/logout")).status_code == 204
        guesser = here.client()
        for n in range(40):  # from the same network, up to the limit of the address
            refused = await guesser.post(f"{AUTH}/login", json={**LOGIN, "password": f"guess {n}"})
        assert refused.status_code == 429
        assert (await here.client().post(f"{AUTH}/login", json=LOGIN)).status_code == 429
        assert (await ada.post(f"{AUTH}/login", json=LOGIN)).status_code == 200


async def test_a_known_browser_may_guess_no_more_than_others(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        ada = await here.person()
        wrong = [await ada.post(f"{AUTH}/login", json={**LOGIN, "password": f"guess {n}"}) for n in range(12)]
        assert [answer.status_code for answer in wrong] == [401] * 10 + [429] * 2
        other = here.client(cookie=f"duely-known={ada.cookies['duely-known']}")
        await here.person("bob@example.org")
        bobs = {"email": "bob@example.org", "password": "a guess"}
        for _ in range(12):  # it counts as known for that account alone
            refused = await other.post(f"{AUTH}/login", json=bobs)
        assert refused.status_code == 429


async def test_the_cookie_of_a_known_browser_tells_nothing_and_lasts(here: World) -> None:
    answer = await here.client().post(f"{AUTH}/register", json=LOGIN)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("duely-known="))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=15552000"))
    kept = cookie.partition("=")[2].partition(";")[0]
    raw = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
    assert b"ada" not in raw
    assert b"argon" not in raw
    here.clock.move(days=181)
    assert not known_browser(here.app.state.duely, LOGIN["email"], kept)


async def test_a_browser_is_known_to_the_last_five_accounts(here: World) -> None:
    browser = here.client()
    emails = [f"person{n}@example.org" for n in range(7)]
    for email in emails:
        await browser.post(f"{AUTH}/register", json={"email": email, "password": PASSWORD})
    kept = browser.cookies["duely-known"]
    assert [bool(known_browser(here.app.state.duely, email, kept)) for email in emails] == [False] * 2 + [True] * 5


async def test_a_change_of_password_is_not_kept_out_by_guesses_at_the_login(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        ada, guesser = await here.person(), here.client()
        for n in range(12):
            await guesser.post(f"{AUTH}/login", json={**LOGIN, "password": f"guess {n}"})
        new = {"current_password": PASSWORD, "new_password": "quite another phrase"}
        assert (await ada.post(f"{AUTH}/password", json=new)).status_code == 204


async def test_a_login_that_succeeds_is_not_held_against_anyone(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        await here.person()
        answers = [await here.client().post(f"{AUTH}/login", json=LOGIN) for _ in range(15)]
        assert {answer.status_code for answer in answers} == {200}


async def test_requests_of_one_user_are_limited(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        ada, bob = await here.person(), await here.person("bob@example.org")
        while (answer := await ada.get(ME)).status_code == 200:
            pass
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert (await bob.get(ME)).status_code == 200


async def test_requests_of_one_address_are_limited_before_it_is_known_who_asks(database_url: str) -> None:
    async with world(database_url, replace(QUIET, rate_limits=True)) as here:
        stranger = here.client()
        assert (await stranger.get(ME)).status_code == 401
        for _ in range(PER_ADDRESS.amount - 1):
            await here.app.state.duely.limits.count(PER_ADDRESS, "127.0.0.1")
        answer = await stranger.get(ME)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
