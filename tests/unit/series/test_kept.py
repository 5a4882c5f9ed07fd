"""What people did to the slots of a series stays: through edits, pauses, splits, ends, and when it is taken back."""

from typing import Any

import pytest

from actors.clock import parse_instant
from actors.replies import Accepted, Json, Refused
from actors.series.rules import decide
from actors.shapes import DueShape
from tests.unit.series.desk import BERLIN, Desk, days

pytestmark = pytest.mark.unit

WEEKLY = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


def at(clock: str, day: str = "2026-11-23", zone: str = BERLIN) -> Json:
    return {"start": {"local": f"{day}T{clock}", "zone": zone}}


def undo(desk: Desk, event_type: str) -> Any:
    """Undoes the newest event of that type, as the API does."""
    event = next(event for event in reversed(desk.events) if event["type"] == event_type)
    body = {"version": event["data"]["version"], "changed": event["data"]["changed"]}
    return desk.do("UndoSeries", body)


def shown(desk: Desk) -> tuple[Any, ...]:
    """Returns what a person sees of the slots of a series."""
    series = desk.series
    made = [(one["slot"], one["task_id"]) for one in [series["awaited"], *series["ahead"], *series["open"]] if one]
    return series["start"], series["rule"], series["status"], made, series["skipped"], series["moved"]


# Edits.


def test_a_skip_and_a_task_of_an_hour_that_is_dropped_are_not_those_of_another_hour() -> None:
    desk = Desk().create("FREQ=DAILY;BYHOUR=9,15", pile_up="all", look_ahead_days=2)
    written = desk.task_of("2026-11-23T15:00")
    desk.report("Written", "2026-11-23T15:00")
    desk.do("SkipSlot", {"slot": "2026-11-26T15:00"})
    before = shown(desk)
    for rule in ("FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;BYHOUR=9;INTERVAL=1"):
        desk.do("PatchSeries", {"rule": rule})
        assert desk.series["skipped"] == []
        assert desk.series["kept"] == [written]
    desk.do("PatchSeries", {"rule": "FREQ=DAILY;BYHOUR=9,15"})
    assert shown(desk)[3:] == before[3:]


def test_a_task_that_a_pause_leaves_open_takes_a_new_title() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"template": {"title": "Sweep"}})
    assert desk.events[-1]["type"] == "recurrence.retemplated"
    assert desk.events[-1]["data"]["task_id"] == task_id


@pytest.mark.parametrize(
    ("patch", "clock"),
    [(at("10:30"), "T10:30"), ({"start": {"date": "2026-11-23"}}, ""), (at("09:00", zone="Europe/Lisbon"), "T09:00")],
)
def test_another_time_keeps_skips_moves_tasks_and_what_was_done_ahead(patch: Json, clock: str) -> None:
    desk = Desk().create(look_ahead_days=3)
    ids = [made["task_id"] for made in [desk.series["awaited"], *desk.series["ahead"]]]
    desk.do("SkipSlot", {"slot": "2026-11-27T09:00"})
    to = {"date": "2026-12-24"}
    desk.do("MoveSlot", {"slot": "2026-11-28T09:00", "to": to})
    desk.report("Completed", "2026-11-24T09:00")
    desk.do("PatchSeries", patch)
    made = [desk.series["awaited"], *desk.series["ahead"]]
    assert [one["task_id"] for one in made][:3] == ids
    assert [one["slot"] for one in made][:3] == days("11-23", "11-24", "11-25", clock=clock)
    assert desk.series["skipped"] == days("11-27", clock=clock)
    assert desk.series["moved"] == {f"2026-11-28{clock}": to}
    assert (desk.withdrawn, desk.series["closed"]) == ([], [ids[1]])
    told = [event["data"] for event in desk.events if event["type"] == "recurrence.taken-up"]
    assert {data["task_id"] for data in told} == set(ids)


def test_a_weekday_that_is_dropped_and_taken_up_again_has_its_task_and_its_skip_again() -> None:
    desk = Desk(at="2026-11-22T12:00:00Z").create(WEEKLY, look_ahead_days=4)
    wednesday = desk.task_of("2026-11-25T09:00")
    desk.do("SkipSlot", {"slot": "2026-12-02T09:00"})
    desk.do("MoveSlot", {"slot": "2026-12-09T09:00", "to": {"date": "2026-12-10"}})
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=MO,FR"})
    assert (desk.gone, desk.series["skipped"], desk.series["moved"]) == ([wednesday], [], {})
    desk.do("PatchSeries", {"rule": WEEKLY})
    assert (desk.gone, desk.series["ahead"][0]["task_id"], len(desk.made)) == ([], wednesday, 2)
    assert desk.series["skipped"] == ["2026-12-02T09:00"]
    assert list(desk.series["moved"]) == ["2026-12-09T09:00"]


