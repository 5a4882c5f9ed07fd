"""Conversations with the assistant: what lists them, and finds the runs that nobody holds any more."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
