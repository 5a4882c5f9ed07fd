"""A run of thirty calls whose process dies, again and again: each change once, asked once, and the answer whole."""

import asyncio

import httpx
import pytest

from actors.replies import Json
from tests.agents import dying
from tests.agents.chat import conversation, run_of, runs_over, say, tasks_of
from tests.agents.dying import Death, one_life
from tests.fakes.scripted_model import ScriptedModel, calls
from tests.fakes.world import World
from web.tools.chat.backends.backend import Answer
from web.tools.chat.backends.model import ModelBackend
from web.tools.chat.runs import Runs

pytestmark = [pytest.mark.agents, pytest.mark.timeout(180)]


def thirty(titles: int = 10) -> ScriptedModel:
    """Returns a model that adds, retags and completes so many tasks, one by one."""
    names = [f"task {letter}" for letter in "abcdefghij"[:titles]]
    add = calls(*[("add-tasks", {"tasks": [{"title": name}]}) for name in names])
    tag = calls(*[("tag-tasks", {"tasks": [name], "add": ["work"]}) for name in names])
    done = calls(*[("complete-tasks", {"tasks": [name]}) for name in names])
    return ScriptedModel(add, tag, done, Answer("All done."))


async def begun(here: World, person: httpx.AsyncClient, model: ScriptedModel) -> tuple[str, str]:
    return await dying.begun(here, person, ModelBackend(model), "thirty things")


async def check(here: World, person: httpx.AsyncClient, talk: str, model: ScriptedModel, titles: int) -> None:
    tasks = await tasks_of(person)
    assert sorted(tasks) == [f"task {letter}" for letter in "abcdefghij"[:titles]]
    assert {(task["version"], task["status"], *task["tags"]) for task in tasks.values()} == {(3, "completed", "work")}
    kept = await conversation(person, talk)
    assert [message["text"] for message in kept["messages"]] == ["thirty things", "All done."]
    answer = kept["messages"][-1]
    assert (answer["state"], len(answer["tool_calls"]), kept["run"]) == ("done", 3 * titles, None)
    async with here.db.raw() as connection:
        query = "SELECT count(*), count(DISTINCT command_id) FROM activity WHERE change_set = $1"
        assert tuple(await connection.fetchrow(query, answer["run_id"])) == (3 * titles, 3 * titles)


@pytest.mark.parametrize(("steps", "before"), [(4, True), (5, True), (3, False), (4, False)])
async def test_thirty_calls_by_processes_that_all_die_soon(
    here: World, ada: httpx.AsyncClient, steps: int, *, before: bool
) -> None:
    model = thirty()
    talk, key = await begun(here, ada, model)
    death = Death(here, before=before)
    lives = 0
    while await run_of(here, talk) is not None:
        here.clock.move(seconds=31)
        death.at = steps
        await one_life(runs_over(here, ModelBackend(model)))
        lives += 1
        assert lives < 200
    death.at = 0
    await check(here, ada, talk, model, 10)
    again = runs_over(here, ModelBackend(model))
    here.app.state.runs = again
    assert (await say(ada, "thirty things", key=key)).json()["response"] == "All done."
    assert lives > 20


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_a_death_at_each_step(here: World, ada: httpx.AsyncClient, *, before: bool) -> None:
    """Each run of three calls meets one death, each at another command."""
    death = Death(here, before=before)
    for step in range(1, 200):
        model = thirty(1)
        talk, _ = await begun(here, ada, model)
        here.clock.move(seconds=31)
        death.at = step
        ended = await one_life(runs_over(here, ModelBackend(model)))
        death.at = 0
        here.clock.move(seconds=31)
        await one_life(runs_over(here, ModelBackend(model)))
        await check(here, ada, talk, model, 1)
        if ended:
            break
        await _clean(ada, talk)
    assert step > 3 * 3


async def _clean(person: httpx.AsyncClient, talk: str) -> None:
    for task in (await tasks_of(person)).values():
        await person.delete(f"/api/v1/tasks/{task['id']}")
    assert (await person.delete(f"/api/v1/conversations/{talk}")).status_code == 204


