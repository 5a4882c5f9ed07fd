"""What was held for some users: what of it is moot, what is told now, and what waits on; all of them in a few statements."""

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

USERS_A_PAGE: Final = 200


def pages(due: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Of users and how much each has due: so many users at most, and what one statement may hold, or one user."""
    page, size = list[str](), 0
    for user_id, count in due:
        if page and (len(page) == USERS_A_PAGE or size + count > in_app.PAGE):
            yield page
            page, size = [], 0
        page.append(user_id)
        size += count
    if page:
        yield page


async def release(connection: Raw, users: Sequence[str], now: datetime) -> None:
    """In a transaction of the caller's. First the streams: who tells others in a transaction takes them first, too."""
    await activity_rows.lock(connection, users)
    held = await deliveries.hold(connection, IN_APP, users, in_app.PAGE)
    moot = await deliveries.cancel_moot(connection, IN_APP, users, now)
    if moot:
        await in_app.cancelled(connection, moot, now)
        held = await deliveries.hold(connection, IN_APP, users, in_app.PAGE)
    if held:
        await _tell(connection, held, now)


async def _tell(connection: Raw, held: Sequence[Sequence[Delivery]], now: datetime) -> None:
    """What each user has pending, oldest first."""
    found = await people(connection, [each[0].user_id for each in held], now)
    waiting: dict[str, datetime] = {}
    singles: list[Delivery] = []
    bunches: list[tuple[Sequence[Delivery], str]] = []
    for each in held:
        person = found.get(each[0].user_id)
        if person is None:  # there is no such person yet
            waiting[each[0].user_id] = now + delivery_rules.MINUTE
            continue
        step = delivery_rules.next_step(len(each), person, now)
        if isinstance(step, datetime):
            waiting[each[0].user_id] = step
        elif step == "singles":
            singles += each
        else:
            bunches.append((each, delivery_rules.reason(each, person)))
    if waiting:
        await deliveries.postpone(connection, IN_APP, waiting)
    if singles:
        await deliveries.mark_sent(connection, singles, now)
        await in_app.singles(connection, singles, now)
    if bunches:
        await in_app.as_one(connection, bunches, now)


async def people(connection: Raw, users: Iterable[str], now: datetime) -> dict[str, Recipient]:
    since = now - delivery_rules.MINUTE
    return await recipients.read(
        connection, sorted(set(users)), since=since, now=now, most=delivery_rules.MOST_A_MINUTE
    )
