"""What the consumers' process tells others through the broker: what can be read now, and what was put aside.

Both are copies of what stands in the database. A lost wake-up costs latency only, because the hub polls; a lost copy of
a dead letter is still a row of `dead_letters`.
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

UPDATES: Final = "updates"  # the type of a wake-up
BURIED: Final = "event.buried"
USERS_AT_ONCE: Final = 1_000  # in one message: some 100 KB with their versions
GATHER_SECONDS: Final = 0.005  # in which news of several batches come together
OUTAGE_PAUSE_SECONDS: Final = 1.0
MOST_WAITING: Final = 10_000  # dead letters; in the table there may be more


class Announcements:
    """Give it news by `wake`, `shown` and `buried`; `run` publishes them. `sender` is in the ids of wake-ups."""

    def __init__(self, publish: Publish, sender: str) -> None:
        self._publish = publish
        self._users: set[str] = set()
        self._versions: dict[str, int] = {}
        self._buried: deque[Json] = deque(maxlen=MOST_WAITING)
        self._news = asyncio.Event()
        self._letters = asyncio.Event()
        self._sender = sender
        self._numbers = itertools.count(1)

    def signal(self, users: Iterable[str]) -> None:
        """Their activity grew."""
        self._users.update(users)
        self._news.set()

    def shown(self, versions: Mapping[str, int]) -> None:
        """Versions by actor that can be read now."""
        self._versions.update(versions)
        self._news.set()

    def buried(self, consumer: str, event: Event, error: str) -> None:
        """The consumer has put the event aside."""
        self._buried.append(
            {
                "specversion": "1.0",
                "id": f"{consumer}:{event.id}",
                "source": f"/consumers/{consumer}",
                "type": BURIED,
                "datacontenttype": "application/json",
                "data": {"consumer": consumer, "error": error, "user_id": event.user_id, "event": event.body},
            }
        )
        self._letters.set()

    async def run(self) -> None:
        """Ends only by cancellation. A dead letter that the broker does not take holds up no wake-up."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(_repeated(self._news, self.step))
            loops.create_task(_repeated(self._letters, self._send_letters))

    async def step(self) -> None:
        """Publish what can be read now; what fails is dropped, for it is of no use later."""
        updates = self._updates()
        if updates:
            await self._publish(TASK_UPDATES, updates)

    async def _send_letters(self) -> None:
        try:
            while self._buried:
                if await self._publish(DEAD_LETTERS, [self._buried[0]]):
                    raise ConnectionError("the broker refused a dead letter")
                self._buried.popleft()
        finally:
            if self._buried:
                self._letters.set()

    def _updates(self) -> Sequence[Json]:
        users, self._users = sorted(self._users), set()
        versions, self._versions = list(self._versions.items()), {}
        count = max(-(-len(users) // USERS_AT_ONCE), -(-len(versions) // USERS_AT_ONCE))
        return [
            {
                "specversion": "1.0",
                "id": f"{self._sender}:{next(self._numbers)}",
                "source": "/consumers/projector",
                "type": UPDATES,
                "datacontenttype": "application/json",
                "data": {
                    "users": users[start : start + USERS_AT_ONCE],
                    "versions": dict(versions[start : start + USERS_AT_ONCE]),
                },
            }
            for start in range(0, count * USERS_AT_ONCE, USERS_AT_ONCE)
        ]


async def _repeated(there_is: asyncio.Event, publish: Callable[[], Awaitable[None]]) -> None:
    """Whenever there is something. Ends only by cancellation."""
    while True:
        await there_is.wait()
        await asyncio.sleep(GATHER_SECONDS)
        there_is.clear()
        try:
            await publish()
        except Exception as error:  # noqa: BLE001  the edge of the loop; both kinds of news can be missed
            log.warning("news wait for the broker", extra={"cause": repr(error)[:300]})
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)


def heard(signal: Callable[[Iterable[str]], None], shown: Callable[[Mapping[str, int]], None]) -> Take:
    """For the subscription of a web process: what to do with wake-ups. One that is none of ours is left out."""

    async def take(events: Sequence[Json]) -> None:
        for event in events:
            data = event.get("data")
            if not (isinstance(data, dict) and isinstance(data.get("versions"), dict)):
                log.warning("a message on the topic of wake-ups is none", extra={"event_id": str(event.get("id"))})
                continue
            shown(data["versions"])
            signal(data.get("users") or ())

    return take
