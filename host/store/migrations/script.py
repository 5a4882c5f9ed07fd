"""Runs a migration's SQL file: blank lines separate statements, and no statement has one inside."""

from pathlib import Path

from alembic import op


def run_script(path: Path) -> None:
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if any(line and not line.startswith("--") for line in statement.splitlines()):
            op.get_bind().exec_driver_sql(statement)
