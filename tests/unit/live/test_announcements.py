"""News for other processes: gathered, small enough, and lost only where that costs nothing but time."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from host.live import announcements
from host.live.announcements import Announcements, heard
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
    news.shown({"task": 3})
    news.signal({"anna"})
    news.signal({"bert", "anna"})
    await news.step()
    assert [topic for topic, _ in broker.published] == ["task-updates"]
    woken: set[str] = set()
    shown: dict[str, int] = {}
    await heard(woken.update, shown.update)([update for _, update in broker.published])
    assert (woken, shown) == ({"anna", "bert"}, {"task": 3})


async def test_much_news_is_split_and_none_is_told_twice(
    news: Announcements, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "USERS_AT_ONCE", 2)
    news.signal(f"user {number}" for number in range(5))
    news.shown({f"task {number}": 1 for number in range(3)})
    await news.step()
    await news.step()
    told = [update["data"] for _, update in broker.published]
    assert [len(each["users"]) for each in told] == [2, 2, 1]
    assert [len(each["versions"]) for each in told] == [2, 1, 0]
    assert len({update["id"] for _, update in broker.published}) == 3


async def test_a_dead_letter_is_kept_until_the_broker_has_it_and_a_wake_up_is_not(
    news: Announcements, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "OUTAGE_PAUSE_SECONDS", 0.01)
    running = asyncio.create_task(news.run())
    broker.down = True
    news.signal({"anna"})
    news.buried("projector", event(1), "KeyError: 'version'")
    await eventually(lambda: {"task-updates", "dead-letters"} <= set(broker.asked), 2, "both were offered")
    broker.down, broker.refuses = False, True
    news.buried("projector", event(2), "KeyError: 'version'")
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


async def test_a_dead_letter_that_is_refused_holds_up_no_wake_up(news: Announcements, broker: FakeBroker) -> None:
    running = asyncio.create_task(news.run())
    broker.refuses = True
    news.buried("projector", event(1), "KeyError: 'version'")
    await eventually(lambda: "dead-letters" in broker.asked, 2, "the letter was offered")
    news.signal({"anna"})
    await eventually(lambda: "task-updates" in broker.asked, announcements.OUTAGE_PAUSE_SECONDS / 2, "the wake-up")
    running.cancel()


@pytest.mark.parametrize("alien", [{"id": "x"}, {"id": "x", "data": "text"}, {"id": "x", "data": {"users": ["anna"]}}])
async def test_a_message_that_is_no_wake_up_holds_up_no_other(alien: dict[str, Any]) -> None:
    woken: set[str] = set()
    good = {"id": "y", "data": {"users": ["bert"], "versions": {}}}
    await heard(woken.update, lambda _: None)([alien, good])
    assert woken == {"bert"}
