"""Rules of deliveries: when they go out and as how many notifications, with quiet hours, late firings and storms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from actors.day_times import quiet_until
from host.store.notify.deliveries import Delivery
from host.store.notify.recipients import Recipient

HOLD: Final = timedelta(seconds=3)  # late firings, and those of one change, come together: wait for the others
MOST_ONE_BY_ONE: Final = 20  # of held deliveries
MOST_A_MINUTE: Final = 30  # notifications to one user; any more are gathered
MINUTE: Final = timedelta(minutes=1)
OF_ONE_CHANGE: Final = "for what you have just changed"


def schedule(fired: Sequence[Delivery], recipients: Mapping[str, Recipient], now: datetime) -> list[Delivery]:
    """Returns the deliveries with the instant at which each may go out: now, if it is on time and there is room.

    One notification a minute is reserved to gather those without room. Deliveries to a user who does not exist yet are
    looked at again after a minute.
    """
    left = {user_id: _room(recipient) - 1 for user_id, recipient in recipients.items()}
    due: list[Delivery] = []
    for delivery in fired:
        recipient = recipients.get(delivery.user_id)
        if recipient is None:
            due.append(replace(delivery, due_at=now + MINUTE))
            continue
        waits = delivery.late_seconds is not None or delivery.change_set is not None
        at = _quiet_end(recipient, now) or (now + HOLD if waits else None)
        if at is None and left[delivery.user_id] > 0:
            left[delivery.user_id] -= 1
            at = now
        due.append(replace(delivery, due_at=at or _free_at(recipient) or now + HOLD))
    return due


def next_step(held: int, recipient: Recipient, now: datetime) -> datetime | Literal["one_by_one", "gathered"]:
    """Returns how to send so many held deliveries, or the instant until which they wait."""
    wait = _quiet_end(recipient, now) or _free_at(recipient)
    if wait is not None:
        return wait
    return "one_by_one" if held <= min(MOST_ONE_BY_ONE, _room(recipient)) else "gathered"


def of_changes(deliveries: Sequence[Delivery]) -> tuple[list[Delivery], list[list[Delivery]]]:
    """Returns the deliveries that go out by themselves, and those that come from one change of many, each as one."""
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(delivery.change_set or delivery.name, []).append(delivery)
    return [each[0] for each in groups.values() if len(each) == 1], [each for each in groups.values() if len(each) > 1]


def reason(sent: Sequence[Delivery], recipient: Recipient) -> str:
    """Returns why many come as one, in the words that follow "21 reminders"."""
    if None not in (changes := {delivery.change_set for delivery in sent}) and len(changes) == 1:
        return OF_ONE_CHANGE
    if any(delivery.late_seconds is not None for delivery in sent):
        return "while Duely was away"
    first = min(delivery.fired_at for delivery in sent)
    return "from your quiet hours" if _quiet_end(recipient, first) else "at once"


def _quiet_end(recipient: Recipient, now: datetime) -> datetime | None:
    return None if recipient.quiet is None else quiet_until(now, *recipient.quiet, recipient.zone)


def _room(recipient: Recipient) -> int:
    """Returns how many more notifications the recipient may get within this minute."""
    return max(0, MOST_A_MINUTE - recipient.notified)


def _free_at(recipient: Recipient) -> datetime | None:
    """Returns when a full minute is over; None if there is room."""
    if _room(recipient) > 0 or recipient.notified_since is None:
        return None
    return recipient.notified_since + MINUTE
