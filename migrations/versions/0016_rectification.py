"""Rectifying reports: a meeting can have several reports, each rectifying the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

UNIQUE = {
    "uq_report_workshop_id_first": ("workshop_id", "rectifies_id IS NULL"),
    "uq_report_rectifies_id_standing": ("rectifies_id", "stage <> 'abandoned'"),
}
TEXTS = ("rectifies_what", "rectifies_why", "rectifies_parts")


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_constraint(op.f("uq_report_workshop_id"), type_="unique")
        report.add_column(sa.Column("rectifies_id", sa.Integer(), nullable=True))
        for name in TEXTS:
            report.add_column(sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
        report.create_foreign_key(op.f("fk_report_rectifies_id"), "report", ["rectifies_id"], ["id"])
    op.create_index(op.f("ix_report_workshop_id"), "report", ["workshop_id"])
    op.create_index(op.f("ix_report_rectifies_id"), "report", ["rectifies_id"])
    for name, (column, where) in UNIQUE.items():
        condition = sa.text(where)
        op.create_index(name, "report", [column], unique=True, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    _want_no_rectification()
    for name in (*UNIQUE, op.f("ix_report_rectifies_id"), op.f("ix_report_workshop_id")):
        op.drop_index(name, "report")
    with op.batch_alter_table("report") as report:
        report.drop_constraint(op.f("fk_report_rectifies_id"), type_="foreignkey")
        for name in (*TEXTS, "rectifies_id"):
            report.drop_column(name)
        report.create_unique_constraint(op.f("uq_report_workshop_id"), ["workshop_id"])


def _want_no_rectification() -> None:
    """Without these columns nothing would say which report of a meeting is which."""
    query = "SELECT count(*) FROM report WHERE rectifies_id IS NOT NULL"
    if op.get_bind().execute(sa.text(query)).scalar():
        raise RuntimeError("Des rapports en rectifient d’autres : cette base ne peut pas revenir en arrière.")
