"""Docs and reports of the version before."""

import pytest

from actors.replies import Accepted, Json
from actors.series.rules import decide
from tests.unit.series.acts import at
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit


def test_a_paused_doc_of_the_version_before_goes_on_with_what_it_held() -> None:
    desk = Desk().create(look_ahead_days=3)
    first, second, third = (made for made in [desk.series["awaited"], *desk.series["ahead"]])
    state: Json = {
        name: value for name, value in desk.series.items() if name not in {"edits", "shelf", "last", "written"}
    }
    state |= {"status": "paused", "awaited": None, "ahead": [first, second, third]}
    state |= {"closed": [second["task_id"], third["task_id"]], "trashed": [third["task_id"]]}
    desk.state = state
    desk.do("PatchSeries", at("10:00"))
    desk.do("ResumeSeries")
    made = [desk.series["awaited"], *desk.series["ahead"]]
    assert [(one["slot"], one["task_id"]) for one in made] == [
        (f"2026-11-{day}T10:00", old["task_id"]) for day, old in ((23, first), (24, second), (25, third))
    ]
    assert (desk.series["closed"], desk.gone) == ([second["task_id"], third["task_id"]], [])
    assert desk.refused("MoveSlot", {"slot": "2026-11-25T10:00", "to": {"date": "2026-12-01"}}) == (
        409,
        "task_in_trash",
    )


def test_a_doc_of_the_version_before_that_a_turn_had_no_room_for_takes_up_what_it_held() -> None:
    desk = Desk().create(look_ahead_days=2)
    made = [desk.series["awaited"], *desk.series["ahead"]]
    desk.state = {**desk.series, "awaited": None, "ahead": made[1:], "passed": made[0]["slot"], "passed_number": 1}
    desk.tick()
    assert [desk.series["awaited"], *desk.series["ahead"]][:2] == made[1:]


def test_a_report_of_the_version_before_names_the_slot_alone() -> None:
    desk = Desk().create(mode="completion")
    before = decide(
        desk.state,
        desk.doc.version,
        desk.person.says(
            "OccurrenceCompleted", {"generation": 1, "slot": "2026-11-23T09:00", "completed_at": "2026-11-22T12:00:00Z"}
        ),
        desk.clock.now(),
    )
    assert isinstance(before, Accepted)
    assert before.state["passed_number"] == 1
