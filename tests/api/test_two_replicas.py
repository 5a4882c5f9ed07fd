"""Two replicas of the public app: one remembers what the other has changed."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.fakes.world import World
from web.api.edge.consistency import HEADER
from web.api.edge.signed import Kind, Signer
from web.api.sessions.sign_outs import look
from web.caller import Caller, Profile

pytestmark = pytest.mark.api
ME, TASKS, LOGOUT = "/api/v1/me", "/api/v1/tasks", "/api/v1/auth/logout"
SESSIONS = "/api/v1/auth/sessions"


@pytest.fixture
def other(here: World) -> FastAPI:
    return here.app_with(here.settings)


def on(here: World, replica: FastAPI, person: httpx.AsyncClient) -> httpx.AsyncClient:
    """Returns a client of the same person on that replica."""
    client = here.client(replica)
    client.cookies = person.cookies
    return client


def token_of(answer: httpx.Response) -> dict[str, str]:
    return {HEADER: answer.headers[HEADER]}


async def test_the_zone_that_was_changed_elsewhere_counts_with_the_token_of_that_change(
    here: World, ada: httpx.AsyncClient, other: FastAPI
) -> None:
    there = on(here, other, ada)
    assert (await there.get(ME)).json()["timezone"] == "Europe/Berlin"
    changed = await ada.patch(ME, json={"timezone": "Asia/Tokyo"})
    due = {"title": "New", "due": {"date": "2030-01-01"}, "reminders": [{"offset_minutes": 0}]}
    made = await there.post(TASKS, json=due, headers=token_of(changed))
    assert made.json()["reminders"][0]["fire_at"] == "2030-01-01T00:00:00.000Z"
    assert (await there.get(ME)).json()["timezone"] == "Asia/Tokyo"


async def test_it_counts_also_while_no_replica_can_read_it(here: World, ada: httpx.AsyncClient, other: FastAPI) -> None:
    there = on(here, other, ada)
    impatient = on(here, here.app_with(here.settings, longest_wait_seconds=0.05), ada)
    here.lagging = True
    changed = await impatient.patch(ME, json={"timezone": "Asia/Tokyo"})
    due = {"title": "New", "due": {"date": "2030-01-01"}, "reminders": [{"offset_minutes": 0}]}
    made = await there.post(TASKS, json=due, headers=token_of(changed))
    assert made.json()["reminders"][0]["fire_at"] == "2030-01-01T00:00:00.000Z"


class NotingSigner(Signer):
    """Keeps the kind of each text that it opens."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self.opened: list[str] = []

    def open(self, kind: Kind, user_id: str, text: str) -> Any | None:
        self.opened.append(kind)
        return super().open(kind, user_id, text)


async def test_a_token_is_opened_once_a_request(here: World, ada: httpx.AsyncClient) -> None:
    duely = here.app.state.duely
    signer = NotingSigner(duely.services.signing_key)
    here.app.state.duely = replace(duely, signer=signer)
    made = await ada.post(TASKS, json={"title": "First"})
    for asked in (ada.get(TASKS, headers=token_of(made)), ada.post(TASKS, json={"title": "x"}, headers=token_of(made))):
        await asked
        assert signer.opened == ["consistency"]
        signer.opened.clear()


async def test_a_token_that_is_not_ours_changes_nothing_where_none_is_asked_for(ada: httpx.AsyncClient) -> None:
    assert (await ada.get(SESSIONS, headers={HEADER: "made up"})).status_code == 200


async def test_a_stream_ends_when_its_session_was_ended_elsewhere(
    here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient, other: FastAPI
) -> None:
    duely = other.state.duely
    seats = {}
    for person in (ada, bob):
        caller = await duely.credentials.caller(httpx_connection(person))
        seats[person] = duely.seats.take(caller, lambda: None)
    script = await here.script(bob)
    token = await duely.credentials.caller(httpx_connection(script))
    seats[script] = duely.seats.take(token, lambda: None)
    await look(duely)
    assert {seat.ended for seat in seats.values()} == {None}
    await ada.post(LOGOUT)
    await look(duely)
    assert [seats[person].ended for person in (ada, bob, script)] == ["signed_out", None, None]
    assert (await on(here, other, ada).get(ME)).status_code == 401


async def test_the_one_of_the_demo_is_never_sent_away(here: World) -> None:
    duely = here.app_with(replace(here.settings, demo=True)).state.duely
    demo = Caller(Profile("u", "", "", "UTC"), "user", "u", frozenset(), "demo")
    seat = duely.seats.take(demo, lambda: None)
    await look(duely)
    assert seat.ended is None


def httpx_connection(client: httpx.AsyncClient) -> httpx.Request:
    """Returns as much of a connection as Credentials reads."""
    request = client.build_request("GET", ME)
    request.scope = {"scheme": "http"}  # type: ignore[attr-defined]
    return request
