"""The writes of a user, one after another: the lives of tasks, reminders, series and of the user's own profile.

A life is a generator of steps, and of seconds to rest before the next one. It is sent the answer to each step. It ends
when an answer never came or was a refusal: so no effect of a write depends on one of unknown outcome.
"""

import random
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from actors.commands import command_id_for_key, task_id_for
from actors.replies import Json
from tests.faults.recorder import Operation
from tests.support.client import instant, parsed

REMINDER_SECONDS: Final = (2.0, 16.0)
SNOOZE_SECONDS: Final = (6.0, 12.0)
FIRED_AFTER_SECONDS: Final = 4.0
TASK_STEPS: Final = ("patch", "complete", "reopen", "priority", "tags", "delete", "restore", "patch")


@dataclass(frozen=True, slots=True)
class Step:
    """One write, under its key."""

    operation: Operation
    key: str
    method: str
    path: str
    body: Json | None = None


Life: TypeAlias = Generator[Step | float, Json, None]
Moment: TypeAlias = Generator[Step | float, Json, Json]  # a part of a life, which returns the last answer


@dataclass(frozen=True, slots=True)
class FaultPerson:
    """The person of a life. All share the load's random numbers, so that a seed gives the whole order of the writes."""

    user_id: str
    hot_task: str
    chance: random.Random

    def step(
        self,
        name: str,
        actor_id: str,
        request: tuple[str, str, Json | None],
        *,
        key: str = "",
        **details: Any,
    ) -> Step:
        key = key or self.key()
        operation = Operation(command_id_for_key(self.user_id, key), self.user_id, actor_id, name, **details)
        return Step(operation, key, *request)

    def key(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def born(self) -> tuple[str, str]:
        """Returns a key, and the id of the actor that a create with this key makes."""
        key = self.key()
        return key, task_id_for(self.user_id, command_id_for_key(self.user_id, key))


def task(person: FaultPerson) -> Life:
    """Creates a task and takes it through some of the steps."""
    task_id = yield from _new_task(person)
    for name in TASK_STEPS[: person.chance.randint(1, len(TASK_STEPS))]:
        yield _change(person, task_id, name)


def hot(person: FaultPerson) -> Life:
    """Edits one task that several hands write to at once."""
    while True:
        yield _change(person, person.hot_task, "patch")


def reminding(person: FaultPerson) -> Life:
    """Creates a task with a reminder, which must fire; snoozes it, so that it must fire again; acknowledges it."""
    at = person.chance.uniform(*REMINDER_SECONDS)
    task_id = yield from _new_task(person, at)
    yield _change(person, task_id, "patch")
    yield _change(person, task_id, "priority")
    if person.chance.random() < 0.5:
        return
    yield at + FIRED_AFTER_SECONDS
    until = instant(person.chance.uniform(*SNOOZE_SECONDS))
    yield _command(person, task_id, "snooze", {"until": until}, fires_at=until)
    yield max(SNOOZE_SECONDS) + FIRED_AFTER_SECONDS
    yield _command(person, task_id, "acknowledge", {})


def scheduled(person: FaultPerson) -> Life:
    """Creates a series by schedule whose first slot comes within two minutes; skips, moves, edits, pauses, deletes."""
    first = datetime.now(UTC) + timedelta(seconds=person.chance.uniform(20, 120))
    start = {"local": first.strftime("%Y-%m-%dT%H:%M"), "zone": "UTC"}
    made = yield _new_series(person, start, mode="schedule", look_ahead_days=person.chance.choice([0, 2]))
    for name in person.chance.sample(("skip", "move", "patch", "pause"), 3):
        made = yield from _edit(person, made, name)
    if person.chance.random() < 0.3:
        fate = person.chance.choice(["keep", "delete"])
        yield _series_command(person, made, "delete", ("DELETE", f"?occurrences={fate}", None))


def _edit(person: FaultPerson, made: Json, name: str) -> Moment:
    if name == "patch":
        return (yield _retitle(person, made["id"]))
    if name == "pause":
        made = yield _series_command(person, made, "pause", ("POST", "/pause", None))
        return (yield _series_command(person, made, "resume", ("POST", "/resume", None)))
    if made["next"] is None:
        return made
    slot = made["next"]["slot"]
    to: Json = {"to": {"local": f"{slot[:11]}23:59", "zone": "UTC"}} if name == "move" else {}
    return (yield _series_command(person, made, name, ("POST", f"/{name}", {"slot": slot, **to})))


def completed(person: FaultPerson) -> Life:
    """Creates a series after completion and completes its tasks; each completion must bring the next one."""
    start = {"date": datetime.now(UTC).date().isoformat()}
    made = yield _new_series(person, start, mode="completion")
    done = ""
    for _ in range(person.chance.randint(2, 6)):
        yield 1.0
        task_id = (made["next"] or {}).get("task_id") or done
        if task_id != done:
            # A consumer makes it, and may be behind: then there is no task yet that could be completed.
            yield _command(person, task_id, "complete", None)
            done = task_id
            yield 1.0
        made = yield _retitle(person, made["id"])


def profile(person: FaultPerson) -> Life:
    """Edits the person's own actor."""
    while True:
        yield 5.0
        yield person.step("name", person.user_id, ("PATCH", "/me", {"name": person.key()}), kind="UserActor")


# The number of hands of a person by the life that they live.
HANDS: Final[Mapping[Callable[[FaultPerson], Life], int]] = {
    task: 5, hot: 2, reminding: 3, scheduled: 1, completed: 1, profile: 1,
}  # fmt: skip


def _new_task(person: FaultPerson, reminds_in: float | None = None) -> Generator[Step | float, Json, str]:
    key, task_id = person.born()
    title = f"task {key}"
    fires_at = "" if reminds_in is None else instant(reminds_in)
    body = {"title": title, "reminders": [{"at": fires_at}] if fires_at else []}
    yield person.step("create", task_id, ("POST", "/tasks", body), key=key, title=title, fires_at=fires_at)
    return task_id


def _change(person: FaultPerson, task_id: str, name: str) -> Step:
    key, path = person.key(), f"/tasks/{task_id}"
    title = f"task {key}"
    requests: dict[str, tuple[str, str, Json | None]] = {
        "patch": ("PATCH", path, {"title": title, "description": key * 3}),
        "priority": ("PUT", f"{path}/priority", {"priority": person.chance.choice(["high", "urgent"])}),
        "tags": ("POST", f"{path}/tags", {"tags": [key[:12], "home"]}),
        "delete": ("DELETE", path, None),
    }
    request = requests.get(name, ("POST", f"{path}/{name}", None))
    return person.step(name, task_id, request, key=key, title=title if name == "patch" else "")


def _command(person: FaultPerson, task_id: str, name: str, body: Json | None, *, fires_at: str = "") -> Step:
    """Returns a command that time or a consumer must precede: when that has not happened, it is refused or idle."""
    return person.step(
        name,
        task_id,
        ("POST", f"/tasks/{task_id}/{name}", body),
        fires_at=fires_at,
        may_be_refused=True,
        may_be_idle=name == "acknowledge",
    )


def _new_series(person: FaultPerson, start: Json, **how: Any) -> Step:
    key, series_id = person.born()
    title = f"series {key}"
    body = {"title": title, "reminders": [], "rule": "FREQ=DAILY", "start": start, **how}
    return person.step("create", series_id, ("POST", "/series", body), key=key, title=title, kind="SeriesActor")


def _retitle(person: FaultPerson, series_id: str) -> Step:
    key = person.key()
    title = f"series {key}"
    request = ("PATCH", f"/series/{series_id}", {"title": title})
    return person.step("patch", series_id, request, key=key, title=title, kind="SeriesActor")


def _series_command(person: FaultPerson, made: Json, name: str, request: tuple[str, str, Json | None]) -> Step:
    """Returns a command of a series; it may be refused, for the slot of the last answer may have come since."""
    method, path, body = request
    whole = (method, f"/series/{made['id']}{path}", body)
    return person.step(name, made["id"], whole, kind="SeriesActor", may_be_refused=True)


def parsed_seconds(moment: str) -> float:
    """Returns an instant as seconds since 1970."""
    return parsed(moment).timestamp()
