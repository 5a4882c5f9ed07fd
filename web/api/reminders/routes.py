"""Reminders across tasks: the list, one with its history, and the ledger."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from actors.fields import Id
from host.store.notify import deliveries, reminder_ledger
from host.store.read_model import reminder_queries, series_queries
from host.store.read_model.reminder_queries import ReminderFilter
from web.api.edge.acting import act_of
from web.api.edge.answers import answer
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import ReminderId
from web.api.edge.operation import operation
from web.api.edge.paging import page_json
from web.api.reminders import models
from web.api.reminders.queries import LedgerQuery, ReminderQuery
from web.api.reminders.shown import ledger_json, life_json, reminder_json
from web.problems import not_found

router: Final = APIRouter(prefix="/api/v1/reminders", tags=["reminders"], route_class=GuardedRoute)
MOST_ENTRIES: Final = 1_000  # of one reminder; /reminders/ledger has all, even if it was snoozed for years


@router.get(
    "", **operation("list_reminders", "read", "List my reminders, the next first", models.ReminderPage, consistent=True)
)
async def list_(request: Request, query: Annotated[ReminderQuery, Query()]) -> Response:
    act = act_of(request)
    wanted = ReminderFilter(query.task_id, query.status)
    offset = (query.page - 1) * query.per_page
    async with act.db.snapshot() as connection:
        rows, total = await reminder_queries.listed(
            connection, act.user_id, wanted, limit=query.per_page, offset=offset
        )
    return answer(page_json(query, [reminder_json(row) for row in rows], total))


@router.get(
    "/ledger",
    **operation("list_ledger", "read", "List the ledger of a task's reminders", models.LedgerPage, consistent=True),
)
async def ledger(request: Request, query: Annotated[LedgerQuery, Query()]) -> Response:
    act = act_of(request)
    async with act.db.connect() as connection:
        rows = await reminder_ledger.listed(
            connection,
            act.user_id,
            query.task_id,
            query.reminder_id,
            after=query.after,
            limit=query.limit,
        )
    return answer({"items": [ledger_json(row) for row in rows]})


@router.get(
    "/{reminder_id}",
    **operation(
        "get_reminder",
        "read",
        "Read a reminder with its history and what made it",
        models.ReminderLife,
        consistent=True,
    ),
)
async def get(
    request: Request,
    reminder_id: ReminderId,
    task_id: Annotated[Id | None, Query(description="The task whose reminder is meant")] = None,
) -> Response:
    act = act_of(request)
    user_id = act.user_id
    async with act.db.snapshot() as connection:
        row = await reminder_queries.find(connection, user_id, reminder_id, task_id)
        if row is None:
            raise not_found("reminder")
        entries = await reminder_ledger.listed(
            connection, user_id, row.task_id, reminder_id, after=0, limit=MOST_ENTRIES
        )
        sent = await deliveries.of_reminder(connection, user_id, row.task_id, reminder_id)
        series = await series_queries.find(connection, user_id, row.series_id) if row.series_id else None
    return answer(life_json(row, entries, sent, series))
