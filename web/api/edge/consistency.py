"""Reading one's own writes: what every read waits for, the token that asks for more and the word that asks for less."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from host.store.read_model.own_writes import Reason
from web.act import Act, Write
from web.api.edge.signed import Signer
from web.problems import ProblemError

HEADER: Final = "Duely-Consistency"
EVENTUAL: Final = "eventual"  # instead of a token: the read waits for nothing
MOST_WRITES: Final = 10


def opened_token(signer: Signer, user_id: str, text: str | None) -> list[Write] | None:
    """Returns the writes that a token names, none without a token, or None for a token that is not ours."""
    if not text or text == EVENTUAL:
        return []
    value = signer.open("consistency", user_id, text)
    return None if value is None else [(str(actor_id), int(version)) for actor_id, version in value]


def not_ours() -> ProblemError:
    """Returns the 400 for a token that is not ours."""
    detail = f"The {HEADER} header is not one that this server gave you; leave it out or send the last one."
    return ProblemError(400, "bad_consistency_token", detail)


def token_for(act: Act, writes: Sequence[Write]) -> str:
    """Returns a token for the newest ten writes that the act has seen or made."""
    newest = dict(act.seen)
    for actor_id, version in writes:
        # A repeated request answers its old version; what was seen since then must stay seen.
        newest[actor_id] = max(version, newest.pop(actor_id, 0))
    return act.signer.seal("consistency", act.user_id, list(newest.items())[-MOST_WRITES:])


async def wait_for_writes(act: Act) -> int:
    """Waits until what the caller did, and what the act has seen, can be read; returns the profile version that can be.

    Raises the 503 with the cause when the longest wait is over.
    """
    if act.eventual:
        return 0
    loop = asyncio.get_running_loop()
    timeout_seconds = act.services.longest_wait_seconds
    ends_at = loop.time() + timeout_seconds
    readable = await act.services.projection.own_writes(act.user_id, timeout_seconds)
    missing = readable.missing
    if missing is None and await behind_after_wait(act, act.seen, max(0.0, ends_at - loop.time())):
        missing = "behind"
    if missing is not None:
        raise _read_model_behind(missing)
    return readable.profile_version


_BEHIND: Final[Mapping[Reason, tuple[str, int]]] = {  # the first sentence of the detail, and when to try again
    "behind": ("Your changes are saved but cannot all be read yet", 1),
    "paused": ("Your changes are saved but cannot be read until the projector, which is paused, is resumed", 10),
    "dead_letter": (
        "One of your changes is saved but could not be made readable; the operator of this Duely can repair it",
        60,
    ),
}


def _read_model_behind(cause: Reason) -> ProblemError:
    reason, retry_after_seconds = _BEHIND[cause]
    return ProblemError(
        503,
        "read_model_behind",
        f"{reason}. To read without waiting, send {HEADER}: {EVENTUAL}.",
        extra={"cause": cause},
        headers={"Retry-After": str(retry_after_seconds)},
    )


async def behind_after_wait(act: Act, writes: Sequence[Write], timeout_seconds: float) -> list[Write]:
    """Returns those of the writes that the read model does not show when the time is over."""
    projection, loop = act.services.projection, asyncio.get_running_loop()
    ends_at = loop.time() + timeout_seconds
    # One after the other: when the first is shown, the others mostly are, too, without asking the database.
    return [
        (actor_id, version)
        for actor_id, version in writes
        if not await projection.wait(actor_id, version, max(0.0, ends_at - loop.time()))
    ]
