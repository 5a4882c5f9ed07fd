"""The consumer of occurrences: it hears of what people write into tasks, from now on."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
