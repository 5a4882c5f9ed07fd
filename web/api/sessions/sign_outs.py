"""Sign-outs that this process did not make: it ends the streams whose session or token ended, in whatever way.

Another replica, the operator's command, an expiry or a statement in the database may have ended it.
"""

import asyncio
import logging
from typing import Final

from host.store.access import credentials
from host.store.engine import is_outage
from web.api.edge.app_state import AppState

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5  # a stream must end within a second
_PAUSE_SECONDS: Final = 5.0  # after an error
_AT_ONCE: Final = 1_000


async def watch(state: AppState) -> None:
    """Looks for sign-outs until it is cancelled; an outage of the database signs nobody out."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look(state)
        except Exception as error:
            if not is_outage(error):
                log.exception("sign-outs could not be looked for")
            await asyncio.sleep(_PAUSE_SECONDS)


async def look(state: AppState) -> None:
    """Ends the streams of this process whose credentials are not valid in the database any more."""
    held = [] if state.demo is not None else state.seats.credentials()
    for start in range(0, len(held), _AT_ONCE):
        async with state.services.db.raw() as connection:
            ended = await credentials.ended(connection, held[start : start + _AT_ONCE], state.services.clock.now())
        for credential in ended:
            state.credentials.drop(credential)
