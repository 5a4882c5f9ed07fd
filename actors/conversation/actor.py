"""The Dapr shell of a conversation: it names the rules. A conversation has no wake and no reminder."""

from collections.abc import Mapping
from typing import ClassVar

from dapr.actor import Remindable

from actors.conversation import rules as conversation
from actors.turn import TurnActor


class ConversationActor(TurnActor, Remindable):
    """One conversation; its id is the actor id."""

    rules = staticmethod(conversation.decide)
    # Nearly every message comes to a conversation that is there, so none skips the read.
    births = frozenset[str]()
    reminders: ClassVar[Mapping[str, str]] = {}
