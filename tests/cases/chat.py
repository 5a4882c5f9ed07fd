"""A case of the chat: messages of one conversation, and what is true after the last of them."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import httpx

from actors.commands import Cause
from host.store.read_model import user_queries
from tests.cases.quick_add import rule_differs
from tests.cases.stage import EAGER, Stage
from web.act import Act
from web.api.edge.credentials import profile_of
from web.caller import FULL_SCOPES, Caller
from web.tools.calling import call
from web.tools.catalogue import tool_named
from web.tools.chat.rules import Context, Reply, State, respond
from web.tools.tool import Use

DEFAULTS = {"reminder_offset": "-PT30M"}
PAGE = 100
TICK = timedelta(milliseconds=1)


async def differences(stage: Stage, case: Mapping[str, Any]) -> list[str]:
    """Returns what of a case does not hold, in a stage whose clock stands at the case's `now`."""
    client, user_id = await stage.newcomer(
        {"timezone": case["zone"], "defaults": {**DEFAULTS, "language": case["lang"]}}
    )
    person = _Person(stage, client, case, user_id)
    async with aclosing(client):
        await person.make(case["given"])
        before = await person.tasks()
        reply = Reply("", "nothing")
        for message in case["say"]:
            reply = await person.say(message)
        after = await person.things()
    expected = case["expect"]
    return [
        *_answer_differs(reply, expected),
        *_things_differ({task["id"]: task for task in before}, after, expected, case["zone"]),
    ]


