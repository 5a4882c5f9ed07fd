"""The operator's commands as typed: what they print, and their exit codes."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result

from host.operator.cli import main

pytestmark = pytest.mark.store

BODY = {
    "type": "task.completed",
    "subject": "t1",
    "data": {"user_id": "u1", "version": 2, "seq": 1, "task_id": "t1"},
}


def sql(dsn: str, *statements: tuple[Any, ...]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            found = None
            for statement in statements:
                found = await connection.fetchval(*statement)
            return found
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture
def dsn(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The DSN of a database with a consumer and one of its dead letters."""
    monkeypatch.setenv("DUELY_DATABASE_URL", database_url)
    sql(
        database_url,
        ("INSERT INTO watermarks (consumer, position, seen) VALUES ('projector', 1, 1)",),
        (
            """INSERT INTO dead_letters (consumer, event_id, position, body, error, tries)
               VALUES ('projector', 'TaskActor:t1:2:1', 1, $1, 'KeyError: x', 3)""",
            json.dumps(BODY),
        ),
    )
    return database_url


def duely(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_dead_letters_are_listed_and_shown(dsn: str) -> None:
    listed = duely("dead-letters", "list")
    assert listed.exit_code == 0
    assert listed.output.splitlines()[1].split()[:4] == ["projector", "TaskActor:t1:2:1", "task.completed", "3"]
    assert json.loads(duely("dead-letters", "list", "--json").output)[0]["error"] == "KeyError: x"
    assert duely("dead-letters", "list", "--consumer", "notifier").output.startswith("No dead letters")
    shown = duely("dead-letters", "show", "TaskActor:t1:2:1")
    assert '"subject": "t1"' in shown.output
    assert duely("dead-letters", "show", "x").exit_code == 1


def test_a_drop_needs_yes(dsn: str) -> None:
    asked = duely("dead-letters", "drop", "--all")
    assert asked.exit_code == 1
    assert "would drop  projector  TaskActor:t1:2:1  task.completed" in asked.output
    assert sql(dsn, ("SELECT count(*) FROM dead_letters",)) == 1
    assert duely("dead-letters", "drop", "TaskActor:t1:2:1", "--yes").exit_code == 0
    assert sql(dsn, ("SELECT count(*) FROM dead_letters",)) == 0


def test_a_replay_that_nobody_takes_up_waits_and_stays_requested(dsn: str) -> None:
    done = duely("dead-letters", "replay", "--all", "--wait", "0")
    assert done.exit_code == 1
    assert done.output.startswith("waiting  projector  TaskActor:t1:2:1")
    assert sql(dsn, ("SELECT count(*) FROM dead_letters WHERE replay_at IS NOT NULL",)) == 1
    assert "(replay requested)" in duely("dead-letters", "list").output


def test_ids_or_all_must_be_named(dsn: str) -> None:
    for command in ("replay", "drop"):
        assert duely("dead-letters", command).exit_code == 2
        assert duely("dead-letters", command, "x", "--all").exit_code == 2


def test_a_consumer_is_paused_listed_and_resumed(dsn: str) -> None:
    assert "runs" in duely("pause-consumer").output
    assert "paused since" in duely("pause-consumer", "projector").output
    assert json.loads(duely("pause-consumer", "--json").output)[0]["paused_at"]
    assert "runs" in duely("pause-consumer", "projector", "--resume").output
    assert duely("pause-consumer", "nobody").exit_code == 1
    assert duely("pause-consumer", "--resume").exit_code == 2


def test_verify_exits_with_one_for_a_breach_and_with_zero_for_none(dsn: str) -> None:
    found = duely("verify")
    assert found.exit_code == 1
    assert "projector could not apply it: KeyError: x" in found.output
    sql(dsn, ("DELETE FROM dead_letters",), ("INSERT INTO tags VALUES ('u', 'x', 'x', 2)",))
    assert duely("verify").exit_code == 1
    mended = duely("verify", "--repair")
    assert mended.exit_code == 0
    assert "mended  the tags of user:u were counted again" in mended.output
    found = duely("verify", "--json")
    assert found.exit_code == 0
    assert {one["name"] for one in json.loads(found.output)["invariants"] if one["breaches"]} == set()


def test_a_rebuild_reports_what_it_did(dsn: str) -> None:
    done = duely("rebuild")
    assert done.exit_code == 0
    assert "0 tasks and series in" in done.output
    assert json.loads(CliRunner().invoke(main, ["rebuild", "--json"]).stdout)["docs"] == 0


def test_each_command_has_help() -> None:
    for command in (["dead-letters"], ["dead-letters", "replay"], ["pause-consumer"], ["rebuild"], ["verify"]):
        assert duely(*command, "--help").output.startswith("Usage: ")


def test_accounts_are_listed_with_what_they_store_and_who_is_near_a_quota(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUELY_QUOTA_TASKS", "100")
    monkeypatch.setenv("DUELY_QUOTA_SERIES", "0")
    account = "INSERT INTO accounts (user_id, email, password_hash, created_at) VALUES ($1, $2, '', '2026-11-22')"
    usage = "INSERT INTO usage (user_id, tasks, series, bytes) VALUES ($1, $2, $3, $4)"
    sql(
        dsn,
        *((account, name, f"{name}@example.org") for name in ("ada", "bob", "eve")),
        (usage, "ada", 89, 5_000, 3 << 20),
        (usage, "bob", 90, 1, 250 << 20),
    )
    ada, bob, eve = duely("user", "list").output.splitlines()
    assert ada.endswith("3.0 MB  since 2026-11-22")
    assert "250.0 MB" in bob
    assert bob.endswith("98% of the quota of bytes")
    assert eve.endswith("0.0 MB  since 2026-11-22")
