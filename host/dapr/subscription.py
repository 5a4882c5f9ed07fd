"""What the broker delivers: the topics that this process takes, and the status that it returns for each message.

The bodies come in base64 as the relay wrote them: the sidecar does not parse their JSON.
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

Take = Callable[[Sequence[Json]], Awaitable[None]]  # given CloudEvents

ROUTE: Final = "/events/"
# By default a lone event would wait 10 s for more events.
BULK: Final[Mapping[str, Any]] = {"enabled": True, "maxMessagesCount": 100, "maxAwaitDurationMs": 20}
SUCCESS: Final = "SUCCESS"
RETRY: Final = "RETRY"


@dataclass(frozen=True, slots=True)
class TopicSubscription:
    """One topic. `take` is given the CloudEvents of a delivery that have one of `types` (None: all of them).

    When it raises, the broker delivers them all again.
    """

    component: str
    topic: str
    types: frozenset[str] | None
    take: Take


class TopicSubscriptions:
    """Tells the sidecar which topics it delivers, and takes its deliveries."""

    def __init__(self, table: Sequence[TopicSubscription]) -> None:
        self._by_route = {ROUTE + subscription.component: subscription for subscription in table}

    def declared(self) -> list[Json]:
        """Returns the answer to `/dapr/subscribe`.

        It names no dead-letter topic: the sidecar would put good events there during an outage.
        """
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
        """Returns the status of each message as JSON; None for a route that is not ours."""
        subscription = self._by_route.get(route)
        if subscription is None:
            return None
        statuses: dict[str, str] = {}
        events: dict[str, Json] = {}
        for entry in orjson.loads(body)["entries"]:
            statuses[entry["entryId"]] = SUCCESS
            event = _event(entry)
            if event is None:
                # It never becomes readable. Nothing is lost: each of our events is a row of the outbox.
                log.error("a message that is no event is left out", extra=_source(subscription, entry))
            elif subscription.types is None or event["type"] in subscription.types:
                events[entry["entryId"]] = event
        if events:
            statuses |= dict.fromkeys(events, await _taken(subscription, list(events.values())))
        return orjson.dumps({"statuses": [{"entryId": entry, "status": status} for entry, status in statuses.items()]})


async def _taken(subscription: TopicSubscription, events: Sequence[Json]) -> str:
    try:
        await subscription.take(events)
    except Exception as error:
        details = {"component": subscription.component, "events": len(events), "cause": repr(error)[:300]}
        if is_passing(error):
            log.warning("a delivery waits for the database or an actor", extra=details)
        else:
            log.exception("a delivery failed and comes again", extra=details)
        return RETRY
    return SUCCESS


def _event(entry: Json) -> Json | None:
    """Returns the CloudEvent of an entry, None where there is none."""
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
