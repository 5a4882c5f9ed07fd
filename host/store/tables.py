"""What is stored of tasks, series and users: what the migrations made, for queries. `access_tables` has the rest.

A test compares both files with a migrated database. `json` columns keep the text as it was written, so a hash over it
holds. Partitions, triggers and trigram indexes stand in the migrations alone.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from host.store.columns import Instant, id_, instant, metadata, stamp

# --- What a turn commits (the fence) ---------------------------------------------------------------------------------

dapr_state: Final = (
    Table(  # Dapr's own table (state.postgresql v2, tablePrefix dapr_); only actors write it, through Dapr
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
    Column("publish_after", Instant, nullable=False, server_default=text("'-infinity'")),  # later: once refused
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

# --- Who has handled what --------------------------------------------------------------------------------------------

watermarks: Final = Table(  # everything up to `position` is handled; `seen` becomes it when `seen_xid` is past
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

# --- Read model: can be rebuilt --------------------------------------------------------------------------------------

tasks: Final = Table(  # purged rows stay as (id, user_id, version, purged), so that a token for them is satisfied
    "tasks",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    Column("version", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 none … 4 urgent
    Column("status", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("tags_folded", ARRAY(Text), nullable=False),
    Column("due_date", Date),  # the date on the wall where it is due
    instant("due_at"),  # the instant it is due; a date counts from 09:00
    instant("overdue_at"),
    instant("created_at", nullable=False),
    instant("updated_at", nullable=False),
    instant("completed_at"),
    instant("deleted_at"),
    Column("purged", Boolean, nullable=False, server_default=text("false")),
    id_("series_id", nullable=True),
    Column("search", Text, nullable=False),  # folded title, description, tags, checklist
    Column("body", JSON, nullable=False),  # the task as the event had it
    Column(  # of an occurrence; the database reads it from the body, so that no index has to
        "slot",
        Text,
        Computed(
            "CASE WHEN (series_id IS NOT NULL) THEN ((body -> 'occurrence'::text) ->> 'slot'::text) ELSE NULL::text END",
            persisted=True,
        ),
    ),
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
        "slot",
        postgresql_where=text("series_id IS NOT NULL"),
    ),
    Index("tasks_trash", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL AND NOT purged")),
)

series: Final = Table(  # a deleted one stays, so that its occurrences still name something
    "series",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    Column("version", BigInteger, nullable=False),
    Column("status", Text, nullable=False),  # active, paused, stopped, ended, deleted
    Column("title", Text, nullable=False),
    instant("next_at"),  # the instant of the slot that is awaited
    instant("created_at", nullable=False),
    instant("updated_at", nullable=False),
    instant("deleted_at"),
    Column("body", JSON, nullable=False),  # the series as the event had it
    Index("series_created", "user_id", "created_at", "id"),
    Index("series_active", "user_id", postgresql_where=text("status = 'active'")),
)

reminders: Final = Table(
    "reminders",
    metadata,
    id_("task_id", primary_key=True),
    id_("id", primary_key=True),
    id_("user_id"),
    Column("status", Text, nullable=False),  # pending, fired, cancelled
    Column("offset_minutes", Integer),
    instant("at"),
    instant("fire_at"),
    Column("firing", Integer, nullable=False),
    instant("fired_at"),
    Column("late_seconds", Float),
    instant("acknowledged_at"),
    instant("snoozed_until"),
    Index("reminders_user", "user_id", "status", "fire_at"),
)

tags: Final = Table(  # `name` as first written; `count` of tasks that are not in the trash
    "tags",
    metadata,
    id_("user_id", primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("count", Integer, nullable=False),
)

users: Final = Table(
    "users",
    metadata,
    id_("id", primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("email", Text),
    Column("zone", Text, nullable=False),
    Column("name", Text),
    Column("defaults", JSON, nullable=False),
    instant("created_at", nullable=False),
    instant("updated_at"),
    instant("deleted_at"),
)

# --- Primary data: never rebuilt -------------------------------------------------------------------------------------

user_streams: Final = Table(  # the row lock that gives out a user's positions
    "user_streams",
    metadata,
    id_("user_id", primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

activity: Final = Table(  # partitioned by month of `at`; hash = sha256(prev_hash + body), chained per user
    "activity",
    metadata,
    id_("user_id", primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    id_("task_id", nullable=True),
    Column("version", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    id_("actor_id"),
    id_("correlation_id", nullable=True),
    id_("command_id", nullable=True),
    Column("body", Text, nullable=False),  # canonical text of the event
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    id_("change_set", nullable=True),
    Index("activity_event", "event_id", "at", unique=True),
    Index("activity_task", "user_id", "task_id", "position"),
    Index("activity_change_set", "user_id", "change_set", postgresql_where=text("change_set IS NOT NULL")),
    postgresql_partition_by="RANGE (at)",
)

reminder_ledger: Final = Table(
    "reminder_ledger",
    metadata,
    Column("id", BigInteger, primary_key=True),
    id_("user_id"),
    id_("task_id"),
    id_("reminder_id"),
    Column("firing", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("channel", Text),
    instant("at", nullable=False),
    Column("detail", JSON),
    Column("source", Text, nullable=False),  # event id, or delivery and step: a replay is no second row
    Index("reminder_ledger_source", "source", unique=True),
    Index("reminder_ledger_task", "user_id", "task_id", "id"),
    Index("reminder_ledger_at", "at", "id"),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    id_("reminder_id", primary_key=True),
    Column("firing", Integer, primary_key=True),
    Column("channel", Text, primary_key=True),
    id_("user_id"),
    id_("task_id"),
    Column("status", Text, nullable=False),  # pending, sent, failed, cancelled
    instant("due_at", nullable=False),  # not sent before this instant
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("late_seconds", Float),
    Column("version", BigInteger, nullable=False),  # the task's when it fired
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    id_("correlation_id", nullable=True),
    instant("fired_at", nullable=False),
    instant("sent_at"),
    Column("error", Text),
    Column("kind", Text, nullable=False, server_default=text("'reminder'")),  # or overdue: reminder_id is the task's
    Index("deliveries_user", "user_id", postgresql_where=text("status = 'pending'")),
    Index("deliveries_pending", "channel", "due_at", postgresql_where=text("status = 'pending'")),
    Index("deliveries_task", "task_id"),
    Index("deliveries_done", "due_at", postgresql_where=text("status <> 'pending'")),
)

notifications: Final = Table(
    "notifications",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    Column("kind", Text, nullable=False),  # reminder, overdue, digest
    id_("task_id", nullable=True),
    id_("reminder_id", nullable=True),
    Column("firing", Integer),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("late_seconds", Float),
    instant("created_at", nullable=False),
    instant("read_at"),
    instant("acknowledged_at"),
    Index("notifications_user", "user_id", "created_at", "id"),
    Index("notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    Index("notifications_created", "created_at"),
    Index("notifications_reminder", "reminder_id"),
)

# --- What the chores keep --------------------------------------------------------------------------------------------

archives: Final = Table(  # the files of what is archived: a month of activity is either in one of them or in `activity`
    "archives",
    metadata,
    Column("file", Text, primary_key=True),
    Column("month", Date, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    instant("archived_at", nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'activity'")),  # or ledger
    # Rows of the ledger are deleted after their file is entered: until then some may be in both places.
    Column("cleared", Boolean, nullable=False, server_default=text("true")),
)

jobs: Final = Table(  # when each was last asked for, and when what was asked was last done
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    instant("asked_at", nullable=False),
    instant("done_at"),
)

processes: Final = Table(  # who runs, of which version; rows that are not seen any more go
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

versions: Final = Table(  # what stored instants were last counted with
    "versions", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
