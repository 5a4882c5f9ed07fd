"""Alembic's entry: runs the migrations on the connection that host/store/migrate.py hands over."""

from alembic import context
from sqlalchemy import text

from host.store.migrate import LOCK

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    # Of two processes that start at once, the second waits here and then finds nothing to do.
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    context.run_migrations()
