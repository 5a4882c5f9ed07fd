"""Follow-up commands: what a consumer sends to an actor because of an event."""

from uuid import UUID, uuid5

from actors.commands import Cause, Command, Principal, build_command
from actors.replies import Json
from host.store.turns.outbox import Event


def follow_up(event: Event, sender: str, actor_id: str, name: str, body: Json, *, zone: str, defaults: Json) -> Command:
    """Returns the command `name` to that actor, with the cause of the event, in the name of the consumer `sender`.

    Its id comes from the actor and the event: a command that is sent again is applied once.
    """
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
