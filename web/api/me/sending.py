"""The change of the caller's own profile."""

from web.act import USER, Act, Done
from web.api.me.bodies import PatchMe
from web.api.me.profile import profile_from_reply
from web.api.me.shown import me_json


async def change_profile(act: Act, body: PatchMe) -> Done:
    """Sends the change of the profile; other replicas learn of it by the writes that the result names."""
    fields = body.model_dump(exclude_unset=True)
    if "timezone" in fields:
        fields["zone"] = fields.pop("timezone")
    reply = await act.send(USER, act.user_id, act.command("PatchUser", fields, if_match=act.if_match))
    # The next command needs the new zone, so the profile will be read again, and that must not be too early.
    await act.services.projection.wait(act.user_id, reply.version, act.services.longest_wait_seconds)
    me = me_json(profile_from_reply(reply.value), act.now(), await act.quota.usage_json(act.user_id))
    return Done(me, [(act.user_id, reply.version)], reply.version)
