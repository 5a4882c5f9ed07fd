"""Bugs: wakes that fail are tried again after growing pauses, dead letters by another program once."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
