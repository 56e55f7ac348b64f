"""The tree over the log, and its checkpoints."""

import sqlalchemy as sa
from alembic import op

from app.audit import guards

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_GUARDED = ("leaf", "node", "checkpoint")


def upgrade() -> None:
    op.create_table(
        "leaf",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("event_id", _NUMBER, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_leaf_event_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_leaf_event_id")),
    )
    op.create_index(op.f("ix_leaf_code"), "leaf", ["code"])
    op.create_table(
        "node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_node")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    lock = op.create_table(
        "tree_lock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_lock")),
    )
    op.bulk_insert(lock, [{"id": 1}])
    guards.install(op.get_bind(), _GUARDED)


def downgrade() -> None:
    guards.remove(op.get_bind(), _GUARDED)
    for table in ("tree_lock", "checkpoint", "node", "leaf"):
        op.drop_table(table)
