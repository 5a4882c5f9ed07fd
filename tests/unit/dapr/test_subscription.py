"""Which topics the sidecar delivers, and the status returned for each message."""

import base64
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
import pytest

from host.dapr.actor_host import ActorHost
from host.dapr.subscription import TopicSubscription, TopicSubscriptions

pytestmark = pytest.mark.unit

TYPES = frozenset({"task.created"})


class FakeConsumer:
    """Notes what it is given. `fault` is what it raises instead."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.fault: Exception | None = None

    async def take(self, events: Sequence[dict[str, Any]]) -> None:
        if self.fault:
            raise self.fault
        self.taken.append([event["id"] for event in events])


@pytest.fixture
def consumer() -> FakeConsumer:
    return FakeConsumer()


@pytest.fixture
def subscriptions(consumer: FakeConsumer) -> TopicSubscriptions:
    return TopicSubscriptions([TopicSubscription("events-test", "task-events", TYPES, consumer.take)])


def delivery(*messages: Any) -> bytes:
    """As the sidecar sends it, with raw payloads."""
    entries = [
        {
            "entryId": str(number),
            "event": base64.b64encode(message if isinstance(message, bytes) else orjson.dumps(message)).decode(),
            "contentType": "application/octet-stream",
            "metadata": {"__partition": "0", "__offset": "7"},
        }
        for number, message in enumerate(messages)
    ]
    return orjson.dumps({"id": "1", "topic": "task-events", "pubsubname": "events-test", "entries": entries})


def event(number: int, kind: str = "task.created") -> dict[str, Any]:
    return {"specversion": "1.0", "id": f"TaskActor:{number}:1:1", "type": kind, "data": {"user_id": "u"}}


async def statuses(subscriptions: TopicSubscriptions, *messages: Any) -> list[str]:
    answer = await subscriptions.deliver("/events/events-test", delivery(*messages))
    assert answer is not None
    found = {each["entryId"]: each["status"] for each in orjson.loads(answer)["statuses"]}
    return [found[str(number)] for number in range(len(messages))]


def test_the_sidecar_is_told_of_bulks_that_wait_for_nobody(subscriptions: TopicSubscriptions) -> None:
    assert subscriptions.declared() == [
        {
            "pubsubname": "events-test",
            "topic": "task-events",
            "route": "/events/events-test",
            "metadata": {"rawPayload": "true"},
            "bulkSubscribe": {"enabled": True, "maxMessagesCount": 100, "maxAwaitDurationMs": 20},
        }
    ]


async def test_a_consumer_of_every_type_is_brought_what_only_a_newer_version_knows(consumer: FakeConsumer) -> None:
    every = TopicSubscriptions([TopicSubscription("events-test", "task-events", None, consumer.take)])
    assert await statuses(every, event(1), event(2, "list.archived")) == ["SUCCESS", "SUCCESS"]
    assert consumer.taken == [["TaskActor:1:1:1", "TaskActor:2:1:1"]]


async def test_what_is_handled_is_a_success(subscriptions: TopicSubscriptions, consumer: FakeConsumer) -> None:
    assert await statuses(subscriptions, event(1), event(2)) == ["SUCCESS", "SUCCESS"]
    assert consumer.taken == [["TaskActor:1:1:1", "TaskActor:2:1:1"]]


async def test_events_of_other_types_are_done_without_the_consumer(
    subscriptions: TopicSubscriptions, consumer: FakeConsumer
) -> None:
    assert await statuses(subscriptions, event(1, "tag.renamed"), event(2, "tag.renamed")) == ["SUCCESS"] * 2
    assert consumer.taken == []


@pytest.mark.parametrize(
    "fault", [asyncpg.CannotConnectNowError("starting up"), ConnectionError("lost"), KeyError("bug")]
)
async def test_what_cannot_be_handled_now_comes_again_and_what_needs_no_handling_does_not(
    subscriptions: TopicSubscriptions, consumer: FakeConsumer, fault: Exception
) -> None:
    consumer.fault = fault
    found = await statuses(subscriptions, event(1, "tag.renamed"), event(2), b"\xff no event")
    assert found == ["SUCCESS", "RETRY", "SUCCESS"]


@pytest.mark.parametrize("message", [b"", b"no json", b"[]", b"null", {"id": 1, "type": "task.created"}, {"id": "x"}])
async def test_a_message_that_is_no_event_holds_up_nobody(
    subscriptions: TopicSubscriptions, consumer: FakeConsumer, message: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert await statuses(subscriptions, message, event(2)) == ["SUCCESS", "SUCCESS"]
    assert consumer.taken == [["TaskActor:2:1:1"]]
    assert "a message that is no event" in caplog.text


async def test_a_route_that_is_not_ours_is_503_so_that_nothing_is_dropped(subscriptions: TopicSubscriptions) -> None:
    host = ActorHost({"entities": []}, lambda: None, subscriptions=subscriptions)
    status, _ = await host("POST", "/events/events-other", [], delivery(event(1)))
    assert status == 503
    status, body = await host("POST", "/events/events-test", [], delivery(event(1)))
    assert (status, orjson.loads(body)["statuses"]) == (200, [{"entryId": "0", "status": "SUCCESS"}])
    status, body = await host("GET", "/dapr/subscribe", [], b"")
    assert (status, orjson.loads(body)) == (200, subscriptions.declared())
