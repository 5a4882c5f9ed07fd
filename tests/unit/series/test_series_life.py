"""The invariants of a series, after random commands in random order."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.clock import instant_text, parse_instant
from actors.commands import occurrence_id
from actors.doc import MAX_BYTES
from actors.replies import Outage
from tests.support.cases import cases
from tests.unit.series.desk import Desk

pytestmark = pytest.mark.unit

RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;COUNT=9",
    "FREQ=DAILY;INTERVAL=3;UNTIL=20261210",
    "FREQ=WEEKLY;BYDAY=MO,TH,SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=-1FR",
)
STARTS = (
    {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
    {"local": "2026-10-24T02:30", "zone": "Europe/Berlin"},
    {"local": "2026-11-22T23:59", "zone": "Pacific/Apia"},
    {"date": "2026-11-22"},
    {"date": "2026-01-31"},
)
LONG = "\U0001f600" * 14_000  # a template so large that a turn has room for one task only
ANY_SLOT = st.integers(0, 12)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["Tick", "Tick", "Wait", "Wait"]), st.just({})),
    st.tuples(st.sampled_from(["PauseSeries", "ResumeSeries"]), st.just({})),
    st.tuples(
        st.just("PatchSeries"),
        st.fixed_dictionaries(
            {},
            optional={
                "rule": st.sampled_from(RULES),
                "start": st.sampled_from(STARTS),
                "mode": st.sampled_from(["schedule", "completion"]),
                "pile_up": st.sampled_from(["all", "newest"]),
                "month_end": st.sampled_from(["clamp", "skip"]),
                "look_ahead_days": st.sampled_from([0, 1, 30]),
                "template": st.sampled_from(
                    [{"title": "a"}, {"title": "b", "description": None}, {"description": LONG}]
                ),
            },
        ),
    ),
    st.tuples(st.sampled_from(["Skip", "Move", "Split", "Created", "Completed", "Deleted", "Opened"]), ANY_SLOT),
    st.tuples(st.just("Rezone"), st.fixed_dictionaries({"zone": st.sampled_from(["Asia/Tokyo", "Pacific/Honolulu"])})),
    st.tuples(st.just("StopSeries"), st.fixed_dictionaries({"keep": st.booleans()})),
    st.tuples(st.just("DeleteSeries"), st.fixed_dictionaries({"occurrences": st.sampled_from(["keep", "delete"])})),
)
LIVES = st.lists(st.tuples(STEPS, st.sampled_from([0, 1, 600, 80_000, 90_000, 700_000, 5_000_000])), max_size=30)
BIRTHS = st.fixed_dictionaries(
    {"rule": st.sampled_from(RULES), "start": st.sampled_from(STARTS)},
    optional={
        "mode": st.sampled_from(["schedule", "completion"]),
        "pile_up": st.sampled_from(["all", "newest"]),
        "look_ahead_days": st.sampled_from([0, 2, 30]),
    },
)


@settings(max_examples=cases(250))
@given(birth=BIRTHS, life=LIVES)
def test_a_life(birth: dict[str, Any], life: list[tuple[tuple[str, Any], int]]) -> None:
    desk = Desk()
    desk.do("CreateSeries", {"template": {"title": "Water"}, **birth})
    if desk.state is None:
        return
    for (name, body), seconds in life:
        _step(desk, name, body)
        _holds(desk)
        desk.clock.move(seconds=seconds)
    desk.late(instant_text(desk.clock.now()))
    _holds(desk)
    _is_settled(desk)
    if desk.series["status"] == "deleted":
        return
    desk.do("DeleteSeries", {"occurrences": "delete"})
    desk.late(instant_text(desk.clock.now()))
    _nothing_is_left(desk)


def _step(desk: Desk, name: str, body: Any) -> None:
    if name == "Tick":
        desk.tick()
        assert desk.wake is not None or desk.tick() == []
    elif name == "Wait":
        desk.late(instant_text(desk.clock.now()))
        assert desk.tick() == []
    elif isinstance(body, int):
        _to_a_slot(desk, name, body)
    else:
        _ask(desk, name, body)


def _ask(desk: Desk, name: str, body: dict[str, Any]) -> None:
    version = desk.doc.version
    try:
        desk.do(name, body)
    except Outage:
        assert desk.doc.version == version
        assert desk.wake is not None
        assert desk.wake <= instant_text(desk.clock.now()), "who is told to come again must be able to go on"


def _to_a_slot(desk: Desk, name: str, index: int) -> None:
    made = list(desk.made.values())
    ahead = [_days_later(made[-1], days) for days in (1, 2, 3, 7)]
    slot = (made[-8:] + ahead)[index % (len(made[-8:]) + 4)]
    if name in {"Created", "Completed", "Deleted", "Opened"}:
        body: dict[str, Any] = {"generation": max(1, desk.series["generation"] - index % 2), "slot": slot}
        if name == "Completed":
            body["completed_at"] = instant_text(desk.clock.now())
        task_id = occurrence_id(desk.series["id"], body["generation"], slot)
        if name == "Opened" and not _comes_back(desk, task_id):
            return
        if name == "Completed" and not _is_completed(desk, task_id):
            return
        _ask(desk, f"Occurrence{name}", body)
        if name in {"Completed", "Deleted"}:
            desk.reported.add(task_id)
        elif name == "Opened" and task_id in {made["task_id"] for made in desk.series["open"]}:
            desk.reported.discard(task_id)
    else:
        more: dict[str, Any] = {"to": {"date": "2026-12-24"}} if name == "Move" else {}
        _ask(desk, {"Skip": "SkipSlot", "Move": "MoveSlot", "Split": "SplitSeries"}[name], {"slot": slot, **more})


def _comes_back(desk: Desk, task_id: str) -> bool:
    """Returns whether the task can be opened again: it was in the trash or completed. From then on it may be withdrawn."""
    if task_id not in desk.made or (task_id not in desk.reported and task_id not in desk.gone):
        return False
    desk.reported.add(task_id)
    desk.gone = [other for other in desk.gone if other != task_id]
    return True


def _is_completed(desk: Desk, task_id: str) -> bool:
    """Returns whether the task can be completed: it was made. A withdrawn one was restored before, and may go again."""
    desk.gone = [other for other in desk.gone if other != task_id]
    return task_id in desk.made


def _days_later(slot: str, days: int) -> str:
    return (datetime.fromisoformat(slot[:10]) + timedelta(days=days)).date().isoformat() + slot[10:]


def _holds(desk: Desk) -> None:
    """Checks the lists and the wake. The desk checks that each slot is made once and only made ones are withdrawn."""
    series, now = desk.series, instant_text(desk.clock.now())
    awaited, ahead = series["awaited"], series["ahead"]
    times = [made["at"] for made in ([awaited] if awaited else []) + ahead]
    assert times == sorted(set(times))
    if series["status"] != "active":
        assert awaited is None
        assert series["status"] == "paused" or ahead == []
        assert (desk.wake is None) == (series["backlog"] == [])
    elif series["mode"] == "completion":
        assert ahead == [] or awaited is None
        assert awaited is not None or desk.wake is not None
    else:
        assert desk.wake is not None
        assert awaited is None or desk.wake <= max(awaited["at"], now)
    ids = [made["task_id"] for made in ([awaited] if awaited else []) + ahead + series["open"]]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(desk.made)
    assert set(series["closed"]) <= {made["task_id"] for made in ([awaited] if awaited else []) + ahead}
    assert (len(series["open"]), len(ahead), len(series["unreported"])) <= (100, 64, 100)
    assert len(series["backlog"]) <= 300


def _is_settled(desk: Desk) -> None:
    """Checks that nothing is due after the ticks that were asked for."""
    now = instant_text(desk.clock.now())
    assert desk.wake is None or desk.wake > now
    assert desk.series["backlog"] == []
    assert desk.series["status"] != "active" or desk.series["awaited"] is not None


def _nothing_is_left(desk: Desk) -> None:
    """Checks that each task was withdrawn, reported as gone or done, or forgotten as one of more than 100 open ones."""
    assert (desk.series["open"], desk.wake) == ([], None)
    left = set(desk.made) - set(desk.gone) - desk.reported
    assert len(left) <= max(0, len(desk.made) - 100)


def test_a_doc_never_grows_past_its_limit_however_large_the_template() -> None:
    template = {"title": "W", "description": LONG, "checklist": [{"text": "x" * 500} for _ in range(10)]}
    desk = Desk().create(template=template, look_ahead_days=30)
    for number in range(12):
        desk.late(instant_text(desk.clock.now() + timedelta(days=9)))
        desk.do(
            "PatchSeries", {"template": {"description": LONG[number + 1 :]}, "rule": f"FREQ=DAILY;COUNT={900 + number}"}
        )
    assert 200_000 < desk.largest < MAX_BYTES - 16_000
    assert parse_instant(str(desk.wake)) <= desk.clock.now(), "what had no room comes at once"
    desk.late(instant_text(desk.clock.now()))
    assert len(desk.series["ahead"]) == 29
