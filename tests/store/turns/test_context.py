"""The context of events: a log line about an event has its user and its correlation id, and never another's."""

import logging
from collections.abc import Sequence

import pytest

from actors import context
from host.consumers.catchup import Catchup
from host.consumers.handler import Consumer, Handler
from host.store.engine import Database, Raw
from host.store.turns.outbox import Event
from tests.fakes.lines import Lines
from tests.fakes.person import FakePerson
from tests.store.recurrence.occurrences import CHORE
from tests.store.world import World

pytestmark = pytest.mark.store

log = logging.getLogger(__name__)


class Picky(Handler):
    """Fails for batches, and for the events of one user."""

    def __init__(self, disliked: str) -> None:
        self._disliked = disliked

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        log.info("applied")
        if len(events) > 1 or events[0].user_id == self._disliked:
            raise KeyError("no such field")


async def test_a_line_about_one_event_is_its_users_and_one_about_many_is_nobodys(
    world: World, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ada, bob = FakePerson(), FakePerson()
    for person in (ada, bob):
        await world.create(person)
    lines = Lines(caplog)
    consumer = Consumer("test", "task-events", ("task.created",), "beginning", Picky(bob.id))
    await Catchup(database, consumer, try_pauses_seconds=(0.0,)).step()
    assert lines.take() == [
        ("applied", "", "request-1"),
        ("a batch failed, redone one by one", "", "request-1"),
        ("applied", ada.id, "request-1"),
        ("applied", bob.id, "request-1"),
        ("applied", bob.id, "request-1"),
        ("an event is put aside", bob.id, "request-1"),
    ]
    assert (context.user_id.get(), context.correlation_id.get()) == ("", "")


async def test_what_a_consumer_sends_for_many_at_once_is_told_of_each(
    world: World, loops: dict[str, Catchup], caplog: pytest.LogCaptureFixture
) -> None:
    ada, bob = FakePerson(), FakePerson()
    for person in (ada, bob):
        await world.say(person.id, person.signs_up())
    bob.given = 10
    for person in (ada, bob):
        series_id = await world.create_series(person, **CHORE)
        world.unreachable.add(str((await world.rows(_TASK, series_id))[0][0]))
    lines = Lines(caplog)
    with pytest.raises(Exception, match="none of the series"):
        await loops["recurrence"].step()
    waits = sorted(line for line in lines.take() if line[0] == "an occurrence waits")
    assert waits == sorted(("an occurrence waits", *who) for who in ((ada.id, "request-2"), (bob.id, "request-11")))


_TASK = "SELECT body->'data'->>'task_id' FROM outbox WHERE actor_id = $1 AND type = 'recurrence.triggered'"