def test_a_slot_that_is_dropped_is_withdrawn_unless_it_was_written_into() -> None:
    desk = Desk().create(WEEKLY, look_ahead_days=6)
    monday, wednesday, friday = (desk.task_of(slot) for slot in days("11-23", "11-25", "11-27"))
    desk.report("Written", "2026-11-25T09:00")
    assert desk.last_types() == ["recurrence.written"]
    assert desk.unchanged("OccurrenceWritten", {"generation": 1, "slot": "2026-11-25T09:00", "task_id": wednesday})
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=SU"})
    assert sorted(desk.gone) == sorted([monday, friday])
    assert desk.series["kept"] == [wednesday]
    desk.report("Completed", "2026-11-25T09:00")
    assert "kept" not in desk.series


def test_a_task_that_says_it_was_written_into_when_it_is_withdrawn_is_kept() -> None:
    """The series had not heard of that yet."""
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("PauseSeries")
    desk.report("Opened", "2026-11-23T09:00")
    assert desk.series["kept"] == [task_id]
    desk.do("ResumeSeries")
    assert (desk.series["awaited"]["task_id"], "kept" in desk.series) == (task_id, False)


def test_a_due_that_was_set_by_hand_is_a_move_until_it_is_set_back() -> None:
    desk = Desk().create()
    task_id, by_hand = desk.task_of("2026-11-23T09:00"), {"local": "2026-11-23T14:00", "zone": BERLIN}
    named = {"generation": 1, "slot": "2026-11-23T09:00", "task_id": task_id}
    desk.do("OccurrenceWritten", {**named, "due": by_hand})
    assert desk.series["moved"] == {"2026-11-23T09:00": by_hand}
    desk.do("PatchSeries", at("10:00"))
    assert desk.series["moved"] == {"2026-11-23T10:00": by_hand}
    assert desk.events[-1]["data"]["moved"]
    desk.do("OccurrenceWritten", {**named, "due": {"local": "2026-11-23T10:00", "zone": BERLIN}})
    assert desk.series["moved"] == {}


def test_where_only_the_newest_stays_one_that_was_written_into_stays_too() -> None:
    desk = Desk().create(pile_up="newest").wait("2026-11-23T12:00:00Z")
    desk.report("Written", "2026-11-23T09:00")
    desk.wait("2026-11-25T12:00:00Z")
    assert (desk.slots("open"), desk.withdrawn) == (days("11-23", "11-25"), days("11-24"))


# Pauses.


def test_a_pause_withdraws_what_is_blank_and_a_resume_restores_it() -> None:
    desk = Desk().create(look_ahead_days=3)
    first, second, third = desk.made
    desk.report("Written", "2026-11-24T09:00")
    desk.do("PauseSeries")
    assert (sorted(desk.gone), desk.series["kept"]) == (sorted([first, third]), [second])
    desk.wait("2026-11-23T12:00:00Z").do("ResumeSeries")
    assert [made["task_id"] for made in [desk.series["awaited"], *desk.series["ahead"]]][:2] == [second, third]
    assert desk.gone == [first], "the slot of that one has gone by"


def test_what_is_overdue_after_a_pause_is_open() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.wait("2026-11-25T12:00:00Z").do("ResumeSeries")
    assert ([made["task_id"] for made in desk.series["open"]], desk.gone) == ([task_id], [])
    assert desk.awaited == "2026-11-26T09:00"


def test_a_stop_leaves_what_was_written_into_and_a_deletion_takes_it_along() -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.report("Written", "2026-11-24T09:00")
    desk.do("StopSeries", {"keep": False})
    kept = desk.series["kept"]
    assert (desk.withdrawn, kept) == (days("11-23"), [desk.task_of("2026-11-24T09:00")])
    desk.do("DeleteSeries", {"occurrences": "delete"})
    assert kept[0] in desk.gone
    assert desk.events[-1]["data"]["asked"] is True


# Skips that are taken back.


