"""All SQL: tables, migrations, reads and writes.

Rooms, each importing only those below it: `upkeep`; `access` and `notify`; `read_model`; `turns`.

Files:
- `tables.py` of a room describes its tables for SQLAlchemy. The migrations make them, and alone know their triggers.
- A file that owns a table bears the table's name: `turns/wakes.py`, `access/sessions.py`, `notify/deliveries.py`.
- A table of the read model is written from events and read by the API, each in a file of its own: `task_rows.py` writes
  tasks, `task_queries.py` reads them. A file that adds to another's table puts its purpose behind the table's name:
  `outbox_publishing.py`, `activity_partitions.py`, `activity_archive.py`.
- A file over several tables is named after what it answers (`credentials.py`, `own_writes.py`, `vitals.py`), or after
  the chore or the command of the operator that it serves (`prune.py`, `rebuild.py`, `zone_rules.py`).

Functions: `find` and `find_by_…` return one row or None, `listed` a list or a page of one, `next_…` the next batch after
a place, `count` a number. `add`, `remove`, `upsert` and `set_…` write rows, `mark_…` notes what has happened to them.
`raw()` connections (`Raw`) run bare asyncpg; the API's reads run SQLAlchemy Core.
"""
