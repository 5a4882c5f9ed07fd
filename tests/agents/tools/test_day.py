"""plan-day: what a day asks for, in an order with reasons, and nothing is changed."""

from typing import Any

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.api.series import BERLIN, TASKS, made
from web.problems import ProblemError
from web.tools.day import PLAN_DAY

pytestmark = pytest.mark.agents


async def given(person: httpx.AsyncClient, title: str, due: str = "", **fields: Any) -> str:
    """The id of a task of that person; `due` is a day, or a time in Berlin."""
    form = {"local": due, "zone": BERLIN} if "T" in due else {"date": due}
    answer = await person.post(TASKS, json={"title": title, **({"due": form} if due else {}), **fields})
    assert answer.status_code == 201, answer.text
    task_id: str = answer.json()["id"]
    return task_id


def titles(tasks: list[dict[str, Any]]) -> list[str]:
    return [task["title"] for task in tasks]


async def test_a_day_has_what_is_overdue_due_and_important(
    agent: Agent, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    await given(ada, "Return books", "2026-11-20")
    await given(ada, "Pay tax", "2026-11-21", priority="urgent")
    await given(ada, "Call bank", "2026-11-22T18:30")
    await given(ada, "Water roses", "2026-11-22")
    await given(ada, "Walk", "2026-11-22T08:00")
    await given(ada, "Renew visa", priority="urgent")
    await given(ada, "Sort photos", priority="low")
    await given(ada, "Book hotel", "2026-12-20", priority="urgent")
    await ada.post(f"{TASKS}/{await given(ada, 'Done', '2026-11-22')}/complete")
    await given(bob, "Of another", "2026-11-22")
    before = (await ada.get("/api/v1/activity")).json()["items"][0]["position"]
    plan = await agent(PLAN_DAY)
    assert plan["day"] == "2026-11-22"
    assert titles(plan["overdue"]) == ["Return books", "Pay tax", "Walk"]
    assert titles(plan["due"]) == ["Water roses", "Call bank"]
    assert titles(plan["important"]) == ["Renew visa"]
    assert plan["totals"] == {"overdue": 3, "due": 2, "important": 1}
    assert [(each["title"], each["why"], each["reason"]) for each in plan["order"]] == [
        ("Pay tax", "overdue", "overdue since 2026-11-21, urgent"),
        ("Return books", "overdue", "overdue since 2026-11-20"),
        ("Walk", "overdue", "overdue since 2026-11-22 08:00"),
        ("Call bank", "at_a_time", "at 18:30"),
        ("Renew visa", "important", "urgent, and without a due"),
        ("Water roses", "due_that_day", "due that day"),
    ]
    assert (await ada.get("/api/v1/activity")).json()["items"][0]["position"] == before


async def test_tomorrow_has_the_occurrences_that_are_still_to_be_made(agent: Agent, ada: httpx.AsyncClient) -> None:
    plants = await made(ada, start={"local": "2026-11-22T15:00", "zone": BERLIN})
    await made(ada, title="Stand-up", rule="FREQ=WEEKLY;BYDAY=TU")
    plan = await agent(PLAN_DAY, day="tomorrow")
    due = {"local": "2026-11-23T15:00", "zone": BERLIN}
    assert (plan["day"], plan["due"]) == ("2026-11-23", [])
    assert plan["coming"] == [
        {"series_id": plants["id"], "title": "Water the plants", "slot": "2026-11-23T15:00", "due": due}
    ]
    assert titles((await agent(PLAN_DAY))["due"]) == ["Water the plants"]
    assert (await agent(PLAN_DAY, day="2026-11-24"))["coming"][0]["slot"] == "2026-11-24T15:00"


async def test_a_day_counts_where_the_person_lives(agent: Agent, ada: httpx.AsyncClient) -> None:
    tokyo = {"local": "2026-11-23T07:30", "zone": "Asia/Tokyo"}
    await ada.post(TASKS, json={"title": "Call Tokyo", "due": tokyo})
    plan = await agent(PLAN_DAY)
    assert (titles(plan["due"]), plan["order"][0]["reason"]) == (["Call Tokyo"], "at 23:30")
    assert (await agent(PLAN_DAY, day="tomorrow"))["due"] == []


async def test_a_full_day_is_cut_and_its_numbers_are_whole(agent: Agent, ada: httpx.AsyncClient) -> None:
    for number in range(52):
        await given(ada, f"Number {number}", "2026-11-22")
    plan = await agent(PLAN_DAY)
    assert (len(plan["due"]), plan["totals"]["due"], len(plan["order"])) == (50, 52, 20)


async def test_an_empty_day_says_what_to_try(agent: Agent) -> None:
    plan = await agent(PLAN_DAY, day="2026-12-24")
    assert (plan["order"], plan["next"]) == ([], ["Nothing is due: find-tasks lists what is due later."])


@pytest.mark.parametrize("day", ["monday", "2026-02-30", "2026-11-22T09:00", 22, ""])
async def test_a_day_that_is_none_is_refused(agent: Agent, day: object) -> None:
    with pytest.raises(ProblemError) as refusal:
        await agent(PLAN_DAY, day=day)
    assert (refusal.value.status, [fault.where for fault in refusal.value.faults]) == (422, ["/day"])
