"""What a person has chosen, as their actor says it: whoever reads it here waits for no read model."""

from collections.abc import Collection
from typing import NamedTuple

from actors.replies import Json
from host.store.engine import Raw
from host.store.turns import actor_state


class Profile(NamedTuple):
    """What a command on behalf of somebody, or whoever tells them something, needs to know of them."""

    zone: str
    defaults: Json


async def read(connection: Raw, user_ids: Collection[str]) -> dict[str, Profile]:
    """By id; without those whose actor has not said anything yet."""
    states = await actor_state.states(connection, "UserActor", user_ids)
    return {user_id: Profile(state["zone"], state["defaults"]) for user_id, state in states.items()}
