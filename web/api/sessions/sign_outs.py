"""Sign-outs on other replicas: ends the streams here whose session or token ended there."""

import asyncio
import logging
from typing import Final

from host.store.access import credentials
from host.store.engine import is_outage
from web.api.edge.app_state import AppState

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0  # as long as a credential is remembered
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


async def look(state: AppState) -> None:
    """Ends the streams of this process whose credentials the database no longer has."""
    held = [] if state.demo is not None else state.seats.credentials()
    for start in range(0, len(held), _AT_ONCE):
        async with state.services.db.raw() as connection:
            ended = await credentials.ended(connection, held[start : start + _AT_ONCE])
        for credential in ended:
            state.credentials.drop(credential)
