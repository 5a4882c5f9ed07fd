"""What the projector writes from events. All but the activity and its streams can be rebuilt from actors' docs."""

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
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from host.store.columns import Instant, id_, instant, metadata

tasks: Final = Table(  # a purged one stays as (id, user_id, version, purged), so that waits for it end
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
    Column("due_date", Date),  # the local date on which it is due
    instant("due_at"),  # the instant at which it is due; a date is due from 09:00
    instant("overdue_at"),
    instant("created_at", nullable=False),
    instant("updated_at", nullable=False),
    instant("completed_at"),
    instant("deleted_at"),
    Column("purged", Boolean, nullable=False, server_default=text("false")),
    id_("series_id", nullable=True),
    Column("search", Text, nullable=False),  # plain title, description, tags, checklist
    Column("body", JSON, nullable=False),  # the task as the event had it
    Column(  # of an occurrence; a column of its own, for the index
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
    Index(  # slots are texts that sort as their days do
        "tasks_slots",
        "series_id",
        "slot",
        postgresql_where=text("series_id IS NOT NULL"),
    ),
    Index("tasks_trash", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL AND NOT purged")),
)

series: Final = Table(  # a deleted one stays, because its occurrences name it
    "series",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    Column("version", BigInteger, nullable=False),
    Column("status", Text, nullable=False),  # active, paused, stopped, ended, deleted
    Column("title", Text, nullable=False),
    instant("next_at"),  # the instant of the slot that it waits for
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
    Column("offset", Text),
    Column("firings", JSONB),  # as `actors.shapes.Reminder` has them; null in rows of an early release
    Index("reminders_user", "user_id", "status", "fire_at"),
)

tags: Final = Table(  # `name` as first written, `folded` to tell tags apart; `count` of tasks that are not in the trash
    "tags",
    metadata,
    id_("user_id", primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("plain", Text),  # for completion; null until the chore has filled it
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

usage: Final = Table(  # what each user stores; only the pruner's count sets `counted_at`
    "usage",
    metadata,
    id_("user_id", primary_key=True),
    Column("tasks", BigInteger, nullable=False),
    Column("series", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    instant("counted_at"),
)

user_streams: Final = Table(  # its row lock gives out a user's positions
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

change_sets: Final = Table(  # `changes` counts what was asked for; the row of a revert comes before its first entry
    "change_sets",
    metadata,
    id_("user_id", primary_key=True),
    id_("id", primary_key=True),
    Column("kind", Text, nullable=False),  # request, tool, chat, import, link
    Column("actor_kind", Text, nullable=False),
    id_("actor_id"),
    instant("started_at", nullable=False),
    instant("last_at", nullable=False),
    Column("changes", Integer, nullable=False),
    id_("reverts", nullable=True),  # the set that this one takes back
    Index("change_sets_newest", "user_id", "last_at", "id", postgresql_where=text("changes > 0")),
    Index("change_sets_reverts", "user_id", "reverts", postgresql_where=text("reverts IS NOT NULL")),
    Index("change_sets_age", "last_at"),
)
