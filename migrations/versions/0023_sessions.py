"""Sessions on the server, and a second factor at sign-in for who wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_session")),
        sa.UniqueConstraint("key", name=op.f("uq_open_session_key")),
    )
    op.create_index(op.f("ix_open_session_person_id"), "open_session", ["person_id"])
    op.add_column("person", sa.Column("asks_factor", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("person", "asks_factor")
    op.drop_table("open_session")
