"""The table `plans`: what calls of tools are going to do, kept until it is carried out or has expired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.access.tables import plans


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan: `id` is that of the call that made it, `holder` the token or person, `request` the hash of the call.

    `change_set` is the one that the call named, or that it was carried out in. With `started_at` somebody has begun to
    carry it out.
    """

    id: str
    user_id: str
    holder: str
    tool: str
    request: str
    body: Mapping[str, Any]
    expires_at: datetime
    started_at: datetime | None = None
    change_set: str | None = None


async def add(connection: AsyncConnection, plan: PlanRow) -> bool:
    """Returns False when there is one of that id already; of two at once one is added."""
    values = {
        name: getattr(plan, name) for name in ("id", "user_id", "holder", "tool", "request", "body", "expires_at")
    }
    statement = insert(plans).values(values).on_conflict_do_nothing().returning(plans.c.id)
    return await connection.scalar(statement) is not None


async def find(connection: AsyncConnection, user_id: str, holder: str, plan_id: str, now: datetime) -> PlanRow | None:
    """Returns the plan of that holder unless it has expired."""
    mine = (plans.c.id == plan_id) & (plans.c.user_id == user_id) & (plans.c.holder == holder)
    found = await connection.execute(select(plans).where(mine, plans.c.expires_at > now))
    row = found.mappings().first()
    return None if row is None else PlanRow(**row)


async def count_waiting(connection: AsyncConnection, user_id: str, now: datetime) -> int:
    """Returns how many plans of that user wait to be carried out."""
    mine = (plans.c.user_id == user_id) & (plans.c.expires_at > now) & plans.c.started_at.is_(None)
    return (await connection.scalar(select(func.count()).select_from(plans).where(mine))) or 0


async def mark_started(
    connection: AsyncConnection, plan_id: str, change_set: str, now: datetime, until: datetime
) -> str:
    """Notes that it is carried out and can be repeated until then; returns its change set, that of whoever was first."""
    statement = update(plans).where(plans.c.id == plan_id)
    first = func.coalesce(plans.c.change_set, change_set)
    values = {"started_at": func.coalesce(plans.c.started_at, now), "change_set": first, "expires_at": until}
    return (await connection.scalar(statement.values(values).returning(plans.c.change_set))) or change_set


async def remove(connection: AsyncConnection, plan_id: str) -> None:
    """Removes a plan that nobody wants any more, unless it is being carried out."""
    await connection.execute(delete(plans).where(plans.c.id == plan_id, plans.c.started_at.is_(None)))
