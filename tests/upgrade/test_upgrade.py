"""A data folder of the version before: one start of this version migrates it, loses nothing, and goes on with it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from host.operator import backup
from host.runner.postgres import EmbeddedPostgres
from tests.support.client import PASSWORD, Caller, Json
from tests.support.deadline import eventually
from tests.support.system import System, running_system
from tests.upgrade import later

pytestmark = [pytest.mark.upgrade, pytest.mark.timeout(180)]

KEPT = Path(__file__).parent / "kept" / "schema-0006.backup"
TOKEN = "duely_aN3GJvNwKj48VNVUhcJYFJz4oDNPNGTd6B8_10JOBts"
SETTLE_SECONDS = 60.0
# The folder ages with the repository: without these settings its activity would be archived,
# and without this statement its notifications deleted.
SETTINGS = {"DUELY_ACTIVITY_DAYS": "36500"}
_YOUNG = "UPDATE notifications SET created_at = clock_timestamp()"
_WAITING = """SELECT (SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT FROM activity a WHERE a.event_id = o.event_id))
     + (SELECT count(*) FROM wakes WHERE wake_at < clock_timestamp()
          OR coalesce(armed_at < pg_postmaster_start_time(), true)) -- the new scheduler has no older wakes
     + (SELECT count(*) FROM deliveries WHERE status = 'pending')"""
# Rows that nothing may change any more; others may be added.
FACTS = {
    "activity": "SELECT user_id, position, hash, body FROM activity",
    "notifications": "SELECT id, kind, title, body FROM notifications",
    "reminder_ledger": "SELECT source, step, at FROM reminder_ledger",
    "accounts": "SELECT user_id, email, password_hash FROM accounts",
    "tokens": "SELECT id, token_hash FROM tokens",
}
# The fields of an actor's state that time alone does not change.
FIELDS = {
    "TaskActor": ("title", "description", "priority", "tags", "due", "checklist", "series_id", "occurrence"),
    "SeriesActor": ("rule", "start", "mode", "month_end", "pile_up", "skipped", "moved", "split_from", "template"),
    "UserActor": ("email", "name", "zone", "defaults"),
}


@dataclass
class Held:
    """The contents of a database: rows by table, the lasting fields of each actor, and the actors in the trash."""

    facts: dict[str, set[tuple[Any, ...]]]
    states: dict[str, Json]
    trash: set[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as the version before left it when it was killed, with events that no consumer had handled."""
    path = tmp_path_factory.mktemp("upgrade")
    server = EmbeddedPostgres(System(path).data.postgres)
    server.start()
    try:
        dump = path / "dump"
        backup._extract_dump(KEPT, dump)
        backup._run(server.dsn(), "pg_restore", "--exit-on-error", "--no-owner", "--no-acl", str(dump))
    finally:
        server.stop()
    return path


@pytest.fixture(scope="module")
def before(folder: Path) -> Held:
    server = EmbeddedPostgres(System(folder).data.postgres)
    server.start()
    try:
        return asyncio.run(_held(server.dsn(), _YOUNG))
    finally:
        server.stop()


@pytest.fixture(scope="module")
def system(folder: Path, before: Held) -> Iterator[System]:
    assert {table for table, rows in before.facts.items() if rows} == FACTS.keys(), "nothing to compare in the others"
    assert {key.split("||")[1] for key in before.states.keys() - before.trash} == FIELDS.keys()
    with running_system(folder, SETTINGS) as running:
        yield running


@pytest.fixture
async def ada(system: System) -> AsyncGenerator[Caller]:
    """The caller with Ada's token of the version before, once all waiting events and wakes are handled."""
    async with system.database() as database:

        async def is_quiet() -> bool:
            return bool(await database.fetchval(_WAITING) == 0)

        await eventually(is_quiet, SETTLE_SECONDS, "all is quiet", 0.5)
    async with Caller(system.url, TOKEN) as caller:
        yield caller


async def test_one_start_migrates_the_folder_and_nothing_is_lost(system: System, before: Held, ada: Caller) -> None:
    after = await _held(system.database_url)
    for table, rows in before.facts.items():
        assert rows <= after.facts[table], f"{table} has lost {rows - after.facts[table]}"
    for key in before.states.keys() - before.trash:  # tasks in the trash may be purged by now
        assert after.states[key] == before.states[key], key
    for check in (("verify",), ("activity", "verify")):
        done = await asyncio.to_thread(system.cli, *check)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (await ada.call("GET", "/me"))["email"] == "ada@example.org"


