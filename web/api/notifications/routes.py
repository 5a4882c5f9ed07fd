"""The notification centre: the list with the number of unread, and marking one or all read."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from host.store.notify import notifications
from web.api.edge.acting import caller_of
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import NotificationId
from web.api.edge.operation import operation
from web.api.edge.paging import page_json
from web.api.notifications import models
from web.api.notifications.queries import NotificationQuery
from web.api.notifications.shown import notification_json
from web.problems import not_found

router: Final = APIRouter(prefix="/api/v1/notifications", tags=["notifications"], route_class=GuardedRoute)


@router.get(
    "", **operation("list_notifications", "read", "List my notifications", models.NotificationPage, consistent=True)
)
async def list_(request: Request, query: Annotated[NotificationQuery, Query()]) -> Response:
    async with state_of(request).services.db.snapshot() as connection:
        listed = await notifications.listed(
            connection,
            caller_of(request).user_id,
            unread_only=query.unread_only,
            limit=query.per_page,
            offset=(query.page - 1) * query.per_page,
        )
    page = page_json(query, [notification_json(row) for row in listed.items], listed.total)
    return answer(page | {"unread": listed.unread})


@router.post(
    "/read-all", **operation("read_all_notifications", "write", "Mark all notifications read", models.MarkedRead)
)
async def read_all(request: Request) -> Response:
    services = state_of(request).services
    async with services.db.begin() as connection:
        marked = await notifications.mark_all_read(connection, caller_of(request).user_id, services.clock.now())
    return answer({"marked": marked})


@router.post(
    "/{notification_id}/read",
    **operation("read_notification", "write", "Mark a notification read", models.Notification),
)
async def read(request: Request, notification_id: NotificationId) -> Response:
    services = state_of(request).services
    async with services.db.begin() as connection:
        row = await notifications.mark_read(
            connection, caller_of(request).user_id, notification_id, services.clock.now()
        )
    if row is None:
        raise not_found("notification")
    return answer(notification_json(row))
