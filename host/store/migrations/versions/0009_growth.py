"""Growth: indexes for what is looked up, pruned and armed, the slot of a task, and files of the reminder ledger."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
