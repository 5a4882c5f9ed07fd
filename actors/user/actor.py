"""The Dapr shell of a user: it names the rules, the create commands and the reminder."""

from collections.abc import Mapping
from typing import ClassVar

from dapr.actor import Remindable

from actors.turn import WAKE, TurnActor
from actors.user import rules as user


class UserActor(TurnActor, Remindable):
    """One user's profile, zone and defaults; its id is the actor id. No write of a task waits for it."""

    rules = staticmethod(user.decide)
    births = frozenset({"RegisterUser"})
    # `wake` runs the command Tick, whose rule is `user.tick`: the daily digest.
    reminders: ClassVar[Mapping[str, str]] = {WAKE: "on_wake"}
