"""Acts: one thing asked in somebody's name. Routes, tools and imports make the same value and go the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from actors.commands import Cause, Command, Principal, build_command
from actors.fields import Body
from actors.replies import Json, Reply
from host.store.engine import Database
from web.api.edge.signed import Signer
from web.caller import Caller
from web.problems import refused
from web.quota import Quota
from web.services import Services

# The types of actors that commands go to.
TASK: Final = "TaskActor"
SERIES: Final = "SeriesActor"
USER: Final = "UserActor"
CONVERSATION: Final = "ConversationActor"

Write: TypeAlias = tuple[str, int]  # actor id, version


@dataclass(frozen=True, slots=True)
class Act:
    """One thing asked in somebody's name.

    `command_id` is the same when the same is asked again. `if_match` is the version that the caller edited, or None for
    whichever is current. `seen` are the writes that a read must show besides all that the caller did; with `eventual` a
    read waits for nothing.
    """

    services: Services
    signer: Signer
    quota: Quota
    caller: Caller
    cause: Cause
    correlation_id: str
    command_id: str
    if_match: int | None = None
    seen: Sequence[Write] = ()
    eventual: bool = False

    @property
    def user_id(self) -> str:
        return self.caller.user_id

    @property
    def db(self) -> Database:
        return self.services.db

    def now(self) -> datetime:
        return self.services.clock.now()

    def command(self, name: str, body: Body | Json | None = None, *, if_match: int | None = None) -> Command:
        """Returns the command in the caller's name."""
        caller = self.caller
        return build_command(
            name,
            body or {},
            id=self.command_id,
            principal=Principal(caller.kind, caller.id, caller.user_id),
            correlation_id=self.correlation_id,
            zone=caller.profile.zone,
            defaults=caller.profile.defaults,
            if_match=if_match,
            cause=self.cause,
        )

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        """Returns the actor's reply; raises ProblemError for a refusal, and what `ask` raises."""
        reply = await self.ask(actor_type, actor_id, command)
        if reply.error is not None:
            raise refused(reply.error)
        return reply

    async def ask(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        """Returns the actor's reply, which may be a refusal.

        Raises ProblemError beyond a quota, and Unavailable or ActorBug as the gateway does.
        """
        await self.quota.admit(self.user_id, actor_id, command)
        return await self.services.actors.send(actor_type, actor_id, command)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an act: what to show of it, and the writes that the next read must show.

    `version` is that of the one thing shown. The outcome is `pending` while the change is saved, but what it makes is
    not there yet.
    """

    value: Json
    writes: Sequence[Write]
    version: int | None = None
    outcome: Literal["changed", "made", "pending"] = "changed"
