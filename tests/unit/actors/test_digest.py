"""The daily digest: once a local day, at its time on the wall, whatever changes or is missed."""

from typing import Any

import pytest

from actors.clock import parse_instant
from actors.commands import tick_command
from actors.replies import Accepted, Json, Unchanged
from actors.user.rules import decide
from actors.user.state import user_json
from tests.fakes.person import FakePerson

pytestmark = pytest.mark.unit


class Desk:
    """A user in Berlin whose digest comes at 08:00; the clock stands where `at` puts it."""

    def __init__(self, at: str = "2026-11-22T12:00:00Z", **body: Any) -> None:
        self.person, self.now = FakePerson(), parse_instant(at)
        self.state: Json | None = None
        self.events: list[Json] = []
        self.wake: str | None = None
        body = {"zone": "Europe/Berlin", "defaults": {"digest_at": "08:00"}} | body
        self.do("RegisterUser", {"email": "ada@example.org", **body})

    def at(self, text: str) -> "Desk":
        self.now = parse_instant(text)
        return self

    def do(self, name: str, body: Json | None = None) -> Any:
        return self._take(self.person.says(name, body or {}))

    def tick(self) -> list[str]:
        """Ticks; returns the days of the digests that came."""
        before = len(self.events)
        self._take(tick_command(self.person.id, f"{self.now:%Y-%m-%dT%H:%M:%S.000Z}"))
        return [event["data"]["day"] for event in self.events[before:] if event["type"] == "digest.due"]

    def _take(self, command: Any) -> Any:
        version = self.state["version"] if self.state else 0
        decision = decide(self.state, version, command, self.now)
        if isinstance(decision, Accepted):
            assert decision.state["version"] == version + 1
            assert all("digest" not in event["data"]["user"] for event in decision.events)
            self.state, self.wake = decision.state, decision.wake
            self.events += decision.events
        return decision


def test_nobody_gets_one_who_did_not_ask() -> None:
    desk = Desk(defaults={})
    assert desk.wake is None
    assert desk.tick() == []


def test_it_comes_once_a_day_at_its_time_on_the_wall() -> None:
    desk = Desk()
    assert desk.wake == "2026-11-23T07:00:00.000Z"
    assert desk.at("2026-11-23T06:59:59Z").tick() == []
    assert desk.at("2026-11-23T07:00:00Z").tick() == ["2026-11-23"]
    assert desk.tick() == []
    assert desk.events[-1]["type"] == "digest.due"
    assert desk.events[-1]["data"]["late_seconds"] is None
    assert desk.wake == "2026-11-24T07:00:00.000Z"


@pytest.mark.parametrize(
    ("day_before", "wake"),
    [("2026-03-28T12:00:00Z", "2026-03-29T06:00:00.000Z"), ("2026-10-24T12:00:00Z", "2026-10-25T07:00:00.000Z")],
)
def test_summer_time_moves_the_instant_and_not_the_wall(day_before: str, wake: str) -> None:
    assert Desk(day_before).wake == wake


def test_in_a_gap_it_comes_when_the_gap_ends_and_in_an_overlap_once() -> None:
    desk = Desk("2026-03-28T12:00:00Z", defaults={"digest_at": "02:30"})
    assert desk.wake == "2026-03-29T01:00:00.000Z"
    desk = Desk("2026-10-24T12:00:00Z", defaults={"digest_at": "02:30"})
    assert desk.wake == "2026-10-25T00:30:00.000Z"
    assert desk.at("2026-10-25T00:30:00Z").tick() == ["2026-10-25"]
    assert desk.at("2026-10-25T01:30:00Z").tick() == []


@pytest.mark.parametrize(
    ("now", "day", "late", "wake"),
    [
        ("2026-11-26T09:00:00Z", "2026-11-26", 7200, "2026-11-27T07:00:00.000Z"),
        ("2026-11-26T05:00:00Z", "2026-11-25", 79_200, "2026-11-26T07:00:00.000Z"),
        ("2026-11-23T07:00:05Z", "2026-11-23", None, "2026-11-24T07:00:00.000Z"),
    ],
)
def test_of_several_days_missed_only_the_last_is_told(now: str, day: str, late: int | None, wake: str) -> None:
    desk = Desk().at(now)
    assert desk.tick() == [day]
    assert desk.tick() == []
    assert (desk.events[-1]["data"]["late_seconds"], desk.wake) == (late, wake)


@pytest.mark.parametrize(
    ("zone", "wake"),
    [
        ("America/New_York", "2026-11-24T13:00:00.000Z"),  # it is still the 23rd there, whose digest came in Berlin
        ("Asia/Tokyo", "2026-11-23T23:00:00.000Z"),
        ("Europe/London", "2026-11-24T08:00:00.000Z"),
    ],
)
def test_who_travels_gets_each_day_once(zone: str, wake: str) -> None:
    desk = Desk().at("2026-11-23T07:00:00Z")
    desk.tick()
    desk.do("PatchUser", {"zone": zone})
    assert desk.wake == wake


def test_another_time_counts_from_the_next_day_that_was_not_told() -> None:
    desk = Desk().at("2026-11-23T06:00:00Z")
    desk.do("PatchUser", {"defaults": {"digest_at": "18:00"}})
    assert desk.wake == "2026-11-23T17:00:00.000Z"
    assert desk.at("2026-11-23T17:00:00Z").tick() == ["2026-11-23"]
    desk.do("PatchUser", {"defaults": {"digest_at": "20:00"}})
    assert desk.wake == "2026-11-24T19:00:00.000Z"
    desk.do("PatchUser", {"defaults": {"digest_at": None}})
    assert desk.wake is None
    desk.do("PatchUser", {"defaults": {"digest_at": "22:00"}})
    assert desk.wake == "2026-11-24T21:00:00.000Z"


