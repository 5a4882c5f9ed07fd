"""Announcements: what the consumers' process publishes to others: updates of the read model, copies of dead letters.

Both repeat what is in the database. A lost update costs only latency, because the hub polls; a lost copy of a dead
letter is still a row of `dead_letters`.
"""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

from actors.replies import Json
from host.consumers.handler import DEAD_LETTERS, TASK_UPDATES
from host.dapr.publisher import Publish
from host.dapr.subscription import Take
from host.store.turns.outbox import Event

log = logging.getLogger(__name__)

UPDATES: Final = "updates"  # the type of an update
BURIED: Final = "event.buried"  # the type of a copy of a dead letter
USERS_AT_ONCE: Final = 1_000  # in one message: about 100 KB with as many versions
GATHER_SECONDS: Final = 0.005  # for which updates of several batches gather
OUTAGE_PAUSE_SECONDS: Final = 1.0
MOST_WAITING: Final = 10_000  # copies of dead letters; the table may have more


class Announcements:
    """The news that waits to be published: `signal`, `readable` and `dead_letter` add to it, `run` publishes it."""

    def __init__(
        self,
        publish: Publish,
        sender: str,
        *,
        users_at_once: int = USERS_AT_ONCE,
        outage_pause_seconds: float = OUTAGE_PAUSE_SECONDS,
    ) -> None:
        """`sender` is the name of this process, which makes the ids of its updates unique."""
        self._publish = publish
        self._users_at_once = users_at_once
        self._outage_pause = outage_pause_seconds
        self._users: set[str] = set()
        self._versions: dict[str, int] = {}
        self._dead_letters: deque[Json] = deque(maxlen=MOST_WAITING)
        self._has_updates = asyncio.Event()
        self._has_letters = asyncio.Event()
        self._sender = sender
        self._numbers = itertools.count(1)

    def signal(self, users: Iterable[str]) -> None:
        """Takes users of whom more activity can be read."""
        self._users.update(users)
        self._has_updates.set()

    def readable(self, versions: Mapping[str, int]) -> None:
        """Takes the versions by actor that can be read now."""
        self._versions.update(versions)
        self._has_updates.set()

    def dead_letter(self, consumer: str, event: Event, error: str) -> None:
        """Takes an event that the consumer has put aside."""
        self._dead_letters.append(
            {
                "specversion": "1.0",
                "id": f"{consumer}:{event.id}",
                "source": f"/consumers/{consumer}",
                "type": BURIED,
                "datacontenttype": "application/json",
                "data": {"consumer": consumer, "error": error, "user_id": event.user_id, "event": event.body},
            }
        )
        self._has_letters.set()

    async def run(self) -> None:
        """Runs until cancelled. A dead letter that the broker does not take holds up no update."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._repeated(self._has_updates, self.step))
            loops.create_task(self._repeated(self._has_letters, self._send_letters))

    async def step(self) -> None:
        """Publishes the updates that have gathered; one that fails is dropped, because it is of no use later."""
        updates = self._updates()
        if updates:
            await self._publish(TASK_UPDATES, updates)

    async def _send_letters(self) -> None:
        try:
            while self._dead_letters:
                if await self._publish(DEAD_LETTERS, [self._dead_letters[0]]):
                    raise ConnectionError("the broker refused a dead letter")
                self._dead_letters.popleft()
        finally:
            if self._dead_letters:
                self._has_letters.set()

    def _updates(self) -> Sequence[Json]:
        users, self._users = sorted(self._users), set()
        versions, self._versions = list(self._versions.items()), {}
        size = self._users_at_once
        end = max(len(users), len(versions))
        return [
            {
                "specversion": "1.0",
                "id": f"{self._sender}:{next(self._numbers)}",
                "source": "/consumers/projector",
                "type": UPDATES,
                "datacontenttype": "application/json",
                "data": {
                    "users": users[start : start + size],
                    "versions": dict(versions[start : start + size]),
                },
            }
            for start in range(0, end, size)
        ]

    async def _repeated(self, has_news: asyncio.Event, publish: Callable[[], Awaitable[None]]) -> None:
        """Publishes whenever there is something; runs until cancelled."""
        while True:
            await has_news.wait()
            await asyncio.sleep(GATHER_SECONDS)
            has_news.clear()
            try:
                await publish()
            except Exception as error:  # noqa: BLE001  the edge of the loop; both kinds of news can be missed
                log.warning("news wait for the broker", extra={"cause": repr(error)[:300]})
                await asyncio.sleep(self._outage_pause)


def updates_to(signal: Callable[[Iterable[str]], None], on_readable: Callable[[Mapping[str, int]], None]) -> Take:
    """Returns the function for the subscription of a web process, which passes updates on to both callbacks.

    It skips a message that is no update.
    """

    async def take(events: Sequence[Json]) -> None:
        for event in events:
            data = event.get("data")
            if not (isinstance(data, dict) and isinstance(data.get("versions"), dict)):
                log.warning("a message on the topic of updates is no update", extra={"event_id": str(event.get("id"))})
                continue
            on_readable(data["versions"])
            signal(data.get("users") or ())

    return take
