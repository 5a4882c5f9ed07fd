"""The serializer between our actors and the sidecar: JSON in which text stays text."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from dapr.serializers.base import Serializer
from dapr.serializers.util import convert_to_dapr_duration
from typing_extensions import override


class OrjsonSerializer(Serializer):
    """Replaces the SDK's serializer, which reads "5m" or "2026-01-01" in a title as a duration or a date."""

    @override
    def serialize(self, obj: object, custom_hook: Callable[[object], bytes] | None = None) -> bytes:
        return orjson.dumps(obj, default=_encode)

    @override
    def deserialize(
        self,
        data: bytes,
        data_type: type[Any] | None = object,
        custom_hook: Callable[[bytes], object] | None = None,
    ) -> Any:
        return orjson.loads(data) if data else None


def _encode(value: object) -> str:
    """Spells the times of reminder bodies, which are timedeltas, as Dapr reads them."""
    if isinstance(value, timedelta):
        return convert_to_dapr_duration(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
