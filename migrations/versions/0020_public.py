"""The public version of a published report: the hash of its file, and what it leaves out."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.add_column(sa.Column("public_hash", sa.String(length=64), server_default="", nullable=False))
        report.add_column(sa.Column("public_masked", sa.Text(), server_default="", nullable=False))
        report.create_index(op.f("ix_report_public_hash"), ["public_hash"])


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_index(op.f("ix_report_public_hash"))
        report.drop_column("public_masked")
        report.drop_column("public_hash")
