"""Which of a user's changes the read model does not show yet, and why.

A change is shown when the projector has handled its event: the event is below the watermark, or in the inbox. That
holds in whatever order the broker brings events. A change whose reply came before a read began is visible to these
queries, because the reply comes after the commit.
"""

from dataclasses import dataclass
from typing import Final, Literal

from host.store.engine import Raw
from host.store.turns.outbox import handled_by

Reason = Literal["paused", "behind", "dead_letter"]

NEWEST: Final = 2**63 - 1
_PENDING: Final = f"""FROM outbox o WHERE o.user_id = $1 AND o.position <= $2
  AND o.position > coalesce((SELECT position FROM watermarks WHERE consumer = 'projector'), 0)
  AND NOT {handled_by("'projector'")}"""  # noqa: S608  our own names
_ASIDE: Final = "FROM dead_letters d WHERE d.user_id = $1 AND d.consumer = 'projector'"


@dataclass(frozen=True, slots=True)
class Status:
    """`pending` is the position of the user's newest event that is not shown yet, None when all are shown.

    `aside` says that an event of the user is a dead letter of the projector. `profile_version` is the version of the
    profile that can be read, 0 for none.
    """

    pending: int | None
    aside: bool
    profile_version: int


async def status(connection: Raw, user_id: str, up_to: int = NEWEST) -> Status:
    """Returns how far the user's events up to that position are shown."""
    return Status(*await connection.fetchrow(_STATUS, user_id, up_to))


async def reason(connection: Raw, user_id: str, up_to: int) -> Reason | None:
    """Returns why a change up to that position is not shown; None when all are shown.

    Only changes that a person made, themselves or through a token or an agent, count. A dead letter counts until its
    actor is shown in that version or a later one, which has the change too.
    """
    why: Reason | None = await connection.fetchval(_REASON, user_id, up_to)
    return why


_STATUS: Final = f"""SELECT (SELECT max(o.position) {_PENDING}), EXISTS (SELECT {_ASIDE}),
  coalesce((SELECT version FROM users WHERE id = $1), 0)"""  # noqa: S608

_PEOPLE: Final = "('user', 'token', 'agent')"
_REASON: Final = f"""SELECT CASE
  WHEN EXISTS (SELECT {_PENDING} AND o.body->'data'->'actor'->>'kind' IN {_PEOPLE}) THEN
    CASE WHEN EXISTS (SELECT FROM watermarks WHERE consumer = 'projector' AND paused_at IS NOT NULL)
      THEN 'paused' ELSE 'behind' END
  WHEN EXISTS (
    SELECT FROM (
      SELECT body::json->>'subject' AS actor_id, (body::json->'data'->>'version')::bigint AS version {_ASIDE}
        AND body::json->'data'->'actor'->>'kind' IN {_PEOPLE}) l
    WHERE NOT EXISTS (SELECT FROM tasks s WHERE s.id = l.actor_id AND s.version >= l.version)
      AND NOT EXISTS (SELECT FROM series s WHERE s.id = l.actor_id AND s.version >= l.version)
      AND NOT EXISTS (SELECT FROM conversations s WHERE s.id = l.actor_id AND s.version >= l.version)
      AND NOT EXISTS (SELECT FROM users s WHERE s.id = l.actor_id AND s.version >= l.version)) THEN 'dead_letter' END"""  # noqa: S608
