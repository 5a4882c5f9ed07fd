"""A user as the API shows one, and the change of the own profile."""

from datetime import datetime
from typing import Any, Final

from actors.clock import instant_text
from actors.replies import Json
from host.store.engine import Database
from host.store.turns import actor_state
from web.act import Act, Done
from web.api import bodies
from web.api.tasks.sending import USER
from web.caller import Profile
from web.services import LONGEST_WAIT_SECONDS

# What a user who was written by an older release has not said.
_BEFORE: Final = {"reminder_offset_minutes": None, "digest_at": None, "quiet_hours": None}


def user_json(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.user_id,
        "email": profile.email,
        "name": profile.name,
        "timezone": profile.zone,
        "defaults": {**_BEFORE, **profile.defaults},
        "created_at": profile.created_at,
    }


def me_json(profile: Profile, now: datetime) -> Json:
    return {**user_json(profile), "server_time": instant_text(now)}


async def change_profile(act: Act, body: bodies.PatchMe) -> Done:
    given = body.model_dump(exclude_unset=True)
    if "timezone" in given:
        given["zone"] = given.pop("timezone")
    reply = await act.send(USER, act.user_id, act.command("PatchUser", given))
    # The next command must go out with the new zone, so the profile is read again, and not too early.
    await act.services.projection.wait(act.user_id, reply.version, LONGEST_WAIT_SECONDS)
    shown = me_json(profile_from_reply(reply.value), act.now())
    return Done(shown, [(act.user_id, reply.version)], reply.version)


async def stored_profile(db: Database, user_id: str) -> Profile:
    """As the actor has it, whether the read model shows it yet or not."""
    async with db.raw() as connection:
        states = await actor_state.states(connection, USER, [user_id])
    assert user_id in states, "somebody without a state is admitted"  # noqa: S101  a bug
    return profile_from_reply(states[user_id])


def profile_from_reply(user: Json) -> Profile:
    """From the user that the actor answered, which is newer than the read model."""
    known = (user["id"], user["email"], user["name"], user["zone"], user["defaults"], user["created_at"])
    return Profile(*known, user["version"])
