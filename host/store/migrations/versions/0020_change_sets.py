"""Change sets: one row a set, whom it was made by, and which set a token goes on with."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
