"""The projector: writes the read model from events: tasks, series, reminders, tags, users, usage, activity, ledger."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from actors.events import EVENTS
from actors.replies import Json
from actors.shapes import Series, Task, User, is_whole
from host.consumers.handler import Handler
from host.store.engine import Raw
from host.store.notify import reminder_ledger
from host.store.read_model import activity_rows, change_set_rows, series_rows, task_rows, usage_rows, user_rows
from host.store.read_model.usage_rows import Change
from host.store.turns.outbox import Event


class Projector(Handler):
    """The consumer that writes one batch in one transaction, and calls its callbacks after the commit.

    `on_readable` gets the versions by actor that can be read now, `signal` the users with new activity, and
    `on_projected` the types of the events.
    """

    def __init__(
        self,
        *,
        on_readable: Callable[[Mapping[str, int]], None],
        signal: Callable[[set[str]], None],
        on_projected: Callable[[set[str]], None],
    ) -> None:
        self._on_readable = on_readable
        self._signal = signal
        self._on_projected = on_projected

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        """Writes what the events change; rows that have the same version or a later one stay as they are."""
        states = newest(events)
        stored: list[Change] = []
        if states.tasks:
            stored += await task_rows.upsert_tasks(connection, states.tasks)
        if states.users:
            await user_rows.upsert(connection, states.users)
        if states.series:
            stored += await series_rows.upsert(connection, states.series)
        await usage_rows.add(connection, stored)
        await reminder_ledger.add(
            connection, [reminder_ledger.step_of(event.body) for event in events if event.type in reminder_ledger.STEPS]
        )
        entries = [activity_rows.entry_of(event.body) for event in events]
        await activity_rows.append(connection, entries)
        await change_set_rows.add(connection, entries)

    def committed(self, events: Sequence[Event]) -> None:
        self._on_readable({event.actor_id: event.version for event in events})
        self._signal({event.user_id for event in events})
        self._on_projected({event.type for event in events})


class States(NamedTuple):
    """The states of actors by id, as events carry them."""

    tasks: dict[str, Json]
    users: dict[str, Json]
    series: dict[str, Json]


def newest(events: Sequence[Event]) -> States:
    """Returns the last state of each actor.

    The first event of a turn always carries the whole state; later ones may carry a trimmed task or no series.
    """
    states = States({}, {}, {})
    for event in events:
        data = event.body["data"]
        if "series_id" in data:  # an event of a series; its `task` is one that is to be created
            if "series" in data:
                _keep(states.series, event, data["series"], Series)
        elif "user" in data:
            _keep(states.users, event, data["user"], User)
        elif "task" in data and not data.get("trimmed"):
            _keep(states.tasks, event, data["task"], Task)
    return states


def _keep(states: dict[str, Json], event: Event, state: Any, shape: type) -> None:
    if event.type not in EVENTS and not (is_whole(state, shape) and state["id"] == event.actor_id):
        return  # only a newer version of Duely can read that state
    known = states.get(event.actor_id)
    if known is None or known["version"] < state["version"]:
        states[event.actor_id] = state
