"""Read your own writes: the token that a write answers, and the wait of a read that brings it."""

import asyncio
from collections.abc import Sequence
from typing import Final, TypeAlias

from starlette.requests import Request

from web.api.caller import Caller, caller_of
from web.api.parts import parts_of
from web.problems import ProblemError, unavailable
from web.services import LONGEST_WAIT_SECONDS

HEADER: Final = "Duely-Consistency"
MOST_WRITES: Final = 10

Write: TypeAlias = tuple[str, int]  # actor id, version


def brought(request: Request) -> list[Write]:
    """The writes named by the request's token; raises the 400 for one that is not ours."""
    writes = _opened(request, caller_of(request))
    if writes is None:
        detail = f"The {HEADER} header is not one that this server gave you; leave it out or send the last one."
        raise ProblemError(400, "bad_consistency_token", detail)
    return writes


async def up_to_date(request: Request, caller: Caller) -> Caller:
    """The caller with the changes of the own profile that the token names: another replica may have made them.

    What is remembered here may be older, and a command would go out with the old zone.
    """
    own = [version for actor_id, version in _opened(request, caller) or () if actor_id == caller.user_id]
    if max(own, default=0) <= caller.profile.version:
        return caller
    parts = parts_of(request)
    await parts.services.projection.wait(caller.user_id, max(own), LONGEST_WAIT_SECONDS)
    parts.credentials.forget_user(caller.user_id)
    return await parts.credentials.caller(request) or caller


def _opened(request: Request, caller: Caller) -> list[Write] | None:
    """None for a token that is not ours."""
    text = request.headers.get(HEADER)
    if not text:
        return []
    value = parts_of(request).signer.open("consistency", caller.user_id, text)
    return None if value is None else [(str(actor_id), int(version)) for actor_id, version in value]


def token_for(request: Request, before: Sequence[Write], writes: Sequence[Write]) -> str:
    """A token for what the request brought and what it did, the newest ten."""
    newest = dict(before)
    for actor_id, version in writes:
        # A repeated request answers its old version: what was seen since then stays seen.
        newest[actor_id] = max(version, newest.pop(actor_id, 0))
    kept = list(newest.items())[-MOST_WRITES:]
    return parts_of(request).signer.seal("consistency", caller_of(request).user_id, kept)


async def honour(request: Request) -> None:
    """Wait until the read model shows what the request's token names; raises the 503 after 2 s."""
    behind = await behind_after_wait(request, brought(request))
    if behind:
        raise unavailable(
            f"{len(behind)} of your changes are saved but cannot be read yet; ask again in a moment.",
            code="read_model_behind",
            retry_after_seconds=1,
        )


async def behind_after_wait(request: Request, writes: Sequence[Write]) -> list[Write]:
    """Those of the writes that the read model does not show after at most 2 s."""
    projection, loop = parts_of(request).services.projection, asyncio.get_running_loop()
    ends_at = loop.time() + LONGEST_WAIT_SECONDS
    # One after the other: when the first is shown, the others mostly are too, without asking the database.
    return [
        (actor_id, version)
        for actor_id, version in writes
        if not await projection.wait(actor_id, version, max(0.0, ends_at - loop.time()))
    ]
