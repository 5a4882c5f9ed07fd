"""Tasks that are occurrences: their slot, how the series takes them back, and how they follow its template."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from actors.commands import Principal, occurrence_id
from actors.replies import Accepted, Refused, Unchanged
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

SERIES = str(uuid4())
SLOT = {"generation": 2, "slot": "2026-11-23T09:00"}
DUE = {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"}
WITHDRAW = {"series_id": SERIES, **SLOT}


def occurrence(**body: Any) -> Desk:
    task_id = occurrence_id(SERIES, 2, SLOT["slot"])  # type: ignore[arg-type]
    return Desk().create(id=task_id, series_id=SERIES, occurrence=SLOT, due=DUE, **body)


def test_which_slot_a_task_is_for_stays_through_its_whole_life() -> None:
    desk = occurrence()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("PatchTask", {"title": "Other", "due": None}),
        ("CompleteTask", {}),
        ("ReopenTask", {}),
        ("DeleteTask", {}),
        ("RestoreTask", {}),
        ("PurgeTask", {}),
    ]
    for name, body in steps:
        assert isinstance(desk.do(name, body), Accepted)
        assert (desk.task["series_id"], desk.task["occurrence"]) == (SERIES, SLOT), name


def test_a_task_of_no_series_has_no_occurrence() -> None:
    desk = Desk().create()
    assert desk.events[0]["data"]["task"]["occurrence"] is None
    desk.task.pop("occurrence")  # as an early release wrote it
    decision = desk.do("CompleteTask")
    assert isinstance(decision, Accepted)
    assert decision.reply["occurrence"] is None


def test_an_open_occurrence_that_is_withdrawn_goes_to_the_trash_and_can_come_back() -> None:
    desk = occurrence()
    desk.do("Withdraw", WITHDRAW)
    assert [*desk.types()[-2:]] == ["task.deleted", "reminder.cancelled"]
    assert (desk.task["deleted_at"], desk.wake) == ("2026-11-22T12:00:00.000Z", None)
    assert isinstance(desk.do("Withdraw", WITHDRAW), Unchanged)
    desk.do("RestoreTask")
    assert (desk.task["deleted_at"], desk.reminder()[0]) == (None, "pending")


@pytest.mark.parametrize("end", ["CompleteTask", "DeleteTask", "PurgeTask"])
def test_what_is_done_or_gone_is_not_withdrawn(end: str) -> None:
    desk = occurrence()
    desk.do(end)
    before = desk.task
    assert isinstance(desk.do("Withdraw", WITHDRAW), Unchanged)
    assert desk.task == before


def test_an_occurrence_withdrawn_before_it_is_made_is_never_made() -> None:
    desk = Desk()
    desk.do("Withdraw", WITHDRAW)
    assert desk.types() == ["task.purged"]
    task = desk.task
    assert task["id"] == occurrence_id(SERIES, 2, "2026-11-23T09:00")
    assert (task["version"], task["purged"], task["title"], task["due"], desk.wake) == (1, True, "", None, None)
    assert (task["series_id"], task["occurrence"], task["user_id"]) == (SERIES, SLOT, desk.person.id)
    made = desk.do("CreateTask", {"id": task["id"], "title": "Late", "series_id": SERIES, "occurrence": SLOT})
    assert isinstance(made, Unchanged)
    assert isinstance(desk.do("Withdraw", WITHDRAW), Unchanged)


@pytest.mark.parametrize("end", [None, "CompleteTask", "DeleteTask", "PurgeTask"])
def test_the_task_of_a_slot_is_there_for_its_slot_alone(end: str | None) -> None:
    desk = occurrence()
    if end:
        desk.do(end)
    body = {"id": desk.task["id"], "title": "Again", "series_id": SERIES, "occurrence": SLOT}
    assert isinstance(desk.do("CreateTask", body), Unchanged)
    other = desk.do("CreateTask", body | {"occurrence": SLOT | {"generation": 3}})
    assert isinstance(other, Refused)
    assert other.status == (410 if end == "PurgeTask" else 409)


def test_a_series_changes_no_task_that_was_there_under_the_id_of_its_slot() -> None:
    task_id = occurrence_id(SERIES, 2, "2026-11-23T09:00")
    desk = Desk().create(id=task_id, due=DUE)
    before = desk.task
    for name, body in (("Withdraw", WITHDRAW), ("Retemplate", {"title": "Mine"}), ("MoveDue", {"due": None})):
        command = replace(desk.person.says(name, body), principal=Principal("system", "recurrence", desk.person.id))
        decision = desk.take(command)
        assert isinstance(decision, Refused), name
        assert decision.status == 404
    assert desk.task == before
    assert isinstance(desk.do("MoveDue", {"due": None}), Accepted)


def test_nobody_withdraws_or_changes_the_occurrence_of_another() -> None:
    desk = occurrence()
    desk.person.id = str(uuid4())
    for name, body in (("Withdraw", WITHDRAW), ("Retemplate", {"title": "Mine"})):
        decision = desk.do(name, body)
        assert isinstance(decision, Refused)
        assert decision.status == 404


def test_a_new_template_reaches_only_what_nobody_has_edited() -> None:
    desk = occurrence(tags=["home"], description="As it was")
    desk.do("PatchTask", {"title": "By hand"})
    desk.do("Retemplate", {"title": "By rule", "tags": ["work"], "description": "As it is"})
    assert (desk.task["title"], desk.task["tags"], desk.task["description"]) == ("By hand", ["work"], "As it is")
    desk.do("Retemplate", {"tags": ["play"], "description": "As it will be"})
    assert (desk.task["tags"], desk.task["description"]) == (["play"], "As it will be")
    desk.do("AddTags", {"tags": ["own"]})
    desk.do("Retemplate", {"tags": ["late"], "description": None, "priority": "high"})
    assert (desk.task["tags"], desk.task["description"], desk.task["priority"]) == (["play", "own"], "", "high")
    assert desk.task["due"] == DUE


def test_reminders_follow_the_template_and_its_null_means_the_users_default() -> None:
    desk = occurrence(reminders=[{"offset_minutes": 5}])
    desk.do("Retemplate", {"reminders": [{"offset_minutes": 60}]})
    assert desk.reminder()[1] == "2026-11-23T07:00:00.000Z"
    desk.do("Retemplate", {"reminders": None})
    assert [reminder["offset_minutes"] for reminder in desk.task["reminders"]] == [30]
    desk.do("PatchTask", {"reminders": []})
    desk.do("Retemplate", {"reminders": [{"offset_minutes": 10}]})
    assert desk.task["reminders"] == []


def test_a_new_template_leaves_what_is_done_as_it_was() -> None:
    desk = occurrence()
    desk.do("CompleteTask")
    assert isinstance(desk.do("Retemplate", {"title": "Other"}), Unchanged)
    assert desk.task["title"] == "Pay rent"


def test_a_task_leaves_its_series_and_stays_as_it_is() -> None:
    desk = occurrence()
    assert isinstance(desk.do("LeaveSeries", {"series_id": str(uuid4())}), Unchanged)
    desk.do("LeaveSeries", {"series_id": SERIES})
    assert (desk.task["series_id"], desk.task["occurrence"], desk.task["status"]) == (None, None, "open")
    assert desk.events[-1]["data"]["changed"]["series_id"] == {"old": SERIES, "new": None}
    assert isinstance(desk.do("LeaveSeries", {"series_id": SERIES}), Unchanged)
