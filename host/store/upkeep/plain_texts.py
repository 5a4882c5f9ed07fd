"""Rows of tasks and tags whose texts were written before searches took off accents, made plain page by page."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from host.store.engine import Raw
from host.store.read_model.plain import plain
from host.store.upkeep import versions

_NAME: Final = "plain_texts"
_FORM: Final = "1"  # of all rows once the chore has ended; counted up with every change of what `plain` returns
_AFTER: Final = f"{_FORM} after "


async def place(connection: Raw) -> str | None:
    """Returns the id of the task to go on after, "" at the beginning; None when all rows are plain."""
    value = await versions.find(connection, _NAME) or ""
    return None if value == _FORM else value.removeprefix(_AFTER) if value.startswith(_AFTER) else ""


async def set_place(connection: Raw, after: str | None) -> None:
    await versions.set_version(connection, _NAME, _FORM if after is None else _AFTER + after)


class Texts(NamedTuple):
    """A page of tasks: those with accents as (id, version, search); `last` is the id to go on after, None at the end."""

    accented: Sequence[tuple[str, int, str]]
    last: str | None


async def accented_tasks(connection: Raw, after: str, limit: int) -> Texts:
    rows = await connection.fetch(
        """SELECT id, version, CASE WHEN octet_length(search) > char_length(search) THEN search END
           FROM tasks WHERE id > $1 ORDER BY id LIMIT $2""",
        after,
        limit,
    )
    accented = [(row[0], row[1], row[2]) for row in rows if row[2] is not None and plain(row[2]) != row[2]]
    return Texts(accented, rows[-1][0] if len(rows) == limit else None)


async def make_plain(connection: Raw, accented: Sequence[tuple[str, int, str]]) -> int:
    """Writes the texts of tasks that are as they were read; returns their number. Locks rows as the projector does."""
    done = await connection.execute(
        """WITH read AS (
             SELECT t.id, x.search FROM tasks t
             JOIN unnest($1::text[], $2::bigint[], $3::text[]) AS x (id, version, search) USING (id, version)
             ORDER BY t.id FOR UPDATE OF t)
           UPDATE tasks t SET search = read.search FROM read WHERE t.id = read.id""",
        [row[0] for row in accented],
        [row[1] for row in accented],
        [plain(row[2]) for row in accented],
    )
    return int(done.split()[-1])


async def name_tags(connection: Raw, limit: int, user_id: str | None = None) -> int:
    """Gives so many tags (of one user) that lack a plain name theirs; returns their number. Locks rows as the projector does."""
    async with connection.transaction():
        rows = await connection.fetch(
            """SELECT user_id, folded FROM tags WHERE plain IS NULL AND ($2::text IS NULL OR user_id = $2)
               ORDER BY user_id, folded LIMIT $1 FOR UPDATE""",
            limit,
            user_id,
        )
        await connection.execute(
            """UPDATE tags t SET plain = x.plain
               FROM unnest($1::text[], $2::text[], $3::text[]) AS x (user_id, folded, plain)
               WHERE t.user_id = x.user_id AND t.folded = x.folded""",
            [row[0] for row in rows],
            [row[1] for row in rows],
            [plain(row[1]) for row in rows],
        )
    return len(rows)
