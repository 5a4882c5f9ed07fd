"""JSON between us and the sidecar: text stays text."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from dapr.serializers.base import Serializer
from dapr.serializers.util import convert_to_dapr_duration


class OrjsonSerializer(Serializer):
    """Replaces the SDK's serializer, which reads "5m" or "2026-01-01" in a title as a duration or a date."""

    def serialize(self, obj: object, custom_hook: Callable[[object], bytes] | None = None) -> bytes:  # noqa: ARG002  # the SDK's signature
        return orjson.dumps(obj, default=_encode)

    def deserialize(
        self,
        data: bytes,
        data_type: type[Any] | None = object,  # noqa: ARG002  # the SDK's signature
        custom_hook: Callable[[bytes], object] | None = None,  # noqa: ARG002
    ) -> Any:
        return orjson.loads(data) if data else None


def _encode(value: object) -> str:
    """Reminder bodies pass through here too, and their times are timedeltas."""
    if isinstance(value, timedelta):
        return convert_to_dapr_duration(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
