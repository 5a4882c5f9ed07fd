"""Announcements: updates are gathered and split, and lost only where that costs only time; dead letters are kept."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from host.live.announcements import OUTAGE_PAUSE_SECONDS, Announcements, updates_to
from host.store.turns.outbox import Event
from tests.support.deadline import eventually

pytestmark = pytest.mark.unit


class FakeBroker:
    """`down` makes every publish an outage, `refuses` makes it take nothing."""

    def __init__(self) -> None:
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        self.down = False
        self.refuses = False

    async def publish(self, topic: str, events: Sequence[dict[str, Any]]) -> set[str]:
        self.asked.append(topic)
        if self.down:
            raise OSError("down")
        if self.refuses:
            return {event["id"] for event in events}
        self.published += [(topic, event) for event in events]
        return set()


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def news(broker: FakeBroker) -> Announcements:
    return Announcements(broker.publish, "here")


def event(number: int) -> Event:
    body = {"id": f"e{number}", "type": "task.created"}
    return Event(number, f"e{number}", "task.created", "anna", "task", 1, 1, body, 0.0)


async def test_a_web_process_hears_who_has_news_and_what_can_be_read(news: Announcements, broker: FakeBroker) -> None:
    news.readable({"task": 3})
    news.signal({"anna"})
    news.signal({"bert", "anna"})
    await news.step()
    assert [topic for topic, _ in broker.published] == ["task-updates"]
    signalled: set[str] = set()
    versions: dict[str, int] = {}
    await updates_to(signalled.update, versions.update)([update for _, update in broker.published])
    assert (signalled, versions) == ({"anna", "bert"}, {"task": 3})


async def test_many_updates_are_split_and_none_is_published_twice(broker: FakeBroker) -> None:
    news = Announcements(broker.publish, "here", users_at_once=2)
    news.signal(f"user {number}" for number in range(5))
    news.readable({f"task {number}": 1 for number in range(3)})
    await news.step()
    await news.step()
    updates = [update["data"] for _, update in broker.published]
    assert [len(each["users"]) for each in updates] == [2, 2, 1]
    assert [len(each["versions"]) for each in updates] == [2, 1, 0]
    assert len({update["id"] for _, update in broker.published}) == 3


async def test_a_dead_letter_is_kept_until_the_broker_has_it_and_an_update_is_not(broker: FakeBroker) -> None:
    news = Announcements(broker.publish, "here", outage_pause_seconds=0.01)
    running = asyncio.create_task(news.run())
    broker.down = True
    news.signal({"anna"})
    news.dead_letter("projector", event(1), "KeyError: 'version'")
    await eventually(lambda: {"task-updates", "dead-letters"} <= set(broker.asked), 2, "both were offered")
    broker.down, broker.refuses = False, True
    news.dead_letter("projector", event(2), "KeyError: 'version'")
    offered = len(broker.asked)
    await eventually(lambda: len(broker.asked) > offered, 2, "the first letter was offered again")
    broker.refuses = False
    await eventually(lambda: len(broker.published) >= 2, 2, "the dead letters")
    running.cancel()
    assert [(topic, each["id"]) for topic, each in broker.published] == [
        ("dead-letters", "projector:e1"),
        ("dead-letters", "projector:e2"),
    ]
    data = broker.published[0][1]["data"]
    assert data == {"consumer": "projector", "error": "KeyError: 'version'", "user_id": "anna", "event": event(1).body}


async def test_a_dead_letter_that_is_refused_holds_up_no_update(news: Announcements, broker: FakeBroker) -> None:
    running = asyncio.create_task(news.run())
    broker.refuses = True
    news.dead_letter("projector", event(1), "KeyError: 'version'")
    await eventually(lambda: "dead-letters" in broker.asked, 2, "the letter was offered")
    news.signal({"anna"})
    await eventually(lambda: "task-updates" in broker.asked, OUTAGE_PAUSE_SECONDS / 2, "the update")
    running.cancel()


@pytest.mark.parametrize("alien", [{"id": "x"}, {"id": "x", "data": "text"}, {"id": "x", "data": {"users": ["anna"]}}])
async def test_a_message_that_is_no_update_holds_up_no_other(alien: dict[str, Any]) -> None:
    signalled: set[str] = set()
    good = {"id": "y", "data": {"users": ["bert"], "versions": {}}}
    await updates_to(signalled.update, lambda _: None)([alien, good])
    assert signalled == {"bert"}
