"""Cases that the SDK and the sidecar would get wrong by themselves."""

import pytest

from tests.support.client import Caller, instant, parsed, past
from tests.support.deadline import eventually
from tests.support.outage import writes_refused
from tests.support.system import System

pytestmark = pytest.mark.live

TEXTS = (
    "5m",
    "2026-01-01",
    "2026-01-01 plan the week",
    "2026-01-01T09:00:00Z",
    "1h30m",
    "null",
    "{}",
    '"',
    "👩‍👩‍👧‍👦 ünïcode \u202e",
)


async def test_text_that_looks_like_a_time_stays_text(person: Caller) -> None:
    for text in TEXTS:
        checklist = [{"text": text, "done": False}]
        task = await person.create(text, description=text, tags=[text[:30]], checklist=checklist, reminders=[])
        # The second turn decides on the doc as it was read back from the store.
        again = await person.patch(task["id"], priority="high")
        shown = await person.task(task["id"])
        for seen in (task, again, shown):
            assert (seen["title"], seen["description"], seen["tags"]) == (text, text, [text[:30]])
            assert [item["text"] for item in seen["checklist"]] == [text]


async def test_a_title_of_10000_emoji_is_refused_and_one_of_500_is_kept(person: Caller) -> None:
    refused = await person.call("POST", "/tasks", {"title": "😀" * 10_000}, expect=422)
    assert refused["errors"][0]["pointer"] == "/title"
    task = await person.create("😀" * 500)
    assert (await person.task(task["id"]))["title"] == "😀" * 500
    for bad in ("nul \\u0000", "lone \\ud800"):
        answer = await person.http.post(
            "/tasks", content=f'{{"title": "{bad}"}}', headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["code"] == "invalid_text"


async def test_a_reminder_whose_turns_fail_for_seconds_still_fires_once(system: System, person: Caller) -> None:
    """The sidecar drops a one-shot reminder after four failures in 3 s; without its row the sweeper cannot help."""
    at = instant(2)
    task = await person.create("Stubborn", reminders=[{"at": at}])
    async with person.stream() as stream:
        await stream.connected()
        async with system.database() as database, writes_refused(database, f"%{task['id']}%"):
            await database.execute("DELETE FROM wakes WHERE actor_id = $1", task["id"])
            await past(at, 5)
            assert (await person.task(task["id"]))["reminders"][0]["status"] == "pending"
        heard = await stream.hear("reminder.fired", 12, task["id"])
        assert heard.data["task"]["reminders"][0]["late_seconds"] >= 5
        assert (heard.at - parsed(at)).total_seconds() < 15
        await stream.hear("reminder.delivered", 6, task["id"])
    fired = await person.items(f"/tasks/{task['id']}/activity", type="reminder.fired")
    assert len(fired) == 1


async def test_after_a_write_that_failed_the_next_one_starts_from_what_is_stored(
    system: System, person: Caller
) -> None:
    task = await person.create("Steady", reminders=[])
    async with system.database() as database, writes_refused(database, f"%{task['id']}%"):
        answer = await person.send("PATCH", f"/tasks/{task['id']}", {"title": "Never stored"})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
    changed = await person.patch(task["id"], priority="high")
    assert (changed["title"], changed["priority"], changed["version"]) == ("Steady", "high", 2)
    again = await person.patch(task["id"], priority="low")
    assert again["version"] == 3


async def test_a_write_behind_the_actors_back_is_refused_and_the_next_command_sees_it(
    system: System, person: Caller
) -> None:
    """Another copy of the actor has written: ours has an old doc, the fence refuses it, and the turn decides again."""
    task = await person.create("Two copies", reminders=[])
    async with system.database() as database:
        await database.execute(
            """UPDATE dapr_state SET value = convert_to((jsonb_set(jsonb_set(jsonb_set(
                   convert_from(value, 'UTF8')::jsonb, '{version}', '2'), '{state,version}', '2'),
                   '{state,title}', '"By the other copy"') - 'command' - 'outbox')::text, 'UTF8')
               WHERE key LIKE '%' || $1 || '%'""",
            task["id"],
        )
    changed = await person.patch(task["id"], priority="high")
    assert (changed["title"], changed["version"]) == ("By the other copy", 3)


async def test_a_wake_that_was_never_registered_is_found_by_the_sweeper(system: System, person: Caller) -> None:
    """A lost scheduler leaves behind a wake that says armed and that nothing will call."""
    task = await person.create("Forgotten", reminders=[{"at": instant(3600)}])
    at = instant(1)
    async with system.database() as database:
        # Only `wakes` has this wake: neither the doc nor any job of the scheduler does.
        lost = "UPDATE wakes SET wake_at = $2, armed_at = clock_timestamp() WHERE actor_id = $1"
        assert await database.execute(lost, task["id"], parsed(at)) == "UPDATE 1"

        async def tried() -> bool:
            row = await database.fetchrow("SELECT tried_at FROM wakes WHERE actor_id = $1", task["id"])
            return row is None or row["tried_at"] is not None

        await eventually(tried, 10, "the sweeper ticked it")
    assert (await person.task(task["id"]))["reminders"][0]["status"] == "pending", "a tick is a hint"