@dataclass
class _Person:
    """Somebody in a conversation."""

    stage: Stage
    client: httpx.AsyncClient
    case: Mapping[str, Any]
    user_id: str
    state: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    async def make(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Makes the tasks that there are before; only a series has to be followed by what it makes."""
        for given in tasks:
            EAGER.set("recurrence" in given)
            await self._make(given)
        EAGER.set(True)
        await self.stage.settle()

    async def _make(self, given: Mapping[str, Any]) -> None:
        known = {name: given[name] for name in ("title", "due", "priority", "tags", "recurrence") if name in given}
        if "local" in known.get("due", {}):
            known["due"] = {**known["due"], "zone": self.case["zone"]}
        made = await self._ask("POST /api/v1/tasks", known)
        self.stage.clock.move_to(self.stage.clock.now() + TICK)  # so that it is known which was made first
        if given.get("status") == "completed":
            await self._ask(f"POST /api/v1/tasks/{made['id']}/complete")

    async def say(self, message: str) -> Reply:
        """Returns the answer to a message; what follows from it has been done."""
        self.number += 1
        context = Context(self.case["lang"], self.case["zone"], self.stage.clock.now())
        reply = await respond(message, State.from_wire(self.state), await self._tools(), context)
        self.state = reply.state.to_wire()
        await self.stage.settle()
        return reply

    async def _tools(self) -> "_Catalogue":
        async with self.stage.world.database.connect() as connection:
            user = await user_queries.find(connection, self.user_id)
        assert user is not None
        caller = Caller(profile_of(user), "user", user.id, FULL_SCOPES, "")
        run = str(uuid5(NAMESPACE_URL, f"{user.id} {self.number}"))
        duely = self.stage.app.state.duely
        act = Act(duely.services, duely.signer, duely.quota, caller, Cause("chat", run, run), run, run)
        return _Catalogue(act)

    async def things(self) -> "_Things":
        """Returns all that the person has."""
        trash = (await self._ask(f"GET /api/v1/tasks?trash=true&per_page={PAGE}"))["items"]
        series = (await self._ask(f"GET /api/v1/series?per_page={PAGE}"))["items"]
        return _Things([*await self.tasks(), *({**_seen(task), "status": "deleted"} for task in trash)], series)

    async def tasks(self) -> list[dict[str, Any]]:
        """Returns the tasks that are not in the trash."""
        return [*map(_seen, (await self._ask(f"GET /api/v1/tasks?per_page={PAGE}"))["items"])]

    async def _ask(self, line: str, body: Any = None) -> Any:
        method, _, path = line.partition(" ")
        answer = await self.client.request(method, path, json=body)
        if not answer.is_success:
            raise ValueError(f"{line}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None


@dataclass
class _Catalogue:
    """The real tools, each call with an id of its own."""

    act: Act
    calls: int = 0

    async def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.calls += 1
        act = replace(self.act, command_id=str(uuid5(NAMESPACE_URL, f"{self.act.command_id} {self.calls}")))
        return await call(tool_named(name), Use(act), arguments)


@dataclass
class _Things:
    """The tasks as they are compared, and the series."""

    tasks: list[dict[str, Any]]
    series: list[dict[str, Any]]


def _seen(task: Mapping[str, Any]) -> dict[str, Any]:
    snoozed = [each.get("snoozed_until") for each in task["reminders"] if each.get("snoozed_until")]
    kept = {name: task[name] for name in ("id", "title", "status", "priority", "series_id")}
    return kept | {"due": _due(task["due"]), "tags": sorted(task["tags"]), "snoozed_until": next(iter(snoozed), None)}


def _due(due: Mapping[str, Any] | None) -> dict[str, str] | None:
    if due is None:
        return None
    return {"date": due["date"]} if "date" in due else {"local": due["local"][:16]}


def _answer_differs(reply: Reply, expected: Mapping[str, Any]) -> list[str]:
    text = reply.text.casefold()
    wrong = [
        f"it does not say {part!r}: {reply.text!r}"
        for part in expected.get("mentions", ())
        if part.casefold() not in text
    ]
    wrong += [f"it says {part!r}: {reply.text!r}" for part in expected.get("omits", ()) if part.casefold() in text]
    if expected.get("reply", reply.kind) != reply.kind:
        wrong.append(f"it answers {reply.kind}, not {expected['reply']}: {reply.text!r}")
    return wrong


def _things_differ(
    before: Mapping[str, Mapping[str, Any]], after: _Things, expected: Mapping[str, Any], zone: str
) -> list[str]:
    """Returns in what the named tasks are not as expected, and the others not as they were."""
    wanted = {each["title"].casefold(): each for each in expected.get("tasks", ())}
    wrong = [line for each in wanted.values() for line in _task_differs(after, each, zone)]
    now = {task["id"]: task for task in after.tasks}
    for task_id in {**before, **now}:
        old, new = before.get(task_id), now.get(task_id)
        title = str((new or old or {})["title"])
        if old != new and title.casefold() not in wanted:
            wrong.append(f"{title!r} is {new}, and was {old}")
    return wrong


def _task_differs(after: _Things, wanted: Mapping[str, Any], zone: str) -> list[str]:
    named = [task for task in after.tasks if task["title"].casefold() == wanted["title"].casefold()]
    if not named:
        return [f"there is no {wanted['title']!r} among {[task['title'] for task in after.tasks]}"]
    task = _meant(named, wanted)
    series = next((each for each in after.series if each["id"] == task["series_id"]), None)
    found = {
        **{name: task[name] for name in ("status", "due", "priority")},
        "tags": task["tags"],
        "snoozed_until": _wall(task["snoozed_until"], zone),
        "series": series and series["status"],
    }
    right = {**wanted, "tags": sorted(wanted.get("tags", ())), "snoozed_until": _local(wanted.get("snoozed_until"))}
    names = [name for name in found if name in wanted and found[name] != right[name]]
    wrong = [f"{task['title']!r}: {name} is {found[name]!r}, not {right[name]!r}" for name in names]
    if "recurrence" in wanted and (series is None or rule_differs(series, wanted["recurrence"], task["due"], zone)):
        wrong.append(f"{task['title']!r}: repeats by {series and series['rule']}, not {wanted['recurrence']}")
    return wrong


def _meant(named: Sequence[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Returns of several tasks with one title the open one with the earliest due, or the one of the wanted status."""
    status = wanted.get("status", "open")
    fitting = [task for task in named if task["status"] == status] or list(named)
    return min(fitting, key=lambda task: next(iter((task["due"] or {"": "9999"}).values())))


def _wall(instant: str | None, zone: str) -> str | None:
    return instant and f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def _local(wanted: Any) -> Any:
    return wanted["local"] if isinstance(wanted, dict) else wanted
