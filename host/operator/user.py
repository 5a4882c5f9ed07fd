"""What `duely user` does: accounts listed, made and given a new password by whoever runs this Duely."""

import uuid
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.commands import Command, Principal, build_command
from host.console import OperatorError
from host.dapr.client import SidecarActorClient, SidecarConnection
from host.dapr.gateway import ActorBug, Gateway, Unavailable
from host.passwords import HASHER, LONGEST, SHORTEST, is_common, matches
from host.runner.database import embedded
from host.runner.folder import DataFolder, Running
from host.settings import Settings
from host.store.access import accounts, roster, sessions
from host.store.access.accounts import Account
from host.store.engine import Database


async def listed(dsn: str) -> list[str]:
    """A line a person: address, zone, open tasks, since when, last seen."""
    database = Database(dsn, pool_size=1)
    try:
        async with database.connect() as connection:
            people = await roster.everyone(connection)
    finally:
        await database.close()
    if not people:
        return ["Nobody has an account yet."]
    width = max(len(person.email) for person in people)
    return [
        f"{person.email:<{width}}  {person.zone or '-':<20} {person.open_tasks:>6} open tasks  "
        f"since {person.created_at:%Y-%m-%d}  {f'seen {person.last_seen_at:%Y-%m-%d}' if person.last_seen_at else ''}".rstrip()
        for person in people
    ]


async def create(settings: Settings, running: Running, *, email: str, password: str, zone: str, now: datetime) -> None:
    """As signing up does: the account in the store, then the person's actor. Raises OperatorError when it is refused."""
    account = Account(str(uuid.uuid4()), accounts.folded_email(email), _hash(password, email), zone)
    _registration(account)  # refused before anything is written
    database = Database(settings.database_url or embedded(DataFolder(settings.data_dir)).dsn(), pool_size=1)
    try:
        async with database.begin() as connection:
            account = await _claimed(connection, account, password, now)
        await _send(running, account.user_id, _registration(account))
    finally:
        await database.close()


async def _claimed(connection: AsyncConnection, account: Account, password: str, now: datetime) -> Account:
    """The account as it is stored: this one, or one of the same password whose sign-up was cut off."""
    if await accounts.add(connection, account, now):
        return account
    known = await accounts.by_email(connection, account.email)
    assert known is not None  # noqa: S101  accounts are not deleted
    half_made = await accounts.find_user(connection, known.user_id) is None
    if half_made and matches(known.password_hash, password):
        return known
    raise OperatorError(f"{account.email} has an account already.")


async def reset_password(dsn: str, email: str, password: str) -> int:
    """How many sessions were ended."""
    password_hash = _hash(password, email)
    database = Database(dsn, pool_size=1)
    try:
        async with database.begin() as connection:
            account = await accounts.by_email(connection, email)
            if account is None:
                raise OperatorError(f"Nobody has an account with {email}; `duely user list` shows who has.")
            await accounts.set_password(connection, account.user_id, password_hash)
            return len(await sessions.remove_others(connection, account.user_id, kept=""))
    finally:
        await database.close()


def _registration(account: Account) -> Command:
    try:
        return build_command(
            "RegisterUser",
            {"email": account.email, "zone": account.zone},
            id=str(uuid.uuid4()),
            principal=Principal("system", "duely", account.user_id),
            correlation_id=str(uuid.uuid4()),
            zone=account.zone,
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise OperatorError(f"{fault['loc'][-1]} {fault['input']!r}: {fault['msg']}.") from error


async def _send(running: Running, user_id: str, command: Command) -> None:
    sidecar = SidecarConnection(running.dapr_grpc_port, running.dapr_http_port, running.api_token)
    try:
        reply = await Gateway(SidecarActorClient(sidecar)).send("UserActor", user_id, command)
    except (Unavailable, ActorBug) as error:
        raise OperatorError(f"{error}. Run the same again to finish it; `duely doctor` tells more.") from error
    finally:
        await sidecar.close()
    if reply.error is not None:
        raise OperatorError(reply.error.detail)


def _hash(password: str, email: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise OperatorError(f"A password has {SHORTEST} to {LONGEST} characters.")
    if is_common(password, accounts.folded_email(email)):
        raise OperatorError("Choose another password: this one is among the first that anyone would try.")
    return HASHER.hash(password)
