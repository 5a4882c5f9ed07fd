"""The scheduler's data emptied or damaged: the runner mends that by itself, and every wake is registered again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.support import etcd
from tests.support.client import Caller, instant, signed_up
from tests.support.deadline import eventually, until
from tests.support.system import System, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]

NOTICED_SECONDS = 60.0  # twelve looks, each with an answer that does not come for 1.5 s
ARMED_SECONDS = 45.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system that looks after its parts hastily, so that nobody waits for a damaged one."""
    system = System(tmp_path_factory.mktemp("damaged"))
    system.command = ("-m", "tests.support.hasty", "up")
    with running(system):
        yield system


@pytest.fixture
async def person(system: System) -> AsyncIterator[Caller]:
    async with signed_up(system.url) as caller:
        yield caller


async def armed_again(system: System, person: Caller, harm: Callable[[], None]) -> None:
    """A reminder far ahead is with the scheduler again after the harm, and the next one fires at its time."""
    far = await person.create("Far", reminders=[{"at": instant(3600)}])
    async with system.database() as database:

        async def armed_at() -> object:
            return await database.fetchval("SELECT armed_at FROM wakes WHERE actor_id = $1", far["id"])

        await eventually(armed_at, 10, "armed", 0.1)
        before = await armed_at()
        old = system.pids()["scheduler"]
        await asyncio.to_thread(harm)
        await asyncio.to_thread(system.until_restarted, "scheduler", old, NOTICED_SECONDS)

        async def anew() -> bool:
            return await armed_at() not in {None, before}

        await eventually(anew, ARMED_SECONDS, "what lies ahead is registered again", 0.5)
    again = await person.create("After", reminders=[{"at": instant(3)}])
    async with person.stream() as stream:
        heard = await stream.hear("reminder.fired", 8, again["id"])
    assert heard.data["task"]["reminders"][0]["late_seconds"] is None


async def test_a_scheduler_whose_etcd_was_emptied_is_started_again(system: System, person: Caller) -> None:
    """It says that it is well, and answers no call about a job any more."""
    await armed_again(system, person, lambda: etcd.empty(system))
    assert "scheduler   did not work any more" in system.said()


async def test_data_that_cannot_be_read_is_put_aside(system: System, person: Caller) -> None:
    def damage() -> None:
        [pages] = system.data.scheduler.rglob("snap/db")
        process = system.part("scheduler")
        process.suspend()  # else the runner would start it between its end and the damage
        pages.write_bytes(b"\0" * pages.stat().st_size)
        process.kill()

    await armed_again(system, person, damage)
    until(lambda: "is back" in system.said().rpartition("keeps that")[2], 30, "said")
    [aside] = system.data.path.glob("scheduler.damaged-*")
    assert f"could not read its data: {aside} keeps that" in system.said()
