"""The caller's own sessions: the list, and ending one or all others."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.store.access import sessions
from web.api.edge.acting import caller_of
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import SessionId
from web.api.edge.operation import operation
from web.api.sessions import models
from web.api.sessions.shown import session_json
from web.problems import not_found

router: Final = APIRouter(prefix="/api/v1/auth/sessions", tags=["people"], route_class=GuardedRoute)


@router.get("", **operation("list_sessions", "account", "List my sessions", models.SessionList))
async def list_(request: Request) -> Response:
    services, caller = state_of(request).services, caller_of(request)
    async with services.db.connect() as connection:
        rows = await sessions.listed(connection, caller.user_id, services.clock.now())
    current = sessions.public_id(caller.credential)
    items = [session_json(session, current) for session in rows]
    return answer({"items": items})


@router.delete("", **operation("end_other_sessions", "account", "End all other sessions", None, status=204))
async def delete_others(request: Request) -> Response:
    state, caller = state_of(request), caller_of(request)
    async with state.services.db.begin() as connection:
        ended = await sessions.remove_others(connection, caller.user_id, caller.credential)
    for credential in ended:
        state.credentials.drop(credential)
    return Response(status_code=204)


@router.delete("/{session_id}", **operation("end_session", "account", "End a session", None, status=204))
async def delete(request: Request, session_id: SessionId) -> Response:
    state = state_of(request)
    async with state.services.db.begin() as connection:
        ended = await sessions.remove_by_id(connection, caller_of(request).user_id, session_id)
    if not ended:
        raise not_found("session")
    for credential in ended:
        state.credentials.drop(credential)
    return Response(status_code=204)
