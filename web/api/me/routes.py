"""The caller's own profile."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.api.edge.acting import act_of, caller_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.app_state import state_of
from web.api.edge.guard import GuardedRoute
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.api.me import bodies, models
from web.api.me.sending import change_profile
from web.api.me.shown import me_json

router: Final = APIRouter(prefix="/api/v1/me", tags=["people"], route_class=GuardedRoute)


@router.get("", **operation("get_me", "read", "Read my profile and the server's time", models.Me, consistent=True))
async def get(request: Request) -> Response:
    profile, state = caller_of(request).profile, state_of(request)
    me = me_json(profile, state.services.clock.now(), await state.quota.usage_json(profile.user_id))
    return answer(me, headers={"ETag": f'"{profile.version}"'})


@router.patch(
    "", **operation("patch_me", "write", "Edit my profile", models.Me, body=bodies.PatchMe, command=True, whole=True)
)
async def patch(request: Request) -> Response:
    body = await read_body(request, bodies.PatchMe)
    act = act_of(request)
    done = await change_profile(act, body)
    state_of(request).credentials.forget_user(act.user_id)
    return answer_done(act, done)