def test_a_skip_that_is_taken_back_brings_its_task_back() -> None:
    desk = Desk().create(look_ahead_days=2)
    before = shown(desk)
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("SkipSlot", {"slot": "2026-11-24T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-11-24T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert shown(desk)[:5] == (*before[:3], [*before[3], *shown(desk)[3][len(before[3]) :]], [])
    assert (desk.gone, desk.types().count("recurrence.unskipped")) == ([], 2)
    assert desk.refused("UnskipSlot", {"slot": "2026-11-24T09:00"}) == (404, "slot_not_found")


def test_a_skip_far_ahead_is_taken_back_without_making_anything() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-12-01T09:00"})
    desk.do("UnskipSlot", {"slot": "2026-12-01T09:00"})
    assert (desk.last_types(), desk.series["skipped"], len(desk.made)) == (["recurrence.unskipped"], [], 1)


def test_what_is_skipped_is_forgotten_after_a_while_and_what_is_open_is_not() -> None:
    desk = Desk().create("FREQ=WEEKLY")
    desk.report("Written", "2026-11-23T09:00")
    desk.do("PauseSeries")
    desk.do("PatchSeries", {"rule": "FREQ=WEEKLY;BYDAY=TU"})
    desk.do("ResumeSeries")
    desk.do("SkipSlot", {"slot": "2026-11-24T09:00"})
    assert [entry["state"] for entry in desk.series["shelf"]] == ["kept", "skipped"]
    desk.wait("2027-01-31T12:00:00Z")
    assert [entry["state"] for entry in desk.series["shelf"]] == ["kept"]


def test_a_skip_taken_back_too_late_opens_the_task_that_it_had() -> None:
    desk = Desk().create()
    task_id = desk.series["awaited"]["task_id"]
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    desk.wait("2026-11-25T12:00:00Z")
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.series["open"][0]["task_id"], desk.gone) == (task_id, [])
    assert desk.refused("UnskipSlot", {"slot": "2026-11-25T09:00"}) == (409, "slot_started")


def test_the_only_slot_that_is_skipped_and_taken_back_makes_the_series_go_on() -> None:
    desk = Desk().create("FREQ=DAILY;COUNT=1")
    desk.do("SkipSlot", {"slot": "2026-11-23T09:00"})
    assert desk.series["status"] == "ended"
    desk.do("UnskipSlot", {"slot": "2026-11-23T09:00"})
    assert (desk.series["status"], desk.awaited, len(desk.made), desk.gone) == ("active", "2026-11-23T09:00", 1, [])


def test_a_skip_is_taken_back_by_the_name_that_its_slot_has_by_now() -> None:
    desk = Desk().create()
    desk.do("SkipSlot", {"slot": "2026-11-25T09:00"})
    desk.do("PatchSeries", at("10:00"))
    desk.do("UnskipSlot", {"slot": "2026-11-25T09:00"})
    assert desk.series["skipped"] == []


# Undo.


@pytest.mark.parametrize(
    "patch",
    [
        at("10:00"),
        {"rule": "FREQ=WEEKLY;BYDAY=TU"},
        {"start": {"date": "2026-11-23"}},
        {"mode": "completion"},
        {"month_end": "skip", "pile_up": "newest"},
        {"rule": "FREQ=DAILY;UNTIL=20261122", **at("09:00", "2026-11-20")},
        {"template": {"title": "Feed", "tags": ["cat"]}},
    ],
)
def test_undo_of_an_edit_brings_all_of_it_back(patch: Json) -> None:
    desk = Desk().create(look_ahead_days=2)
    desk.do("SkipSlot", {"slot": "2026-11-26T09:00"})
    desk.do("MoveSlot", {"slot": "2026-11-27T09:00", "to": {"date": "2026-12-01"}})
    desk.report("Written", "2026-11-24T09:00")
    before, template = shown(desk), desk.series["template"]
    assert isinstance(desk.do("PatchSeries", patch), Accepted)
    assert isinstance(undo(desk, "series.updated"), Accepted)
    assert (shown(desk), desk.series["template"], desk.gone) == (before, template, [])


def test_undo_is_refused_where_the_field_was_changed_again_and_after_30_days() -> None:
    desk = Desk().create()
    desk.do("PatchSeries", at("10:00"))
    first = {"version": desk.doc.version, "changed": desk.events[-2]["data"]["changed"]}
    desk.do("PatchSeries", at("11:00"))
    refused = desk.do("UndoSeries", first)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.extra["conflicts"][0]["field"]) == ("undo_conflict", "start")
    last = {"version": desk.doc.version, "changed": desk.events[-2]["data"]["changed"]}
    desk.wait("2026-12-23T12:00:00Z").do("PatchSeries", {"look_ahead_days": 1})
    assert desk.refused("UndoSeries", last) == (409, "undo_expired")


