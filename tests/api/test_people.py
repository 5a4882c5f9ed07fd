"""Sign-up, login, sessions, passwords: who gets in, and who does not."""

import asyncio
import base64
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from starlette.requests import HTTPConnection

from tests.fakes.world import PASSWORD, QUIET, World, world
from web.api.auth.known_browser import known_browser
from web.api.edge.credentials import cookie_name, hashed
from web.api.edge.rate_limits import LOGINS_ANYWHERE, LOGINS_PER_ACCOUNT, LOGINS_UNDER_ATTACK, PER_ADDRESS
from web.caller import FULL_SCOPES, Caller, Profile

pytestmark = pytest.mark.api
PROXIES = (ip_network("127.0.0.0/8"),)
ME, AUTH = "/api/v1/me", "/api/v1/auth"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}


async def test_a_person_signs_up_and_is_known(ada: httpx.AsyncClient) -> None:
    me = (await ada.get(ME)).json()
    assert (me["email"], me["timezone"], me["defaults"]) == (
        "ada@example.org",
        "Europe/Berlin",
        {
            "reminder_offset": None,
            "reminder_offset_minutes": 30,
            "digest_at": None,
            "quiet_hours": None,
            "language": "en",
        },
    )
    assert me["server_time"] == "2026-11-22T12:00:00.000Z"