async def test_events_that_no_consumer_had_handled_take_effect(ada: Caller) -> None:
    tasks = await ada.items("/tasks", per_page=200)
    listed = {(task["title"], task["status"]) for task in tasks}
    assert {("Nobody has read of me", "open"), ("Plain", "open"), ("Pay rent", "completed")} <= listed
    assert [task["status"] for task in tasks if task["title"] == "Water plants"].count("completed") == 2
    assert ("Water plants", "open") in listed, "the next occurrence did not come"
    plain = next(task for task in tasks if task["title"] == "Plain")
    assert plain["description"] == "edited while nobody consumed"
    states = {series["title"]: series["status"] for series in await ada.items("/series", per_page=200)}
    assert (states["Stand-up"], states["Stopped"], states["Look ahead"]) == ("paused", "stopped", "active")


async def test_everything_in_it_can_be_written_on(system: System, ada: Caller) -> None:
    by_title = {task["title"]: task for task in await ada.items("/tasks", status="open", per_page=200)}
    await ada.patch(by_title["Everything and more"]["id"], title="Everything again", tags=["Home", "new"])
    await ada.call("POST", f"/tasks/{by_title['Rings 2']['id']}/acknowledge", {})
    rent = next(series for series in await ada.items("/series") if series["title"] == "Pay rent")
    await ada.call("PATCH", f"/series/{rent['id']}", {"title": "Pay the rent"})
    held = next(series for series in await ada.items("/series") if series["title"] == "Held")
    assert (await ada.call("POST", f"/series/{held['id']}/resume"))["status"] == "active"
    last = (await ada.items("/activity", type="task.updated"))[0]
    await ada.call("POST", f"/activity/{last['position']}/undo")
    assert (await ada.task(by_title["Everything and more"]["id"]))["title"] == "Everything and more"
    async with Caller(system.url) as bob:
        await bob.call("POST", "/auth/login", {"email": "bob@example.org", "password": PASSWORD})
        assert {task["title"] for task in await bob.items("/tasks")} == {"Ada must not see this"}
        me = await bob.call("GET", "/me")
        assert (me["defaults"]["digest_at"], me["timezone"]) == ("07:30", "America/New_York")


async def test_series_keep_what_people_did_through_edits_and_pauses(system: System, ada: Caller) -> None:
    series = {item["title"].replace("the ", ""): item for item in await ada.items("/series", per_page=200)}

    async def edit(title: str, **body: Any) -> Json:
        edited: Json = await ada.call("PATCH", f"/series/{series[title]['id']}", body)
        return edited

    rent = await edit("Pay rent", start={"local": "2099-03-31T10:00", "zone": "Europe/Berlin"})
    assert (rent["skipped"], list(rent["moved"])) == (["2099-04-30T10:00"], ["2099-05-31T10:00"])
    hour = series["Another hour"]
    task_id = hour["next"]["task_id"]
    assert hour["generation"] == 2
    await ada.patch(task_id, description="written")
    again = await edit("Another hour", start={"local": "2099-03-31T06:15", "zone": "Europe/Berlin"})
    assert (again["next"]["task_id"], again["generation"]) == (task_id, 3)
    for what in ("pause", "resume"):
        again = await ada.call("POST", f"/series/{hour['id']}/{what}")
    task = await ada.task(task_id)
    assert (again["next"]["task_id"], task["description"], task["due"]["local"]) == (
        task_id,
        "written",
        "2099-03-31T06:15",
    )
    ahead = await edit("Look ahead", rule="FREQ=WEEKLY;BYDAY=TH")
    assert ahead["status"] == "active"
    done = await asyncio.to_thread(system.cli, "verify")
    assert done.returncode == 0, done.stdout + done.stderr


async def test_fields_of_a_later_release_survive_every_kind_of_write(system: System, ada: Caller) -> None:
    far = {"local": "2099-01-01T09:00", "zone": "UTC"}
    body = {"due": far, "reminders": [{"offset_minutes": 5}], "checklist": [{"text": "one"}]}
    task = await ada.create("Marked", **body)
    async with system.database() as database:
        await later.write(database, task["id"])
        items = [{"id": item["id"], "text": item["text"], "done": True} for item in task["checklist"]]
        changes: tuple[Json, ...] = (
            {"title": "Changed"},
            {"due": {"local": "2099-01-01T10:00", "zone": "UTC"}},
            {"checklist": items},
            {"tags": ["x"]},
        )
        for change in changes:
            await ada.patch(task["id"], **change)
        await ada.do(task["id"], "complete")
        await ada.do(task["id"], "reopen")
        assert await later.lost(database, task["id"]) == []


async def _held(dsn: str, first: str = "SELECT 1") -> Held:
    database: Any = await asyncpg.connect(dsn)
    try:
        await database.execute(first)
        facts = {table: {tuple(row) for row in await database.fetch(query)} for table, query in FACTS.items()}
        docs = await database.fetch("SELECT key, convert_from(value, 'UTF8') FROM dapr_state")
    finally:
        await database.close()
    stored = {key: orjson.loads(text)["state"] for key, text in docs}
    states = {key: {name: state[name] for name in FIELDS[key.split("||")[1]]} for key, state in stored.items()}
    return Held(facts, states, {key for key, state in stored.items() if state.get("deleted_at")})
