"""What the broker brings: the topics that this process takes, and what is said of each message of a delivery.

The bodies come as the relay wrote them, in base64: the sidecar neither reads nor writes their JSON.
"""

import binascii
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from actors.replies import Json
from host.loops import is_passing

log = logging.getLogger(__name__)

Take = Callable[[Sequence[Json]], Awaitable[None]]

ROUTE: Final = "/events/"
# The sidecar's own 10 s would be how long a lone event waits for company.
BULK: Final[Mapping[str, Any]] = {"enabled": True, "maxMessagesCount": 100, "maxAwaitDurationMs": 20}
SUCCESS: Final = "SUCCESS"
RETRY: Final = "RETRY"


@dataclass(frozen=True, slots=True)
class TopicSubscription:
    """`take` is given the CloudEvents of one delivery that are of its types, None being every one.

    What it raises brings them all again.
    """

    component: str
    topic: str
    types: frozenset[str] | None
    take: Take


class TopicSubscriptions:
    """Answers the sidecar: what it is to bring, and what became of what it brought."""

    def __init__(self, table: Sequence[TopicSubscription]) -> None:
        self._by_route = {ROUTE + subscription.component: subscription for subscription in table}

    def declared(self) -> list[Json]:
        """For `/dapr/subscribe`. No dead-letter topic: the sidecar would put good events there during an outage."""
        return [
            {
                "pubsubname": subscription.component,
                "topic": subscription.topic,
                "route": route,
                "metadata": {"rawPayload": "true"},
                "bulkSubscribe": dict(BULK),
            }
            for route, subscription in self._by_route.items()
        ]

    async def deliver(self, route: str, body: bytes) -> bytes | None:
        """A status for each message, as JSON; None for a route that is not ours."""
        subscription = self._by_route.get(route)
        if subscription is None:
            return None
        statuses: dict[str, str] = {}
        events: dict[str, Json] = {}
        for entry in orjson.loads(body)["entries"]:
            statuses[entry["entryId"]] = SUCCESS
            event = _event(entry)
            if event is None:
                # It will not become readable. Nothing is lost by it: events of ours are rows of the outbox.
                log.error("a message that is no event is left out", extra=_source(subscription, entry))
            elif subscription.types is None or event["type"] in subscription.types:
                events[entry["entryId"]] = event
        if events:
            statuses |= dict.fromkeys(events, await _taken(subscription, list(events.values())))
        return orjson.dumps({"statuses": [{"entryId": entry, "status": told} for entry, told in statuses.items()]})


async def _taken(subscription: TopicSubscription, events: Sequence[Json]) -> str:
    try:
        await subscription.take(events)
    except Exception as error:
        told = {"component": subscription.component, "events": len(events), "cause": repr(error)[:300]}
        if is_passing(error):
            log.warning("a delivery waits for the database or an actor", extra=told)
        else:
            log.exception("a delivery failed and comes again", extra=told)
        return RETRY
    return SUCCESS


def _event(entry: Json) -> Json | None:
    """The CloudEvent of an entry; None where there is none."""
    try:
        event = orjson.loads(binascii.a2b_base64(entry["event"]))
        return event if isinstance(event["id"], str) and isinstance(event["type"], str) else None
    except (ValueError, TypeError, KeyError):  # orjson's and binascii's errors are ValueErrors
        return None


def _source(subscription: TopicSubscription, entry: Json) -> Json:
    metadata = entry.get("metadata") or {}
    return {
        "component": subscription.component,
        "topic": subscription.topic,
        "partition": metadata.get("__partition"),
        "offset": metadata.get("__offset"),
    }
