"""The first schema: Dapr's state with the fence, outbox, read model, activity, access."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MONTHS_AHEAD = 3


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in script.split("\n\n"):
        if any(line and not line.startswith("--") for line in statement.splitlines()):
            op.get_bind().exec_driver_sql(statement)
    for month in range(MONTHS_AHEAD + 1):
        _add_partition(month)


def _add_partition(months_ahead: int) -> None:
    """By the database's month: a wrong guess costs nothing, the DEFAULT partition takes the rest."""
    first, last = (
        op.get_bind()
        .execute(
            sa.text(
                "SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => :n), "
                "date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => :n + 1)"
            ),
            {"n": months_ahead},
        )
        .one()
    )
    op.get_bind().exec_driver_sql(
        f"CREATE TABLE activity_{first:%Y_%m} PARTITION OF activity "
        f"FOR VALUES FROM ('{first:%Y-%m-%d}+00') TO ('{last:%Y-%m-%d}+00')"
    )


def downgrade() -> None:
    raise NotImplementedError("the first schema holds the only copy of every task")
