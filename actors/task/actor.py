"""The Dapr shell of a task: it names the rules, the create commands and the reminder."""

from collections.abc import Mapping
from typing import ClassVar

from dapr.actor import Remindable

from actors.task import rules as task
from actors.turn import WAKE, TurnActor


class TaskActor(TurnActor, Remindable):
    """One task; its id is the actor id."""

    rules = staticmethod(task.decide)
    births = frozenset({"CreateTask"})
    # `wake` runs the command Tick, whose rule is `task.tick`.
    reminders: ClassVar[Mapping[str, str]] = {WAKE: "on_wake"}