async def test_a_model_is_never_asked_again_for_what_is_recorded(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    await begun(here, ada, model)
    death = Death(here, before=False)
    for _ in range(3):
        here.clock.move(seconds=31)
        death.at = 3  # the claim, the record of the answer, the plan of its first call
        await one_life(runs_over(here, ModelBackend(model)))
    assert [number for _, number in model.asked].count(0) == 1


async def test_a_run_that_is_held_is_left_alone(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    await begun(here, ada, model)
    model.waits.clear()
    here.clock.move(seconds=31)
    first, second = (runs_over(here, ModelBackend(model)) for _ in range(2))
    assert (await first.take_up_left(), await second.take_up_left()) == (1, 0)
    model.waits.set()
    await first.settle()


async def test_a_run_of_another_day_keeps_its_day(here: World, ada: httpx.AsyncClient) -> None:
    model = ScriptedModel(calls(("add-tasks", {"tasks": [{"title": "Call Ana", "due": "tomorrow"}]})), Answer("Done."))
    await begun(here, ada, model)
    here.clock.move(hours=11)
    await one_life(runs_over(here, ModelBackend(model)))
    assert (await tasks_of(ada))["Call Ana"]["due"] == {"date": "2026-11-23"}


async def test_a_run_that_nobody_could_finish_ends_after_half_a_day(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    talk, _ = await begun(here, ada, model)
    death = Death(here, before=False)
    here.clock.move(seconds=31)
    death.at = 7  # the plan of the second call
    await one_life(runs_over(here, ModelBackend(model)))
    here.clock.move(hours=12)
    await one_life(runs_over(here, ModelBackend(model)))
    answer = (await conversation(ada, talk))["messages"][-1]
    assert answer["state"] == "interrupted"
    assert answer["text"].endswith("Done until then:\n- task a\nPerhaps done, so have a look:\n- task b")


async def test_an_outage_in_the_middle_is_waited_out(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    talk, _ = await begun(here, ada, model)
    here.clock.move(seconds=31)
    runs = Runs(runs_over(here, ModelBackend(model))._office, ModelBackend(model), patience_seconds=30)
    model.waits.clear()
    assert await runs.take_up_left() == 1
    here.actors.unreachable = {"TaskActor"}
    model.waits.set()
    await asyncio.sleep(0.3)
    here.actors.unreachable = set()
    await runs.settle()
    await check(here, ada, talk, model, 2)


async def test_an_outage_that_lasts_leaves_the_run_for_later(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    talk, _ = await begun(here, ada, model)
    here.clock.move(seconds=31)
    here.actors.unreachable = {"TaskActor"}
    await one_life(runs_over(here, ModelBackend(model)))
    assert (await run_of(here, talk))["state"] == "running"
    here.actors.unreachable = set()
    here.clock.move(seconds=31)
    await one_life(runs_over(here, ModelBackend(model)))
    await check(here, ada, talk, model, 2)


async def test_a_stop_reaches_a_run_that_nobody_leads(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(2)
    talk, _ = await begun(here, ada, model)
    await ada.post(f"/api/v1/conversations/{talk}/stop")
    here.clock.move(seconds=31)
    await one_life(runs_over(here, ModelBackend(model)))
    answer: Json = (await conversation(ada, talk))["messages"][-1]
    assert (answer["state"], await tasks_of(ada)) == ("stopped", {})


async def test_a_revoked_token_ends_a_run_that_is_taken_up(here: World, ada: httpx.AsyncClient) -> None:
    model = thirty(1)
    agent = await here.script(ada, "write")
    talk, _ = await begun(here, agent, model)
    death = Death(here, before=False)
    here.clock.move(seconds=31)
    death.at = 3
    await one_life(runs_over(here, ModelBackend(model)))
    (token,) = (await ada.get("/api/v1/tokens")).json()["items"]
    assert (await ada.delete(f"/api/v1/tokens/{token['id']}")).status_code == 204
    here.clock.move(seconds=31)
    await one_life(runs_over(here, ModelBackend(model)))
    answer: Json = (await conversation(ada, talk))["messages"][-1]
    assert (answer["state"], await tasks_of(ada)) == ("interrupted", {})
    assert answer["text"].endswith("Perhaps done, so have a look:\n- task a")
