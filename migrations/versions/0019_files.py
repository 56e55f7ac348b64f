"""Pieces of files on their way, each with its place and its hash; and what was witnessed of the log elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "upload_piece",
        sa.Column("upload_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_piece_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_piece")),
    )
    op.create_table(
        "witnessed",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("appended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnessed")),
    )
    op.execute("INSERT INTO witnessed (id, path, size, root, alarm) VALUES (1, '', 0, '', '')")
    with op.batch_alter_table("upload") as upload:
        upload.drop_column("received")  # what is under way begins anew: its pieces have no hash


def downgrade() -> None:
    op.drop_table("witnessed")
    with op.batch_alter_table("upload") as upload:
        upload.add_column(sa.Column("received", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("upload") as upload:
        upload.alter_column("received", server_default=None)
    op.drop_table("upload_piece")
