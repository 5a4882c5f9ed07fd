"""Keys and sign-ups: an id is that of one command of all actors, and an account knows what its sign-up asked for."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