async def test_digest_and_quiet_hours_are_chosen_and_taken_back(ada: httpx.AsyncClient) -> None:
    defaults = (await ada.get("/api/v1/me")).json()["defaults"]
    assert (defaults["digest_at"], defaults["quiet_hours"]) == (None, None)
    chosen = {"digest_at": "07:30", "quiet_hours": {"start": "22:00", "end": "06:30"}}
    edited = await ada.patch("/api/v1/me", json={"defaults": chosen})
    assert edited.json()["defaults"] == defaults | chosen
    assert (await ada.get("/api/v1/me")).json()["defaults"] == defaults | chosen
    edited = await ada.patch("/api/v1/me", json={"defaults": {"quiet_hours": None}})
    assert edited.json()["defaults"] == defaults | {"digest_at": "07:30"}


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"digest_at": "8:00"}, "/defaults/digest_at", "invalid_time"),
        ({"digest_at": "24:00"}, "/defaults/digest_at", "invalid_time"),
        ({"digest_at": 800}, "/defaults/digest_at", "wrong_type"),
        ({"quiet_hours": {"start": "22:00"}}, "/defaults/quiet_hours/end", "required"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "/defaults/quiet_hours", "invalid_quiet_hours"),
    ],
)
async def test_a_time_that_is_none_is_refused(
    ada: httpx.AsyncClient, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    refused = await ada.patch("/api/v1/me", json={"defaults": wrong})
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


async def test_nobody_is_known_without_credentials(here: World, ada: httpx.AsyncClient) -> None:
    answer = await here.client().get(ME)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    for made_up in ("duely_made-up", "something", "", "duely_" + "x" * 5_000):
        for scheme in ("Bearer", "Basic"):
            refused = await here.client(authorization=f"{scheme} {made_up}").get(ME)
            assert refused.json()["code"] == "not_authenticated"
    assert (await here.client(cookie="duely=made-up; duely=").get(ME)).status_code == 401


async def test_a_login_is_a_new_session_and_a_logout_its_end(here: World, ada: httpx.AsyncClient) -> None:
    again = here.client()
    answer = await again.post(f"{AUTH}/login", json={**LOGIN, "email": " Ada@Example.ORG "})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("duely=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie
    assert again.cookies["duely"] != ada.cookies["duely"]
    stolen = here.client(cookie=f"duely={again.cookies['duely']}")
    assert (await stolen.get(ME)).status_code == 200
    assert (await again.post(f"{AUTH}/logout")).status_code == 204
    assert (await stolen.get(ME)).status_code == 401
    assert (await ada.get(ME)).status_code == 200


async def test_over_https_the_cookie_is_for_this_host_alone(here: World, ada: httpx.AsyncClient) -> None:
    app = here.app_with(replace(QUIET, trusted_proxies=(ip_network("127.0.0.0/8"),)))
    proxied = here.client(app, **{"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"})
    answer = await proxied.post(f"{AUTH}/login", json=LOGIN)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-duely=")
    assert "Secure" in cookie
    assert "strict-transport-security" in answer.headers
    sessions = (await ada.get(f"{AUTH}/sessions")).json()["items"]
    assert {session["address"] for session in sessions} == {"127.0.0.1", "203.0.113.9"}
    # Whoever is not a trusted proxy cannot say so.
    direct = await here.client(**{"x-forwarded-proto": "https"}).post(f"{AUTH}/login", json=LOGIN)
    assert direct.headers["set-cookie"].startswith("duely=")


async def test_instances_on_the_ports_of_one_host_leave_each_other_signed_in(
    here: World, ada: httpx.AsyncClient
) -> None:
    browser = here.client()
    names = {
        "http://duely.test:8000": "duely-8000",
        "http://duely.test:8001": "duely-8001",
        "http://duely.test": "duely",
    }
    for instance in names:
        answer = await browser.post(f"{instance}{AUTH}/login", json=LOGIN)
        assert answer.status_code == 200
    assert set(browser.cookies) == {name for base in names.values() for name in (base, f"{base}-known")}
    assert (await browser.post(f"http://duely.test:8001{AUTH}/logout")).status_code == 204
    found = {instance: (await browser.get(f"{instance}{ME}")).status_code for instance in names}
    assert found == {"http://duely.test:8000": 200, "http://duely.test:8001": 401, "http://duely.test": 200}


@pytest.mark.parametrize(
    ("scheme", "host", "name"),
    [
        ("http", "duely.test", "duely"),
        ("http", "duely.test:80", "duely"),
        ("http", "[::1]:8000", "duely-8000"),
        ("http", "[::1]", "duely"),
        ("http", "x:1;a=b", "duely"),
        ("https", "duely.test:443", "__Host-duely"),
        ("https", "duely.test:8443", "__Host-duely-8443"),
    ],
)
def test_the_name_of_the_cookie_has_the_port(scheme: str, host: str, name: str) -> None:
    scope = {"type": "http", "scheme": scheme, "headers": [(b"host", host.encode())]}
    assert cookie_name(HTTPConnection(scope)) == name


async def test_wrong_email_and_wrong_password_are_answered_alike(here: World, ada: httpx.AsyncClient) -> None:
    answers = [
        await here.client().post(f"{AUTH}/login", json={"email": email, "password": "not the password"})
        for email in ("ada@example.org", "nobody@example.org")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].content == answers[1].content


async def test_an_email_signs_up_once(here: World, ada: httpx.AsyncClient) -> None:
    other = {"email": "ADA@example.org", "password": "a long phrase of another"}
    answer = await here.client().post(f"{AUTH}/register", json=other)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/email")


async def test_a_poor_password_is_refused(here: World) -> None:
    for password in ("password123", "aaaaaaaaaaaa", "ada@example.org", "short", "x" * 257):
        answer = await here.client().post(f"{AUTH}/register", json={**LOGIN, "password": password})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/password"), password


async def test_closed_registration_says_so(here: World) -> None:
    app = here.app_with(replace(QUIET, registration_open=False))
    answer = await here.client(app).post(f"{AUTH}/register", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")


async def test_a_new_password_ends_all_other_sessions(here: World, ada: httpx.AsyncClient) -> None:
    other = here.client()
    await other.post(f"{AUTH}/login", json=LOGIN)
    wrong = {"current_password": "not the password", "new_password": "quite another phrase"}
    assert (await ada.post(f"{AUTH}/password", json=wrong)).json()["code"] == "wrong_login"
    right = {"current_password": PASSWORD, "new_password": "quite another phrase"}
    assert (await ada.post(f"{AUTH}/password", json=right)).status_code == 204
    assert [(await client.get(ME)).status_code for client in (ada, other)] == [200, 401]
    assert (await other.post(f"{AUTH}/login", json=LOGIN)).status_code == 401
    assert (await other.post(f"{AUTH}/login", json={**LOGIN, "password": "quite another phrase"})).status_code == 200


async def test_a_new_password_ends_tokens_if_that_is_wanted(here: World, ada: httpx.AsyncClient) -> None:
    mine, bobs = await here.script(ada), await here.script(await here.person("bob@example.org"))
    change = {"current_password": PASSWORD, "new_password": "quite another phrase"}
    assert (await ada.post(f"{AUTH}/password", json=change)).status_code == 204
    assert (await mine.get(ME)).status_code == 200
    change = {"current_password": "quite another phrase", "new_password": PASSWORD, "end_tokens": True}
    assert (await ada.post(f"{AUTH}/password", json=change)).status_code == 204
    assert [(await script.get(ME)).status_code for script in (mine, bobs)] == [401, 200]
    assert (await ada.get("/api/v1/tokens")).json()["items"] == []


async def test_sessions_are_listed_and_ended(here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    others = [here.client(**{"user-agent": f"Browser {n}"}) for n in range(3)]
    for other in others:
        await other.post(f"{AUTH}/login", json=LOGIN)
    listed = (await ada.get(f"{AUTH}/sessions")).json()["items"]
    assert [session["current"] for session in listed].count(True) == 1
    first = next(session["id"] for session in listed if session["user_agent"] == "Browser 0")
    assert (await bob.delete(f"{AUTH}/sessions/{first}")).status_code == 404
    assert (await ada.delete(f"{AUTH}/sessions/{first}")).status_code == 204
    assert (await ada.delete(f"{AUTH}/sessions")).status_code == 204
    assert [(await other.get(ME)).status_code for other in others] == [401] * 3
    assert len((await ada.get(f"{AUTH}/sessions")).json()["items"]) == 1


async def test_a_person_has_at_most_fifty_sessions_and_the_oldest_unused_goes(
    here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    async def log_in() -> httpx.AsyncClient:
        here.clock.move(minutes=2)
        client = here.client()
        assert (await client.post(f"{AUTH}/login", json=LOGIN)).status_code == 200
        return client

    unused = await log_in()
    for _ in range(48):
        await log_in()
    here.clock.move(minutes=2)
    here.app.state.duely.credentials.forget_user(ada.headers["x-user-id"])
    assert (await ada.get(ME)).status_code == 200  # the first one, but used last
    seat = here.app.state.duely.seats.take(person_of(here, ada, unused), lambda: None)
    newest = await log_in()
    assert len((await newest.get(f"{AUTH}/sessions")).json()["items"]) == 50
    assert [(await client.get(ME)).status_code for client in (ada, unused, newest, bob)] == [200, 401, 200, 200]
    assert seat.ended == "signed_out"


def person_of(here: World, who: httpx.AsyncClient, client: httpx.AsyncClient) -> Caller:
    profile = Profile(who.headers["x-user-id"], "", "", "UTC")
    return Caller(profile, "user", profile.user_id, FULL_SCOPES, hashed(client.cookies["duely"]))


async def test_a_session_ends_after_180_days_however_much_it_is_used(here: World, ada: httpx.AsyncClient) -> None:
    for _ in range(8):
        here.clock.move(days=20)
        here.app.state.duely.credentials.forget_user(ada.headers["x-user-id"])
        assert (await ada.get(ME)).status_code == 200
    sessions = (await ada.get(f"{AUTH}/sessions")).json()["items"]
    assert sessions[0]["expires_at"] == "2027-05-21T12:00:00.000Z"  # 180 days after it began
    here.clock.move(days=20)
    here.app.state.duely.credentials.forget_user(ada.headers["x-user-id"])
    assert (await ada.get(ME)).status_code == 401


async def test_a_token_that_may_write_may_read(here: World, ada: httpx.AsyncClient) -> None:
    made = await ada.post("/api/v1/tokens", json={"name": "x", "scopes": ["write"]})
    assert made.json()["scopes"] == ["read", "write"]
    async with here.db.raw() as connection:  # one that an early release made
        await connection.execute("UPDATE tokens SET scopes = '{write}'")
    old = here.client(authorization=f"Bearer {made.json()['token']}")
    assert (await old.post("/api/v1/tasks", json={"title": "Mine"})).status_code == 201
    assert (await old.get("/api/v1/tasks")).json()["total"] == 1
    assert (await ada.get("/api/v1/tokens")).json()["items"][0]["scopes"] == ["read", "write"]


async def test_a_token_works_within_its_scopes_and_time(here: World, ada: httpx.AsyncClient) -> None:
    reader, writer = await here.script(ada, "read"), await here.script(ada, "write", "read")
    assert (await reader.get("/api/v1/tasks")).status_code == 200
    assert (await reader.post("/api/v1/tasks", json={"title": "x"})).json()["code"] == "scope_missing"
    assert (await writer.post("/api/v1/tasks", json={"title": "x"})).status_code == 201
    # A token can make no tokens, change no password and end no session.
    for method, path in (("POST", "/api/v1/tokens"), ("GET", f"{AUTH}/sessions"), ("POST", f"{AUTH}/logout")):
        assert (await writer.request(method, path, json={})).json()["code"] == "needs_login"
    made = await ada.post("/api/v1/tokens", json={"name": "short", "scopes": ["read"], "expires_in_days": 1})
    short = here.client(authorization=f"Bearer {made.json()['token']}")
    assert (await short.get(ME)).status_code == 200
    here.clock.move(days=2)
    here.app.state.duely.credentials.forget_user(ada.headers["x-user-id"])
    assert (await short.get(ME)).status_code == 401


async def test_a_token_is_shown_once_and_revoked_at_once(here: World, ada: httpx.AsyncClient) -> None:
    made = (await ada.post("/api/v1/tokens", json={"name": "Script", "scopes": ["read", "agent"]})).json()
    agent = here.client(authorization=f"Bearer {made['token']}")
    task = (await agent.post("/api/v1/tasks", json={"title": "By an agent"})).json()
    entry = (await ada.get(f"/api/v1/tasks/{task['id']}/activity")).json()["items"][-1]
    assert (entry["cause"]["kind"], entry["cause"]["id"]) == ("agent", made["id"])
    listed = (await ada.get("/api/v1/tokens")).json()["items"][0]
    assert "token" not in listed
    assert made["token"].startswith(listed["prefix"])
    assert listed["last_used_at"] is not None
    assert (await ada.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    assert (await agent.get(ME)).status_code == 401


async def test_secrets_are_not_in_the_database(here: World, ada: httpx.AsyncClient) -> None:
    made = (await ada.post("/api/v1/tokens", json={"name": "Script", "scopes": ["read"]})).json()
    async with here.db.raw() as connection:
        kept = str(
            [
                await connection.fetch(query)
                for query in ("SELECT * FROM accounts", "SELECT * FROM sessions", "SELECT * FROM tokens")
            ]
        )
    assert not any(secret in kept for secret in (PASSWORD, ada.cookies["duely"], made["token"]))
    assert "$argon2id$" in kept


async def test_another_site_cannot_write_with_a_browsers_cookie(here: World, ada: httpx.AsyncClient) -> None:
    script = await here.script(ada)
    for headers, status in _SITES:
        answer = await ada.post("/api/v1/tasks", json={"title": "x"}, headers=headers)
        assert answer.status_code == status, headers
        # A login that another site makes would put its own account into this browser.
        login = await here.client().post(f"{AUTH}/login", json=LOGIN, headers=headers)
        assert login.status_code == (200 if status == 201 else status), headers
        assert (await script.post("/api/v1/tasks", json={"title": "x"}, headers=headers)).status_code == 201


_SITES = [
    ({"sec-fetch-site": "same-origin"}, 201),
    ({"sec-fetch-site": "none"}, 201),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"origin": "http://duely.test"}, 201),
    ({"origin": "https://evil.test"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://[duely"}, 403),
    ({}, 201),
]


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


async def test_the_demo_needs_no_login_and_answers_this_machine_alone(here: World) -> None:
    app = here.app_with(replace(QUIET, demo=True))
    local = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8080")
    assert (await local.post("/api/v1/tasks", json={"title": "Try it"})).status_code == 201
    assert (await local.get("/api/v1/tasks")).json()["total"] == 1
    assert (await local.get(f"{AUTH}/sessions")).json()["code"] == "needs_login"
    rebound = await here.client(app).get("/api/v1/tasks")
    assert rebound.json()["code"] == "demo_is_local"
    cross = await local.post("/api/v1/tasks", json={"title": "x"}, headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403
