"""Ends the streams of those who logged out on another replica: that one closes only its own."""

import asyncio
import logging
from typing import Final

from host.store.access import sign_outs
from host.store.engine import is_outage
from web.api.edge.app_state import AppState

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0  # as long as a credential is remembered
_AT_ONCE: Final = 1_000


async def watch(state: AppState) -> None:
    """Ends only by cancellation; a database that is down is no reason to send anyone away."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look(state)
        except Exception as error:
            if not is_outage(error):
                log.exception("sign-outs were not looked for")


async def look(state: AppState) -> None:
    held = [] if state.demo is not None else state.seats.credentials()
    for start in range(0, len(held), _AT_ONCE):
        async with state.services.db.raw() as connection:
            over = await sign_outs.ended(connection, held[start : start + _AT_ONCE])
        for credential in over:
            state.credentials.drop(credential)
