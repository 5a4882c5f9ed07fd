"""Deliveries, the notifications they become, and the ledger of reminders. None of these can be rebuilt."""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from host.store.columns import id_, instant, metadata

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
    Column("source", Text, nullable=False),  # event id, or delivery and step, so that a replay adds no second row
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
    instant("due_at", nullable=False),  # it may go out from this instant on
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("late_seconds", Float),
    Column("version", BigInteger, nullable=False),  # of the task, when it fired
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    id_("correlation_id", nullable=True),
    instant("fired_at", nullable=False),
    instant("sent_at"),
    Column("error", Text),
    Column(
        "kind", Text, nullable=False, server_default=text("'reminder'")
    ),  # or overdue, where reminder_id is the task's id
    id_("change_set", nullable=True),
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
