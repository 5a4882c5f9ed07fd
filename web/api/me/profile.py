"""A user's profile as its actor has it, from the stored state or from a reply."""

from actors.replies import Json
from host.store.engine import Database
from host.store.turns import actor_state
from web.act import USER
from web.caller import Profile


async def stored_profile(db: Database, user_id: str) -> Profile:
    """Returns the profile as the actor has it, whether the read model shows it yet or not."""
    async with db.raw() as connection:
        states = await actor_state.states(connection, USER, [user_id])
    assert user_id in states, "a user without a state was admitted"  # noqa: S101  a bug
    return profile_from_reply(states[user_id])


def profile_from_reply(user: Json) -> Profile:
    """Returns the profile of the user in a reply, which may be newer than the read model."""
    fields = (user["id"], user["email"], user["name"], user["zone"], user["defaults"], user["created_at"])
    return Profile(*fields, user["version"])
