"""The first command to a user's own actor."""

from actors.commands import Command
from web.act import USER
from web.api.me.profile import profile_from_reply
from web.caller import Profile
from web.problems import refused
from web.services import Services


async def register(services: Services, command: Command) -> Profile:
    """Makes the user's actor, or finds it made; raises the problem for a refusal, and Unavailable or ActorBug."""
    user_id = command.principal.user_id
    reply = await services.actors.send(USER, user_id, command)
    if reply.error is not None:
        raise refused(reply.error)
    # The next request needs the profile; if this takes too long, that request says so.
    await services.projection.wait(user_id, reply.version, services.longest_wait_seconds)
    return profile_from_reply(reply.value)
