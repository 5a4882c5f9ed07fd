"""The turn: lock, load, decide, commit, arm, reply. Actors of every type run through this one shape."""

import asyncio
import logging
import weakref
from abc import abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import grpc
from dapr.actor import Actor, ActorId, ActorInterface, ActorReminderFailurePolicy, Remindable
from dapr.actor.runtime.context import ActorRuntimeContext
from dapr.clients.exceptions import DaprInternalError
from typing_extensions import override

from actors.bugs import Bug
from actors.clock import instant_text, parse_instant
from actors.commands import TICK, Command, is_of_this_release, tick_command
from actors.context import acting_for, correlation_id, user_id
from actors.doc import KEY, Doc
from actors.ports import Activations
from actors.replies import Accepted, Decision, Json, NewerWriterError, Outage, Refused, Reply, UnknownNameError

log = logging.getLogger(__name__)

WAKE = "wake"  # the one reminder of an actor
STATE_SECONDS = 3.0
ARM_SECONDS = 0.5
EARLY_PAUSE = timedelta(seconds=1)
ARM_PAUSE = timedelta(
    seconds=1
)  # whoever calls `tick` and `arm` without end costs the scheduler one write in that time
LONGEST_DELAY = timedelta(days=365)  # the scheduler refuses 292 years; a tick that is early registers the next stretch
# The write of a turn, as the sidecar takes it: a transaction of one operation on one key.
SAVE_HEAD = b'[{"operation":"upsert","request":{"key":"' + KEY.encode() + b'","value":'
SAVE_TAIL = b"}}]"

# Retries without a limit: by default a one-shot reminder is deleted after its fourth failure, some 3 s into an outage.
FOR_EVER = ActorReminderFailurePolicy.constant_policy(interval=timedelta(seconds=5))

# The exceptions of an outage between us and the store; anything else is a bug.
_OUTAGES = (grpc.RpcError, DaprInternalError, OSError)
# The words with which the database refuses a write of an old version, wherever the sidecar puts them.
_REFUSALS = ("stale actor write", "older schema", "SQLSTATE 40001", "SQLSTATE 23505", "duplicate key value")
# The words with which it refuses bytes that can never be stored: the same ones would be refused for ever.
_UNFIT = ("SQLSTATE 22", "SQLSTATE 23")
_TRIES = 3


class Rules(Protocol):
    """The pure `decide` of an actor type. `state` is the TypedDict of that type: the doc holds what its rules wrote."""

    def __call__(self, state: Any, version: int, command: Command, now: datetime, /) -> Decision: ...


class Turns(ActorInterface):
    """The methods that the sidecar may call; `TurnActor` says what each does."""

    @abstractmethod
    async def turn(self, command: Json) -> Json: ...

    @abstractmethod
    async def tick(self) -> Json: ...

    @abstractmethod
    async def arm(self) -> Json: ...

    @abstractmethod
    async def ping(self) -> Json: ...


