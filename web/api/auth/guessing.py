"""Guesses at passwords: counted for an account and the place that they come from, so that a stranger keeps nobody out.

A place is a network, or a browser that was signed in to that account before. An account at which many places guess is
never closed: each network merely has fewer guesses.
"""

from starlette.requests import Request

from web.api.auth.known_browser import browser_of
from web.api.edge.app_state import state_of
from web.api.edge.guard import address_of
from web.api.edge.rate_limits import (
    LOGINS_ANYWHERE,
    LOGINS_PER_ACCOUNT,
    LOGINS_PER_ADDRESS,
    LOGINS_UNDER_ATTACK,
    network_of,
)


async def count_guess(request: Request, email: str) -> str:
    """Counts a guess and returns under which name; raises the 429 for one too many.

    It is counted before it is clear whether it is wrong: a thousand at once must not all be verified first.
    """
    limits = state_of(request).limits
    if (browser := browser_of(request, email)) is not None:
        return await count_guess_at(request, f"{email} {browser}")
    network = network_of(address_of(request))
    await limits.count(LOGINS_PER_ADDRESS, network)
    who = f"{email} {network}"
    is_calm = await limits.admits(LOGINS_ANYWHERE, email)
    await limits.count(LOGINS_PER_ACCOUNT if is_calm else LOGINS_UNDER_ATTACK, who)
    return who


async def count_guess_at(request: Request, who: str) -> str:
    """Counts a guess of a browser or session that is known; returns `who`."""
    await state_of(request).limits.count(LOGINS_PER_ACCOUNT, who)
    return who


async def forgive(request: Request, who: str) -> None:
    """Begins the count anew, because the password was right."""
    for limit in (LOGINS_PER_ACCOUNT, LOGINS_UNDER_ATTACK):
        await state_of(request).limits.forget(limit, who)
