"""A task as an occurrence: who has written into it, what its series may do then, and how it follows its slot."""

from dataclasses import replace
from typing import Any

import pytest

from actors.clock import instant_text, parse_instant
from actors.commands import Principal
from actors.replies import Accepted, Decision, Json, Refused, Unchanged
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

SERIES, OTHER = "7d0d4f0e-5d0a-5c3e-8f5e-0f5f3a9d2b11", "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"
DUE = {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"}
LATER = {"local": "2026-11-23T10:00", "zone": "Europe/Berlin"}
SLOT: Json = {"generation": 1, "slot": "2026-11-23T09:00"}


def by_series(desk: Desk, name: str, body: Json) -> Decision:
    command = replace(desk.person.says(name, body), principal=Principal("system", "recurrence", desk.person.id))
    return desk.take(command)


def withdraw(desk: Desk, **more: Any) -> Decision:
    return by_series(desk, "Withdraw", {"series_id": SERIES, **SLOT, **more})


def take_up(desk: Desk, due: Json = LATER, **more: Any) -> Decision:
    return by_series(
        desk, "TakeUp", {"series_id": SERIES, "generation": 2, "slot": "2026-11-23T10:00", "due": due, **more}
    )


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    by_series(desk, "CreateTask", {"id": OTHER, "title": "Water", "due": DUE, "series_id": SERIES, "occurrence": SLOT})
    return desk


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("PatchTask", {"description": "notes"}),
        ("PatchTask", {"checklist": [{"text": "slides", "done": True}]}),
        ("PatchTask", {"reminders": [{"offset_minutes": 5}]}),
        ("PatchTask", {"due": LATER}),
        ("AddTags", {"tags": ["home"]}),
        ("SetPriority", {"priority": "high"}),
        ("MoveDue", {"due": LATER}),
        ("SnoozeReminder", {"minutes": 5}),
    ],
)
def test_whatever_a_person_changes_keeps_the_task_out_of_the_trash(desk: Desk, name: str, body: Json) -> None:
    desk.do(name, body)
    first = next(event for event in desk.events if event["data"]["version"] == 2)
    assert first["data"]["written"] is True
    assert isinstance(withdraw(desk), Unchanged)
    assert desk.task["deleted_at"] is None
    desk.do("PatchTask", {"title": "Again"})
    assert "written" not in desk.events[-1]["data"], "it is told once"
    assert isinstance(withdraw(desk, asked=True), Accepted)
    assert desk.task["withdrawn"] == "asked"


@pytest.mark.parametrize("undoes", [False, True])
def test_a_task_that_was_ticked_and_unticked_is_as_it_was(desk: Desk, *, undoes: bool) -> None:
    changed = {"status": {"old": "open", "new": "completed"}}
    untick: tuple[str, Json] = ("UndoChange", {"version": 2, "changed": changed}) if undoes else ("ReopenTask", {})
    desk.do("CompleteTask")
    assert isinstance(withdraw(desk), Unchanged), "what is done is done"
    desk.do(*untick)
    assert not any(event["data"].get("written") for event in desk.events)
    assert isinstance(withdraw(desk), Accepted)


def test_one_that_is_opened_again_tells_once_more_what_was_written_into_it(desk: Desk) -> None:
    desk.do("PatchTask", {"description": "notes"})
    desk.do("CompleteTask")
    desk.do("ReopenTask")
    told = [event["type"] for event in desk.events if event["data"].get("written")]
    assert told == ["task.updated", "task.reopened"]
    assert isinstance(withdraw(desk), Unchanged)


def test_what_nobody_has_written_into_goes_and_comes_back_for_its_series(desk: Desk) -> None:
    desk.at(parse_instant("2026-11-23T08:00:01Z")).tick()
    desk.do("AcknowledgeReminder", {})
    by_series(desk, "Retemplate", {"title": "Feed"})
    assert isinstance(withdraw(desk), Accepted)
    assert (desk.task["deleted_at"], desk.task["withdrawn"]) == (instant_text(desk.clock.now()), "system")
    take_up(desk, restored=True, fields={"title": "Water it", "description": "all"})
    assert (desk.task["deleted_at"], desk.task["title"], desk.task["due"]) == (None, "Water it", LATER)
    assert desk.task["occurrence"] == {"generation": 2, "slot": "2026-11-23T10:00"}
    assert ("withdrawn" in desk.task, desk.task["written"]) == (False, False)


def test_what_a_person_has_thrown_away_its_series_does_not_bring_back(desk: Desk) -> None:
    desk.do("DeleteTask")
    take_up(desk, restored=True)
    assert desk.task["deleted_at"] is not None
    desk.do("RestoreTask")
    assert isinstance(withdraw(desk), Unchanged), "a person has restored it"


def test_a_due_that_was_set_by_hand_stays_until_it_is_set_back(desk: Desk) -> None:
    by_hand = {"local": "2026-11-23T14:00", "zone": "Europe/Berlin"}
    desk.do("PatchTask", {"due": by_hand})
    take_up(desk)
    assert desk.task["due"] == by_hand
    desk.do("PatchTask", {"due": LATER})
    take_up(desk, due=DUE)
    assert desk.task["due"] == DUE
    take_up(desk, due=LATER, moved=True)
    assert desk.task["due"] == DUE, "the slot is moved"


def test_a_field_that_was_edited_stays_when_the_task_is_taken_up(desk: Desk) -> None:
    desk.do("PatchTask", {"title": "Mine"})
    take_up(desk, fields={"title": "Theirs", "description": "all", "reminders": None})
    assert (desk.task["title"], desk.task["description"]) == ("Mine", "all")
    assert isinstance(take_up(desk, fields={"description": "all"}), Unchanged)


def test_a_due_that_has_passed_is_not_told_again_when_its_series_moves_it(desk: Desk) -> None:
    desk.at(parse_instant("2026-11-23T12:00:00Z")).tick()
    assert desk.types().count("task.overdue") == 1
    take_up(desk)
    assert desk.tick() == []
    assert desk.task["overdue_at"] == "2026-11-23T09:00:00.000Z"


def test_a_task_of_no_series_is_taken_up_with_all_that_is_in_it() -> None:
    desk = Desk().create(due=DUE, description="not the cactus")
    assert isinstance(by_series(desk, "TakeUp", {"series_id": SERIES, **SLOT, "due": DUE}), Refused)
    by_series(desk, "TakeUp", {"series_id": SERIES, **SLOT, "due": DUE, "taken_from": None})
    assert (desk.task["series_id"], desk.task["description"]) == (SERIES, "not the cactus")
    assert isinstance(withdraw(desk), Unchanged), "a person made it"
    take_up(desk)
    assert desk.task["due"] == LATER


def test_a_doc_without_the_mark_is_in_doubt_written_into(desk: Desk) -> None:
    del desk.task["written"], desk.task["slot_due"]
    assert isinstance(withdraw(desk), Accepted), "nobody has changed anything in it"
    desk.do("RestoreTask")
    desk.do("MoveDue", {"due": LATER})
    del desk.task["written"]
    assert isinstance(withdraw(desk), Unchanged)


def test_a_tag_renamed_everywhere_leaves_the_task_to_its_template(desk: Desk) -> None:
    by_series(desk, "Retemplate", {"tags": ["dog"]})
    desk.do("RenameTag", {"from": "dog", "to": "puppy"})
    by_series(desk, "Retemplate", {"tags": ["puppy", "out"]})
    desk.do("RemoveTag", {"tag": "out", "everywhere": True})
    assert desk.task["tags"] == ["puppy"]
    assert isinstance(withdraw(desk), Accepted)
