"""Alembic migrations, oldest first; a merged one never changes."""
