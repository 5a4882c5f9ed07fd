"""Damaged files of the database: which table or index an error is about."""

import re
from dataclasses import dataclass
from typing import Final

from host.store.engine import Raw
from host.store.faults import DAMAGED, code_of

# How PostgreSQL's messages name what is damaged: by file, by index, or by a table's long values.
_FILE: Final = re.compile(r"\bbase/\d+/(\d+)")
_INDEX: Final = re.compile(r'\bindex "([^"]+)"')
_LONG_VALUES: Final = re.compile(r"\bpg_toast_(\d+)")


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged relation: its table, and its index if only that is damaged."""

    table: str
    index: str | None = None


def is_damage(error: BaseException) -> bool:
    """Returns whether the error says that pages of the database are damaged."""
    return code_of(error) in DAMAGED


async def found(connection: Raw, message: str) -> Damaged | None:
    """Returns what PostgreSQL's message is about; None if it names nothing that the catalogue knows."""
    file, index, long_values = (pattern.search(message) for pattern in (_FILE, _INDEX, _LONG_VALUES))
    row = await connection.fetchrow(
        """SELECT coalesce(owner.relname, of.relname, damaged.relname) AS table,
                  CASE WHEN owner.oid IS NULL AND of.oid IS NOT NULL THEN damaged.relname END AS index
           FROM pg_class AS damaged
           LEFT JOIN pg_index ON indexrelid = damaged.oid
           LEFT JOIN pg_class AS of ON of.oid = indrelid
           LEFT JOIN pg_class AS owner ON owner.reltoastrelid IN (damaged.oid, indrelid)
           WHERE damaged.oid = coalesce(pg_filenode_relation(0, $1::text::oid), to_regclass(quote_ident($2)), $3::text::oid)""",
        file and file[1],
        index and index[1],
        long_values and long_values[1],
    )
    return None if row is None else Damaged(row["table"], row["index"])
