"""Publishing through the sidecar: batches of events to a topic, each event keyed by its user."""

from collections.abc import Awaitable, Callable, Sequence

import orjson
from dapr.proto import api_v1

from actors.replies import Json
from host.dapr.client import SidecarConnection

Publish = Callable[[str, Sequence[Json]], Awaitable[set[str]]]  # from topic and CloudEvents to the ids not accepted

PUBLISH_TIMEOUT_SECONDS = 35  # the Kafka producer in the sidecar gives up after 30


class SidecarPublisher:
    """Publishes through the pub/sub component `name`; `prefix` is put before the name of every topic."""

    def __init__(self, sidecar: SidecarConnection, name: str, prefix: str = "") -> None:
        self._sidecar = sidecar
        self._name = name
        self._prefix = prefix

    async def publish(self, topic: str, events: Sequence[Json]) -> set[str]:
        """Publishes CloudEvents and returns the ids of those not accepted; raises AioRpcError when none was."""
        request = api_v1.BulkPublishRequest(
            pubsub_name=self._name,
            topic=self._prefix + topic,
            entries=[_entry(event) for event in events],
            metadata={"rawPayload": "true"},  # else the sidecar parses the JSON of each event and writes it again
        )
        response = await self._sidecar.calls.BulkPublishEvent(
            request, timeout=PUBLISH_TIMEOUT_SECONDS, metadata=self._sidecar.metadata
        )
        return {failed.entry_id for failed in response.failedEntries}


def _entry(event: Json) -> api_v1.BulkPublishRequestEntry:
    # The key is set on the entry, never on the request: the component would copy the request's key over all entries.
    user = event["data"].get("user_id")
    return api_v1.BulkPublishRequestEntry(
        entry_id=event["id"],
        event=orjson.dumps(event),
        content_type="application/cloudevents+json",
        metadata={"partitionKey": user} if user else {},
    )
