"""The gateway: the only way to call actors. It signs commands; outages become Unavailable, bugs ActorBug."""

import asyncio
import logging
import time
from math import inf
from typing import Final, Protocol

import orjson
from dapr.clients.base import DaprActorClientBase

from actors.commands import Command
from actors.replies import Json, Reply
from host.keys.signatures import FAULTS, Signatures

log = logging.getLogger(__name__)

# Repeating a call is safe: a command has an id, and the actor answers a repeated one from its command log.
_PAUSES_SECONDS = (0.05, 0.2, 0.5, 1.0, 2.0)
_DEADLINE_SECONDS = 8.0
_REFUSAL_SECONDS = 60.0

MOST_IN_FLIGHT: Final = 256  # for requests; two cores make some 600 tasks a second, so the last one waits 0.4 s


class Unavailable(Exception):  # noqa: N818  an outage is a state of the world, named as HTTP names it
    """The actor could not be reached in time; nothing is known to have happened. Try again."""

    retry_after_seconds = 2


class CommandRefused(Unavailable):
    """The actor does not take our signature, and nothing happened. To repeat it helps once the operator has acted."""

    def __init__(self, actor_type: str, fault: str) -> None:
        super().__init__(
            f"{actor_type} refuses our commands ({fault}): {FAULTS.get(fault, 'it is of another release')}"
        )


class ActorBug(Exception):  # noqa: N818  the third kind of failure, named as the other two are
    """The actor has a bug: repeating does not help until its program or its state is another. Its host logs it.

    The command had no effect, unless the bug came after the commit.
    """

    def __init__(self, actor_type: str, fingerprint: str) -> None:
        super().__init__(f"{actor_type} has a bug: {fingerprint} in the log of its host")
        self.actor_type = actor_type
        self.fingerprint = fingerprint


class Actors(Protocol):
    """The part of the gateway that those who send commands need; raises Unavailable or ActorBug."""

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply: ...


class Gateway:
    """Calls actors through the sidecar, with commands that it has signed. Each method raises Unavailable after 8 s of trying, or ActorBug at once.

    Beyond `most_in_flight` calls (None: no limit) a call raises Unavailable at once: behind a sidecar that hangs or is
    slow, it would only wait for its deadline as well.
    """

    def __init__(
        self, client: DaprActorClientBase, signatures: Signatures, *, most_in_flight: int | None = None
    ) -> None:
        self._client = client
        self._signatures = signatures
        self._most_in_flight = most_in_flight
        self._in_flight = 0
        self._refused: tuple[float, str] = (-inf, "")

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        """Returns the actor's reply, which may be a refusal."""
        body = orjson.dumps(self._signatures.sign(actor_type, actor_id, command.to_wire()))
        return Reply.from_wire(await self._call(actor_type, actor_id, "turn", body))

    def refusal(self) -> str:
        """Returns why actors refused a command in the last minute, "" when they refused none."""
        at, why = self._refused
        return why if time.monotonic() - at < _REFUSAL_SECONDS else ""

    async def tick(self, actor_type: str, actor_id: str) -> None:
        """Lets the actor do what is due, as its Dapr reminder would."""
        await self._call(actor_type, actor_id, "tick")

    async def arm(self, actor_type: str, actor_id: str) -> None:
        """Lets the actor register the wake in its doc."""
        await self._call(actor_type, actor_id, "arm")

    async def _call(self, actor_type: str, actor_id: str, method: str, body: bytes = b"null") -> Json:
        if self._in_flight == self._most_in_flight:
            raise Unavailable(f"{self._in_flight} calls wait for the sidecar already")
        self._in_flight += 1
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                answer = await self._call_until_answered(actor_type, actor_id, method, body)
        except TimeoutError as error:
            raise Unavailable(f"{actor_type} did not answer in {_DEADLINE_SECONDS:g} s") from error
        finally:
            self._in_flight -= 1
        wire: Json = orjson.loads(answer)
        if "unsigned" in wire:
            raise self._noted(CommandRefused(actor_type, wire["unsigned"]))
        if "bug" in wire:
            raise ActorBug(actor_type, wire["bug"]["fingerprint"])
        return wire

    def _noted(self, refused: CommandRefused) -> CommandRefused:
        self._refused = time.monotonic(), str(refused)
        return refused

    async def _call_until_answered(self, actor_type: str, actor_id: str, method: str, body: bytes) -> bytes:
        """Repeats a failed call after growing pauses; raises Unavailable after the last one."""
        for pause in _PAUSES_SECONDS:
            try:
                return await self._client.invoke_method(actor_type, actor_id, method, body)
            except OSError as error:
                log.info(
                    "actor call failed, trying again",
                    extra={"actor_type": actor_type, "method": method, "cause": _cause(error)},
                )
                await asyncio.sleep(pause)
        try:
            return await self._client.invoke_method(actor_type, actor_id, method, body)
        except OSError as error:
            raise Unavailable(f"{actor_type} cannot be reached: {_cause(error)}") from error


def _cause(error: OSError) -> str:
    return f"{type(error).__name__} {error}".strip()[:300]
