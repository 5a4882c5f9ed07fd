"""Read your own writes: what every read waits for, the token that asks for more, and the word that asks for less."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from host.store.read_model.own_writes import Cause
from web.act import Act, Write
from web.api.edge.signed import Signer
from web.problems import ProblemError

HEADER: Final = "Duely-Consistency"
EVENTUAL: Final = "eventual"  # in the place of a token: the read waits for nothing
MOST_WRITES: Final = 10


def opened(signer: Signer, user_id: str, text: str | None) -> list[Write] | None:
    """The writes that a token names, none without a token; None for a token that is not ours."""
    if not text or text == EVENTUAL:
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


async def honour(act: Act) -> int:
    """Wait until what the caller did can be read, and what the act has seen; raises the 503 after 2 s.

    Gives the version of the profile that can be read.
    """
    if act.eventual:
        return 0
    loop = asyncio.get_running_loop()
    timeout_seconds = act.services.longest_wait_seconds
    ends_at = loop.time() + timeout_seconds
    shown = await act.services.projection.own_writes(act.user_id, timeout_seconds)
    missing = shown.missing
    if missing is None and await behind_after_wait(act, act.seen, max(0.0, ends_at - loop.time())):
        missing = "behind"
    if missing is not None:
        raise _read_model_behind(missing)
    return shown.profile_version


_BEHIND: Final[Mapping[Cause, tuple[str, int]]] = {  # what is said, and when to ask again
    "behind": ("Your changes are saved but cannot all be read yet", 1),
    "paused": ("Your changes are saved but cannot be read until the projector, which is paused, goes on", 10),
    "dead_letter": (
        "A change of yours is saved but could not be made readable; whoever runs this Duely can mend it",
        60,
    ),
}


def _read_model_behind(cause: Cause) -> ProblemError:
    said, retry_after_seconds = _BEHIND[cause]
    return ProblemError(
        503,
        "read_model_behind",
        f"{said}. To read what there is, send {HEADER}: {EVENTUAL}.",
        extra={"cause": cause},
        headers={"Retry-After": str(retry_after_seconds)},
    )


async def behind_after_wait(act: Act, writes: Sequence[Write], timeout_seconds: float) -> list[Write]:
    """Those of the writes that the read model does not show after that time."""
    projection, loop = act.services.projection, asyncio.get_running_loop()
    ends_at = loop.time() + timeout_seconds
    # One after the other: when the first is shown, the others mostly are too, without asking the database.
    return [
        (actor_id, version)
        for actor_id, version in writes
        if not await projection.wait(actor_id, version, max(0.0, ends_at - loop.time()))
    ]
