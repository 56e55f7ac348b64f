"""What comes in after the deadline of a reading: received where the president says so."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.add_column(sa.Column("late_received", sa.Boolean(), server_default=sa.false(), nullable=False))
    # A reading that is under way goes on by the rule under which it was opened.
    op.execute(sa.text("UPDATE report SET late_received = (1 = 1) WHERE stage = 'reading'"))


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_column("late_received")
