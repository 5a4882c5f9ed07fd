"""Tags without accents, for their completion."""

from pathlib import Path

from host.store.migrations.script import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("the release before reads this schema too")
