"""The change of the caller's own profile."""

from web.act import USER, Act, Done
from web.api.me.bodies import PatchMe
from web.api.me.profile import profile_from_reply
from web.api.me.shown import me_json


async def change_profile(act: Act, body: PatchMe) -> Done:
    given = body.model_dump(exclude_unset=True)
    if "timezone" in given:
        given["zone"] = given.pop("timezone")
    reply = await act.send(USER, act.user_id, act.command("PatchUser", given))
    # The next command must go out with the new zone, so the profile is read again, and not too early.
    await act.services.projection.wait(act.user_id, reply.version, act.services.longest_wait_seconds)
    shown = me_json(profile_from_reply(reply.value), act.now())
    return Done(shown, [(act.user_id, reply.version)], reply.version)
