"""In whose name a run acts: its person or token as it was when the message came, as long as that is valid."""

from dataclasses import dataclass, replace
from datetime import datetime

from actors.clock import parse_instant
from actors.commands import Cause
from actors.replies import Json
from host.store.access import tokens
from host.store.engine import Database
from host.store.read_model import user_queries
from host.store.read_model.user_queries import UserRow
from web.act import Act
from web.api.edge.signed import Signer
from web.caller import Caller, Profile
from web.quota import Quota
from web.services import Services
from web.tools.chat.limits import RunRevokedError


@dataclass(frozen=True, slots=True)
class Office:
    """What a process leads runs with."""

    services: Services
    signer: Signer
    quota: Quota


@dataclass(frozen=True, slots=True)
class _Standing:
    """A clock that stands at the instant of a message: tomorrow is the same day however late a run goes on."""

    at: datetime

    def now(self) -> datetime:
        return self.at


async def act_of(office: Office, user_id: str, run: Json) -> Act:
    """Returns the act in which a run does all that it does; raises RunRevokedError."""
    services = office.services
    async with services.db.connect() as connection:
        user = await user_queries.find(connection, user_id)
    if user is None:
        raise RunRevokedError
    return Act(
        services=replace(services, clock=_Standing(parse_instant(run["began_at"]))),
        signer=office.signer,
        quota=office.quota,
        caller=_caller(user, run),
        cause=Cause("chat", run["id"], run["id"]),
        correlation_id=run["id"],
        command_id=run["id"],
    )


def _caller(user: UserRow, run: Json) -> Caller:
    """Returns the caller with the zone and the language that the run began with."""
    defaults = {**user.defaults, "language": run["language"]}
    profile = Profile(user.id, user.email, user.name, run["zone"], defaults, version=user.version)
    who = run["caller"]
    return Caller(profile, who["kind"], who["id"], frozenset(who["scopes"]), credential="")


async def admit(db: Database, caller: Caller, now: datetime) -> None:
    """Raises RunRevokedError when the token of the caller is not valid any more."""
    if caller.kind == "user":
        return
    async with db.connect() as connection:
        if await tokens.scopes_of(connection, caller.user_id, caller.id, now) is None:
            raise RunRevokedError
