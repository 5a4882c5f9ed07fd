"""Reminders across tasks, and the ledger of what became of each."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from actors.clock import instant_text
from actors.fields import Id
from host.store import reminder_queries
from host.store.reminder_queries import LedgerRow, ReminderFilter
from web.api import models
from web.api.caller import caller_of
from web.api.consistency import honour
from web.api.guard import GuardedRoute
from web.api.operation import operation
from web.api.parts import parts_of
from web.api.sending import answer

router: Final = APIRouter(prefix="/api/v1/reminders", tags=["reminders"], route_class=GuardedRoute)


class ReminderQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task_id: Id | None = None
    status: Literal["pending", "fired", "cancelled"] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50


class LedgerQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task_id: Id
    reminder_id: Id | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1, description="Entries after the one with this id")] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@router.get("", **operation("list_reminders", "read", "My reminders, next first", models.ReminderPage, consistent=True))
async def list_(request: Request, query: Annotated[ReminderQuery, Query()]) -> Response:
    await honour(request)
    wanted = ReminderFilter(query.task_id, query.status)
    offset = (query.page - 1) * query.per_page
    async with parts_of(request).services.db.snapshot() as connection:
        rows, total = await reminder_queries.listed(
            connection, caller_of(request).user_id, wanted, limit=query.per_page, offset=offset
        )
    items = [_reminder_json(row) for row in rows]
    page = {"items": items, "total": total, "page": query.page, "per_page": query.per_page, "next_cursor": None}
    return answer(page)


@router.get(
    "/ledger",
    **operation("list_ledger", "read", "What became of a task's reminders", models.LedgerPage, consistent=True),
)
async def ledger(request: Request, query: Annotated[LedgerQuery, Query()]) -> Response:
    await honour(request)
    async with parts_of(request).services.db.connect() as connection:
        rows = await reminder_queries.ledger(
            connection,
            caller_of(request).user_id,
            query.task_id,
            query.reminder_id,
            after=query.after,
            limit=query.limit,
        )
    return answer({"items": [_ledger_json(row) for row in rows]})


def _reminder_json(row: Any) -> dict[str, Any]:
    """A row of `reminders`; of offset_minutes and at it has one."""
    form = {"at": instant_text(row.at)} if row.at else {"offset_minutes": row.offset_minutes}
    return {
        "id": row.id,
        "task_id": row.task_id,
        "task_title": row.task_title,
        **form,
        "status": row.status,
        "fire_at": _text(row.fire_at),
        "fired_at": _text(row.fired_at),
        "late_seconds": row.late_seconds,
        "firing": row.firing,
        "acknowledged_at": _text(row.acknowledged_at),
        "snoozed_until": _text(row.snoozed_until),
    }


def _ledger_json(row: LedgerRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "task_id": row.task_id,
        "reminder_id": row.reminder_id,
        "firing": row.firing,
        "step": row.step,
        "channel": row.channel,
        "at": instant_text(row.at),
        "detail": row.detail,
    }


def _text(instant: Any) -> str | None:
    return instant_text(instant) if instant else None
