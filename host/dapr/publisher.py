"""Publishing through the sidecar: a batch of events to a topic, each keyed by its user."""

from collections.abc import Sequence
from typing import Any

import orjson
from dapr.proto import api_v1

from host.dapr.client import SidecarConnection

PUBLISH_TIMEOUT_SECONDS = 35  # the Kafka producer in the sidecar gives up after 30


class SidecarPublisher:
    """Hands events to the component `name`; a partial failure names the events that must be sent again.

    `prefix` stands before the name of every topic.
    """

    def __init__(self, sidecar: SidecarConnection, name: str, prefix: str = "") -> None:
        self._sidecar = sidecar
        self._name = name
        self._prefix = prefix

    async def publish(self, topic: str, events: Sequence[dict[str, Any]]) -> set[str]:
        """Publish CloudEvents; gives the ids that were not accepted; raises AioRpcError when none was."""
        request = api_v1.BulkPublishRequest(
            pubsub_name=self._name,
            topic=self._prefix + topic,
            entries=[_entry(event) for event in events],
            metadata={"rawPayload": "true"},  # else the sidecar reads and writes the JSON of each
        )
        response = await self._sidecar.calls.BulkPublishEvent(
            request, timeout=PUBLISH_TIMEOUT_SECONDS, metadata=self._sidecar.metadata
        )
        return {failed.entry_id for failed in response.failedEntries}


def _entry(event: dict[str, Any]) -> api_v1.BulkPublishRequestEntry:
    # The key stands at the entry, never at the request: the component copies the request's metadata over it.
    user = event["data"].get("user_id")
    return api_v1.BulkPublishRequestEntry(
        entry_id=event["id"],
        event=orjson.dumps(event),
        content_type="application/cloudevents+json",
        metadata={"partitionKey": user} if user else {},
    )
