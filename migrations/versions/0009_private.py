"""What events say of persons, beside the log: the events themselves hold its salted hash. How participants consented."""

import sqlalchemy as sa
from alembic import op

from app.audit import guards

revision = "0009"
down_revision = "0008"

_GUARDED = ("event_private",)


def upgrade() -> None:
    op.create_table(
        "event_private",
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_event_private_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_private")),
    )
    guards.install(op.get_bind(), _GUARDED)
    op.add_column("workshop", sa.Column("consent", sa.String(length=300), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("workshop", "consent")
    guards.remove(op.get_bind(), _GUARDED)
    op.drop_table("event_private")
