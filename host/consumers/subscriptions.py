"""Subscriptions of the consumers: each takes those events of its topic that are of its types."""

from collections.abc import Mapping, Sequence
from functools import partial

from actors.replies import Json
from host.consumers.catchup import Catchup
from host.dapr.subscription import TopicSubscription


def durable(catchups: Mapping[str, Catchup]) -> list[TopicSubscription]:
    """Returns one subscription a consumer, each with a component of its own: a component serves one handler a topic."""
    return [
        TopicSubscription(f"events-{name}", catchup.consumer.topic, _types(catchup), partial(_hand_over, catchup))
        for name, catchup in catchups.items()
    ]


def _types(catchup: Catchup) -> frozenset[str] | None:
    types = catchup.consumer.types
    return None if types is None else frozenset(types)


async def _hand_over(catchup: Catchup, events: Sequence[Json]) -> None:
    await catchup.deliver([event["id"] for event in events])
