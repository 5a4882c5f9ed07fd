"""Slots whose id something else has."""

import pytest

from actors.commands import occurrence_id
from actors.replies import Accepted
from actors.series.state import MAX_INCARNATION
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit

SLOT = "2026-11-23T09:00"
SINCE = "2026-11-22T12:00:00.000Z"


def take(desk: Desk, task_id: str) -> bool:
    """Returns whether the series did anything when it heard that the id is taken."""
    body = {"generation": 1, "slot": SLOT, "task_id": task_id, "wanted_since": SINCE, "asked": True}
    return isinstance(desk.do("OccurrenceTaken", body), Accepted)


def test_the_task_is_made_once_more_under_the_next_id_as_it_was_wanted() -> None:
    desk = Desk().create()
    first = desk.series["awaited"]
    assert take(desk, first["task_id"])
    second = occurrence_id(desk.series["id"], 1, SLOT, 1)
    assert desk.series["awaited"] == {**first, "task_id": second}
    asked = [event["data"]["task"] for event in desk.events if event["type"] == "recurrence.triggered"]
    assert asked == [asked[0], {**asked[0], "id": second}]
    assert not take(desk, first["task_id"]), "it is told again"


def test_what_became_of_the_task_is_reported_by_its_slot() -> None:
    desk = Desk().create(mode="completion")
    take(desk, desk.series["awaited"]["task_id"])
    desk.report("Created", SLOT, 1)
    assert desk.events[-1]["data"]["task_id"] == occurrence_id(desk.series["id"], 1, "#1", 1)
    desk.move(days=1).report("Completed", SLOT, 1)
    assert desk.awaited == "2026-11-24T09:00"


def test_a_slot_that_has_started_keeps_its_place() -> None:
    desk = Desk().create().wait("2026-11-23T12:00:00Z")
    task_id = desk.series["open"][0]["task_id"]
    assert take(desk, task_id)
    assert [made["task_id"] for made in desk.series["open"]] == [occurrence_id(desk.series["id"], 1, SLOT, 1)]


def test_a_slot_that_is_skipped_meanwhile_gets_no_task() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("SkipSlot", {"slot": SLOT})
    take(desk, task_id)
    assert "recurrence.triggered" not in desk.last_types()


def test_nobody_takes_ids_without_end() -> None:
    desk = Desk().create()
    for _ in range(MAX_INCARNATION):
        assert take(desk, desk.series["awaited"]["task_id"])
    assert not take(desk, desk.series["awaited"]["task_id"])


def test_a_task_that_was_deleted_and_purged_does_not_come_again() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.report("Deleted", SLOT)
    assert not take(desk, task_id)
    assert desk.series["awaited"]["task_id"] == task_id
