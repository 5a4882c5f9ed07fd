"""The row of a task in one asyncpg transaction: the least that any task system must do."""

from datetime import UTC, datetime
from typing import Any

_OWNER = "00000000-0000-4000-8000-000000000001"

TABLE_SQL = """
CREATE SCHEMA IF NOT EXISTS bench_row;
CREATE TABLE IF NOT EXISTS bench_row.tasks (
  id text PRIMARY KEY, user_id text NOT NULL, version bigint NOT NULL, title text NOT NULL, description text NOT NULL,
  priority smallint NOT NULL, status text NOT NULL, tags text[] NOT NULL, due_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)
"""
_INSERT_SQL = """
INSERT INTO bench_row.tasks (id, user_id, version, title, description, priority, status, tags, created_at, updated_at)
VALUES ($1, $2, 1, $3, $4, 2, 'open', $5, $6, $6)
"""
TITLE = "Pay the rent @NUMBER@"
DESCRIPTION = "Transfer from the joint account; the reference is on the contract."
TAGS = ["home", "money"]


async def insert_task(connection: Any, task_id: str) -> None:
    await connection.execute(_INSERT_SQL, task_id, _OWNER, TITLE, DESCRIPTION, TAGS, datetime.now(UTC))
