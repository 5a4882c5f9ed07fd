"""Alembic migrations, oldest first; a merged one is never changed."""
