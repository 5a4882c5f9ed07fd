"""Running a migration's SQL file: statements parted by blank lines, none of which stands inside a statement."""

from pathlib import Path

from alembic import op


def run_script(path: Path) -> None:
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if any(line and not line.startswith("--") for line in statement.splitlines()):
            op.get_bind().exec_driver_sql(statement)
