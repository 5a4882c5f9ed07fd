"""Sign-up and the profile: who is known, and with which settings."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.fakes.world import PASSWORD, QUIET, World

pytestmark = pytest.mark.api
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
            "chat_model": True,
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


async def test_a_new_password_ends_tokens_if_that_is_wanted(here: World, ada: httpx.AsyncClient) -> None:
    mine, bobs = await here.script(ada), await here.script(await here.person("bob@example.org"))
    change = {"current_password": PASSWORD, "new_password": "quite another phrase"}
    assert (await ada.post(f"{AUTH}/password", json=change)).status_code == 204
    assert (await mine.get(ME)).status_code == 200
    change = {"current_password": "quite another phrase", "new_password": PASSWORD, "end_tokens": True}
    assert (await ada.post(f"{AUTH}/password", json=change)).status_code == 204
    assert [(await script.get(ME)).status_code for script in (mine, bobs)] == [401, 200]
    assert (await ada.get("/api/v1/tokens")).json()["items"] == []


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
