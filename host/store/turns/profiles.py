"""Users' profiles from the states of their actors, for readers that cannot wait for the read model."""

from collections.abc import Collection
from typing import NamedTuple

from actors.replies import Json
from host.store.engine import Raw
from host.store.turns import actor_state


class Profile(NamedTuple):
    """What commands on behalf of a user, and notifications to them, depend on."""

    zone: str
    defaults: Json


async def read(connection: Raw, user_ids: Collection[str]) -> dict[str, Profile]:
    """Returns profiles by user id; a user whose actor has never committed is left out."""
    states = await actor_state.states(connection, "UserActor", user_ids)
    return {user_id: Profile(state["zone"], state["defaults"]) for user_id, state in states.items()}
