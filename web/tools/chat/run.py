"""One run: from its message to its answer, begun here or taken up where somebody else has left it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import orjson

from actors.clock import parse_instant
from actors.conversation.bodies import LONGEST_ANSWER, MOST_CARDS, MOST_MEMORY_BYTES
from actors.replies import Json
from host.dapr.gateway import Unavailable
from host.store.engine import is_outage
from web.act import Act
from web.problems import ProblemError
from web.tools.chat.asking import Office, admit
from web.tools.chat.backends.backend import Backend, Reply, Turn
from web.tools.chat.hold import Hold
from web.tools.chat.limits import (
    RUN_SECONDS,
    RunChangedError,
    RunLeftError,
    RunLimitError,
    RunRevokedError,
    RunStoppedError,
)
from web.tools.chat.recorder import Recorder, Watch
from web.tools.chat.storable import storable
from web.tools.chat.words import UNKNOWN, Ending, done_of, ending

log = logging.getLogger(__name__)

LONGEST_LIFE: Final = timedelta(hours=12)
_MOST_SHOWN: Final = 20  # results of one call
_MOST_ARGUMENTS: Final = 2_048  # bytes
_MOST_SHOWN_BYTES: Final = 64 * 1024
_ASKED: Final = "asked_about"  # in the memory of a conversation: the calls that wait for a yes
_CHANGES: Final = "changes"  # there, too: the change sets that the next message may take back
_MOST_CHANGES: Final = 50
_OUTAGE: Final = 503
_STATES: Final[Mapping[Ending, str]] = {
    "stopped": "stopped",
    "interrupted": "interrupted",
    "revoked": "interrupted",
    "changed": "interrupted",
}


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead of one run by one process."""

    office: Office
    backend: Backend
    hold: Hold
    watch: Watch
    seconds: float = RUN_SECONDS

    async def carry_on(self, state: Json) -> None:
        """Leads the run in the stored state of its conversation to its end.

        Raises RunLeftError where it has ended or is somebody else's, and what an outage raises: then nothing is lost, and
        the same may be called again with the state of then.
        """
        run = state["run"]
        if run is None or run["id"] != self.hold.run_id:
            raise RunLeftError("run_ended")
        recorder = self._recorder(run, state["memory"])
        try:
            await self.hold.finish(await self._body(state, run, recorder))
        except RunLimitError:  # its answer is too large: the words alone have room
            await self.hold.finish(_ended(state, "size", recorder) | {"calls": []})

    async def _body(self, state: Json, run: Json, recorder: Recorder) -> Json:
        """Returns how the run ends: with the answer of its back end, or with why there is none."""
        if self._now() - parse_instant(run["began_at"]) > LONGEST_LIFE:
            return _ended(state, "interrupted", recorder)
        try:
            reply = await self.backend.respond(_turn(state, run, self.hold.act), recorder)
        except Exception as error:
            why = _why(error)
            if why is None:
                raise
            if why == "failed":
                log.exception("a run of the chat failed", extra={"backend": self.backend.name})
            return _ended(state, why, recorder)
        return _answered(reply, recorder)

    def _recorder(self, run: Json, memory: Json) -> Recorder:
        confirmed = frozenset(memory.get(_ASKED, ())) if run["confirmed"] else frozenset[str]()
        return Recorder(
            self.hold,
            list(run["records"]),
            confirmed,
            self.watch,
            asyncio.get_running_loop().time() + self.seconds,
            partial(_admit, self.office, self.hold),
        )

    def _now(self) -> datetime:
        return self.office.services.clock.now()


async def _admit(office: Office, hold: Hold) -> None:
    await admit(office.services.db, hold.act.caller, office.services.clock.now())


def _turn(state: Json, run: Json, act: Act) -> Turn:
    messages: list[Json] = state["messages"]
    place = next(place for place, message in enumerate(messages) if message["id"] == run["message_id"])
    memory = {key: value for key, value in state["memory"].items() if key != _ASKED}
    return Turn(
        message=messages[place]["text"],
        history=messages[:place],
        memory=memory,
        language=run["language"],
        zone=run["zone"],
        now=parse_instant(run["began_at"]),
        confirmed=run["confirmed"],
        user_id=act.user_id,
        uses_model=act.caller.profile.defaults.get("chat_model", True),
    )


