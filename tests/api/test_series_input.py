"""Bad input about series: every answer is a problem that says what is wrong and where."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.series import BERLIN, SERIES, TASKS
from tests.api.test_bad_input import fault
from tests.fakes.schema import faults
from tests.fakes.world import World

pytestmark = pytest.mark.api
START = {"local": "2026-11-23T09:00", "zone": BERLIN}
DAILY: dict[str, Any] = {"title": "x", "rule": "FREQ=DAILY", "start": START}

GOOD: list[dict[str, Any]] = [
    {"title": "x" * 500},
    {"description": "é" * 20_000},
    {"tags": [f"{n:030}" for n in range(10)]},
    {"checklist": [{"text": "x" * 500, "done": True}] * 100},
    {"reminders": [{"offset_minutes": 525_600}] * 20},
    {"reminders": []},
    {"reminders": None},
    {"rule": "FREQ=DAILY;INTERVAL=1000;COUNT=10000"},
    {"rule": "rrule:freq=weekly;byday=mo,th"},
    {"rule": "FREQ=YEARLY;UNTIL=29991231"},
    {"rule": "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, range(1, 32)))},
    {"rule": "FREQ=YEARLY", "start": {"date": "2028-02-29"}},
    {"rule": "FREQ=DAILY", "start": {"local": "2027-03-28T02:30", "zone": BERLIN}},
    {"rule": "FREQ=DAILY", "start": {"local": "1970-01-01T00:00:59", "zone": "Pacific/Apia"}},
    {"look_ahead_days": 30},
    {"mode": "completion", "month_end": "skip", "pile_up": "newest"},
]
OVER: dict[str, Any] = {"rule": "FREQ=DAILY;COUNT=1", "start": {"date": "2026-11-21"}}
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"title": ""}, "/title", "too_short"),
    ({"title": "x" * 501}, "/title", "too_long"),
    ({"title": "a\0b"}, "/title", "invalid_text"),
    ({"title": "a\u0007b"}, "/title", "invalid_text"),
    ({"description": "x" * 20_001}, "/description", "too_long"),
    ({"priority": "most"}, "/priority", "invalid_choice"),
    ({"tags": [str(n) for n in range(11)]}, "/tags", "too_many"),
    ({"checklist": [{"text": "x"}] * 101}, "/checklist", "too_many"),
    ({"checklist": [{"text": "x", "id": str(uuid4())}]}, "/checklist/0/id", "unknown_field"),
    ({"reminders": [{"offset_minutes": 1}] * 21}, "/reminders", "too_many"),
    ({"reminders": [{"offset_minutes": 525_601}]}, "/reminders/0/offset_minutes", "out_of_range"),
    ({"reminders": [{"at": "2027-01-01T00:00:00Z"}]}, "/reminders/0/at", "unknown_field"),
    ({"look_ahead_days": 31}, "/look_ahead_days", "out_of_range"),
    ({"look_ahead_days": -1}, "/look_ahead_days", "out_of_range"),
    ({"look_ahead_days": "7"}, "/look_ahead_days", "wrong_type"),
    ({"mode": "sometimes"}, "/mode", "invalid_choice"),
    ({"month_end": None}, "/month_end", "invalid_choice"),
    ({"pile_up": "none"}, "/pile_up", "invalid_choice"),
    ({"id": str(uuid4())}, "/id", "unknown_field"),
    ({"user_id": str(uuid4())}, "/user_id", "unknown_field"),
    ({"split_from": str(uuid4())}, "/split_from", "unknown_field"),
    ({"first_number": 3}, "/first_number", "unknown_field"),
    ({"template": {"title": "x"}}, "/template", "unknown_field"),
    ({"start": {"date": "2026-02-30"}}, "/start/date", "invalid_date"),
    ({"start": {"date": "3000-01-01"}}, "/start/date", "invalid_date"),
    ({"start": {"local": "2026-02-30T09:00", "zone": BERLIN}}, "/start/local", "invalid_date"),
    ({"start": {"local": "2026-12-01T09:00"}}, "/start", "invalid_date"),
    ({"start": {"local": "2026-12-01T09:00", "zone": "Factory"}}, "/start/zone", "unknown_zone"),
    ({"start": None}, "/start", "wrong_type"),
    ({"rule": 5}, "/rule", "wrong_type"),
    ({"rule": "FREQ=DAILY;" * 50}, "/rule", "too_long"),
    ({"rule": ""}, "/rule", "invalid_rule"),
    ({"rule": "every day"}, "/rule", "invalid_rule"),
    ({"rule": "INTERVAL=2"}, "/rule", "required"),
    ({"rule": "FREQ=SECONDLY"}, "/rule", "invalid_freq"),
    ({"rule": "FREQ=DAILY;BYSETPOS=1"}, "/rule", "required"),
    ({"rule": "FREQ=DAILY;INTERVAL=1001"}, "/rule", "invalid_interval"),
    ({"rule": "FREQ=DAILY;INTERVAL=10000"}, "/rule", "invalid_interval"),
    ({"rule": "FREQ=DAILY;COUNT=0"}, "/rule", "invalid_count"),
    ({"rule": "FREQ=DAILY;COUNT=10001"}, "/rule", "invalid_count"),
    ({"rule": "FREQ=DAILY;UNTIL=20260230"}, "/rule", "invalid_until"),
    ({"rule": "FREQ=DAILY;UNTIL=20261122"}, "/rule", "until_before_start"),
    ({"rule": "FREQ=DAILY;UNTIL=20261231;COUNT=3"}, "/rule", "conflicting_parts"),
    (OVER, "/rule", "never_yields"),
    ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/rule", "never_yields"),
    ({"rule": "FREQ=WEEKLY;BYDAY=MO", "mode": "completion"}, "/rule", "conflicting_parts"),
]


def without_version(series: dict[str, Any]) -> dict[str, Any]:
    """Returns all but the version, which grows when the series hears that its task was made."""
    return {name: value for name, value in series.items() if name != "version"}


async def test_every_field_is_taken_at_its_limit_and_kept_as_it_is(ada: httpx.AsyncClient) -> None:
    for fields in GOOD:
        answer = await ada.post(SERIES, json={**DAILY, **fields})
        assert answer.status_code == 201, (answer.text, str(fields)[:100])
        assert faults(answer.json(), "Series") == []
        assert {name: answer.json()[name] for name in fields} == fields
        asked = {name: answer.json()[name] for name in ("rule", "start", "mode", "month_end")}
        previewed = (await ada.post(f"{SERIES}/preview", json=asked)).json()
        assert previewed["sentence"] == answer.json()["sentence"]
        del previewed["occurrences"][0]["shifted"]
        assert previewed["occurrences"][0].items() <= answer.json()["next"].items()
        assert without_version((await ada.get(f"{SERIES}/{answer.json()['id']}")).json()) == without_version(
            answer.json()
        )


async def test_every_field_is_refused_beyond_its_limit(ada: httpx.AsyncClient) -> None:
    series = (await ada.post(SERIES, json=DAILY)).json()
    for fields, pointer, code in BAD:
        assert fault(await ada.post(SERIES, json={**DAILY, **fields})) == (422, pointer, code), str(fields)[:100]
        edited = await ada.patch(f"{SERIES}/{series['id']}", json=fields)
        if fields == OVER:  # an end that has passed ends a series that is there
            assert (edited.status_code, edited.json()["status"]) == (200, "ended")
            series = (await ada.patch(f"{SERIES}/{series['id']}", json={name: DAILY[name] for name in OVER})).json()
        else:
            assert fault(edited) == (422, pointer, code), str(fields)[:100]
    assert list(map(without_version, (await ada.get(SERIES)).json()["items"])) == [without_version(series)]
    for missing in DAILY:
        body = {name: value for name, value in DAILY.items() if name != missing}
        assert fault(await ada.post(SERIES, json=body)) == (422, f"/{missing}", "required")


async def test_all_that_is_wrong_with_a_rule_is_told_at_once(ada: httpx.AsyncClient) -> None:
    answer = await ada.post(f"{SERIES}/preview", json={"rule": "FREQ=DAILY;COUNT=0;BYEASTER=9;WKST=XX", "start": START})
    assert answer.json()["code"] == "invalid_rule"
    assert [error["code"] for error in answer.json()["errors"]] == ["invalid_count", "unsupported_part", "invalid_wkst"]
    assert "COUNT takes a number from 1 to 10,000, not 0" in answer.json()["detail"]


async def test_a_preview_is_held_to_its_limits_and_saves_nothing(here: World, ada: httpx.AsyncClient) -> None:
    url, body = f"{SERIES}/preview", {"rule": "FREQ=DAILY", "start": START}
    most = await ada.post(url, json={**body, "count": 50})
    assert (most.status_code, faults(most.json(), "Preview"), len(most.json()["occurrences"])) == (200, [], 50)
    gap = await ada.post(url, json={**body, "start": {"local": "2027-03-28T02:30", "zone": BERLIN}, "count": 1})
    assert gap.json()["occurrences"][0]["shifted"] is True
    for count, code in ((0, "out_of_range"), (51, "out_of_range"), ("5", "wrong_type"), (None, "wrong_type")):
        assert fault(await ada.post(url, json={**body, "count": count})) == (422, "/count", code)
    assert fault(await ada.post(url, json={**body, "title": "x"})) == (422, "/title", "unknown_field")
    reader = await here.script(ada, "read")
    assert (await reader.post(url, json=body)).status_code == 200
    assert (await reader.post(SERIES, json=DAILY)).json()["code"] == "scope_missing"
    assert here.actors.sent[-1][2].name == "RegisterUser"


async def test_a_task_that_begins_a_series_is_told_what_it_may_not_say(ada: httpx.AsyncClient) -> None:
    due, recurrence = {"date": "2026-12-01"}, {"rule": "FREQ=DAILY"}
    table: list[tuple[dict[str, Any], str, str]] = [
        ({"recurrence": recurrence}, "/due", "required"),
        ({"recurrence": recurrence, "due": due, "id": str(uuid4())}, "/id", "not_allowed"),
        ({"recurrence": {}, "due": due}, "/recurrence/rule", "required"),
        ({"recurrence": "daily", "due": due}, "/recurrence", "wrong_type"),
        ({"recurrence": {"rule": "FREQ=DAILY;COUNT=0"}, "due": due}, "/recurrence/rule", "invalid_count"),
        ({"recurrence": {"rule": "x" * 501}, "due": due}, "/recurrence/rule", "too_long"),
        ({"recurrence": {**recurrence, "start": due}, "due": due}, "/recurrence/start", "unknown_field"),
        ({"recurrence": {**recurrence, "look_ahead_days": 31}, "due": due}, "/recurrence/look_ahead_days", "out_of_range"),
        ({"recurrence": recurrence, "due": due, "reminders": [{"at": "2027-01-01T00:00:00Z"}]}, "/reminders/0/at", "unknown_field"),
        ({"recurrence": recurrence, "due": due, "checklist": [{"id": str(uuid4()), "text": "x"}]}, "/checklist/0/id", "unknown_field"),
        ({"series_id": str(uuid4())}, "/series_id", "unknown_field"),
        ({"occurrence": {"generation": 1, "slot": "2026-12-01"}}, "/occurrence", "unknown_field"),
    ]  # fmt: skip
    for fields, pointer, code in table:
        assert fault(await ada.post(TASKS, json={"title": "x", **fields})) == (422, pointer, code), fields
    assert (await ada.post(TASKS, json={"title": "x", "recurrence": None})).status_code == 201
    assert (await ada.get(SERIES)).json()["total"] == 0


async def test_slots_that_are_none_cannot_be_touched(here: World, ada: httpx.AsyncClient) -> None:
    series = (await ada.post(SERIES, json={**DAILY, "rule": "FREQ=WEEKLY;COUNT=3"})).json()
    url = f"{SERIES}/{series['id']}"
    for slot in ("2026-11-24T09:00", "2026-11-23T09:01", "2026-11-23", "2026-11-16T09:00", "2026-12-14T09:00"):
        for answer in (
            await ada.post(f"{url}/skip", json={"slot": slot}),
            await ada.post(f"{url}/move", json={"slot": slot, "to": START}),
            await ada.patch(url, json={"from_slot": slot, "title": "y"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "slot_not_found"), slot
    for slot in ("", "monday", "2026-02-30T09:00", "2026-11-23T09:00Z", "x" * 500):
        assert fault(await ada.post(f"{url}/skip", json={"slot": slot})) == (422, "/slot", "invalid_slot"), slot
        assert fault(await ada.patch(url, json={"from_slot": slot})) == (422, "/from_slot", "invalid_slot"), slot
    assert fault(await ada.post(f"{url}/move", json={"slot": "2026-11-23T09:00"})) == (422, "/to", "required")
    assert fault(await ada.post(f"{url}/stop", json={"keep": "yes"})) == (422, "/keep", "wrong_type")
    assert fault(await ada.delete(url, params={"occurrences": "some"})) == (422, "occurrences", "invalid_choice")
    here.clock.move(days=2)
    await here.actors.tick("SeriesActor", series["id"])
    started = await ada.post(f"{url}/skip", json={"slot": "2026-11-23T09:00"})
    assert (started.status_code, started.json()["code"]) == (409, "slot_started")


async def test_another_users_series_are_series_that_do_not_exist(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    theirs = (await bob.post(SERIES, json=DAILY)).json()
    slot = {"slot": theirs["next"]["slot"]}
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("PATCH", "", {"title": "mine"}),
        ("PATCH", "", {"from_slot": slot["slot"]}),
        ("DELETE", "", None),
        ("POST", "/pause", None),
        ("POST", "/resume", None),
        ("POST", "/stop", None),
        ("POST", "/skip", slot),
        ("POST", "/move", {**slot, "to": START}),
        ("GET", "/occurrences", None),
    ]
    for series_id in (theirs["id"], str(uuid4()), "x", "%00"):
        for method, path, body in calls:
            answer = await ada.request(method, f"{SERIES}/{series_id}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "series_not_found"), (method, path, series_id)
    assert (await ada.delete(f"{TASKS}/{theirs['next']['task_id']}/recurrence")).json()["code"] == "task_not_found"
    assert (await ada.get(SERIES)).json()["total"] == 0
    assert without_version((await bob.get(f"{SERIES}/{theirs['id']}")).json()) == without_version(theirs)
    task = (await bob.get(f"{TASKS}/{theirs['next']['task_id']}")).json()
    for reminder_id in (task["reminders"][0]["id"], str(uuid4()), "x"):
        answer = await ada.get(f"/api/v1/reminders/{reminder_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "reminder_not_found")


async def test_stretches_of_days_are_held_to_their_limits(ada: httpx.AsyncClient) -> None:
    series = (await ada.post(SERIES, json=DAILY)).json()
    url = f"{SERIES}/{series['id']}/occurrences"
    whole = await ada.get(url, params={"from": "2026-11-23", "to": "2027-11-24"})
    assert [item["number"] for item in whole.json()["items"]] == list(range(1, 368))
    table = [
        ("from=2026-11-23&to=2027-11-25", "to", "out_of_range"),
        ("from=2026-11-23&to=2026-11-22", "to", "out_of_range"),
        ("from=2026-02-30", "from", "invalid_date"),
        ("to=2026-11-23T09:00", "to", "invalid_date"),
        ("from=1760000000", "from", "invalid_date"),
        ("since=2026-11-23", "since", "unknown_field"),
    ]
    for query, parameter, code in table:
        assert fault(await ada.get(f"{url}?{query}")) == (422, parameter, code), query
    far = (await ada.get(url, params={"from": "2998-12-31"})).json()["items"]
    assert (len(far), far[0]["number"]) == (366, None)
    assert (await ada.get(url, params={"from": "1970-01-01", "to": "1970-12-31"})).json()["items"] == []
    for query, parameter, code in (
        ("status=gone", "status", "invalid_choice"),
        ("order=up", "order", "invalid_choice"),
    ):
        assert fault(await ada.get(f"{SERIES}?{query}")) == (422, parameter, code)


async def test_an_outage_is_told_as_one(here: World, ada: httpx.AsyncClient) -> None:
    here.actors.down = True
    recurring = {"title": "x", "due": {"date": "2026-12-01"}, "recurrence": {"rule": "FREQ=DAILY"}}
    for answer in (await ada.post(SERIES, json=DAILY), await ada.post(TASKS, json=recurring)):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
