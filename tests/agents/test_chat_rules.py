"""The chat without a model, over HTTP: a day's talk, and what it did to the tasks."""

import httpx
import pytest

from tests.agents.chat import CONVERSATIONS, runs_over, said, say, tasks_of
from tests.agents.dying import Death, begun, one_life
from tests.fakes.world import World
from web.tools.chat.backends.rules import RulesBackend

pytestmark = pytest.mark.agents


async def test_a_talk_of_a_day(here: World, ada: httpx.AsyncClient) -> None:
    added = await said(ada, "remind me to call Ana next friday at 15:30 #work !high")
    talk = added["conversation_id"]
    (task,) = (await tasks_of(ada)).values()
    assert (added["kind"], [card["id"] for card in added["tasks"]]) == ("done", [task["id"]])
    assert (task["due"]["local"], task["tags"], task["priority"]) == ("2026-11-27T15:30", ["work"], "high")

    listed = await said(ada, "what is due next month?", conversation_id=talk)
    assert listed["kind"] == "list"
    here.clock.move(minutes=1)
    moved = await said(ada, "move call ana to monday 9am", conversation_id=talk)
    assert (moved["kind"], moved["change_set"]) == ("done", moved["run_id"])
    assert (await tasks_of(ada))[task["title"]]["due"]["local"] == "2026-11-23T09:00"

    here.clock.move(minutes=1)
    undone = await said(ada, "undo that", conversation_id=talk)
    assert undone["kind"] == "done"
    assert (await tasks_of(ada))[task["title"]]["due"]["local"] == "2026-11-27T15:30"


async def test_a_question_waits_for_its_answer(here: World, ada: httpx.AsyncClient) -> None:
    await ada.post("/api/v1/tasks", json={"title": "Call Ana"})
    asked = await said(ada, "delete call ana")
    assert (asked["kind"], len(await tasks_of(ada))) == ("ask", 1)
    done = await said(ada, "yes", conversation_id=asked["conversation_id"])
    assert (done["kind"], await tasks_of(ada)) == ("done", {})


async def test_what_repeats_is_told_so_and_a_long_title_is_cut(here: World, ada: httpx.AsyncClient) -> None:
    added = await said(ada, "remind me to stretch every day at 7pm")
    assert added["response"] == "Added “stretch” · today at 19:00 · repeats."
    await ada.post("/api/v1/tasks", json={"title": "word " * 99 + "end"})
    asked = await said(ada, "delete all tasks", conversation_id=added["conversation_id"])
    assert asked["kind"] == "ask"
    assert max(len(line) for line in asked["response"].splitlines()) <= 120


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_a_message_whose_process_dies_at_each_step(here: World, ada: httpx.AsyncClient, *, before: bool) -> None:
    """The rules are asked again, and what is recorded answers them."""
    rules = RulesBackend()
    death = Death(here, before=before)
    for step in range(1, 50):
        text = f"add buy {step} breads tomorrow"
        talk, key = await begun(here, ada, rules, text)
        here.clock.move(seconds=31)
        death.at = step
        ended = await one_life(runs_over(here, rules))
        death.at = 0
        here.clock.move(seconds=31)
        await one_life(runs_over(here, rules))
        assert len(await tasks_of(ada)) == step
        here.app.state.runs = runs_over(here, rules)
        answer = (await say(ada, text, key=key)).json()
        assert (answer["kind"], answer["state"], len(answer["tool_calls"])) == ("done", "done", 1)
        assert (await ada.delete(f"{CONVERSATIONS}/{talk}")).status_code == 204
        if ended:
            break
    assert step > 4
