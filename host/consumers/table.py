"""Who consumes what: the map of everything that happens after an event."""

from collections.abc import Mapping
from typing import Final

from host.consumers.handler import REMINDERS, TASK_EVENTS, Consumer, Handler, Start
from host.consumers.recurrence import MESSAGES

# name: topic, the events it takes, where a new one starts (an effect now, a projection at the beginning)
# All are told of an event at its commit, and none waits for the projector but where it says so. Each reads, besides:
#   projector   what it has written itself
#   notifier    zone and quiet hours of the person, from their actor's document; its own deliveries and notifications;
#               of what it has held back whether it is moot, from the read model as far as that has come
#   recurrence  zone and defaults of the person, from their actor's document
#   rezone      the open tasks and series of days, from the read model, when the projector has passed the event
#   digest      the open tasks, from the read model, when the projector has passed the event
CONSUMERS: Final[Mapping[str, tuple[str, tuple[str, ...] | None, Start]]] = {
    "projector": (TASK_EVENTS, None, "beginning"),  # every one: what only a newer version knows is activity, too
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
    """Where an event is published."""
    return (TASK_EVENTS, REMINDERS) if event_type.startswith("reminder.") else (TASK_EVENTS,)


def consumers(handlers: Mapping[str, Handler], topic_prefix: str = "") -> list[Consumer]:
    """The table with its functions; each name must have one."""
    return [
        Consumer(name, topic_prefix + topic, types, start, handlers[name])
        for name, (topic, types, start) in CONSUMERS.items()
    ]
