"""The relay: every event reaches the broker at least once, and each topic that its type belongs to."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from host.chores.relay import REST_SECONDS, Relay
from host.store.engine import Database
from tests.fakes.person import FakePerson
from tests.store.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.store


class FakeBroker:
    """`refuses` are event ids that it does not take; `down` makes every publish an outage, `missing` those to a topic."""

    def __init__(self) -> None:
        self.topics: dict[str, list[str]] = {}
        self.bodies: dict[tuple[str, str], dict[str, Any]] = {}
        self.asked = 0
        self.refuses: set[str] = set()
        self.down = False
        self.missing = ""

    async def publish(self, topic: str, events: Sequence[dict[str, Any]]) -> set[str]:
        self.asked += 1
        if self.down or topic == self.missing:
            raise OSError("down")
        self.topics.setdefault(topic, []).extend(e["id"] for e in events if e["id"] not in self.refuses)
        self.bodies |= {(topic, event["id"]): event["data"] for event in events}
        return {event["id"] for event in events} & self.refuses


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def relay(database: Database, broker: FakeBroker) -> Relay:
    """A relay that offers refused events again with the next step."""
    return Relay(database, broker.publish, longest_pause=timedelta())


async def test_events_are_published_once_in_order_and_reminders_are_copied(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    task_id = await world.create(person, due={"date": "2026-12-01"})
    assert await relay.step() == (2, 2)
    assert await relay.step() == (0, 0)
    both = [f"TaskActor:{task_id}:1:{seq}" for seq in (1, 2)]
    assert broker.topics == {"task-events": both, "reminders": both[1:]}


async def test_the_topic_of_reminders_has_the_whole_task_where_that_is_not_too_long(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    due = {"date": "2026-12-01"}
    made = [await world.create(person, description=text, due=due) for text in ("Ask.", "d" * 10_000)]
    short, long = (f"TaskActor:{task_id}:1:2" for task_id in made)
    assert await relay.step() == (4, 4)
    assert broker.bodies["reminders", short]["task"] == broker.bodies["task-events", short[:-1] + "1"]["task"]
    assert "trimmed" not in broker.bodies["reminders", short]
    for data in (broker.bodies["task-events", short], broker.bodies["reminders", long]):
        assert data["trimmed"]
        assert data["task"].keys() >= {"title", "due", "tags"}
        assert data["task"].keys().isdisjoint({"description", "reminders", "checklist"})


async def test_what_the_broker_refuses_is_offered_again(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    first, second = await world.create(person), await world.create(person)
    broker.refuses = {f"TaskActor:{first}:1:1"}
    assert await relay.step() == (2, 1)
    broker.refuses = set()
    assert await relay.step() == (1, 1)
    assert broker.topics["task-events"] == [f"TaskActor:{second}:1:1", f"TaskActor:{first}:1:1"]


async def test_an_outage_marks_nothing(world: World, person: FakePerson, relay: Relay, broker: FakeBroker) -> None:
    await world.create(person)
    broker.down = True
    with pytest.raises(OSError, match="down"):
        await relay.step()
    assert await world.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1


async def test_a_topic_that_takes_nothing_holds_up_no_other_and_gets_its_events_later(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    broker.missing = "reminders"
    stuck = [await world.create(person, due={"date": "2026-12-01"}) for _ in range(3)]
    plain = await world.create(person)
    assert await relay.step() == (7, 4)
    assert await relay.step() == (3, 0), "nothing is left but what that topic does not take"
    later = await world.create(person)
    assert await relay.step() == (4, 1)
    reminders = [f"TaskActor:{task_id}:1:2" for task_id in stuck]
    broker.missing = ""
    assert await relay.step() == (3, 3)
    assert broker.topics["reminders"] == reminders
    created = [f"TaskActor:{task_id}:1:1" for task_id in (*stuck, plain, later)]
    assert sorted(broker.topics["task-events"]) == sorted([*created, *reminders]), "each once"
    assert await relay.step() == (0, 0)


async def test_many_events_that_are_refused_hold_up_no_other(
    world: World, person: FakePerson, database: Database, broker: FakeBroker
) -> None:
    relay = Relay(database, broker.publish, batch=3, longest_pause=timedelta())
    refused = [await world.create(person) for _ in range(7)]
    broker.refuses = {f"TaskActor:{task_id}:1:1" for task_id in refused}
    last = await world.create(person)
    running = asyncio.create_task(relay.run())
    await eventually(lambda: bool(broker.topics.get("task-events")), 5, "the other one is published")
    assert broker.topics["task-events"] == [f"TaskActor:{last}:1:1"]
    broker.refuses = set()
    await eventually(lambda: len(broker.topics["task-events"]) == 8, 10, "all are published")
    running.cancel()


async def test_what_was_passed_by_does_not_wait_until_nothing_else_comes(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    passed_by = {f"TaskActor:{await world.create(person)}:1:1" for _ in range(3)}
    broker.down = True
    with pytest.raises(OSError, match="down"):
        await relay.step()
    broker.down = False
    for _ in range(4):  # each look finds something new
        await world.create(person)
        await relay.step()
    assert passed_by <= set(broker.topics["task-events"])


async def test_what_some_topics_have_is_not_forgotten_when_the_leader_changes(
    world: World, person: FakePerson, database: Database, broker: FakeBroker
) -> None:
    broker.missing = "reminders"
    task_id = await world.create(person, due={"date": "2026-12-01"})
    assert await Relay(database, broker.publish).step() == (2, 1)
    broker.missing = ""
    assert await Relay(database, broker.publish, longest_pause=timedelta()).step() == (1, 1)
    both = [f"TaskActor:{task_id}:1:{seq}" for seq in (1, 2)]
    assert broker.topics == {"task-events": both, "reminders": both[1:]}, "each once"


async def test_a_refused_event_waits_half_as_long_again_as_it_has_waited_and_five_seconds_at_most(
    world: World, person: FakePerson, database: Database, broker: FakeBroker
) -> None:
    broker.down = True
    for age in (4, 3600, -60):  # the last one was written before the clock was put back
        await world.create(person)
        await world.rows(
            "UPDATE outbox SET created_at = clock_timestamp() - make_interval(secs => $1) WHERE publish_after < now()",
            float(age),
        )
        with pytest.raises(OSError, match="down"):
            await Relay(database, broker.publish).step()
    waits = await world.rows(
        "SELECT round(extract(epoch FROM publish_after - clock_timestamp()))::int FROM outbox ORDER BY position"
    )
    assert [row[0] for row in waits] == [2, 5, 0]


async def test_what_was_refused_before_the_clock_was_put_back_does_not_wait_until_it_has_come_round_again(
    world: World, person: FakePerson, database: Database, broker: FakeBroker
) -> None:
    await world.create(person)
    relay = Relay(database, broker.publish)
    await world.rows("UPDATE outbox SET publish_after = clock_timestamp() + interval '4 seconds'")
    assert await relay.step() == (0, 0)
    await world.rows("UPDATE outbox SET publish_after = clock_timestamp() + interval '1 hour'")
    assert await relay.step() == (1, 1)


async def test_a_new_event_does_not_wait_for_a_topic_that_takes_nothing(
    world: World, person: FakePerson, database: Database, broker: FakeBroker, relay: Relay
) -> None:
    """Nor does it wait for the pauses between the offers that the topic refuses."""
    broker.missing = "reminders"
    for _ in range(3):
        await world.create(person, due={"date": "2026-12-01"})
    running = asyncio.create_task(relay.run())
    await eventually(lambda: len(broker.topics.get("task-events", ())) == 6, 5, "the others are published")
    await asyncio.sleep(1.5)  # offered and refused some times
    last = await world.create(person)
    began = time.monotonic()
    await eventually(lambda: broker.topics["task-events"][-1] == f"TaskActor:{last}:1:1", 5, "the new one, too")
    running.cancel()
    assert time.monotonic() - began < 1.0


async def test_rows_that_come_one_after_another_share_batches(
    world: World, person: FakePerson, relay: Relay, broker: FakeBroker
) -> None:
    running = asyncio.create_task(relay.run())
    began = time.monotonic()
    for _ in range(30):
        await world.create(person)
        relay.nudge()
    spent = time.monotonic() - began
    await eventually(lambda: len(broker.topics.get("task-events", ())) == 30, 5, "all are published")
    running.cancel()
    assert broker.asked <= 2 + spent / REST_SECONDS


async def test_a_batch_stays_below_a_megabyte(world: World, person: FakePerson, relay: Relay) -> None:
    for _ in range(30):
        await world.create(person, description="ä" * 20_000)
    taken = await relay.step()
    assert 20 < taken[0] < 30
