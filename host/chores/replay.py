"""The replay: hands dead letters to their consumers again when an operator asks, and once after each change of program."""

import logging
from collections.abc import Iterable
from typing import Final

from host.consumers.handler import Consumer, about
from host.dapr.gateway import Unavailable
from host.loops import is_passing, repeat
from host.store.engine import Database
from host.store.turns import dead_letters
from host.store.turns.dead_letters import DeadLetter
from host.version import code_version

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
OUTAGE_PAUSE_SECONDS: Final = 2.0
LETTERS_AT_ONCE: Final = 100


class Replay:
    """The chore that applies one dead letter a transaction, in the order in which the events happened.

    Later events have been applied already: a handler ignores what is older than its rows, and a stream of activity gets
    the event at its end.
    """

    def __init__(self, database: Database, consumers: Iterable[Consumer], *, code: str = "") -> None:
        """`code` is the version of the program of this process (default: found out)."""
        self._database = database
        self._consumers = {consumer.name: consumer for consumer in consumers}
        self._code = code or code_version()

    async def run(self) -> None:
        """Runs until cancelled; waits out an outage."""
        failure = "dead letters could not be tried again"
        await repeat(self.step, POLL_SECONDS, OUTAGE_PAUSE_SECONDS, log, failure, passing=is_passing)

    async def step(self) -> int:
        """Tries the letters that were asked for; returns the number applied.

        Raises for an outage; the letters that are left stay asked for.
        """
        async with self._database.raw() as connection:
            if anew := await dead_letters.ask_anew(connection, self._code):
                log.info("dead letters of another program are tried again", extra={"letters": anew})
            letters = await dead_letters.asked(connection, LETTERS_AT_ONCE)
        applied, away = 0, dict[str, Unavailable]()
        for letter in letters:
            actor = letter.event_id.rpartition(":")[0].rpartition(":")[0]
            if actor in away:
                continue
            try:
                applied += await self._again(letter)
            except Unavailable as error:  # an actor that is away holds up no other
                away[actor] = error
        if away:
            raise next(iter(away.values()))
        return applied

    async def _again(self, letter: DeadLetter) -> bool:
        try:
            with about(letter.event()):
                applied = await self._apply(letter)
        except Exception as error:
            if is_passing(error):
                raise
            log.exception(
                "a dead letter failed again", extra={"consumer": letter.consumer, "event_id": letter.event_id}
            )
            async with self._database.raw() as connection:
                await dead_letters.failed(connection, letter, f"{type(error).__name__}: {error}", self._code)
            return False
        if applied:
            log.info("a dead letter was applied", extra={"consumer": letter.consumer, "event_id": letter.event_id})
        return applied

    async def _apply(self, letter: DeadLetter) -> bool:
        consumer = self._consumers.get(letter.consumer)
        if consumer is None:
            raise LookupError(f"there is no consumer {letter.consumer} any more")
        event = letter.event()
        outside = await consumer.handler.before([event])
        for _, error in outside.given_up:
            raise error
        if event not in outside.done:
            return False  # its actor cannot be reached yet, or it is tried once more: it stays asked for
        async with self._database.raw() as connection, connection.transaction():
            if not await dead_letters.take(connection, letter):
                return False
            await consumer.handler.apply(connection, [event])
        consumer.handler.committed([event])
        return True
