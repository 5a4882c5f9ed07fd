"""Every table: what the migrations made, for queries. A test compares this file with a migrated database.

Ids are text, instants timestamptz. `json` columns keep the text as it was written, so a hash over it holds.
Partitions, triggers and trigram indexes stand in the migrations alone.
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

metadata: Final = MetaData()
Instant: Final = DateTime(timezone=True)


def _id(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def _instant(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Instant, nullable=nullable)


def _stamp(name: str) -> Column[Any]:
    """When the row was written, by the database's clock; never read as domain time."""
    return Column(name, Instant, nullable=False, server_default=text("clock_timestamp()"))


# --- What a turn commits (the fence) ---------------------------------------------------------------------------------

dapr_state: Final = (
    Table(  # Dapr's own table (state.postgresql v2, tablePrefix dapr_); only actors write it, through Dapr
        "dapr_state",
        metadata,
        Column("key", Text, primary_key=True),
        Column("value", LargeBinary, nullable=False),
        Column("etag", UUID, nullable=False, server_default=text("gen_random_uuid()")),
        Column("created_at", Instant, nullable=False, server_default=text("now()")),
        _instant("updated_at"),
        _instant("expires_at"),
        Column("row_id", BigInteger, nullable=False),
        Index("dapr_state_expires_at_idx", "expires_at"),
        Index("dapr_state_row_id_uidx", "row_id", unique=True),
    )
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
    _id("actor_id"),
    Column("version", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    _id("user_id"),
    Column("type", Text, nullable=False),
    Column("body", JSON, nullable=False),
    _stamp("created_at"),
    _instant("published_at"),
    Index("outbox_event", "event_id", unique=True),
    Index("outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
    Index("outbox_actor", "actor_id", "version", "seq"),
)

commands: Final = Table(
    "commands",
    metadata,
    _id("actor_id", primary_key=True),
    _id("command_id", primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("reply", JSON, nullable=False),
    _stamp("at"),
    Index("commands_at", "at"),
)

wakes: Final = Table(
    "wakes",
    metadata,
    Column("actor_type", Text, primary_key=True),
    _id("actor_id", primary_key=True),
    _instant("wake_at", nullable=False),
    _instant("armed_at"),
    _instant("tried_at"),
    _stamp("set_at"),
    Index("wakes_due", "wake_at"),
    Index("wakes_unarmed", "set_at", postgresql_where=text("armed_at IS NULL")),
)

# --- Who has handled what --------------------------------------------------------------------------------------------

watermarks: Final = Table(  # everything up to `position` is handled; `seen` becomes it when `seen_xid` is past
    "watermarks",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("seen_xid", BigInteger, nullable=False, server_default=text("0")),
    _instant("paused_at"),
)

inbox: Final = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    _stamp("at"),
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
    _stamp("at"),
    _instant("replay_at"),
)

# --- Read model: can be rebuilt --------------------------------------------------------------------------------------

tasks: Final = Table(  # purged rows stay as (id, user_id, version, purged), so that a token for them is satisfied
    "tasks",
    metadata,
    _id("id", primary_key=True),
    _id("user_id"),
    Column("version", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 none … 4 urgent
    Column("status", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("tags_folded", ARRAY(Text), nullable=False),
    Column("due_date", Date),  # the date on the wall where it is due
    _instant("due_at"),  # the instant it is due; a date counts from 09:00
    _instant("overdue_at"),
    _instant("created_at", nullable=False),
    _instant("updated_at", nullable=False),
    _instant("completed_at"),
    _instant("deleted_at"),
    Column("purged", Boolean, nullable=False, server_default=text("false")),
    _id("series_id", nullable=True),
    Column("search", Text, nullable=False),  # folded title, description, tags, checklist
    Column("body", JSON, nullable=False),  # the task as the event had it
    Index("tasks_due", "user_id", "due_at", "id", postgresql_where=text("deleted_at IS NULL AND NOT purged")),
    Index("tasks_created", "user_id", "created_at", "id", postgresql_where=text("NOT purged")),
    Index("tasks_updated", "user_id", "updated_at", "id", postgresql_where=text("NOT purged")),
    Index(  # btree_gin, so that one user's search does not read the trigrams of all users
        "tasks_search",
        "user_id",
        "search",
        "tags_folded",
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    ),
    Index(  # slots are texts that sort as the days they name
        "tasks_slots",
        "series_id",
        text("((body -> 'occurrence'::text) ->> 'slot'::text)"),
        postgresql_where=text("series_id IS NOT NULL"),
    ),
    Index("tasks_trash", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL AND NOT purged")),
)

series: Final = Table(  # a deleted one stays, so that its occurrences still name something
    "series",
    metadata,
    _id("id", primary_key=True),
    _id("user_id"),
    Column("version", BigInteger, nullable=False),
    Column("status", Text, nullable=False),  # active, paused, stopped, ended, deleted
    Column("title", Text, nullable=False),
    _instant("next_at"),  # the instant of the slot that is awaited
    _instant("created_at", nullable=False),
    _instant("updated_at", nullable=False),
    _instant("deleted_at"),
    Column("body", JSON, nullable=False),  # the series as the event had it
    Index("series_created", "user_id", "created_at", "id"),
    Index("series_active", "user_id", postgresql_where=text("status = 'active'")),
)

reminders: Final = Table(
    "reminders",
    metadata,
    _id("task_id", primary_key=True),
    _id("id", primary_key=True),
    _id("user_id"),
    Column("status", Text, nullable=False),  # pending, fired, cancelled
    Column("offset_minutes", Integer),
    _instant("at"),
    _instant("fire_at"),
    Column("firing", Integer, nullable=False),
    _instant("fired_at"),
    Column("late_seconds", Float),
    _instant("acknowledged_at"),
    _instant("snoozed_until"),
    Index("reminders_user", "user_id", "status", "fire_at"),
)

tags: Final = Table(  # `name` as first written; `count` of tasks that are not in the trash
    "tags",
    metadata,
    _id("user_id", primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("count", Integer, nullable=False),
)

users: Final = Table(
    "users",
    metadata,
    _id("id", primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("email", Text),
    Column("zone", Text, nullable=False),
    Column("name", Text),
    Column("defaults", JSON, nullable=False),
    _instant("created_at", nullable=False),
    _instant("updated_at"),
    _instant("deleted_at"),
)

# --- Primary data: never rebuilt -------------------------------------------------------------------------------------

user_streams: Final = Table(  # the row lock that gives out a user's positions
    "user_streams",
    metadata,
    _id("user_id", primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

activity: Final = Table(  # partitioned by month of `at`; hash = sha256(prev_hash + body), chained per user
    "activity",
    metadata,
    _id("user_id", primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    _id("task_id", nullable=True),
    Column("version", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    _id("actor_id"),
    _id("correlation_id", nullable=True),
    _id("command_id", nullable=True),
    Column("body", Text, nullable=False),  # canonical text of the event
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("activity_event", "event_id", "at", unique=True),
    Index("activity_task", "user_id", "task_id", "position"),
    postgresql_partition_by="RANGE (at)",
)

reminder_ledger: Final = Table(
    "reminder_ledger",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _id("user_id"),
    _id("task_id"),
    _id("reminder_id"),
    Column("firing", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("channel", Text),
    _instant("at", nullable=False),
    Column("detail", JSON),
    Column("source", Text, nullable=False),  # event id, or delivery and step: a replay is no second row
    Index("reminder_ledger_source", "source", unique=True),
    Index("reminder_ledger_task", "user_id", "task_id", "id"),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    _id("reminder_id", primary_key=True),
    Column("firing", Integer, primary_key=True),
    Column("channel", Text, primary_key=True),
    _id("user_id"),
    _id("task_id"),
    Column("status", Text, nullable=False),  # pending, sent, failed, cancelled
    _instant("due_at", nullable=False),  # not sent before this instant
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("late_seconds", Float),
    Column("version", BigInteger, nullable=False),  # the task's when it fired
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    _id("correlation_id", nullable=True),
    _instant("fired_at", nullable=False),
    _instant("sent_at"),
    Column("error", Text),
    Column("kind", Text, nullable=False, server_default=text("'reminder'")),  # or overdue: reminder_id is the task's
    Index("deliveries_user", "user_id", postgresql_where=text("status = 'pending'")),
    Index("deliveries_pending", "channel", "due_at", postgresql_where=text("status = 'pending'")),
    Index("deliveries_task", "task_id"),
)

notifications: Final = Table(
    "notifications",
    metadata,
    _id("id", primary_key=True),
    _id("user_id"),
    Column("kind", Text, nullable=False),  # reminder, overdue, digest
    _id("task_id", nullable=True),
    _id("reminder_id", nullable=True),
    Column("firing", Integer),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("late_seconds", Float),
    _instant("created_at", nullable=False),
    _instant("read_at"),
    _instant("acknowledged_at"),
    Index("notifications_user", "user_id", "created_at", "id"),
    Index("notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    Index("notifications_created", "created_at"),
)

# --- Access ----------------------------------------------------------------------------------------------------------

accounts: Final = Table(
    "accounts",
    metadata,
    _id("user_id", primary_key=True),
    Column("email", Text, nullable=False),  # folded
    Column("password_hash", Text, nullable=False),
    _instant("created_at", nullable=False),
    Index("accounts_email", "email", unique=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _id("user_id"),
    _instant("created_at", nullable=False),
    _instant("last_seen_at", nullable=False),
    _instant("expires_at", nullable=False),
    Column("user_agent", Text),
    Column("address", Text),
    Index("sessions_user", "user_id"),
    Index("sessions_expiry", "expires_at"),
)

tokens: Final = Table(
    "tokens",
    metadata,
    _id("id", primary_key=True),
    _id("user_id"),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("prefix", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    _instant("created_at", nullable=False),
    _instant("expires_at"),
    _instant("last_used_at"),
    Index("tokens_hash", "token_hash", unique=True),
    Index("tokens_user", "user_id"),
)

archives: Final = Table(  # the files of archived activity: a month is either in one of them or in `activity`
    "archives",
    metadata,
    Column("file", Text, primary_key=True),
    Column("month", Date, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    _instant("archived_at", nullable=False),
)

jobs: Final = Table(  # when each was last asked for, and when what was asked was last done
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    _instant("asked_at", nullable=False),
    _instant("done_at"),
)

versions: Final = Table(  # what stored instants were last counted with
    "versions", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

rate_counts: Final = Table(  # unlogged; how often somebody asked, as all replicas have told
    "rate_counts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("rate_counts_end", "ends_at"),
)

secrets: Final = Table(  # the key that signs consistency tokens, made once
    "secrets", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
