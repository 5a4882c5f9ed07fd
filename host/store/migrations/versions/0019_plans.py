"""Plans of tools: decided, kept for a while, and carried out once."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
