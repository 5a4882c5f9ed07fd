"""The Dapr shell of a user: which rules, which births, no reminder."""

from collections.abc import Mapping
from typing import ClassVar

from dapr.actor import Remindable

from actors import user
from actors.turn import TurnActor


class UserActor(TurnActor, Remindable):
    """One user's profile, zone and defaults; its id is the actor id. Never on the path of a task write."""

    rules = staticmethod(user.decide)
    births = frozenset({"RegisterUser"})
    reminders: ClassVar[Mapping[str, str]] = {}
