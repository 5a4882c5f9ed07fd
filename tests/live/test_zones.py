"""A user who changes zone: due dates without a time move along, due times with a zone of their own stay."""

import pytest

from tests.support.client import Caller, Json
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = pytest.mark.live


async def test_a_new_zone_of_the_user_moves_open_tasks_with_a_date_alone(system: System) -> None:
    async with Caller(system.url) as person:
        await person.sign_up(zone="Europe/Berlin")
        dated = await person.create("Dated", due={"date": "2030-06-14"})
        timed = await person.create("Timed", due={"local": "2030-06-14T09:00", "zone": "Europe/Berlin"})
        done = await person.create("Done", due={"date": "2030-06-14"})
        await person.do(done["id"], "complete")
        assert _fires(dated) == ["2030-06-14T06:30:00.000Z"], "half an hour before 9:00 in Berlin"

        await person.call("PATCH", "/me", {"timezone": "America/New_York"})

        async def moved() -> bool:
            return _fires(await person.task(dated["id"])) == ["2030-06-14T12:30:00.000Z"]

        await eventually(moved, 5, "the reminder counts from 9:00 in New York")
        assert _fires(await person.task(timed["id"])) == _fires(timed)
        created = await person.create("New", due={"date": "2030-06-14"})
        assert _fires(created) == ["2030-06-14T12:30:00.000Z"]
        types = [entry["type"] for entry in await person.whole_activity()]
        assert types.count("user.updated") == 1


def _fires(task: Json) -> list[str]:
    return [reminder["fire_at"] for reminder in task["reminders"]]
