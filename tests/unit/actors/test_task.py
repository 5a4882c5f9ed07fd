"""The commands of a task, one by one."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
import pytest

from actors import tags
from actors.commands import Command, Principal
from actors.replies import Accepted, Refused, Unchanged, UnknownNameError
from actors.task.rules import COMMANDS
from actors.task.state import task_json
from tests.fakes.person import FakePerson
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

# The clock of a desk stands at 12:00 UTC, 13:00 in Berlin, on 2026-11-22.
EVENING = {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}


def code(decision: object) -> tuple[int, str]:
    assert isinstance(decision, Refused), decision
    return decision.status, decision.code


def test_a_created_task_has_every_field() -> None:
    desk = Desk().create(tags=["Home"], checklist=[{"text": "Find the account"}], priority="high", due=EVENING)
    assert desk.types() == ["task.created", "reminder.scheduled"]
    assert desk.task["overdue_at"] == "2026-11-22T19:00:00.000Z"
    assert desk.task["checklist"][0]["done"] is False
    assert desk.reminder() == ("pending", "2026-11-22T18:30:00.000Z", 1)
    assert desk.wake == "2026-11-22T18:30:00.000Z"
    data = desk.events[0]["data"]
    assert (data["user_id"], data["task_id"], data["changed"]) == (desk.person.id, desk.task["id"], {})
    assert (data["actor"], data["correlation_id"]) == ({"kind": "user", "id": desk.person.id}, "request-1")


def test_an_event_says_for_what_cause_it_is_and_a_tick_has_none() -> None:
    desk = Desk()
    desk.person.change_set = "a run"
    desk.create(due=EVENING)
    assert [event["data"]["cause"] for event in desk.events] == [
        {"kind": "request", "id": "request-1", "change_set": "a run"}
    ] * 2
    desk.clock.move(hours=7)
    desk.tick()
    assert desk.events[-1]["data"]["actor"]["kind"] == "reminder"
    assert "cause" not in desk.events[-1]["data"]


def test_a_command_travels_with_its_cause_which_is_no_part_of_what_is_asked() -> None:
    person = FakePerson()
    command = person.says("CompleteTask")
    wire = command.to_wire()
    assert Command.from_wire(orjson.loads(orjson.dumps(wire))) == command
    person.change_set = "a run"
    assert person.says("CompleteTask").hash == command.hash
    del wire["cause"]
    assert Command.from_wire(wire) == replace(command, cause=None), "as it came before there were causes"


def test_a_create_that_is_repeated_when_its_command_is_forgotten_changes_nothing() -> None:
    """The id follows from the command, so whoever comes to this task asks for the same."""
    desk = Desk().create()
    for name in (None, "DeleteTask"):
        if name:
            desk.do(name)
        assert isinstance(desk.do("CreateTask", {"title": "Again"}), Unchanged)
    desk.do("PurgeTask")
    gone = desk.do("CreateTask", {"title": "Again"})
    assert isinstance(gone, Refused)
    assert (gone.status, gone.code, gone.extra) == (410, "task_purged", {})


def test_a_create_of_an_id_that_is_taken_shows_its_owner_alone_what_is_there() -> None:
    task_id = str(uuid4())
    desk = Desk().create(id=task_id)
    again = desk.do("CreateTask", {"id": task_id, "title": "Again"})
    assert isinstance(again, Refused)
    assert (again.status, again.code, again.extra) == (409, "id_taken", {"task": task_json(desk.task)})
    owner = desk.person
    for end in (None, "PurgeTask"):
        if end:
            desk.person = owner
            desk.do(end)
        desk.person = FakePerson()
        stolen = desk.do("CreateTask", {"id": task_id, "title": "Mine"})
        assert isinstance(stolen, Refused)
        assert (stolen.status, stolen.code, stolen.extra) == (409, "id_taken", {}), end
    desk.person = owner
    gone = desk.do("CreateTask", {"id": task_id, "title": "Again"})
    assert isinstance(gone, Refused)
    assert (gone.status, gone.code) == (410, "task_purged")


@pytest.mark.parametrize(
    ("name", "body", "event", "changed"),
    [
        ("PatchTask", {"title": "Pay the rent"}, "task.updated", {"title": {"old": "Pay rent", "new": "Pay the rent"}}),
        ("PatchTask", {"tags": None}, "task.updated", {"tags": {"old": ["Home"], "new": []}}),
        (
            "PatchTask",
            {"description": None, "priority": "low"},
            "task.updated",
            {"priority": {"old": "none", "new": "low"}},
        ),
        ("SetPriority", {"priority": "urgent"}, "task.updated", {"priority": {"old": "none", "new": "urgent"}}),
        ("AddTags", {"tags": ["HOME", "rent"]}, "task.updated", {"tags": {"old": ["Home"], "new": ["Home", "rent"]}}),
        ("RemoveTag", {"tag": "home"}, "task.updated", {"tags": {"old": ["Home"], "new": []}}),
        ("RenameTag", {"from": "hOme", "to": "flat"}, "task.updated", {"tags": {"old": ["Home"], "new": ["flat"]}}),
        ("CompleteTask", {}, "task.completed", {"status": {"old": "open", "new": "completed"}}),
        ("DeleteTask", {}, "task.deleted", {"deleted_at": {"old": None, "new": "2026-11-22T12:00:00.000Z"}}),
        ("PurgeTask", {}, "task.purged", {}),
    ],
)
def test_a_command_makes_its_event(name: str, body: dict[str, Any], event: str, changed: dict[str, Any]) -> None:
    desk = Desk().create(tags=["Home"])
    assert isinstance(desk.do(name, body), Accepted)
    assert desk.types() == ["task.created", event]
    assert desk.events[1]["data"]["changed"] == changed


@pytest.mark.parametrize(
    ("first", "name", "body"),
    [
        (None, "PatchTask", {"title": "Pay rent", "tags": ["Home"]}),
        (None, "AddTags", {"tags": ["home"]}),
        (None, "RemoveTag", {"tag": "work"}),
        (None, "RenameTag", {"from": "work", "to": "job"}),
        (None, "ReopenTask", {}),
        (None, "RestoreTask", {}),
        (None, "MoveDue", {"due": None}),
        (None, "Rezone", {"zone": "Asia/Tokyo"}),
        (None, "AcknowledgeReminder", {}),
        ("CompleteTask", "CompleteTask", {}),
        ("DeleteTask", "DeleteTask", {}),
    ],
)
def test_what_is_so_already_is_no_new_version(first: str | None, name: str, body: dict[str, Any]) -> None:
    desk = Desk().create(tags=["Home"])
    if first:
        desk.do(first)
    version = desk.version
    decision = desk.do(name, body)
    assert isinstance(decision, Unchanged)
    assert (decision.reply["version"], desk.version) == (version, version)


def test_complete_and_reopen_keep_their_times() -> None:
    desk = Desk().create()
    desk.do("CompleteTask")
    assert desk.task["completed_at"] == "2026-11-22T12:00:00.000Z"
    desk.do("ReopenTask")
    assert (desk.task["status"], desk.task["completed_at"]) == ("open", None)


def test_the_trash_holds_until_restore() -> None:
    desk = Desk().create()
    desk.do("DeleteTask")
    for name in COMMANDS.keys() - {"DeleteTask", "RestoreTask", "PurgeTask", "UndoChange"}:
        bodies: dict[str, Any] = {
            "SetPriority": {"priority": "low"},
            "AddTags": {"tags": ["x"]},
            "RemoveTag": {"tag": "x"},
            "RenameTag": {"from": "x", "to": "y"},
            "MoveDue": {"due": None},
            "SnoozeReminder": {"minutes": 5},
            "Rezone": {"zone": "UTC"},
            "LeaveSeries": {"series_id": "7d0d4f0e-5d0a-5c3e-8f5e-0f5f3a9d2b11"},
        }
        assert code(desk.do(name, bodies.get(name))) == (409, "task_in_trash"), name
    assert isinstance(desk.do("RestoreTask"), Accepted)
    assert (desk.task["deleted_at"], desk.types()[-1]) == (None, "task.restored")


def test_the_pruner_purges_nothing_that_was_restored_meanwhile() -> None:
    desk = Desk().create()
    desk.do("DeleteTask")
    desk.do("RestoreTask")
    pruner = replace(desk.person.says("PurgeTask"), principal=Principal("system", "pruner", desk.person.id))
    assert isinstance(desk.take(pruner), Unchanged)
    desk.do("DeleteTask")
    assert isinstance(desk.take(pruner), Accepted)


def test_purge_leaves_a_stone_without_content() -> None:
    desk = Desk().create(
        title="Secret", description="Secret", tags=["Secret"], checklist=[{"text": "Secret"}], due=EVENING
    )
    desk.do("DeleteTask")
    desk.events.clear()
    decision = desk.do("PurgeTask")
    assert isinstance(decision, Accepted)
    assert b"Secret" not in orjson.dumps([desk.task, desk.events, decision.reply])
    assert (desk.task["purged"], desk.task["version"], desk.wake) == (True, 3, None)
    assert code(desk.do("RestoreTask")) == (404, "task_not_found")
    assert desk.tick() == []


def test_what_is_not_yours_is_not_there() -> None:
    desk, stranger = Desk().create(), Desk()
    missing = stranger.do("CompleteTask")
    assert desk.take(stranger.person.says("CompleteTask")) == missing
    assert code(missing) == (404, "task_not_found")


def test_an_unknown_command_is_an_error() -> None:
    with pytest.raises(UnknownNameError):
        Desk().create().do("RegisterUser", {"email": "a@b"})


def test_disjoint_edits_merge_and_overlapping_ones_conflict() -> None:
    desk = Desk().create()
    desk.do("PatchTask", {"title": "Theirs", "priority": "low"})
    assert isinstance(desk.do("PatchTask", {"description": "Mine"}, if_match=1), Accepted)
    assert (desk.task["title"], desk.task["description"]) == ("Theirs", "Mine")
    refused = desk.do("PatchTask", {"title": "Mine", "priority": "high", "tags": ["x"]}, if_match=1)
    assert code(refused) == (409, "edit_conflict")
    assert isinstance(refused, Refused)
    assert refused.extra["conflicts"] == [
        {"field": "title", "yours": "Mine", "theirs": "Theirs"},
        {"field": "priority", "yours": "high", "theirs": "low"},
    ]
    assert desk.version == 3


def test_the_same_value_is_no_conflict() -> None:
    desk = Desk().create()
    desk.do("PatchTask", {"title": "Ours"})
    assert isinstance(desk.do("PatchTask", {"title": "Ours", "description": "More"}, if_match=1), Accepted)


def test_a_version_that_never_was_is_a_conflict() -> None:
    desk = Desk().create()
    assert code(desk.do("PatchTask", {"title": "Mine"}, if_match=9)) == (409, "edit_conflict")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("PatchTask", {"title": "New", "due": None, "reminders": []}),
        ("PatchTask", {"tags": ["b"], "checklist": [{"text": "one"}]}),
        ("PatchTask", {"reminders": [{"offset_minutes": 5}, {"at": "2026-11-23T10:00:00Z"}]}),
        ("MoveDue", {"due": {"date": "2026-12-24"}}),
        ("CompleteTask", {}),
        ("DeleteTask", {}),
    ],
)
def test_undo_puts_back_what_an_entry_changed(name: str, body: dict[str, Any]) -> None:
    desk = Desk().create(tags=["a"], due=EVENING, checklist=[{"text": "one"}, {"text": "two"}])
    before = {key: desk.task[key] for key in ("title", "tags", "due", "checklist", "status", "deleted_at")}
    specs = [(reminder["status"], reminder["fire_at"]) for reminder in desk.task["reminders"]]
    desk.do(name, body)
    entry = next(event["data"] for event in desk.events if event["data"]["version"] == 2)
    undone = desk.do("UndoChange", {"version": 2, "changed": entry["changed"]})
    assert isinstance(undone, Accepted), undone
    assert {key: desk.task[key] for key in before} == before
    assert [(reminder["status"], reminder["fire_at"]) for reminder in desk.task["reminders"]] == specs


def test_undo_of_an_undo_is_the_change_again() -> None:
    desk = Desk().create()
    desk.do("DeleteTask")
    for _ in range(2):
        changed = desk.events[-1]["data"]["changed"]
        assert isinstance(desk.do("UndoChange", {"version": desk.version, "changed": changed}), Accepted)
    assert desk.types() == ["task.created", "task.deleted", "task.restored", "task.deleted"]


def test_undo_refuses_what_was_changed_since() -> None:
    desk = Desk().create()
    desk.do("PatchTask", {"title": "First", "priority": "low"})
    entry = desk.events[-1]["data"]["changed"]
    desk.do("PatchTask", {"title": "Second"})
    refused = desk.do("UndoChange", {"version": 2, "changed": entry})
    assert code(refused) == (409, "undo_conflict")
    assert isinstance(refused, Refused)
    assert refused.extra["conflicts"] == [{"field": "title", "yours": "First", "theirs": "Second"}]
    desk.do("DeleteTask")
    assert code(desk.do("UndoChange", {"version": 2, "changed": entry})) == (409, "task_in_trash")


def test_more_than_ten_tags_are_refused() -> None:
    desk = Desk().create(tags=[str(number) for number in range(8)])
    assert code(desk.do("AddTags", {"tags": ["a", "b", "c"]})) == (422, "too_many_tags")
    assert isinstance(desk.do("AddTags", {"tags": ["a", "b", "0"]}), Accepted)


def test_tags_are_one_however_spelt() -> None:
    assert tags.added(["Straße"], ["STRASSE", "x"]) == ["Straße", "x"]
    assert tags.renamed(["a", "B", "c"], "b", "A") == ["a", "c"]
    assert tags.renamed(["home"], "home", "Home") == ["Home"]


def test_a_checklist_keeps_the_ids_of_its_entries() -> None:
    desk = Desk().create(checklist=[{"text": "one"}, {"text": "two"}])
    one, two = (item["id"] for item in desk.task["checklist"])
    desk.do("PatchTask", {"checklist": [{"text": "two", "done": True}, {"text": "three"}, {"id": one, "text": "uno"}]})
    assert [item["id"] for item in desk.task["checklist"]][::2] == [two, one]
    assert [item["text"] for item in desk.task["checklist"]] == ["two", "three", "uno"]
    desk.do("PatchTask", {"checklist": [{"text": "two"}, {"text": "two"}]})
    assert len({item["id"] for item in desk.task["checklist"]}) == 2


def test_the_largest_task_of_plain_text_is_taken_and_stays_movable() -> None:
    everything = {
        "title": "t" * 500,
        "description": "d" * 20_000,
        "tags": [f"{number:030}" for number in range(10)],
        "checklist": [{"text": f"{number:0500}"} for number in range(100)],
        "reminders": [{"offset_minutes": number} for number in range(20)],
        "due": EVENING,
    }
    desk = Desk().create(**everything)
    for name in ("CompleteTask", "ReopenTask", "DeleteTask", "RestoreTask"):
        decision = desk.do(name)
        assert isinstance(decision, Accepted)
        assert len(decision.events) == 21
        assert "trimmed" not in decision.events[0]["data"]
        assert "description" not in decision.events[1]["data"]["task"]
        assert len(orjson.dumps([decision.state, decision.events, decision.reply])) < 512 * 1024
    assert code(desk.do("PatchTask", {"description": "😀" * 20_000})) == (422, "task_too_large")


def test_a_task_of_emoji_is_taken_at_every_limit() -> None:
    desk = Desk().create(title="😀" * 500, description="😀" * 20_000)
    decision = desk.do("PatchTask", {"description": "🙃" * 20_000})
    assert isinstance(decision, Accepted)
    assert len(orjson.dumps([decision.state, decision.events, decision.reply])) < 512 * 1024
