"""The projector: tasks, series, reminders, tags, users, activity and the reminder ledger, one transaction a batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from actors.events import EVENTS
from actors.replies import Json
from actors.shapes import Series, Task, User, is_whole
from host.consumers.handler import Handler
from host.store.engine import Raw
from host.store.notify import ledger
from host.store.read_model import activity_rows, series_rows, task_rows
from host.store.turns.outbox import Event


class Projector(Handler):
    """`shown` is told the versions that can be read now, `wake` the users with new activity, `types` what it was."""

    def __init__(
        self,
        *,
        shown: Callable[[Mapping[str, int]], None],
        signal: Callable[[set[str]], None],
        types: Callable[[set[str]], None],
    ) -> None:
        self._shown = shown
        self._signal = signal
        self._types = types

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        states = newest(events)
        if states.tasks:
            await task_rows.upsert_tasks(connection, states.tasks)
        if states.users:
            await task_rows.upsert_users(connection, states.users)
        if states.series:
            await series_rows.upsert(connection, states.series)
        await ledger.add(connection, [ledger.step_of(event.body) for event in events if event.type in ledger.STEPS])
        await activity_rows.append(connection, [activity_rows.entry_of(event.body) for event in events])

    def committed(self, events: Sequence[Event]) -> None:
        self._shown({event.actor_id: event.version for event in events})
        self._signal({event.user_id for event in events})
        self._types({event.type for event in events})


class States(NamedTuple):
    """By id, as events carry them."""

    tasks: dict[str, Json]
    users: dict[str, Json]
    series: dict[str, Json]


def newest(events: Sequence[Event]) -> States:
    """The last state of each actor; a turn's later events may carry a trimmed task or no series, its first never."""
    states = States({}, {}, {})
    for event in events:
        data = event.body["data"]
        if "series_id" in data:  # its `task` is one that is to be made
            if "series" in data:
                _keep(states.series, event, data["series"], Series)
        elif "user" in data:
            _keep(states.users, event, data["user"], User)
        elif "task" in data and not data.get("trimmed"):
            _keep(states.tasks, event, data["task"], Task)
    return states


def _keep(states: dict[str, Json], event: Event, state: Any, shape: type) -> None:
    if event.type not in EVENTS and not (is_whole(state, shape) and state["id"] == event.actor_id):
        return  # only a newer version knows what that is
    known = states.get(event.actor_id)
    if known is None or known["version"] < state["version"]:
        states[event.actor_id] = state