class TurnActor(Actor, Turns, Remindable):
    """The base of all actors. A subclass names its rules, and `Remindable` once more: the SDK looks for it there alone."""

    rules: ClassVar[Rules]
    # Create commands skip the read; if the actor exists already, the fence refuses the write and we decide after a read.
    births: ClassVar[frozenset[str]]
    # The method that each reminder runs, by the reminder's name.
    reminders: ClassVar[Mapping[str, str]]

    def __init__(self, ctx: ActorRuntimeContext, actor_id: ActorId, activations: Activations) -> None:
        super().__init__(ctx, actor_id)
        # The SDK ties actor and state manager in a cycle. Then only the garbage collector frees deactivated actors, and a
        # hundred thousand of them stop the process for seconds.
        self._state_manager._actor = weakref.proxy(self)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the SDK offers no other way
        self._type: str = ctx.actor_type_info.type_name
        self._id: str = actor_id.id
        self._client = ctx.dapr_client
        self._shared = activations
        self._ports = activations.ports
        self._lock = activations.lock_of(self._type, self._id)
        self._epoch = activations.epoch
        self._doc: Doc | None = None
        self._armed: tuple[str, datetime] | None = None  # the wake registered last, and when

    async def turn(self, command: Json) -> Json:
        """Applies a command, given as `Command.to_wire()` and signed; returns `Reply.to_wire()`, or the envelope of a bug.

        Without the gateway's signature nothing happens, and the envelope is `{"ok": false, "unsigned": why}`. Raises Outage
        when the result is not known.
        """
        if fault := self._ports.fault_of(self._type, self._id, command):
            return {"ok": False, "unsigned": fault}
        try:
            read = Command.from_wire(command)
        except (KeyError, TypeError) as error:
            raise NewerWriterError("a command of another form") from error
        return await self._answered(read.name, read.correlation_id, self._turn(read))

    async def _turn(self, command: Command) -> Json:
        async with self._alone():
            return await self._apply(command, self._ports.clock.now())

    async def tick(self) -> Json:
        """Does what is due, for the sweeper, which finds a wake again that cannot be registered now.

        Returns the envelope with `{"wake": instant or null}` as value, or that of a bug.
        """
        return await self._tick(ARM_SECONDS, must_arm=False)

    async def on_wake(self) -> None:
        """Does what is due, for the scheduler. Raises Outage when the next wake cannot be registered, so that it tries again.

        A bug raises nothing: the scheduler would try for ever, every 5 s. The sweeper finds the overdue wake.
        """
        await self._tick(STATE_SECONDS, must_arm=True)

    async def _tick(self, arm_seconds: float, *, must_arm: bool) -> Json:
        return await self._answered(TICK, "", self._do_due(arm_seconds, must_arm=must_arm))

    async def _do_due(self, arm_seconds: float, *, must_arm: bool) -> Json:
        """Commits, then registers the next wake: registering replaces the job that is running, and its retries with it."""
        async with self._alone():
            now = self._ports.clock.now()
            reply = await self._apply(tick_command(self._id, instant_text(now)), now)
            wake = None if self._doc is None else self._doc.wake
            if wake is not None and (must_arm or not self._armed_just_now(wake)):
                did_something = bool(reply["value"])
                try:
                    await self._arm(wake, timedelta(0) if did_something else EARLY_PAUSE, arm_seconds)
                except Outage:
                    if must_arm:
                        raise
            return {**reply, "value": {"wake": wake}}

    async def arm(self) -> Json:
        """Registers the wake of the stored doc; returns `{"armed": instant or null}`, or the envelope of a bug."""
        return await self._answered("arm", "", self._arm_stored())

    async def _arm_stored(self) -> Json:
        async with self._alone():
            doc = await self._read()
            if doc.wake is not None and not self._armed_just_now(doc.wake):
                await self._arm(doc.wake, timedelta(0), STATE_SECONDS)
            return {"armed": doc.wake}

    async def ping(self) -> Json:
        """Does nothing: measures what every turn costs at least."""
        return {}

    @override
    async def receive_reminder(
        self, name: str, state: bytes, due_time: timedelta, period: timedelta, ttl: timedelta | None = None
    ) -> None:
        """Runs the method of the reminder. Raises UnknownNameError for one of a newer release."""
        method = self.reminders.get(name)
        if method is None:
            raise UnknownNameError(f"{self._type} knows no reminder {name}")
        await getattr(self, method)()

    async def _answered(self, doing: str, correlation_id: str, answer: Awaitable[Json]) -> Json:
        """Raises outages, after which the caller may repeat; answers a bug with its envelope, because no repeat mends it."""
        try:
            return await answer
        except (Outage, *_OUTAGES):
            raise
        except Exception as error:  # noqa: BLE001  the edge of a turn; `on_bug` logs it
            bug = Bug(self._type, self._id, doing, correlation_id, error)
            self._ports.on_bug(bug)
            return bug.to_wire()

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """Holds our own lock: the sidecar frees its own when a caller gives up, while that turn still runs here.

        After any exception the next turn reads the doc again: a save that failed may have been stored.
        """
        async with self._lock:
            if self._epoch != self._shared.epoch:
                self._epoch, self._doc = self._shared.epoch, None
            try:
                # A reminder acts for the owner of the actor, as soon as that is known.
                with acting_for(_owner(self._doc), ""):
                    yield
            except BaseException:
                self._doc = None
                raise

    async def _apply(self, command: Command, now: datetime) -> Json:
        """Decides until a write is stored, or until a doc read in this turn shows that there is nothing to write.

        Raises Outage when others wrote in between at every try.
        """
        user_id.set(command.principal.user_id or user_id.get())
        correlation_id.set(command.correlation_id)
        doc = self._doc
        assumed = Doc() if doc is None and command.name in self.births else doc
        for _ in range(_TRIES):
            fresh = assumed is None
            doc = await self._read() if assumed is None else assumed
            assumed = None
            if doc.command is not None and doc.command["id"] == command.id:
                return _known_reply(doc.command, command)
            decision = self._decide(doc, command, now)
            if isinstance(decision, Accepted):
                if (after := await self._commit(doc, decision, command)) is not None:
                    return await self._committed(doc, after, command, decision)
            elif not fresh:
                continue
            if (known := await self._find(command)) is not None:
                return known
            if not isinstance(decision, Accepted):
                return Reply.of(decision, doc.version).to_wire()
        raise Outage(f"others wrote the doc of {self._type} first at every try")

    def _decide(self, doc: Doc, command: Command, now: datetime) -> Decision:
        """Returns the decision of the rules. Raises NewerWriterError, not a bug, when they fail on a newer release's body."""
        try:
            return self.rules(doc.state, doc.version, command, now)
        except Outage:
            raise
        except Exception as error:
            if is_of_this_release(command):
                raise
            raise NewerWriterError(f"{command.name} with a body that this release does not know") from error

    async def _commit(self, doc: Doc, decision: Accepted, command: Command) -> Doc | None:
        """Stores the next doc and returns it; None when the database refused it."""
        assert decision.state["id"] == self._id, "the command was sent to another actor"  # noqa: S101  # a bug of the sender
        after = doc.after(decision, command)
        if not await self._save(after.written(decision.events)):
            self._doc = None
            return None
        self._doc = after
        self._ports.on_commit({event["type"] for event in decision.events})
        return after

    async def _committed(self, doc: Doc, after: Doc, command: Command, decision: Accepted) -> Json:
        """Arms a changed wake and returns the reply. The sweeper finds a wake that could not be registered."""
        if after.wake is not None and after.wake != doc.wake and command.name != TICK:
            try:
                await self._arm(after.wake, timedelta(0), ARM_SECONDS)
            except Outage as error:
                log.info(
                    "wake not registered", extra={"actor_type": self._type, "actor": self._id, "cause": str(error)}
                )
        return Reply.of(decision, after.version).to_wire()

    async def _save(self, doc: bytes) -> bool:
        """Stores a doc; returns False when the database refused it.

        After an unknown result the same bytes are sent once more: if they are stored already, that is a no-op.
        """
        data = SAVE_HEAD + doc + SAVE_TAIL
        for last_try in (False, True):
            try:
                await self._client.save_state_transactionally(self._type, self._id, data)
            except _OUTAGES as error:
                if any(words in str(error) for words in _REFUSALS):
                    log.info(
                        "write refused", extra={"actor_type": self._type, "actor": self._id, "cause": str(error)[:300]}
                    )
                    return False
                if any(words in str(error) for words in _UNFIT):
                    raise ValueError(f"the database cannot hold the state of {self._type}") from error
                if last_try:
                    raise Outage(f"the state of {self._type} could not be saved") from error
            else:
                return True
        raise AssertionError("the last try returns or raises")

    async def _read(self) -> Doc:
        """Returns the doc as it is stored now. Raises Outage."""
        try:
            data = await self._client.get_state(self._type, self._id, KEY)
        except _OUTAGES as error:
            raise Outage(f"the state of {self._type} could not be read") from error
        self._doc = Doc.read(data)
        if not user_id.get():
            user_id.set(_owner(self._doc))
        return self._doc

    async def _find(self, command: Command) -> Json | None:
        """Returns the reply that this command got before, from the log; another process may have applied it."""
        if command.name == TICK:
            return None
        try:
            async with asyncio.timeout(STATE_SECONDS):
                known = await self._ports.commands.find(command.id)
        except TimeoutError as error:
            raise Outage("the log of commands did not answer") from error
        if known is None:
            return None
        return _known_reply(known, command) if known["actor"] == self._id else _mismatch()

    async def _arm(self, wake: str, at_least: timedelta, seconds: float) -> None:
        delay = min(max(at_least, parse_instant(wake) - self._ports.clock.now()), LONGEST_DELAY)
        try:
            async with asyncio.timeout(seconds):
                await self.register_reminder(WAKE, b"", delay, failure_policy=FOR_EVER)
        except _OUTAGES as error:
            raise Outage(f"the wake of {self._type} could not be registered") from error
        self._armed = wake, self._ports.clock.now()
        self._ports.note_armed(self._type, self._id, wake)

    def _armed_just_now(self, wake: str) -> bool:
        """Returns whether it was registered less than ARM_PAUSE ago; a clock that was set back does not matter."""
        if self._armed is None or self._armed[0] != wake:
            return False
        return abs(self._ports.clock.now() - self._armed[1]) < ARM_PAUSE

    # The SDK's own state cache is not used; leaving it on costs a thread hop at every activation.
    async def _reset_state_internal(self) -> None:
        pass

    async def _save_state_internal(self) -> None:
        pass


def _owner(doc: Doc | None) -> str:
    """Returns the id of the user whose actor it is, for a user their own; "" when that is not known yet."""
    state = (doc and doc.state) or {}
    owner: str = state.get("user_id") or state.get("id", "")
    return owner


def _known_reply(known: Mapping[str, Any], command: Command) -> Json:
    if known["hash"] == command.hash:
        reply: Json = known["reply"]
        return reply
    return _mismatch()


def _mismatch() -> Json:
    detail = "This Idempotency-Key came with another request before."
    return Reply.of(Refused("idempotency_mismatch", detail, 422), 0).to_wire()
