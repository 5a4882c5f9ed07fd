"""What the chores and the operator's commands keep: archive files, jobs, processes, versions."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    Table,
    Text,
    text,
)

from host.store.columns import id_, instant, metadata, stamp

archives: Final = Table(  # a month of activity is either in one of these files or in the table `activity`
    "archives",
    metadata,
    Column("file", Text, primary_key=True),
    Column("month", Date, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    instant("archived_at", nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'activity'")),  # or ledger
    # Entries of the ledger are deleted after their file is entered; until then some are in both places.
    Column("cleared", Boolean, nullable=False, server_default=text("true")),
)

jobs: Final = Table(  # when each was last asked for, and the request that was last done
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    instant("asked_at", nullable=False),
    instant("done_at"),
)

processes: Final = Table(  # which processes run, and of which version
    "processes",
    metadata,
    id_("id", primary_key=True),
    Column("role", Text, nullable=False),
    Column("version", Text, nullable=False),
    id_("app_id"),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    stamp("started_at"),
    stamp("seen_at"),
)

versions: Final = Table(  # such as the zones' rules that stored instants follow
    "versions", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
