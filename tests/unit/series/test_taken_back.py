"""A series that is taken back: its blank tasks go, those written into stay, and all of it comes again with an undo."""

import pytest

from actors.replies import Accepted, Refused
from tests.unit.series.desk import Desk, days

pytestmark = pytest.mark.unit


def undo_of(desk: Desk, old: str = "active") -> dict[str, object]:
    return {"version": desk.doc.version, "changed": {"status": {"old": old, "new": "deleted"}}}


def test_what_nobody_has_written_into_goes_and_the_rest_stays_as_single_tasks() -> None:
    desk = Desk().create(look_ahead_days=3).wait("2026-11-24T12:00:00Z")
    assert (desk.slots("open"), desk.slots("ahead")) == (days("11-23", "11-24"), days("11-26", "11-27"))
    desk.report("Written", "2026-11-23T09:00")
    desk.report("Written", "2026-11-26T09:00")
    desk.report("Completed", "2026-11-24T09:00")
    desk.do("DeleteSeries", {"occurrences": "unwritten"})
    assert (desk.series["status"], desk.awaited, desk.slots("open")) == ("deleted", None, days("11-23"))
    assert desk.series["kept"] == [desk.task_of("2026-11-26T09:00")]
    assert sorted(desk.withdrawn) == days("11-25", "11-27")
    assert all(not event["data"].get("asked") for event in desk.events if event["type"] == "recurrence.withdrawn")
    assert desk.wake is None


def test_it_comes_again_with_the_tasks_that_it_had() -> None:
    desk = Desk().create(start="2026-11-22", look_ahead_days=1)
    today, tomorrow = desk.task_of("2026-11-22"), desk.task_of("2026-11-23")
    assert desk.slots("open") == ["2026-11-22"]
    desk.do("DeleteSeries", {"occurrences": "unwritten"})
    assert desk.gone == [today, tomorrow]
    assert isinstance(desk.do("UndoSeries", undo_of(desk)), Accepted)
    assert (desk.series["status"], desk.series["deleted_at"]) == ("active", None)
    assert (desk.slots("open"), desk.awaited, desk.gone) == (["2026-11-22"], "2026-11-23", [])
    assert desk.series["awaited"]["task_id"] == tomorrow


def test_a_paused_one_comes_again_as_paused() -> None:
    desk = Desk().create()
    desk.do("PauseSeries")
    desk.do("DeleteSeries", {"occurrences": "unwritten"})
    desk.do("UndoSeries", undo_of(desk, "paused"))
    assert (desk.series["status"], desk.awaited) == ("paused", None)
    desk.do("ResumeSeries")
    assert (desk.awaited, desk.gone) == ("2026-11-23T09:00", [])


@pytest.mark.parametrize("occurrences", ["keep", "delete"])
def test_any_other_deletion_is_for_good(occurrences: str) -> None:
    desk = Desk().create()
    desk.do("DeleteSeries", {"occurrences": occurrences})
    refusal = desk.do("UndoSeries", undo_of(desk))
    assert isinstance(refusal, Refused)
    assert (refusal.status, refusal.code) == (409, "not_undoable")


def test_an_undone_stop_of_a_paused_one_leaves_it_paused() -> None:
    desk = Desk().create()
    desk.do("PauseSeries")
    desk.do("StopSeries", {"keep": False})
    changed = {"status": {"old": "paused", "new": "stopped"}}
    desk.do("UndoSeries", {"version": desk.doc.version, "changed": changed})
    assert (desk.series["status"], desk.awaited) == ("paused", None)
