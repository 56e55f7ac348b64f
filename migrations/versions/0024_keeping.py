"""Who keeps whose account: who entered a person, who last changed a key of theirs; and roles that await a second word."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("person", sa.Column("entered_by_id", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("key_by_id", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("key_kind", sa.String(length=10), nullable=True))
    op.create_table(
        "role_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_proposal_person_id_person")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_role_proposal_proposed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_proposal")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_role_proposal_person_id_role")),
    )


def downgrade() -> None:
    op.drop_table("role_proposal")
    op.drop_column("person", "key_kind")
    op.drop_column("person", "key_by_id")
    op.drop_column("person", "entered_by_id")
