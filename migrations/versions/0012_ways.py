"""Ways of signing: with one's account, by a code for one use, on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("signature") as batch:
        batch.add_column(sa.Column("way", sa.String(length=20), server_default="electronic", nullable=False))
        batch.add_column(sa.Column("details_json", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch.add_column(sa.Column("attester_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_signature_attester_id"), "person", ["attester_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("signature") as batch:
        batch.drop_constraint(op.f("fk_signature_attester_id"), type_="foreignkey")
        batch.drop_column("attester_id")
        batch.drop_column("details_json")
        batch.drop_column("way")
