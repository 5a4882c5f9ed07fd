"""A task that is there becomes the first occurrence; tags of the template."""

from typing import Any

import pytest

from actors.replies import Accepted
from actors.shapes import DueShape
from tests.unit.series.desk import BERLIN, Desk

pytestmark = pytest.mark.unit


def first_task(start: DueShape, rule: str = "FREQ=WEEKLY", **body: Any) -> Desk:
    desk = Desk()
    task_id = desk.person.id
    decision = desk.do(
        "CreateSeries", {"template": {"title": "Water"}, "rule": rule, "start": start, "first_task": task_id, **body}
    )
    assert isinstance(decision, Accepted), decision
    return desk


@pytest.mark.parametrize("mode", ["schedule", "completion"])
@pytest.mark.parametrize("day", ["2026-11-24", "2026-11-20"])
def test_a_task_becomes_the_first_occurrence(day: str, mode: str) -> None:
    desk = first_task({"local": f"{day}T09:00", "zone": BERLIN}, mode=mode)
    made = [*desk.series["open"], *([desk.series["awaited"]] if desk.series["awaited"] else [])]
    assert (made[0]["task_id"], made[0]["slot"], made[0]["number"]) == (desk.person.id, f"{day}T09:00", 1)
    [told] = [event["data"] for event in desk.events if event["type"] == "recurrence.taken-up"]
    assert (told["taken_from"], told["fields"], told["moved"]) == (None, {}, False)
    assert [slot for slot in desk.slots_made() if slot == made[0]["slot"]] == []


def test_a_task_whose_due_is_no_slot_of_the_rule_keeps_it_as_a_move() -> None:
    start = {"local": "2026-11-24T09:00", "zone": BERLIN}
    desk = first_task(start, "FREQ=WEEKLY;BYDAY=FR")
    assert (desk.awaited, desk.series["moved"]) == ("2026-11-27T09:00", {"2026-11-27T09:00": start})
    assert [event["data"]["moved"] for event in desk.events if event["type"] == "recurrence.taken-up"] == [True]


@pytest.mark.parametrize("status", ["active", "paused", "ended"])
def test_a_tag_is_renamed_and_removed_in_the_template(status: str) -> None:
    rule = "FREQ=DAILY;COUNT=1" if status == "ended" else "FREQ=DAILY"
    desk = Desk().create(rule, template={"title": "Walk", "tags": ["Dog", "out"]})
    if status == "paused":
        desk.do("PauseSeries")
    desk.wait("2026-11-23T12:00:00Z")
    assert desk.series["status"] == status
    desk.do("RenameTag", {"from": "dog", "to": "puppy"})
    assert desk.series["template"]["tags"] == ["puppy", "out"]
    desk.do("RemoveTag", {"tag": "out", "everywhere": True})
    assert desk.series["template"]["tags"] == ["puppy"]
    assert desk.unchanged("RemoveTag", {"tag": "out", "everywhere": True})
