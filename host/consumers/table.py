"""Who consumes what: the map of everything that happens after an event."""

from collections.abc import Mapping
from typing import Final

from host.consumers.handler import REMINDERS, TASK_EVENTS, Consumer, Handler, Start
from host.consumers.recurrence import MESSAGES

# name: topic, the events it takes, where a new one starts (an effect now, a projection at the beginning)
CONSUMERS: Final[Mapping[str, tuple[str, tuple[str, ...] | None, Start]]] = {
    "projector": (TASK_EVENTS, None, "beginning"),  # every one: what only a newer version knows is activity, too
    "notifier": (
        TASK_EVENTS,
        (
            *("reminder.fired", "reminder.snoozed", "reminder.acknowledged"),
            *("task.overdue", "user.updated", "digest.due"),
        ),
        "now",
    ),
    "recurrence": (TASK_EVENTS, tuple(MESSAGES), "now"),
    "rezone": (TASK_EVENTS, ("user.updated",), "now"),
}


def topics_of(event_type: str) -> tuple[str, ...]:
    """Where an event is published."""
    return (TASK_EVENTS, REMINDERS) if event_type.startswith("reminder.") else (TASK_EVENTS,)


def consumers(handlers: Mapping[str, Handler], topic_prefix: str = "") -> list[Consumer]:
    """The table with its functions; each name must have one."""
    return [
        Consumer(name, topic_prefix + topic, types, start, handlers[name])
        for name, (topic, types, start) in CONSUMERS.items()
    ]
