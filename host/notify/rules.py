"""When what is to be told goes out, and as how many notifications: quiet hours, late bunches, storms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from actors.day_times import quiet_until
from host.store.notify.deliveries import Delivery
from host.store.notify.recipients import Recipient

HOLD: Final = timedelta(seconds=3)  # late firings come in a bunch: wait for the rest of it
MOST_SINGLES: Final = 20  # of what was held
MOST_A_MINUTE: Final = 30  # notifications to one person; what is more is gathered
MINUTE: Final = timedelta(minutes=1)


def placed(fired: Sequence[Delivery], people: Mapping[str, Recipient], now: datetime) -> list[Delivery]:
    """Each with the instant at which it may go out: now, for what is on time and finds room.

    One place in the minute is kept for the notification that gathers what finds none. For somebody who is not there yet
    it is looked at again.
    """
    left = {user_id: _room(person) - 1 for user_id, person in people.items()}
    due: list[Delivery] = []
    for delivery in fired:
        person = people.get(delivery.user_id)
        if person is None:
            due.append(replace(delivery, due_at=now + MINUTE))
            continue
        at = _quiet_end(person, now) or (now + HOLD if delivery.late_seconds is not None else None)
        if at is None and left[delivery.user_id] > 0:
            left[delivery.user_id] -= 1
            at = now
        due.append(replace(delivery, due_at=at or _free_at(person) or now + HOLD))
    return due


def next_step(held: int, person: Recipient, now: datetime) -> datetime | Literal["singles", "digest"]:
    """What to do with so many that were held: tell them one by one or as one, or wait until an instant."""
    wait = _quiet_end(person, now) or _free_at(person)
    if wait is not None:
        return wait
    return "singles" if held <= min(MOST_SINGLES, _room(person)) else "digest"


def reason(sent: Sequence[Delivery], person: Recipient) -> str:
    """Why many come as one, as it stands after "21 reminders"."""
    if any(delivery.late_seconds is not None for delivery in sent):
        return "while Duely was away"
    first = min(delivery.fired_at for delivery in sent)
    return "from your quiet hours" if _quiet_end(person, first) else "at once"


def _quiet_end(person: Recipient, now: datetime) -> datetime | None:
    return None if person.quiet is None else quiet_until(now, *person.quiet, person.zone)


def _room(person: Recipient) -> int:
    return max(0, MOST_A_MINUTE - person.told)


def _free_at(person: Recipient) -> datetime | None:
    """When a full minute is over; None where there is room."""
    if _room(person) > 0 or person.told_since is None:
        return None
    return person.told_since + MINUTE
