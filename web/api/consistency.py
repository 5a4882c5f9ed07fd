"""Read your own writes: the token that a write answers, and the wait of a read that brings it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from web.act import Act, Write
from web.api.signed import Signer
from web.problems import ProblemError, unavailable
from web.services import LONGEST_WAIT_SECONDS

HEADER: Final = "Duely-Consistency"
MOST_WRITES: Final = 10


def opened(signer: Signer, user_id: str, text: str | None) -> list[Write] | None:
    """The writes that a token names, none without a token; None for a token that is not ours."""
    if not text:
        return []
    value = signer.open("consistency", user_id, text)
    return None if value is None else [(str(actor_id), int(version)) for actor_id, version in value]


def not_ours() -> ProblemError:
    detail = f"The {HEADER} header is not one that this server gave you; leave it out or send the last one."
    return ProblemError(400, "bad_consistency_token", detail)


def token_for(act: Act, writes: Sequence[Write]) -> str:
    """A token for what the act has seen and what it did, the newest ten."""
    newest = dict(act.seen)
    for actor_id, version in writes:
        # A repeated request answers its old version: what was seen since then stays seen.
        newest[actor_id] = max(version, newest.pop(actor_id, 0))
    return act.signer.seal("consistency", act.user_id, list(newest.items())[-MOST_WRITES:])


async def honour(act: Act) -> None:
    """Wait until the read model shows what the act has seen; raises the 503 after 2 s."""
    behind = await behind_after_wait(act, act.seen)
    if behind:
        raise unavailable(
            f"{len(behind)} of your changes are saved but cannot be read yet; ask again in a moment.",
            code="read_model_behind",
            retry_after_seconds=1,
        )


async def behind_after_wait(act: Act, writes: Sequence[Write]) -> list[Write]:
    """Those of the writes that the read model does not show after at most 2 s."""
    projection, loop = act.services.projection, asyncio.get_running_loop()
    ends_at = loop.time() + LONGEST_WAIT_SECONDS
    # One after the other: when the first is shown, the others mostly are too, without asking the database.
    return [
        (actor_id, version)
        for actor_id, version in writes
        if not await projection.wait(actor_id, version, max(0.0, ends_at - loop.time()))
    ]
