"""The recorder: what a run does, each thing recorded before it has an effect, so that nothing is asked or done twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from actors.commands import body_hash
from actors.replies import Json
from host.dapr.gateway import Unavailable
from web.problems import ProblemError
from web.tools.calling import call, carry_out, dumped, planned, read_arguments, shown
from web.tools.chat.backends.backend import MOST_CALLS, Answer
from web.tools.chat.hold import Hold
from web.tools.chat.limits import (
    MOST_PLAN_BYTES,
    MOST_RESULT_BYTES,
    RunChangedError,
    RunLimitError,
    RunStoppedError,
)
from web.tools.chat.storable import storable
from web.tools.plan import Plan
from web.tools.tool import ReadingTool, Use

UNREACHED: Final = "unavailable"  # the code of a step of which nothing is known
_HOLD_ON_SECONDS: Final = 5.0
_OUTAGE: Final = 503
_OWN: Final = frozenset({"change_set"})  # the run is the change set

Made = tuple[str, Json]  # the kind of a record, and its value


@dataclass(slots=True)
class Watch:
    """Who looks at a run while it goes on: `see` gets what happens, and `stopped` is set when it is to end."""

    see: Callable[[Json], None]
    stopped: asyncio.Event


@dataclass(slots=True)
class Recorder:
    """The steps of one run, for its back end.

    `records` are those that were made before. `confirmed` are the calls, by their digest, that the person was asked about
    and has allowed. `asked` are those to ask about after this run, `outputs` what the calls gave.
    """

    hold: Hold
    records: list[Json]
    confirmed: frozenset[str]
    watch: Watch
    ends_at: float  # by the clock of the loop
    admit: Callable[[], Awaitable[None]]  # raises RunRevokedError
    asked: list[str] = field(default_factory=list)
    outputs: list[Json] = field(default_factory=list)
    _place: int = 0

    async def call(self, name: str, arguments: Mapping[str, Any], *, guarded: bool = True) -> Json:
        """Returns the output of the call, or raises the ProblemError with which it was refused, now or before."""
        if len(self.outputs) >= MOST_CALLS:
            raise RunLimitError("calls")
        asked = storable({key: value for key, value in arguments.items() if key not in _OWN})
        use = self._use(len(self.outputs))
        is_new = self._is_new
        if is_new:
            self.watch.see({"type": "call", "name": name, "arguments": asked})
        record = await self._once(lambda: self._begin(use, name, asked, guarded=guarded))
        about = {"name": name, "arguments": asked}
        if about != {key: record["value"].get(key) for key in about}:
            raise RunChangedError
        if record["kind"] == "plan":
            begun = record["value"]
            record = await self._once(lambda: self._carry_out(use, begun))
        given: Json = {**about, **record["value"]}
        self.outputs.append(given)
        if is_new:
            self.watch.see({"type": "result", **{key: given[key] for key in given if key != "arguments"}})
        return self._told(given)

    def _told(self, given: Json) -> Json:
        if "problem" in given:
            problem = given["problem"]
            raise ProblemError(problem["status"], problem["code"], problem["detail"], extra=problem.get("extra"))
        output: Json = given["output"]
        if output.get("asks"):
            self.asked.append(body_hash(given["name"], given["arguments"]))
        return output

    async def answer(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Returns what the model answered, which is asked only once."""

        async def made() -> Made:
            return "answer", storable((await self._while_held(ask)).to_wire())

        return Answer.from_wire((await self._once(made))["value"])

    def say(self, text: str) -> None:
        """Shows a piece of the answer, unless it was shown when it was recorded."""
        if self._is_new:
            self.watch.see({"type": "text", "text": text})

    @property
    def _is_new(self) -> bool:
        return self._place >= len(self.records)

    def _use(self, number: int) -> Use:
        """Returns the use of a call: its command id follows from the run and its number."""
        return Use(replace(self.hold.act, command_id=str(uuid5(UUID(self.hold.run_id), str(number)))))

    async def _once(self, make: Callable[[], Awaitable[Made]]) -> Json:
        """Returns the record at the next place; makes it where there is none."""
        place, self._place = self._place, self._place + 1
        if place == len(self.records):
            self.records.append(await self.hold.record(place, *await make()))
        return self.records[place]

    async def _begin(self, use: Use, name: str, arguments: Json, *, guarded: bool) -> Made:
        """Returns the plan of a call that writes, or the result of any other."""
        from web.tools.catalogue import tool_named  # noqa: PLC0415  who never chats does not load it

        await self._go_on()
        about: Json = {"name": name, "arguments": arguments}
        try:
            tool = tool_named(name)
            if isinstance(tool, ReadingTool):
                return "result", about | {"output": _bounded(await call(tool, use, arguments))}
            plan = await planned(tool, use, arguments)
            if (asks := guarded and self._must_ask(plan, name, arguments)) or read_arguments(tool, arguments).dry_run:
                return "result", about | {"output": _cut(dumped(shown(plan)) | ({"asks": True} if asks else {}))}
            return "plan", about | {"plan": _recordable(plan)}
        except ProblemError as problem:
            if problem.status == _OUTAGE:
                raise
            return "result", about | {"problem": _kept(problem)}

    async def _carry_out(self, use: Use, begun: Json) -> Made:
        """Carries out a recorded plan. Raises Unavailable while it is not known what became of a step: it is done again."""
        await self.admit()
        changed = await carry_out(use, Plan.from_json(begun["plan"]))
        if any(result.code == UNREACHED for result in changed.results):
            raise Unavailable("a step of a run was not reached")
        return "result", {"output": _cut(dumped(changed))}

    def _must_ask(self, plan: Plan, name: str, arguments: Json) -> bool:
        return plan.asks and body_hash(name, arguments) not in self.confirmed

    async def _go_on(self) -> None:
        """Raises what ends the run before its next call."""
        if self.watch.stopped.is_set():
            raise RunStoppedError
        if asyncio.get_running_loop().time() > self.ends_at:
            raise RunLimitError("seconds")
        await self.admit()

    async def _while_held(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Waits for a model, holding on to the run; raises what ends the run meanwhile."""
        loop = asyncio.get_running_loop()
        await self._go_on()
        asking, stopped = asyncio.ensure_future(ask()), asyncio.ensure_future(self.watch.stopped.wait())
        try:
            while not asking.done():
                seconds = min(_HOLD_ON_SECONDS, max(0.0, self.ends_at - loop.time()))
                await asyncio.wait([asking, stopped], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
                if not asking.done():
                    await self._go_on()
                    await self.hold.claim()
            return asking.result()
        finally:
            asking.cancel()
            stopped.cancel()
            await asyncio.gather(asking, stopped, return_exceptions=True)


def _recordable(plan: Plan) -> Json:
    wire = plan.to_json()
    if len(orjson.dumps(wire)) > MOST_PLAN_BYTES:
        raise ProblemError(422, "call_too_large", "This is too much for one call; do it in several smaller ones.")
    return wire


def _bounded(output: Json) -> Json:
    if len(orjson.dumps(output)) > MOST_RESULT_BYTES:
        raise ProblemError(422, "result_too_large", "This would answer too much; ask for fewer, or without details.")
    return output


def _cut(output: Json) -> Json:
    """Returns what a call did in the size that a run can keep: without the things themselves where they are long."""
    if len(orjson.dumps(output)) <= MOST_RESULT_BYTES:
        return output
    results: Sequence[Json] = output.get("results", [])
    brief = [{key: result[key] for key in result if key in {"status", "id", "code", "did"}} for result in results]
    return {**output, "results": brief, "next": []}


def _kept(problem: ProblemError) -> Json:
    """Returns what is recorded of a refusal, with each fault in its words."""
    faults = " ".join(f"{fault.where}: {fault.detail}" for fault in problem.faults[1:5])
    detail: str = storable(f"{problem.detail} {faults}".strip())
    return {"status": problem.status, "code": problem.code, "detail": detail, "extra": problem.extra}