def _why(error: Exception) -> Ending | None:
    """Returns why the run ends with that error; None for one after which somebody may go on."""
    if isinstance(error, RunLimitError):
        return error.limit
    if isinstance(error, RunLeftError) or passes(error):
        return None
    for kind, why in _ENDINGS.items():
        if isinstance(error, kind):
            return why
    return "failed"


def passes(error: Exception) -> bool:
    """Returns whether the error passes by itself: what a run needs is away."""
    if isinstance(error, ProblemError):
        return error.status == _OUTAGE
    return isinstance(error, Unavailable) or is_outage(error)


_ENDINGS: Final[Mapping[type[Exception], Ending]] = {
    RunStoppedError: "stopped",
    RunRevokedError: "revoked",
    RunChangedError: "changed",
}


def _outputs(records: Sequence[Json]) -> list[Json]:
    """Returns what the calls of a run gave, as far as that is recorded; of a plan without a result it is not known."""
    outputs: list[Json] = []
    for record in records:
        if record["kind"] == "plan":
            steps = record["value"].get("plan", {"steps": ()})["steps"]
            unknown = [{"status": UNKNOWN, "id": step["target"], "title": step["title"]} for step in steps]
            outputs.append({**record["value"], "output": {"results": unknown}})
        elif record["kind"] == "result":
            begun = outputs.pop() if "name" not in record["value"] else {}
            outputs.append({**begun, **record["value"]})
    return outputs


def _ended(state: Json, why: Ending, recorder: Recorder) -> Json:
    """Returns the end of a run without an answer. What it changed can be taken back in the next message, too."""
    outputs = _outputs(recorder.records)
    done, run, memory = done_of(outputs), state["run"], state["memory"]
    changes = [*memory.get(_CHANGES, ()), run["id"]][-_MOST_CHANGES:]
    return {
        "state": _STATES.get(why, "failed"),
        "text": ending(run["language"], why, outputs)[:LONGEST_ANSWER],
        **({"memory": {**memory, _CHANGES: changes}} if done else {}),
        "kind": "done" if done else "nothing",
        "calls": _shown_calls(outputs),
        "changed": bool(done),
    }


def _answered(reply: Reply, recorder: Recorder) -> Json:
    memory = {**reply.memory, **({_ASKED: recorder.asked} if recorder.asked else {})}
    body: Json = storable(
        {
            "state": "done",
            "text": reply.text[:LONGEST_ANSWER],
            "kind": reply.kind,
            "tasks": list(dict.fromkeys(filter(_is_id, reply.tasks)))[:MOST_CARDS],
            "calls": _shown_calls(recorder.outputs),
            "changed": bool(done_of(recorder.outputs)),
            "usage": {"tokens": tokens} if (tokens := _tokens(recorder)) else {},
            "memory": memory if len(orjson.dumps(memory)) <= MOST_MEMORY_BYTES else {},
        }
    )
    return body


def _tokens(recorder: Recorder) -> int:
    return sum(record["value"]["tokens"] for record in recorder.records if record["kind"] == "answer")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _shown_calls(outputs: Sequence[Json]) -> list[Json]:
    """Returns the calls as a message shows them, and only their names where they are long together."""
    calls = [_shown_call(given) for given in outputs]
    if len(orjson.dumps(calls)) <= _MOST_SHOWN_BYTES:
        return calls
    return [{"name": call["name"], "arguments": {}, "results": [], "total": call["total"]} for call in calls]


def _shown_call(given: Json) -> Json:
    results: Sequence[Json] = (given.get("output") or {}).get("results", ())
    arguments = given.get("arguments", {})
    brief = [{key: result[key] for key in result if key in _SHOWN} for result in results[:_MOST_SHOWN]]
    return {
        "name": given["name"],
        "arguments": arguments if len(orjson.dumps(arguments)) <= _MOST_ARGUMENTS else {},
        "results": brief,
        "total": len(results),
        **({"problem": given["problem"]} if "problem" in given else {}),
    }


_SHOWN: Final = frozenset({"status", "id", "title", "did", "code", "detail"})
