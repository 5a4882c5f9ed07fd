"""`duely user`: lists accounts, creates them and resets their passwords."""

import asyncio
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.clock import SystemClock
from actors.commands import Command, Principal, build_command
from host.console import OperatorError
from host.dapr.client import SidecarActorClient, SidecarConnection
from host.dapr.gateway import ActorBug, Gateway, Unavailable
from host.keys.command_keys import signatures_from
from host.operator.command_line import settings_of
from host.operator.database import errors_as_messages, opened
from host.passwords import HASHER, LONGEST, SHORTEST, is_common, matches, prepared
from host.runner.database import embedded
from host.runner.folder import DataFolder, Running
from host.settings import BadSettingError, Settings
from host.store.access import accounts, sessions, tokens
from host.store.access.accounts import Account
from host.store.engine import Database
from host.store.read_model import user_queries
from host.store.read_model.usage_queries import Usage

NEAR_QUOTA: Final = 0.9  # as on the page


@click.group()
def user_group() -> None:
    """Manage the accounts."""


@user_group.command("list")
@click.pass_obj
def list_command(data_dir: Path | None) -> None:
    """List all accounts."""
    settings = settings_of(data_dir)
    with opened(settings) as dsn:
        click.echo("\n".join(asyncio.run(lines(dsn, settings))))


@user_group.command("create")
@click.argument("email")
@click.option("--timezone", default="UTC", show_default=True, help="An IANA time zone such as Europe/Berlin.")
@click.pass_obj
def create_command(data_dir: Path | None, email: str, timezone: str) -> None:
    """Create an account for EMAIL, even when sign-up is closed.

    Duely must be running. The password is asked for, or read from standard input when that is not a terminal.
    """
    settings = settings_of(data_dir)
    with errors_as_messages():
        running = DataFolder(settings.data_dir).require_running()
        now = SystemClock().now()
        asyncio.run(create(settings, running, email=email, password=_password(), zone=timezone, now=now))
    click.echo(f"{email} can log in at {running.url}")


@user_group.command("reset-password")
@click.argument("email")
@click.option("--end-tokens", is_flag=True, help="Revoke all access tokens, too.")
@click.pass_obj
def reset_password_command(data_dir: Path | None, email: str, *, end_tokens: bool) -> None:
    """Set a new password and end all sessions.

    EMAIL names the account. The password is asked for, or read from standard input when that is not a terminal.
    """
    with opened(settings_of(data_dir)) as dsn:
        ended, revoked = asyncio.run(reset_password(dsn, email, _password(), end_tokens=end_tokens))
    also = f" and {revoked} tokens" if end_tokens else ""
    click.echo(f"{email} has a new password; {ended} sessions{also} were ended")


def _password() -> str:
    """Asks twice without showing the password; reads one line of standard input when that is not a terminal."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


async def lines(dsn: str, settings: Settings) -> list[str]:
    """Returns one line for each account: email, zone, open tasks, what is stored, day of sign-up, day when last seen.

    Who is near a quota is marked.
    """
    database = Database(dsn, pool_size=1)
    try:
        async with database.connect() as connection:
            listed = await accounts.listed(connection)
    finally:
        await database.close()
    if not listed:
        return ["There are no accounts yet."]
    width = max(len(account.email) for account in listed)
    return [
        f"{account.email:<{width}}  {account.zone or '-':<20} {account.open_tasks:>6} open tasks  "
        f"{account.stored.bytes / (1 << 20):>7,.1f} MB  since {account.created_at:%Y-%m-%d}  "
        f"{f'seen {account.last_seen_at:%Y-%m-%d}' if account.last_seen_at else '':<15}  "
        f"{_near_quota(account.stored, settings)}".rstrip()
        for account in listed
    ]


def _near_quota(stored: Usage, settings: Settings) -> str:
    """Returns the words for what is nearest to its limit, "" while that has room."""
    limits = Usage(settings.quota_tasks, settings.quota_series, settings.quota_bytes)
    shares = [(used / most, what) for used, most, what in zip(stored, limits, Usage._fields, strict=True) if most]
    share, what = max(shares, default=(0, ""))
    return f"{share:.0%} of the quota of {what}" if share >= NEAR_QUOTA else ""


async def create(settings: Settings, running: Running, *, email: str, password: str, zone: str, now: datetime) -> None:
    """Creates the account in the store and then the user's actor, as sign-up does.

    Raises OperatorError when the account is refused or the actor cannot be reached.
    """
    account = Account(str(uuid.uuid4()), accounts.folded_email(email), _hash(password, email), zone)
    _registration(account)  # raises before anything is written
    database = Database(settings.database_url or embedded(DataFolder(settings.data_dir)).dsn(), pool_size=1)
    try:
        async with database.begin() as connection:
            account = await _claimed(connection, account, password, now)
        await _send(running, account.user_id, _registration(account))
    finally:
        await database.close()


async def _claimed(connection: AsyncConnection, account: Account, password: str, now: datetime) -> Account:
    """Returns the account as stored: this one, or one with the same password whose sign-up was cut off."""
    if await accounts.add(connection, account, now):
        return account
    stored = await accounts.find_by_email(connection, account.email)
    assert stored is not None  # noqa: S101  accounts are not deleted
    is_unfinished = await user_queries.find(connection, stored.user_id) is None
    if is_unfinished and matches(stored.password_hash, prepared(password)):
        return stored
    raise OperatorError(f"{account.email} has an account already.")


async def reset_password(dsn: str, email: str, password: str, *, end_tokens: bool = False) -> tuple[int, int]:
    """Sets the password and returns the numbers of sessions and of tokens that this ended.

    Raises OperatorError when the password is refused or nobody has an account with that email.
    """
    password_hash = _hash(password, email)
    database = Database(dsn, pool_size=1)
    try:
        async with database.begin() as connection:
            account = await accounts.find_by_email(connection, email)
            if account is None:
                raise OperatorError(f"Nobody has an account with {email}; `duely user list` shows who has.")
            await accounts.set_password(connection, account.user_id, password_hash)
            ended = await sessions.remove_others(connection, account.user_id, kept="")
            revoked = await tokens.remove_all(connection, account.user_id) if end_tokens else ()
            return len(ended), len(revoked)
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
        signatures = signatures_from(Path(running.command_keys))
        reply = await Gateway(SidecarActorClient(sidecar), signatures).send("UserActor", user_id, command)
    except BadSettingError as error:
        raise OperatorError(str(error)) from error
    except (Unavailable, ActorBug) as error:
        raise OperatorError(f"{error}. Run the same command again to finish; `duely doctor` tells more.") from error
    finally:
        await sidecar.close()
    if reply.error is not None:
        raise OperatorError(reply.error.detail)


def _hash(password: str, email: str) -> str:
    password = prepared(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise OperatorError(f"A password has {SHORTEST} to {LONGEST} characters.")
    if is_common(password, accounts.folded_email(email)):
        raise OperatorError("Choose another password: this one is among the first that anyone would try.")
    return HASHER.hash(password)
