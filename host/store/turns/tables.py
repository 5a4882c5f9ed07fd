"""What a turn commits (the state of its actor, events, command, wake), and which consumer has handled which events."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from host.store.columns import Instant, id_, instant, metadata, stamp

dapr_state: Final = Table(  # Dapr's own (state.postgresql v2, tablePrefix dapr_); only actors write it, through Dapr
    "dapr_state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("etag", UUID, nullable=False, server_default=text("gen_random_uuid()")),
    Column("created_at", Instant, nullable=False, server_default=text("now()")),
    instant("updated_at"),
    instant("expires_at"),
    Column("row_id", BigInteger, nullable=False),
    Index("dapr_state_expires_at_idx", "expires_at"),
    Index("dapr_state_row_id_uidx", "row_id", unique=True),
)

dapr_metadata: Final = Table(
    "dapr_metadata", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("actor_type", Text, nullable=False),
    id_("actor_id"),
    Column("version", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    id_("user_id"),
    Column("type", Text, nullable=False),
    Column("body", JSON, nullable=False),
    stamp("created_at"),
    instant("published_at"),
    Column(
        "publish_after", Instant, nullable=False, server_default=text("'-infinity'")
    ),  # set when a topic has refused the event
    Column("refused_topics", ARRAY(Text)),
    Index("outbox_event", "event_id", unique=True),
    Index("outbox_unpublished", "publish_after", "position", postgresql_where=text("published_at IS NULL")),
    Index("outbox_actor", "actor_id", "version", "seq"),
    Index("outbox_user", "user_id", "position"),
)

commands: Final = Table(
    "commands",
    metadata,
    id_("actor_id"),
    id_("command_id", primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("reply", JSON, nullable=False),
    stamp("at"),
    Index("commands_at", "at"),
)

wakes: Final = Table(
    "wakes",
    metadata,
    Column("actor_type", Text, primary_key=True),
    id_("actor_id", primary_key=True),
    instant("wake_at", nullable=False),
    instant("armed_at"),
    instant("tried_at"),
    stamp("set_at"),
    Column("fails", Integer, nullable=False, server_default=text("0")),
    Index("wakes_due", "wake_at", "tried_at"),
    Index("wakes_unarmed", "wake_at", postgresql_where=text("armed_at IS NULL AND tried_at IS NULL")),
    Index("wakes_tried", "tried_at", "wake_at", postgresql_where=text("tried_at IS NOT NULL")),
    Index("wakes_failing", "fails", postgresql_where=text("fails > 0")),
)

watermarks: Final = Table(  # how these work together: host/store/turns/watermarks.py
    "watermarks",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("seen_xid", BigInteger, nullable=False, server_default=text("0")),
    instant("paused_at"),
)

inbox: Final = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    stamp("at"),
    Index("inbox_position", "position"),
)

dead_letters: Final = Table(
    "dead_letters",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    stamp("at"),
    instant("replay_at"),
    Column("code_version", Text),
    id_("user_id", nullable=True),
    Index("dead_letters_user", "user_id"),
)
