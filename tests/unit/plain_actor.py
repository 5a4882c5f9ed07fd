"""An actor that does nothing, for tests of what stands around actors."""

from dapr.actor import Actor, ActorInterface


class Plain(ActorInterface):
    """No methods."""


class PlainActor(Actor, Plain):
    """No state."""
