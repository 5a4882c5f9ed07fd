"""Readiness: the named checks of what a process of each role needs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from host.dapr.checks import BUSY, CHECK_SECONDS, OK, SidecarChecks, unreachable
from host.dapr.client import SidecarConnection
from host.dapr.gateway import Gateway
from host.settings import Role
from host.store.engine import Database

Check = Callable[[], Awaitable[str]]  # returns one of WORKS, or why the check fails

WORKS = frozenset({OK, "none", BUSY})


# The checks that a role needs. A process that publishes nothing needs no broker; one that arms no wakes, no scheduler.
# Without a broker the hub of a web process is only slower, which must not take the page from anybody.
_NEEDS: Final[Mapping[Role, tuple[str, ...]]] = {
    "all": ("database", "sidecar", "placement", "scheduler", "broker", "commands"),
    "web": ("database", "sidecar", "placement", "commands"),
    "actors": ("database", "sidecar", "placement", "scheduler"),
    "consumers": ("database", "sidecar", "placement", "scheduler", "broker", "commands"),
}


def checks(
    database: Database, sidecar: SidecarConnection, role: Role, broker: str = "", gateways: Sequence[Gateway] = ()
) -> Mapping[str, Check]:
    """Returns the checks of `/health/ready` by name, each limited to 2 s.

    `broker` is the name of its component, "" where there is no broker. `database` fails for half a minute after something
    could not be written because of its disk; each process writes its row every ten seconds. `commands` fails for a minute after an actor refused
    the signature of one that these gateways sent.
    """
    of_sidecar = SidecarChecks(sidecar)
    available = {
        "database": _bounded(lambda: _database(database)),
        "sidecar": _bounded(of_sidecar.answers),
        "placement": _bounded(of_sidecar.placed),
        "scheduler": _bounded(of_sidecar.scheduled),
        "broker": _bounded(lambda: of_sidecar.has(broker)) if broker else _no_broker,
        "commands": _bounded(lambda: _commands_taken(gateways)),
    }
    return {name: available[name] for name in _NEEDS[role]}


def _bounded(check: Check) -> Check:
    async def run() -> str:
        try:
            return await asyncio.wait_for(check(), CHECK_SECONDS)
        except TimeoutError:
            return f"no answer in {CHECK_SECONDS:g} s"
        except Exception as error:  # noqa: BLE001  the edge: whatever it is, the check fails
            return unreachable(error) or type(error).__name__

    return run


async def _no_broker() -> str:
    return "none"


async def _commands_taken(gateways: Sequence[Gateway]) -> str:
    return next((why for gateway in gateways if (why := gateway.refusal())), OK)


async def _database(database: Database) -> str:
    await database.ping()
    return database.write_faults.why() or OK
