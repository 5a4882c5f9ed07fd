"""Joining: which change set a call belongs to that names none."""

from datetime import timedelta
from typing import Final

from host.store.access import tokens
from web.act import Act

GAP: Final = timedelta(minutes=10)


async def change_set_for(act: Act) -> str:
    """Returns the change set of the act: the one that it names, else the one that its token goes on with.

    Calls of one token less than ten minutes apart share one. A person's own call is a set of its own.
    """
    if act.cause.change_set is not None:
        return act.cause.change_set
    if act.caller.kind == "user":
        return act.command_id
    async with act.db.begin() as connection:
        joined = await tokens.joined_change_set(connection, act.caller.id, act.command_id, act.now(), GAP)
    return joined or act.command_id
