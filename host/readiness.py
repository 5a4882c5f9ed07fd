"""What must work for this process to be of use: each part by name, with a check that answers one of WORKS or why not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from host.dapr.checks import BUSY, CHECK_SECONDS, OK, SidecarChecks, unreachable
from host.dapr.client import SidecarConnection
from host.settings import Role
from host.store.engine import Database

Check = Callable[[], Awaitable[str]]

WORKS = frozenset({OK, "none", BUSY})


# What a process of a role is of no use without: who publishes nothing needs no broker, who wakes nothing no scheduler.
# The hub of a web process hears later without a broker, and nobody may lose the page for that.
_NEEDS: Final[Mapping[Role, tuple[str, ...]]] = {
    "all": ("database", "sidecar", "placement", "scheduler", "broker"),
    "web": ("database", "sidecar", "placement"),
    "actors": ("database", "sidecar", "placement", "scheduler"),
    "consumers": ("database", "sidecar", "placement", "scheduler", "broker"),
}


def checks(database: Database, sidecar: SidecarConnection, role: Role, broker: str = "") -> Mapping[str, Check]:
    """The checks of `/health/ready`, each bounded to 2 s; `broker` is its component, "" where there is none."""
    asked = SidecarChecks(sidecar)
    known = {
        "database": _bounded(lambda: _database(database)),
        "sidecar": _bounded(asked.answers),
        "placement": _bounded(asked.placed),
        "scheduler": _bounded(asked.scheduled),
        "broker": _bounded(lambda: asked.has(broker)) if broker else _no_broker,
    }
    return {name: known[name] for name in _NEEDS[role]}


def _bounded(check: Check) -> Check:
    async def run() -> str:
        try:
            return await asyncio.wait_for(check(), CHECK_SECONDS)
        except TimeoutError:
            return f"no answer in {CHECK_SECONDS:g} s"
        except Exception as error:  # noqa: BLE001  the edge: whatever it is, the part is not ready
            return unreachable(error) or type(error).__name__

    return run


async def _no_broker() -> str:
    return "none"


async def _database(database: Database) -> str:
    await database.ping()
    return OK
