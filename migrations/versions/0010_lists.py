"""Texts with personal data beside their revisions: new ones alone, for what was sealed before cannot be sealed otherwise."""

import sqlalchemy as sa
from alembic import op

from app.audit import guards

revision = "0010"
down_revision = "0009"

_GUARDED = ("revision_private",)


def upgrade() -> None:
    op.create_table(
        "revision_private",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("content_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_revision_private_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revision_private")),
    )
    guards.install(op.get_bind(), _GUARDED)


def downgrade() -> None:
    guards.remove(op.get_bind(), _GUARDED)
    op.drop_table("revision_private")
