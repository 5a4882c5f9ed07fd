"""The live stream over a socket: order, resume, limits, and how it ends."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from tests.fakes.listener import Listener, Served, served
from tests.fakes.newer import newer_turn
from tests.fakes.schema import faults
from tests.fakes.world import World
from tests.support.deadline import eventually
from web.api.sessions.sign_outs import LOOK_SECONDS, watch
from web.api.stream.response import EventStream
from web.api.stream.seats import StreamTimes
from web.caller import FULL_SCOPES, Caller, Profile

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"


def set_times(here: World, times: StreamTimes) -> None:
    here.app.state.duely = replace(here.app.state.duely, stream_times=times)


async def hear(server: Served, client: httpx.AsyncClient, query: str = "", **headers: str) -> Listener:
    listener = await server.listen(query, cookie=f"duely={client.cookies['duely']}", **headers)
    assert listener.status == 200
    return listener


async def test_a_change_is_heard_in_order_with_its_cause(server: Served, ada: httpx.AsyncClient) -> None:
    listener = await hear(server, ada)
    assert listener.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert listener.headers["x-accel-buffering"] == "no"
    hello = await listener.next()
    assert (hello["event"], hello["data"]["server_time"]) == ("hello", "2026-11-22T12:00:00.000Z")
    start = hello["data"]["position"]
    task = (await ada.post(TASKS, json={"title": "Heard"})).json()
    created = await listener.next()
    assert (created["event"], int(created["id"])) == ("task.created", start + 1)
    assert created["data"]["task"] == task
    assert created["data"]["cause"]["kind"] == "user"
    await ada.patch(f"{TASKS}/{task['id']}", json={"title": "Changed"})
    updated = await listener.next()
    assert updated["data"]["changed"]["title"] == {"old": "Heard", "new": "Changed"}
    listed = await ada.get(TASKS)
    assert int(listed.headers["duely-position"]) == int(updated["id"])


async def test_what_only_a_newer_version_says_is_heard_by_its_type(
    here: World, server: Served, ada: httpx.AsyncClient
) -> None:
    listener = await hear(server, ada)
    await listener.next()
    a_list = {"id": str(uuid4()), "user_id": ada.headers["x-user-id"], "version": 1}
    await newer_turn(here.db, "ListActor", a_list, "list.created", list={"name": "Home"}, task="no task")
    await here.settle()
    heard = await listener.next()
    assert faults(heard["data"], "StreamEvent") == []
    assert (heard["event"], heard["data"]["task"]) == ("list.created", None)
    await ada.post(TASKS, json={"title": "After it"})
    assert (await listener.next())["event"] == "task.created"


async def test_a_reminder_is_heard_with_its_notification(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    due = {"local": "2026-11-22T13:30", "zone": "Europe/Berlin"}
    task = (await ada.post(TASKS, json={"title": "Call", "due": due, "reminders": [{"offset_minutes": 10}]})).json()
    listener = await hear(server, ada)
    await listener.next()
    here.clock.move(minutes=20)
    await here.actors.tick("TaskActor", task["id"])
    assert (await listener.next())["event"] == "reminder.fired"
    delivered = await listener.next()
    assert faults(delivered["data"], "StreamEvent") == []
    assert delivered["event"] == "reminder.delivered"
    shown = (await ada.get("/api/v1/notifications")).json()["items"][0]
    assert delivered["data"]["notification"] == shown


async def test_each_event_of_a_turn_is_heard_with_the_whole_task(server: Served, ada: httpx.AsyncClient) -> None:
    listener = await hear(server, ada)
    start = (await listener.next())["data"]["position"]
    body = {"title": "Call", "description": "Ask.", "due": {"date": "2026-12-01"}, "reminders": [{"offset_minutes": 5}]}
    task = (await ada.post(TASKS, json=body)).json()
    heard = [await listener.next() for _ in range(2)]
    assert [(message["event"], message["data"]["task"]) for message in heard] == [
        ("task.created", task),
        ("reminder.scheduled", task),
    ]
    between = await hear(server, ada, f"?after={start + 1}")
    await between.next()
    assert (await between.next())["data"]["task"] == task, "the first event of the turn was heard before"


async def test_others_hear_nothing(server: Served, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    listener = await hear(server, bob)
    await listener.next()
    await ada.post(TASKS, json={"title": "Private"})
    await bob.post(TASKS, json={"title": "Bob's"})
    assert (await listener.next())["data"]["task"]["title"] == "Bob's"


async def test_it_goes_on_where_it_was_cut(server: Served, ada: httpx.AsyncClient) -> None:
    first = await hear(server, ada)
    position = (await first.next())["data"]["position"]
    await ada.post(TASKS, json={"title": "1"})
    last_id = (await first.next())["id"]
    await first.close()
    for title in ("2", "3"):
        await ada.post(TASKS, json={"title": title})
    # The header is newer than the address with which the stream was opened once.
    again = await hear(server, ada, f"?after={position}", **{"last-event-id": last_id})
    assert (await again.next())["data"]["position"] == int(last_id)
    assert [(await again.next())["data"]["task"]["title"] for _ in range(2)] == ["2", "3"]
    by_address = await hear(server, ada, f"?after={position}")
    await by_address.next()
    assert [(await by_address.next())["data"]["task"]["title"] for _ in range(3)] == ["1", "2", "3"]


async def test_a_place_that_is_not_known_is_a_resync(server: Served, ada: httpx.AsyncClient) -> None:
    for headers in ({"last-event-id": "99999"}, {"last-event-id": "made up"}, {"last-event-id": "9" * 40}):
        listener = await hear(server, ada, **headers)
        hello, resync = await listener.next(), await listener.next()
        assert (hello["event"], resync["event"]) == ("hello", "resync")
        assert resync["data"]["position"] == hello["data"]["position"] == int(resync["id"])
        assert "id" not in hello, "whoever is cut off before the resync would come back from there"
        await listener.close()
    refused = await server.listen("?after=-1", cookie=f"duely={ada.cookies['duely']}")
    assert refused.status == 422
    assert (await server.listen()).status == 401


async def test_a_fourth_stream_takes_the_place_of_the_oldest(server: Served, ada: httpx.AsyncClient) -> None:
    listeners = [await hear(server, ada) for _ in range(4)]
    for listener in listeners:
        assert (await listener.next())["event"] == "hello"
    assert (await listeners[0].next())["event"] == "replaced"
    assert await listeners[0].next() == {}
    await ada.post(TASKS, json={"title": "x"})
    for listener in listeners[1:]:
        assert (await listener.next())["event"] == "task.created"


async def test_more_than_ten_a_second_come_as_batches_and_none_is_lost(server: Served, ada: httpx.AsyncClient) -> None:
    listener = await hear(server, ada)
    start = (await listener.next())["data"]["position"]
    loop = asyncio.get_running_loop()
    heard: list[float] = []
    positions: list[int] = []
    writing = asyncio.gather(*(ada.post(TASKS, json={"title": str(n)}) for n in range(60)))
    while len(positions) < 60:
        message = await listener.next()
        heard.append(loop.time())
        events = message["data"]["events"] if message["event"] == "batch" else [message["data"]]
        assert int(message["id"]) == events[-1]["position"] == message["data"]["position"]
        positions += [event["position"] for event in events]
    await writing
    assert positions == list(range(start + 1, start + 61))
    # A second as it is heard may be a little shorter than it was sent.
    busiest = max(sum(at <= other < at + 0.95 for other in heard) for at in heard)
    assert busiest <= 10


async def test_it_says_that_it_is_there(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    assert StreamTimes().heartbeat_seconds < 30
    set_times(here, StreamTimes(heartbeat_seconds=0.05))
    listener = await hear(server, ada)
    await listener.next()
    assert "comment" in await listener.next()
    assert "comment" in await listener.next()


async def test_a_logout_ends_the_streams_of_that_session_alone(
    here: World, server: Served, ada: httpx.AsyncClient
) -> None:
    script = await here.script(ada)
    by_token = await server.listen(authorization=script.headers["authorization"])
    by_cookie = await hear(server, ada)
    assert [(await listener.next())["event"] for listener in (by_token, by_cookie)] == ["hello", "hello"]
    assert (await ada.post("/api/v1/auth/logout")).status_code == 204
    while (message := await by_cookie.next()) != {}:
        assert "event" not in message
    await script.post(TASKS, json={"title": "x"})
    assert (await by_token.next())["event"] == "task.created"


async def test_a_session_that_ended_elsewhere_is_noticed(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    assert StreamTimes().recheck_seconds <= 60
    set_times(here, StreamTimes(heartbeat_seconds=0.05, recheck_seconds=0.1))
    listener = await hear(server, ada)
    async with here.db.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM sessions")
    while await listener.next() != {}:
        pass


async def end_by_sql(here: World, statement: str) -> None:
    async with here.db.raw() as connection:
        await connection.execute(statement)


ENDS = {
    "the session is deleted": "DELETE FROM sessions",
    "the session expires": "UPDATE sessions SET expires_at = '2026-01-01T00:00:00Z'",
    "the user is deleted": "UPDATE users SET deleted_at = '2026-01-01T00:00:00Z'",
}
TOKEN_ENDS = {
    "the token is deleted": "DELETE FROM tokens",
    "the token expires": "UPDATE tokens SET expires_at = '2026-01-01T00:00:00Z'",
    "the user is deleted": "UPDATE users SET deleted_at = '2026-01-01T00:00:00Z'",
}


@pytest.fixture
async def watching(here: World) -> AsyncGenerator[None]:
    task = asyncio.create_task(watch(here.app.state.duely))
    yield
    task.cancel()


@pytest.mark.usefixtures("watching")
@pytest.mark.parametrize("how", [*ENDS, *(f"{how} (token)" for how in TOKEN_ENDS)])
async def test_a_stream_ends_within_a_second_of_its_credential(
    here: World, server: Served, ada: httpx.AsyncClient, bob: httpx.AsyncClient, how: str
) -> None:
    script = await here.script(ada)
    by_token = await server.listen(authorization=script.headers["authorization"])
    by_cookie = await hear(server, ada)
    for listener in (by_token, by_cookie):
        await listener.next()
    ended, statement = (by_cookie, ENDS[how]) if how in ENDS else (by_token, TOKEN_ENDS[how.removesuffix(" (token)")])
    await end_by_sql(here, statement)
    async with asyncio.timeout(1):
        while await ended.next() != {}:
            pass
    if "user" not in how:
        other = by_token if ended is by_cookie else by_cookie
        await asyncio.sleep(LOOK_SECONDS * 2)
        assert not other.reader.at_eof()


async def test_at_a_shutdown_each_is_told_when_to_come_back(
    here: World, server: Served, ada: httpx.AsyncClient
) -> None:
    listener = await hear(server, ada)
    await listener.next()
    here.app.state.duely.seats.drain()
    assert 500 <= int((await listener.next())["retry"]) <= 5_000
    assert await listener.next() == {}
    late = await hear(server, ada)
    assert [message async for message in _all(late)][-1].keys() == {"retry"}


async def test_a_long_stream_ends_by_itself_and_is_resumed_where_it_was(here: World, ada: httpx.AsyncClient) -> None:
    profile = Profile(ada.headers["x-user-id"], "ada@example.org", "", "UTC")
    caller = Caller(profile, "user", profile.user_id, FULL_SCOPES, "a session")

    async def short_lived(scope: Scope, receive: Receive, send: Send) -> None:
        after = int(scope["query_string"] or 0)
        await EventStream(here.app.state.duely, caller, after)(scope, receive, send)

    set_times(here, StreamTimes(life_seconds=(0.4, 0.5)))
    positions: list[int] = []
    hub = asyncio.create_task(here.hub.run())
    async with served(short_lived) as server:
        for round_number in range(3):
            listener = await server.listen(f"?{positions[-1] if positions else 0}")
            await ada.post(TASKS, json={"title": f"during {round_number}"})
            heard = [message async for message in _all(listener)]
            assert heard[-1] == {"retry": "1000"}
            positions += [int(message["id"]) for message in heard[1:-1]]
            await ada.post(TASKS, json={"title": f"between {round_number}"})
    hub.cancel()
    assert positions == list(range(1, positions[-1] + 1))
    assert len(positions) >= 6


async def test_a_slow_reader_is_sent_hundreds_of_events_that_it_missed(
    here: World, server: Served, ada: httpx.AsyncClient
) -> None:
    """The long texts fill the buffers of the sockets, so that the stream has to wait for its reader."""
    tasks = 450  # each with a reminder: two events
    long = {"description": "é" * 20_000, "due": {"local": "2027-01-01T09:00", "zone": "UTC"}}
    for number in range(tasks):
        created = await ada.post(TASKS, json={"title": str(number), **long})
        assert created.status_code == 201, created.text
    listener = await hear(server, ada, "?after=1")
    await asyncio.sleep(1)
    positions: list[int] = []
    while len(positions) < 2 * tasks:
        message = await listener.next(10)
        assert message["event"] != "resync"
        if message["event"] == "batch":
            positions += [event["position"] for event in message["data"]["events"]]
        elif message["event"] != "hello":
            positions.append(message["data"]["position"])
        await asyncio.sleep(0.02)
    assert positions == list(range(2, 2 * tasks + 2))


async def test_a_listener_that_left_is_forgotten(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    seats = here.app.state.duely.seats
    for _ in range(5):
        await (await hear(server, ada)).close()
    await eventually(lambda: not seats.taken(ada.headers["x-user-id"]), 5, "all seats free")


async def test_hundreds_of_reconnects_leave_nothing_behind(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(20):
        listeners = await asyncio.gather(*(hear(server, ada) for _ in range(10)))
        for listener in listeners:
            await listener.close()
    await eventually(lambda: len(asyncio.all_tasks()) <= before + 2, 10, "tasks ended")


async def _all(listener: Listener) -> AsyncGenerator[dict[str, object]]:
    while (message := await listener.next()) != {}:
        yield message
