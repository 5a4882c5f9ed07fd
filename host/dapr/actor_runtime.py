"""The SDK's actor runtime: registers our actor types, and configures how the sidecar treats them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from dapr.actor import ActorRuntime
from dapr.actor.runtime.config import ActorRuntimeConfig
from dapr.clients.base import DaprActorClientBase

from actors.ports import Ports
from actors.registry import register_all
from actors.serializer import OrjsonSerializer

NO_ACTORS: Final[Mapping[str, Any]] = {"entities": []}

# An actor is deactivated after two idle minutes: it holds some 5 KB, and its next turn only reads one row again.
_ACTORS = ActorRuntimeConfig(
    actor_idle_timeout=timedelta(minutes=2),
    drain_ongoing_call_timeout=timedelta(milliseconds=500),
    drain_rebalanced_actors=True,
)


async def hosted(client: DaprActorClientBase, ports: Ports) -> tuple[Mapping[str, Any], Callable[[], None]]:
    """Registers every actor type; returns the answer to `/dapr/config`, and what drops all caches."""
    activations = await register_all(ActorRuntime, client, ports)
    _ACTORS.update_entities(ActorRuntime.get_registered_actor_types())
    serializer = OrjsonSerializer()
    config: dict[str, Any] = serializer.deserialize(serializer.serialize(_ACTORS.as_dict()))
    return config, activations.drop_caches
