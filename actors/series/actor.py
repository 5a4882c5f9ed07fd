"""The Dapr shell of a series: it names the rules, the create commands and the reminder."""

from collections.abc import Mapping
from typing import ClassVar

from dapr.actor import Remindable

from actors.series import rules as series
from actors.turn import WAKE, TurnActor


class SeriesActor(TurnActor, Remindable):
    """One series; its id is the actor id."""

    rules = staticmethod(series.decide)
    births = frozenset({"CreateSeries"})
    # `wake` runs the command Tick, whose rule is `series.tick`.
    reminders: ClassVar[Mapping[str, str]] = {WAKE: "on_wake"}
