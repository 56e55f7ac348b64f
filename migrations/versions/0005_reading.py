"""The commission's reading: one change an amendment, observations, proxies, majorities, presence."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "report": (
            sa.Column("reading_since", sa.DateTime(timezone=True), nullable=True),
            sa.Column("return_json", sa.Text(), nullable=False, server_default=sa.text("''")),
            sa.Column("comment_count", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("minutes_hash", sa.String(length=64), nullable=False, server_default=sa.text("''")),
        ),
        "amendment": (
            sa.Column("deposit", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("change_json", sa.Text(), nullable=False, server_default=sa.text("''")),
            sa.Column("formal", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("comment", sa.Integer(), nullable=True),
        ),
        "commission": (
            sa.Column("majority", sa.String(length=20), nullable=False, server_default="simple"),
            sa.Column("casting_vote", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("reading_days", sa.Integer(), nullable=False, server_default="10"),
        ),
    }


def upgrade() -> None:
    _want_no_amendments()
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.drop_column("amendment", "content_json")
    with op.batch_alter_table("ballot") as ballot:
        ballot.add_column(sa.Column("cast_by_id", sa.Integer(), nullable=True))
        ballot.create_foreign_key(op.f("fk_ballot_cast_by_id"), "person", ["cast_by_id"], ["id"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Integer(), nullable=False),
        sa.Column("part_key", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_role", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_comment_report_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["mention_id"], ["person.id"], name=op.f("fk_comment_mention_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_comment_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_comment_report_id_number")),
    )
    op.create_index(op.f("ix_comment_mention_id"), "comment", ["mention_id"])
    op.create_table(
        "proxy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_proxy_report_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_proxy_giver_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_proxy_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
    )
    op.create_index(op.f("ix_proxy_holder_id"), "proxy", ["holder_id"])
    op.create_index(
        "uq_proxy_report_id_giver_id_standing",
        "proxy",
        ["report_id", "giver_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "presence",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("part_key", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_presence_report_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id")),
        sa.PrimaryKeyConstraint("report_id", "part_key", "person_id", name=op.f("pk_presence")),
    )


def _want_no_amendments() -> None:
    """Amendments were whole parts before 0.1.0; their log cannot be told anew as single changes."""
    _want_empty("amendment", "this database was made by a version older than 0.1.0 (a demo: run `make demo-reset`)")


def _want_empty(table: str, why: str) -> None:
    if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):
        raise RuntimeError(f"{table} is not empty: {why}")


def downgrade() -> None:
    _want_empty("amendment", "amendments cannot become whole parts again")
    for table in ("presence", "proxy", "comment"):
        op.drop_table(table)
    with op.batch_alter_table("ballot") as ballot:
        ballot.drop_constraint(op.f("fk_ballot_cast_by_id"), type_="foreignkey")
        ballot.drop_column("cast_by_id")
    op.add_column("amendment", sa.Column("content_json", sa.Text(), nullable=False, server_default=sa.text("''")))
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)
