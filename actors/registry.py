"""The table ACTORS of actor types, and how they are registered with the SDK's runtime."""

from functools import partial
from typing import Any

from dapr.actor import ActorRuntime
from dapr.clients.base import DaprActorClientBase

from actors.conversation.actor import ConversationActor
from actors.ports import Activations, Ports
from actors.serializer import OrjsonSerializer
from actors.series.actor import SeriesActor
from actors.task.actor import TaskActor
from actors.turn import TurnActor
from actors.user.actor import UserActor

ACTORS: tuple[type[TurnActor], ...] = (TaskActor, UserActor, SeriesActor, ConversationActor)


async def register_all(runtime: type[ActorRuntime], actor_client: DaprActorClientBase, ports: Ports) -> Activations:
    """Makes all actor types callable. Call `drop_caches()` of the result whenever the sidecar came back."""
    activations = Activations(ports)
    serializer = OrjsonSerializer()
    for actor in ACTORS:
        make: Any = partial(_make, actor, activations)
        await runtime.register_actor(
            actor,
            message_serializer=serializer,
            state_serializer=serializer,
            actor_client=actor_client,
            actor_factory=make,
        )
    return activations


def _make(actor: type[TurnActor], activations: Activations, ctx: Any, actor_id: Any) -> TurnActor:
    return actor(ctx, actor_id, activations)
