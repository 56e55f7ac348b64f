"""The link and the code of an invitation come from two persons: who drew the code, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("code_by_id", sa.Integer(), nullable=True))
        invitation.add_column(sa.Column("code_at", sa.DateTime(timezone=True), nullable=True))
        invitation.create_foreign_key(op.f("fk_invitation_code_by_id_person"), "person", ["code_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_constraint(op.f("fk_invitation_code_by_id_person"), type_="foreignkey")
        invitation.drop_column("code_at")
        invitation.drop_column("code_by_id")
