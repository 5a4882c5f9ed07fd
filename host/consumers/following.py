"""What a consumer asks of an actor because of an event."""

from uuid import UUID, uuid5

from actors.commands import Cause, Command, Principal, build_command
from actors.replies import Json
from host.store.turns.outbox import Event


def follow(event: Event, sender: str, actor_id: str, name: str, body: Json, *, zone: str, defaults: Json) -> Command:
    """The same event asks the same of an actor each time, and for the cause that the event has."""
    data = event.body["data"]
    return build_command(
        name,
        body,
        id=str(uuid5(UUID(actor_id), event.id)),
        principal=Principal("system", sender, event.user_id),
        correlation_id=data["correlation_id"],
        zone=zone,
        defaults=defaults,
        cause=Cause.from_wire(data.get("cause")),
    )
