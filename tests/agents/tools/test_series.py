"""Tools over series: what repeats is found, set up, changed, paused, skipped and previewed by name."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.api.series import BERLIN, SERIES, TASKS, made
from tests.fakes.world import World
from web.problems import ProblemError
from web.tools.recurrence import PREVIEW_RECURRENCE
from web.tools.series import FIND_SERIES, REPEAT_TASK, SET_SERIES_STATUS, SKIP_OCCURRENCES, UPDATE_SERIES

pytestmark = pytest.mark.agents


async def series_of(person: httpx.AsyncClient, series_id: str) -> dict[str, Any]:
    answer = await person.get(f"{SERIES}/{series_id}")
    assert answer.status_code == 200, answer.text
    series: dict[str, Any] = answer.json()
    return series


async def occurrences_of(person: httpx.AsyncClient, series_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.get(f"{SERIES}/{series_id}/occurrences")).json()["items"]
    return items


async def failure(agent: Agent, tool: Any, **arguments: Any) -> dict[str, Any]:
    """The one result of a call that cannot be done, in a few fields."""
    [result] = (await agent(tool, **arguments))["results"]
    assert result["status"] == "failed"
    return {name: result[name] for name in ("code", "detail", "candidates") if name in result}


# repeat-task


async def test_a_task_is_repeated_by_name_and_keeps_its_id(agent: Agent, ada: httpx.AsyncClient) -> None:
    due = {"local": "2026-11-24T09:00", "zone": BERLIN}
    task = (await ada.post(TASKS, json={"title": "Water plants", "due": due})).json()
    answer = await agent(REPEAT_TASK, "repeat", task="water plants", rule="FREQ=DAILY;INTERVAL=3")
    [result] = answer["results"]
    assert (result["status"], result["id"], result["title"]) == ("done", task["id"], "Water plants")
    series = await series_of(ada, result["task"]["series_id"])
    assert (series["rule"], series["start"], series["next"]["task_id"]) == ("FREQ=DAILY;INTERVAL=3", due, task["id"])
    assert await agent(REPEAT_TASK, "repeat", task="water plants", rule="FREQ=DAILY;INTERVAL=3") == answer
    assert (await ada.get(SERIES)).json()["total"] == 1


async def test_a_task_without_a_due_needs_a_start(agent: Agent, ada: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "Stretch"})).json()
    asked: dict[str, Any] = {"task": task["id"], "rule": "FREQ=DAILY", "mode": "completion"}
    assert (await failure(agent, REPEAT_TASK, **asked))["code"] == "due_required"
    [result] = (await agent(REPEAT_TASK, **asked, start="2026-11-25T07:30"))["results"]
    assert result["task"]["due"] == {"local": "2026-11-25T07:30", "zone": BERLIN}
    assert (await series_of(ada, result["task"]["series_id"]))["mode"] == "completion"


async def test_a_rule_that_is_none_is_said_before_anything_is_done(agent: Agent, ada: httpx.AsyncClient) -> None:
    await ada.post(TASKS, json={"title": "Stretch", "due": {"date": "2026-11-25"}})
    refused = await failure(agent, REPEAT_TASK, task="stretch", rule="FREQ=SOMETIMES")
    assert refused["code"] == "invalid_rule"
    assert "preview-recurrence" in refused["detail"]


async def test_a_task_of_a_series_is_not_repeated_anew(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    assert (await failure(agent, REPEAT_TASK, task=series["next"]["task_id"], rule="FREQ=WEEKLY"))[
        "code"
    ] == "task_repeats"


# find-series


async def test_series_are_found_by_name_with_rule_and_coming_slots(agent: Agent, ada: httpx.AsyncClient) -> None:
    plants, _ = await made(ada), await made(ada, title="Stand-up", rule="FREQ=WEEKLY;BYDAY=TU")
    await ada.post(f"{SERIES}/{plants['id']}/skip", json={"slot": "2026-11-24T09:00"})
    found = await agent(FIND_SERIES, name="water plant", upcoming=2)
    assert found["total"] == 1
    [series] = found["series"]
    assert (series["id"], series["sentence"]) == (plants["id"], "Every day at 09:00")
    assert series["next"]["due"] == {"local": "2026-11-23T09:00", "zone": BERLIN}
    assert [each["slot"] for each in series["upcoming"]] == ["2026-11-23T09:00", "2026-11-25T09:00"]
    assert series["skipped"] == ["2026-11-24T09:00"]


async def test_coming_slots_are_those_that_can_still_be_skipped(
    agent: Agent, here: World, ada: httpx.AsyncClient
) -> None:
    series = await made(ada, look_ahead_days=3)
    here.clock.move(days=1, hours=1)  # the first one has started
    await here.actors.tick("SeriesActor", series["id"])
    second = next(each for each in await occurrences_of(ada, series["id"]) if each["slot"] == "2026-11-24T09:00")
    await ada.post(f"{TASKS}/{second['task_id']}/complete")
    [found] = (await agent(FIND_SERIES, upcoming=2))["series"]
    assert [each["slot"] for each in found["upcoming"]] == ["2026-11-25T09:00", "2026-11-26T09:00"]
    await agent(SKIP_OCCURRENCES, series=["plants"], slots=[each["slot"] for each in found["upcoming"]])
    assert (await series_of(ada, series["id"]))["skipped"] == ["2026-11-25T09:00", "2026-11-26T09:00"]


async def test_series_are_found_by_status_and_page_the_newest_first(
    agent: Agent, here: World, ada: httpx.AsyncClient
) -> None:
    ids: list[str] = []
    for number in range(5):
        here.clock.move(seconds=1)
        ids.insert(0, (await made(ada, title=f"Number {number}"))["id"])
    await ada.post(f"{SERIES}/{ids[0]}/pause")
    await ada.delete(f"{SERIES}/{ids[1]}")
    first, second = await agent(FIND_SERIES, limit=3), await agent(FIND_SERIES, limit=3, page=2)
    assert [each["id"] for each in (*first["series"], *second["series"])] == [ids[0], *ids[2:]]
    assert (first["total"], second["total"]) == (4, 4)
    paused = await agent(FIND_SERIES, status="paused")
    assert [(each["id"], each["status"]) for each in paused["series"]] == [(ids[0], "paused")]


# update-series


async def test_a_series_is_changed_with_its_open_task(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    changes: dict[str, Any] = {"title": "Water all plants", "tags": ["home"], "reminders": ["-PT1H", "-P1D"]}
    [result] = (await agent(UPDATE_SERIES, series="plants", rule="FREQ=WEEKLY;BYDAY=MO", **changes))["results"]
    assert (result["status"], result["series"]["sentence"]) == ("done", "Every week on Monday at 09:00")
    after = await series_of(ada, series["id"])
    assert (after["title"], after["tags"]) == ("Water all plants", ["home"])
    assert [each["offset"] for each in after["reminders"]] == ["-PT1H", "-P1D"]
    task = (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()
    assert (task["title"], task["tags"]) == ("Water all plants", ["home"])


async def test_the_defaults_of_the_schema_change_nothing(agent: Agent, ada: httpx.AsyncClient) -> None:
    fields: dict[str, Any] = {"description": "All of them", "priority": "high", "tags": ["home"], "look_ahead_days": 2}
    series = await made(ada, **fields, mode="schedule", month_end="skip", pile_up="newest")
    schema = UPDATE_SERIES.input.model_json_schema()["properties"]
    defaults = {name: part["default"] for name, part in schema.items() if "default" in part}
    [result] = (await agent(UPDATE_SERIES, **{**defaults, "series": "plants", "title": "Roses"}))["results"]
    assert result["status"] == "done", result
    after = await series_of(ada, series["id"])
    moving = {"title", "version"}
    assert {name for name, value in after.items() if value != series[name]} == moving


async def test_fields_of_a_series_are_cleared_by_none(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada, description="All", priority="high", tags=["home"], reminders=[{"offset_minutes": 5}])
    none: dict[str, Any] = {"description": "none", "priority": "none", "tags": ["none"], "reminders": ["none"]}
    await agent(UPDATE_SERIES, series="plants", **none)
    after = await series_of(ada, series["id"])
    assert [after[name] for name in none] == ["", "none", [], []]


async def test_this_and_all_following_become_a_series_of_their_own(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    asked: dict[str, Any] = {"series": series["id"], "from_slot": "2026-11-26T09:00", "start": "2026-11-26T18:00"}
    answer = await agent(UPDATE_SERIES, "split", **asked)
    [result] = answer["results"]
    assert (result["status"], result["series"]["next"]["slot"]) == ("done", "2026-11-26T18:00")
    assert (await series_of(ada, result["id"]))["split_from"] == series["id"]
    assert await agent(UPDATE_SERIES, "split", **asked) == answer
    assert (await ada.get(SERIES)).json()["total"] == 2


async def test_a_change_of_nothing_and_a_bad_rule_are_refused(agent: Agent, ada: httpx.AsyncClient) -> None:
    await made(ada)
    assert (await failure(agent, UPDATE_SERIES, series="plants"))["code"] == "nothing_to_change"
    assert (await failure(agent, UPDATE_SERIES, series="plants", rule="FREQ=SECONDLY"))["code"] == "invalid_rule"


# set-series-status


async def test_series_are_paused_resumed_and_stopped(agent: Agent, ada: httpx.AsyncClient) -> None:
    ids = [(await made(ada, title=title))["id"] for title in ("Stand-up", "Plants")]
    for action, status in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        answer = await agent(SET_SERIES_STATUS, action, series=["stand-up", ids[1]], action=action)
        assert [result["status"] for result in answer["results"]] == ["done", "done"]
        assert [(await series_of(ada, each))["status"] for each in ids] == [status, status]
        assert await agent(SET_SERIES_STATUS, action, series=["stand-up", ids[1]], action=action) == answer


async def test_a_delete_asks_and_takes_the_open_tasks_when_told_so(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    plan = await SET_SERIES_STATUS.plan(
        await agent.use("plan"), SET_SERIES_STATUS.input(series=["plants"], action="delete")
    )
    assert plan.asks
    asked: dict[str, Any] = {"series": ["plants"], "action": "delete", "occurrences": "delete"}
    [shown] = (await agent(SET_SERIES_STATUS, **asked, dry_run=True))["results"]
    assert (shown["status"], (await series_of(ada, series["id"]))["status"]) == ("planned", "active")
    answer = await agent(SET_SERIES_STATUS, "delete", **asked)
    assert [result["status"] for result in answer["results"]] == ["done"]
    assert (await series_of(ada, series["id"]))["status"] == "deleted"
    assert (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()["deleted_at"] is not None
    assert await agent(SET_SERIES_STATUS, "delete", **asked) == answer


async def test_what_is_named_wrongly_stops_nothing_else(
    agent: Agent, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    ids = [(await made(ada, title=title))["id"] for title in ("Water roses", "Water herbs", "Stand-up")]
    bobs = await made(bob, title="Water cacti")
    names = ["water", "stand-up", str(uuid4()), bobs["id"], "cacti"]
    answer = await agent(SET_SERIES_STATUS, series=names, action="pause")
    codes = [result.get("code", "") for result in answer["results"]]
    assert codes == ["ambiguous_name", "", "series_not_found", "series_not_found", "series_not_found"]
    assert {one["id"] for one in answer["results"][0]["candidates"]} == set(ids[:2])
    assert [(await series_of(ada, each))["status"] for each in ids] == ["active", "active", "paused"]
    assert (await series_of(bob, bobs["id"]))["status"] == "active"


# skip-occurrences


async def test_the_next_occurrence_is_skipped_once_and_comes_back(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    answer = await agent(SKIP_OCCURRENCES, "skip", series=["plants"])
    assert await agent(SKIP_OCCURRENCES, "skip", series=["plants"]) == answer
    after = await series_of(ada, series["id"])
    assert (after["skipped"], after["next"]["slot"]) == (["2026-11-23T09:00"], "2026-11-24T09:00")
    await agent(SKIP_OCCURRENCES, series=["plants"], undo=True)
    after = await series_of(ada, series["id"])
    assert (after["skipped"], after["next"]["slot"]) == ([], "2026-11-23T09:00")
    assert (await failure(agent, SKIP_OCCURRENCES, series=["plants"], undo=True))["code"] == "nothing_to_skip"


async def test_an_occurrence_done_ahead_is_not_the_next_one(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    await ada.post(f"{TASKS}/{series['next']['task_id']}/complete")
    await agent(SKIP_OCCURRENCES, series=["plants"])
    assert (await series_of(ada, series["id"]))["skipped"] == ["2026-11-24T09:00"]


async def test_slots_are_skipped_by_name_each_with_a_result(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    answer = await agent(SKIP_OCCURRENCES, series=["plants"], slots=["2026-11-25T09:00", "2026-11-25T10:00"])
    assert [result.get("code", "") for result in answer["results"]] == ["", "slot_not_found"]
    assert (await series_of(ada, series["id"]))["skipped"] == ["2026-11-25T09:00"]


# preview-recurrence


async def test_a_rule_is_previewed_in_words_and_dates(agent: Agent, ada: httpx.AsyncClient) -> None:
    rule: dict[str, Any] = {"rule": "FREQ=MONTHLY;BYMONTHDAY=31", "start": "2026-11-30T09:00", "count": 2}
    found = await agent(PREVIEW_RECURRENCE, **rule)
    assert found["sentence"] == "Every month on the 31st at 09:00, on the last day of shorter months"
    assert [each["due"]["local"] for each in found["dates"]] == ["2026-11-30T09:00", "2026-12-31T09:00"]
    assert (await ada.get(SERIES)).json()["total"] == 0
    with pytest.raises(ProblemError) as refusal:
        await agent(PREVIEW_RECURRENCE, rule="FREQ=OFTEN", start="2026-11-30")
    assert (refusal.value.status, refusal.value.code) == (422, "invalid_rule")


# Wrong input


@pytest.mark.parametrize(
    ("tool", "arguments", "where"),
    [
        (REPEAT_TASK, {"task": "x", "rule": 5}, "/rule"),
        (REPEAT_TASK, {"task": "", "rule": "FREQ=DAILY"}, "/task"),
        (REPEAT_TASK, {"task": "x", "rule": "FREQ=DAILY", "start": "soon"}, "/start"),
        (FIND_SERIES, {"limit": 1_000}, "/limit"),
        (FIND_SERIES, {"name": "x" * 501}, "/name"),
        (UPDATE_SERIES, {"series": "x", "title": None}, "/title"),
        (UPDATE_SERIES, {"series": "x", "title": "\u0007"}, "/title"),
        (UPDATE_SERIES, {"series": "x", "from_slot": "next"}, "/from_slot"),
        (SET_SERIES_STATUS, {"series": ["x"], "action": "purge"}, "/action"),
        (SET_SERIES_STATUS, {"series": ["x"] * 1_000, "action": "pause"}, "/series"),
        (SKIP_OCCURRENCES, {"series": []}, "/series"),
        (SKIP_OCCURRENCES, {"series": ["x", "y"], "slots": ["2026-11-25"]}, ""),
        (SKIP_OCCURRENCES, {"series": ["x"], "slot": "2026-11-25"}, "/slot"),
        (PREVIEW_RECURRENCE, {"rule": "FREQ=DAILY", "start": "2026-11-30", "count": 21}, "/count"),
        (PREVIEW_RECURRENCE, {"rule": "FREQ=DAILY", "start": "2026-13-30"}, "/start"),
    ],
)
async def test_wrong_input_is_refused_with_its_place(
    agent: Agent, tool: Any, arguments: dict[str, Any], where: str
) -> None:
    with pytest.raises(ProblemError) as refusal:
        await agent(tool, **arguments)
    assert (refusal.value.status, [fault.where for fault in refusal.value.faults]) == (422, [where])