def test_a_hundred_edits_can_be_undone() -> None:
    desk = Desk().create()
    for number in range(101):
        desk.do("PatchSeries", {"template": {"title": f"{number}"}})
    assert len(desk.series["edits"]) == 100
    assert desk.refused("UndoSeries", {"version": 2, "changed": {"title": {"old": "Water", "new": "100"}}}) == (
        409,
        "undo_expired",
    )


@pytest.mark.parametrize("slot", ["2026-11-23T09:00", "2026-11-26T09:00"])
def test_undo_of_a_move_gives_the_due_of_the_slot_or_the_one_before(slot: str) -> None:
    desk = Desk().create()
    first, second = ({"date": day} for day in ("2026-12-01", "2026-12-02"))
    moved = "recurrence.moved" if slot == desk.awaited else "series.updated"
    for to in (first, second):
        desk.do("MoveSlot", {"slot": slot, "to": to})
    undo(desk, moved)
    assert desk.series["moved"] == {slot: first}
    event = next(event for event in desk.events if event["type"] == moved)
    desk.do("UndoSeries", {"version": event["data"]["version"], "changed": event["data"]["changed"]})
    assert desk.series["moved"] == {}
    if moved == "recurrence.moved":
        assert desk.events[-1]["data"]["due"] == {"local": slot, "zone": BERLIN}


def test_undo_of_a_pause_and_of_a_stop_goes_on_with_the_same_tasks() -> None:
    desk = Desk().create(look_ahead_days=2)
    before = shown(desk)
    for name, body, event in (
        ("PauseSeries", {}, "series.paused"),
        ("StopSeries", {"keep": False}, "series.stopped"),
        ("StopSeries", {"keep": True}, "series.stopped"),
    ):
        desk.do(name, body)
        undo(desk, event)
        assert (shown(desk), desk.gone) == (before, []), name
    desk.do("PauseSeries")
    desk.do("ResumeSeries")
    undo(desk, "series.resumed")
    assert desk.series["status"] == "paused"


@pytest.mark.parametrize("done", [False, True])
def test_undo_of_a_stop_that_kept_the_task_awaits_it_after_completion(done: bool) -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion")
    desk.do("StopSeries", {"keep": True})
    if done:
        desk.clock.at = parse_instant("2026-11-25T10:00:00Z")
        desk.report("Completed", "2026-11-23T09:00")
    undo(desk, "series.stopped")
    awaited = "2026-11-28T09:00" if done else "2026-11-23T09:00"
    assert (desk.awaited, desk.slots("open"), desk.series["status"]) == (awaited, [], "active")
    assert desk.slots_made() == ["2026-11-23T09:00", *(["2026-11-28T09:00"] if done else [])]


def test_undo_of_another_start_counts_from_the_last_completion_again() -> None:
    desk = Desk().create("FREQ=DAILY;INTERVAL=3", mode="completion").move(days=1)
    desk.report("Completed", "2026-11-23T09:00")
    before = shown(desk)
    desk.do("PatchSeries", at("09:00", "2026-12-24"))
    assert desk.awaited == "2026-12-24T09:00"
    undo(desk, "series.updated")
    assert (shown(desk), desk.series["last_done"]) == (before, "2026-11-23T12:00:00.000Z")


# A task that is there, and tags.


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


# Docs of the version before.


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


@pytest.mark.parametrize("what", ["Completed", "Deleted"])
def test_undo_of_a_stop_asks_no_second_time_for_what_was_done_ahead_of_its_slot(what: str) -> None:
    desk = Desk().create()
    desk.do("StopSeries", {"keep": True})
    desk.report(what, "2026-11-23T09:00")
    undo(desk, "series.stopped")
    assert (desk.series["status"], desk.slots_made().count("2026-11-23T09:00")) == ("active", 1)
    desk.wait("2026-11-24T12:00:00Z")
    assert (desk.slots_made().count("2026-11-23T09:00"), desk.slots("open")) == (1, ["2026-11-24T09:00"])
