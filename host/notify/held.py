"""Held deliveries: cancels, sends or postpones those of many users with a few statements."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from host.notify import in_app
from host.notify import rules as delivery_rules
from host.notify.in_app import IN_APP
from host.store.engine import Raw
from host.store.notify import deliveries, recipients
from host.store.notify.deliveries import Delivery
from host.store.notify.recipients import Recipient
from host.store.read_model import activity_rows

USERS_IN_BATCH: Final = 200


def batches(
    due: Iterable[tuple[str, int]],
    *,
    users_at_most: int = USERS_IN_BATCH,
    deliveries_at_most: int = in_app.DELIVERIES_AT_ONCE,
) -> Iterator[list[str]]:
    """Yields users to release together, of (user, number of due deliveries).

    A batch has so many users and deliveries at most; a user with more deliveries has a batch of their own.
    """
    batch, size = list[str](), 0
    for user_id, count in due:
        if batch and (len(batch) == users_at_most or size + count > deliveries_at_most):
            yield batch
            batch, size = [], 0
        batch.append(user_id)
        size += count
    if batch:
        yield batch


async def release(
    connection: Raw, users: Sequence[str], now: datetime, deliveries_at_once: int = in_app.DELIVERIES_AT_ONCE
) -> None:
    """Cancels, sends or postpones what the users have pending, in the caller's transaction.

    It locks the streams first, as every transaction that sends deliveries does, to avoid a deadlock. One statement has
    `deliveries_at_once` of a user.
    """
    await activity_rows.lock(connection, users)
    pending = await deliveries.hold(connection, IN_APP, users, deliveries_at_once)
    moot = await deliveries.cancel_moot(connection, IN_APP, users, now)
    if moot:
        await in_app.note_cancelled(connection, moot, now)
        pending = await deliveries.hold(connection, IN_APP, users, deliveries_at_once)
    if pending:
        await _send_or_postpone(connection, pending, now, deliveries_at_once)


async def _send_or_postpone(
    connection: Raw, pending: Sequence[Sequence[Delivery]], now: datetime, deliveries_at_once: int
) -> None:
    """Sends or postpones deliveries; `pending` has the first ones of each user, oldest first."""
    by_user = await recipients_of(connection, [each[0].user_id for each in pending], now)
    postponed: dict[str, datetime] = {}
    one_by_one: list[Delivery] = []
    gathered: list[tuple[Sequence[Delivery], str]] = []
    for each in pending:
        recipient = by_user.get(each[0].user_id)
        if recipient is None:  # there is no such user yet
            postponed[each[0].user_id] = now + delivery_rules.MINUTE
            continue
        step = delivery_rules.next_step(len(each), recipient, now)
        if isinstance(step, datetime):
            postponed[each[0].user_id] = step
        elif step == "one_by_one":
            alone, together = delivery_rules.of_changes(each)
            one_by_one += alone
            gathered += [(group, delivery_rules.OF_ONE_CHANGE) for group in together]
        else:
            gathered.append((each, delivery_rules.reason(each, recipient)))
    if postponed:
        await deliveries.postpone(connection, IN_APP, postponed)
    if one_by_one:
        await deliveries.mark_sent(connection, one_by_one, now)
        await in_app.send_each(connection, one_by_one, now)
    if gathered:
        await in_app.send_gathered(connection, gathered, now, deliveries_at_once)


async def recipients_of(connection: Raw, users: Iterable[str], now: datetime) -> dict[str, Recipient]:
    """Returns the recipients by user id, without users who do not exist yet."""
    since = now - delivery_rules.MINUTE
    return await recipients.read(
        connection, sorted(set(users)), since=since, now=now, most=delivery_rules.MOST_A_MINUTE
    )
