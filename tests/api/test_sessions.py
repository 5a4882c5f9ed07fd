"""Sessions: how they begin and end, and what carries them."""

from dataclasses import replace
from ipaddress import ip_network

import httpx
import pytest
from starlette.requests import HTTPConnection

from tests.fakes.world import PASSWORD, QUIET, World
from web.api.edge.credentials import cookie_name, hashed
from web.caller import FULL_SCOPES, Caller, Profile

pytestmark = pytest.mark.api
ME, AUTH = "/api/v1/me", "/api/v1/auth"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}


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
