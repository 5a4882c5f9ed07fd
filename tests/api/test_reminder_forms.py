"""Reminders by the API: their forms, what is refused, their firings, and the default of a person."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.api
TASKS, SERIES = "/api/v1/tasks", "/api/v1/series"
DUE = {"local": "2027-03-28T09:00", "zone": "Europe/Berlin"}  # seven hours after the clocks went forward


async def test_each_form_is_answered_as_it_was_given(ada: httpx.AsyncClient) -> None:
    given = [{"offset": "-P1D"}, {"offset_minutes": 1440}, {"offset": "P-1DT11H"}, {"at": "2027-03-01T09:00:00.000Z"}]
    created = await ada.post(TASKS, json={"title": "x", "due": DUE, "reminders": given})
    reminders = created.json()["reminders"]
    assert all(reminder.items() >= form.items() for reminder, form in zip(reminders, given, strict=True))
    assert [reminder["fire_at"] for reminder in reminders] == [
        *("2027-03-27T08:00:00.000Z", "2027-03-27T07:00:00.000Z", "2027-03-27T19:00:00.000Z"),
        "2027-03-01T09:00:00.000Z",
    ]
    listed = (await ada.get("/api/v1/reminders")).json()["items"]
    assert {item["id"]: item | {} for item in listed} == {
        reminder["id"]: {**reminder, "task_id": created.json()["id"], "task_title": "x"} for reminder in reminders
    }
    why = [(await ada.get(f"/api/v1/reminders/{reminder['id']}")).json()["why"]["reminder"] for reminder in reminders]
    assert why == given


@pytest.mark.parametrize(
    ("reminder", "pointer", "code"),
    [
        ({"offset": "-P1D", "offset_minutes": 1440}, "/reminders/0", "invalid_reminder"),
        ({"offset": "-P366D"}, "/reminders/0/offset", "out_of_range"),
        ({"offset": "1 day"}, "/reminders/0/offset", "invalid_duration"),
        ({"offset_minutes": 525_601}, "/reminders/0/offset_minutes", "out_of_range"),
    ],
)
@pytest.mark.parametrize("url", [TASKS, SERIES])
async def test_what_is_out_of_limits_is_named(
    ada: httpx.AsyncClient, url: str, reminder: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"title": "x", "reminders": [reminder]}
    if url == SERIES:
        body |= {"rule": "FREQ=DAILY", "start": {"date": "2027-03-28"}}
    refused = await ada.post(url, json=body)
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


async def test_the_template_of_a_series_has_both_forms(ada: httpx.AsyncClient) -> None:
    reminders = [{"offset": "-P1D"}, {"offset_minutes": -660}]
    body = {"title": "Bins", "rule": "FREQ=DAILY", "start": {"date": "2027-03-28"}, "reminders": reminders}
    made = await ada.post(SERIES, json=body)
    assert made.json()["reminders"] == reminders
    url = f"{SERIES}/{made.json()['id']}"
    edited = await ada.patch(url, json={"reminders": [{"offset": "-P2W"}]})
    assert edited.json()["reminders"] == [{"offset": "-P2W"}]


async def test_a_snooze_ahead_shows_both_firings(ada: httpx.AsyncClient) -> None:
    created = (await ada.post(TASKS, json={"title": "x", "due": DUE})).json()
    snoozed = await ada.post(f"{TASKS}/{created['id']}/snooze", json={"minutes": 30})
    (reminder,) = snoozed.json()["reminders"]
    assert [(firing["firing"], firing["snoozed"]) for firing in reminder["firings"]] == [(1, False), (2, True)]
    assert reminder["snoozed_until"] == reminder["fire_at"] == reminder["firings"][1]["fire_at"]
    (listed,) = (await ada.get("/api/v1/reminders", params={"status": "pending"})).json()["items"]
    assert listed["firings"] == reminder["firings"]


async def test_the_default_of_a_person_has_both_forms(ada: httpx.AsyncClient) -> None:
    edited = await ada.patch("/api/v1/me", json={"defaults": {"reminder_offset": "-P1D"}})
    defaults = edited.json()["defaults"]
    assert (defaults["reminder_offset"], defaults["reminder_offset_minutes"]) == ("-P1D", None)
    created = await ada.post(TASKS, json={"title": "x", "due": {"date": "2027-03-28"}})
    assert created.json()["reminders"][0]["fire_at"] == "2027-03-27T08:00:00.000Z"
    both = await ada.patch("/api/v1/me", json={"defaults": {"reminder_offset": "-P1D", "reminder_offset_minutes": 5}})
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/defaults")


async def test_what_is_changed_in_one_request_is_one_change_set(ada: httpx.AsyncClient) -> None:
    ids = [(await ada.post(TASKS, json={"title": "x"})).json()["id"] for _ in range(2)]
    await ada.post(f"{TASKS}/bulk", json={"action": "move_due", "ids": ids, "args": {"due": DUE}})
    entries = (await ada.get("/api/v1/activity", params={"type": "task.updated"})).json()["items"]
    sets = {entry["cause"]["change_set"] for entry in entries}
    assert len(entries) == 2
    assert len(sets) == 1
    assert None not in sets
