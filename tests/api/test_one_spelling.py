"""One spelling: what looks the same is the same in emails, passwords, names and tags, and what is stored otherwise still opens."""

import unicodedata

import httpx
import pytest

from host.passwords import HASHER
from host.store.access import accounts
from tests.fakes.world import World

pytestmark = pytest.mark.api
AUTH, ME = "/api/v1/auth", "/api/v1/me"
COMPOSED = "pässwört für élan"
APART = unicodedata.normalize("NFD", COMPOSED)
EMAIL = "élan@example.org"


async def log_in(here: World, password: str, email: str = EMAIL) -> int:
    answer = await here.client().post(f"{AUTH}/login", json={"email": email, "password": password})
    return answer.status_code


@pytest.mark.parametrize("given", [COMPOSED, APART, COMPOSED.replace(" ", "\u00a0")])
async def test_a_password_is_the_same_in_each_spelling(here: World, given: str) -> None:
    made = await here.client().post(f"{AUTH}/register", json={"email": EMAIL, "password": given})
    assert made.status_code == 201, made.text
    assert [await log_in(here, text) for text in (COMPOSED, APART)] == [200, 200]
    assert await log_in(here, COMPOSED.upper()) == 401


async def test_a_password_that_was_hashed_as_typed_opens_and_is_hashed_anew(here: World) -> None:
    await here.client().post(f"{AUTH}/register", json={"email": EMAIL, "password": COMPOSED})
    async with here.db.raw() as connection:
        await connection.execute("UPDATE accounts SET password_hash = $1", HASHER.hash(APART))
    assert [await log_in(here, text) for text in (COMPOSED, APART, COMPOSED)] == [401, 200, 200]


async def test_an_email_is_the_same_in_each_spelling(here: World) -> None:
    apart = unicodedata.normalize("NFD", EMAIL)
    body = {"email": apart, "password": COMPOSED}
    made = await here.client().post(f"{AUTH}/register", json=body)
    assert made.json()["user"]["email"] == EMAIL
    other = await here.client().post(f"{AUTH}/register", json={"email": EMAIL, "password": "quite another phrase"})
    assert other.status_code == 409
    async with here.db.raw() as connection:  # as an early release kept it
        await connection.execute("UPDATE accounts SET email = $1", apart)
    assert [await log_in(here, COMPOSED, email) for email in (EMAIL, apart)] == [200, 200]
    other = await here.client().post(f"{AUTH}/register", json={"email": EMAIL, "password": "quite another phrase"})
    assert other.status_code == 409


async def test_a_name_and_a_tag_are_kept_composed(here: World) -> None:
    ada = await here.person()
    apart = unicodedata.normalize("NFD", "Élan")
    assert (await ada.patch(ME, json={"name": apart})).json()["name"] == "Élan"
    assert (await ada.post("/api/v1/tasks", json={"title": "x", "tags": [apart]})).json()["tags"] == ["Élan"]


@pytest.mark.parametrize("email", ["ß" * 130 + "@example.org", "a@" + "ŉ" * 200])
async def test_an_email_that_is_too_long_when_folded_is_refused_and_leaves_nothing(here: World, email: str) -> None:
    answer: httpx.Response = await here.client().post(f"{AUTH}/register", json={"email": email, "password": COMPOSED})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/email")
    async with here.db.raw() as connection:
        assert await connection.fetchval("SELECT count(*) FROM accounts") == 0


async def test_accounts_whose_addresses_look_the_same_are_told_and_not_merged(here: World) -> None:
    apart = unicodedata.normalize("NFD", EMAIL)
    await here.client().post(f"{AUTH}/register", json={"email": EMAIL, "password": COMPOSED})
    await here.client().post(f"{AUTH}/register", json={"email": "x@example.org", "password": "quite another phrase"})
    async with here.db.raw() as connection:
        assert await accounts.same_emails(connection) == []
        await connection.execute("UPDATE accounts SET email = $1 WHERE email = 'x@example.org'", apart)
        theirs = HASHER.hash("quite another phrase")
        await connection.execute("UPDATE accounts SET password_hash = $1 WHERE email = $2", theirs, apart)
        assert [sorted(emails) for emails in await accounts.same_emails(connection)] == [sorted([EMAIL, apart])]
    assert await log_in(here, COMPOSED) == 200
    assert [await log_in(here, "quite another phrase", email) for email in (apart, EMAIL)] == [200, 401]
