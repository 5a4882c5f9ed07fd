"""The table of consumers: the map of everything that happens after an event."""

from collections.abc import Mapping
from typing import Final

from host.consumers.handler import REMINDERS, TASK_EVENTS, Consumer, Handler, Start
from host.consumers.occurrences import MESSAGES

# name: topic, types of events it takes, where a consumer without a watermark starts (an effect now, a projection at the
# beginning). Each gets an event at its commit; only rezone and digest wait for the projector. Besides events they read:
#   projector   its own tables
#   notifier    zone and quiet hours of the user, from the user's doc; its own deliveries and notifications; whether a
#               held delivery is moot, from the read model as far as that has come
#   recurrence  zone and defaults of the user, from the user's doc
#   rezone      the open date-only tasks and series, from the read model, once the projector has passed the event
#   digest      the open tasks, from the read model, once the projector has passed the event
CONSUMERS: Final[Mapping[str, tuple[str, tuple[str, ...] | None, Start]]] = {
    "projector": (TASK_EVENTS, None, "beginning"),  # all: a type that only a newer version knows is activity, too
    "notifier": (
        TASK_EVENTS,
        (
            *("reminder.fired", "reminder.snoozed", "reminder.acknowledged"),
            *("task.overdue", "user.updated"),
        ),
        "now",
    ),
    "recurrence": (TASK_EVENTS, tuple(MESSAGES), "now"),
    "rezone": (TASK_EVENTS, ("user.updated",), "now"),
    "digest": (TASK_EVENTS, ("digest.due",), "now"),
}


def topics_of(event_type: str) -> tuple[str, ...]:
    """Returns the topics to which an event of that type is published."""
    return (TASK_EVENTS, REMINDERS) if event_type.startswith("reminder.") else (TASK_EVENTS,)


def consumers(handlers: Mapping[str, Handler], topic_prefix: str = "") -> list[Consumer]:
    """Returns the rows of the table with their handlers; each name must have one."""
    return [
        Consumer(name, topic_prefix + topic, types, start, handlers[name])
        for name, (topic, types, start) in CONSUMERS.items()
    ]
