"""The caller's own profile."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actors.clock import instant_text
from web.api import bodies, models
from web.api.caller import Profile, caller_of
from web.api.consistency import HEADER, brought, token_for
from web.api.guard import GuardedRoute
from web.api.operation import operation
from web.api.parts import parts_of
from web.api.profile import profile_from_reply, user_json
from web.api.reading import read_body
from web.api.sending import USER, answer, command_of
from web.problems import refused
from web.services import LONGEST_WAIT_SECONDS

router: Final = APIRouter(prefix="/api/v1/me", tags=["people"], route_class=GuardedRoute)


@router.get("", **operation("get_me", "read", "Who I am, and what time it is here", models.Me))
async def get(request: Request) -> Response:
    return answer(_me(request, caller_of(request).profile))


@router.patch("", **operation("patch_me", "write", "Edit my profile", models.Me, body=bodies.PatchMe, command=True))
async def patch(request: Request) -> Response:
    body = await read_body(request, bodies.PatchMe)
    before, parts, user_id = brought(request), parts_of(request), caller_of(request).user_id
    given = body.model_dump(exclude_unset=True)
    if "timezone" in given:
        given["zone"] = given.pop("timezone")
    reply = await parts.services.actors.send(USER, user_id, command_of(request, "PatchUser", given))
    if reply.error is not None:
        raise refused(reply.error)
    # The next command must go out with the new zone, so the profile is read again, and not too early.
    await parts.services.projection.wait(user_id, reply.version, LONGEST_WAIT_SECONDS)
    parts.credentials.forget_user(user_id)
    headers = {HEADER: token_for(request, before, [(user_id, reply.version)]), "ETag": f'"{reply.version}"'}
    return answer(_me(request, profile_from_reply(reply.value)), headers=headers)


def _me(request: Request, profile: Profile) -> dict[str, object]:
    return {**user_json(profile), "server_time": instant_text(parts_of(request).services.clock.now())}