def test_one_that_is_due_survives_a_change_of_the_profile() -> None:
    desk = Desk().at("2026-11-23T07:00:01Z")
    desk.do("PatchUser", {"zone": "Asia/Tokyo"})
    assert desk.wake == "2026-11-23T07:00:00.000Z"
    assert desk.tick() == ["2026-11-23"]
    assert desk.wake == "2026-11-23T23:00:00.000Z"


def test_new_rules_of_a_zone_move_the_wake() -> None:
    desk = Desk()
    assert isinstance(desk.do("RecountTimes"), Unchanged)
    assert desk.state is not None
    two_hours_east = desk.state["digest"] | {"at": "2026-11-23T05:00:00.000Z"}
    desk.state = {**desk.state, "digest": two_hours_east}  # stored under rules by which Berlin is there
    assert isinstance(desk.do("RecountTimes"), Accepted)
    assert desk.wake == "2026-11-23T07:00:00.000Z"


def test_a_user_of_an_older_release_has_no_plan_and_can_choose_one() -> None:
    desk = Desk()
    assert desk.state is not None
    desk.state = {**user_json(desk.state), "defaults": {"reminder_offset_minutes": 30}}
    assert desk.tick() == []
    desk.do("PatchUser", {"defaults": {"digest_at": "08:00"}})
    assert desk.wake == "2026-11-23T07:00:00.000Z"


NIGHT = {"start": "22:00", "end": "07:30"}


@pytest.mark.parametrize(
    ("at", "quiet", "wake"),
    [
        ("06:00", NIGHT, "2026-11-23T06:30:00.000Z"),
        ("23:00", NIGHT, "2026-11-23T06:30:00.000Z"),
        ("22:00", NIGHT, "2026-11-23T06:30:00.000Z"),
        ("07:30", NIGHT, "2026-11-23T06:30:00.000Z"),
        ("21:59", NIGHT, "2026-11-22T20:59:00.000Z"),
        ("14:00", {"start": "13:30", "end": "15:00"}, "2026-11-22T14:00:00.000Z"),
        ("15:00", {"start": "13:30", "end": "14:00"}, "2026-11-22T14:00:00.000Z"),
        ("13:29", {"start": "13:30", "end": "14:00"}, "2026-11-22T12:29:00.000Z"),
    ],
)
def test_one_whose_time_lies_in_quiet_hours_comes_when_they_end(at: str, quiet: Json, wake: str) -> None:
    desk = Desk(defaults={"digest_at": at, "quiet_hours": quiet})
    assert desk.wake == wake
    assert desk.at(wake).tick() == [wake[:10]]
    assert desk.events[-1]["data"]["late_seconds"] is None
    assert desk.tick() == []


def test_other_quiet_hours_move_the_one_that_is_ahead() -> None:
    desk = Desk()
    desk.do("PatchUser", {"defaults": {"quiet_hours": {"start": "22:00", "end": "09:00"}}})
    assert desk.wake == "2026-11-23T08:00:00.000Z"
    desk.do("PatchUser", {"defaults": {"quiet_hours": None}})
    assert desk.wake == "2026-11-23T07:00:00.000Z"


def test_one_that_is_late_in_quiet_hours_waits_for_their_end() -> None:
    desk = Desk(defaults={"digest_at": "21:00", "quiet_hours": NIGHT})
    assert desk.at("2026-11-22T22:00:00Z").tick() == []
    assert desk.wake == "2026-11-23T06:30:00.000Z"
    assert desk.at("2026-11-23T06:29:59Z").tick() == []
    assert desk.at("2026-11-23T06:30:00Z").tick() == ["2026-11-22"]
    assert desk.events[-1]["data"]["late_seconds"] == int(10.5 * 3600)
    assert desk.wake == "2026-11-23T20:00:00.000Z"


def test_one_that_waits_for_the_end_of_quiet_hours_outlives_a_change_of_them() -> None:
    desk = Desk(defaults={"digest_at": "21:00", "quiet_hours": NIGHT}).at("2026-11-22T22:00:00Z")
    desk.tick()
    desk.do("PatchUser", {"defaults": {"quiet_hours": {"start": "22:00", "end": "08:00"}}})
    assert desk.tick() == []
    assert desk.wake == "2026-11-23T07:00:00.000Z"
    desk.do("PatchUser", {"defaults": {"quiet_hours": None}})
    assert desk.tick() == ["2026-11-22"]
    assert desk.events[-1]["data"]["late_seconds"] == 2 * 3600
    assert desk.wake == "2026-11-23T20:00:00.000Z"


def test_in_quiet_hours_that_end_in_a_gap_it_comes_when_the_gap_ends() -> None:
    quiet = {"start": "22:00", "end": "02:30"}
    assert Desk("2026-03-28T12:00:00Z", defaults={"digest_at": "02:15", "quiet_hours": quiet}).wake == (
        "2026-03-29T01:00:00.000Z"
    )


def test_who_is_deleted_gets_none() -> None:
    desk = Desk()
    desk.do("DeleteUser")
    assert desk.wake is None
    assert desk.at("2026-11-23T07:00:00Z").tick() == []
