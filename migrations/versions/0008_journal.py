"""The journal's files: each event of the log by person, act, report, part, place, campaign, day and word."""

from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from app.audit import guards
from app.audit.entries import Where, entry, words_of

revision = "0008"
down_revision = "0007"

BATCH = 2_000
_GUARDED = ("journal_entry",)


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("part_key", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("place_1", sa.Integer(), nullable=True),
        sa.Column("place_2", sa.Integer(), nullable=True),
        sa.Column("place_3", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_journal_entry")),
    )
    op.create_table(
        "journal_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.PrimaryKeyConstraint("word", "event_id", name=op.f("pk_journal_word")),
        sqlite_with_rowid=False,
    )
    _file_what_is_there()
    for name, only in (
        ("day", ""),
        ("actor_id", ""),
        ("act", ""),
        ("report_id", "report_id IS NOT NULL"),
        ("part_key", "part_key <> ''"),
        ("campaign_id", "campaign_id IS NOT NULL"),
        ("place_1", "place_1 IS NOT NULL"),
        ("place_2", "place_2 IS NOT NULL"),
        ("place_3", "place_3 IS NOT NULL"),
    ):
        limits = {"sqlite_where": sa.text(only), "postgresql_where": sa.text(only)} if only else {}
        op.create_index(f"ix_journal_entry_{name}", "journal_entry", [name, "event_id"], **limits)
    guards.install(op.get_bind(), _GUARDED)


def _file_what_is_there() -> None:
    """The events written before this table was there; the log itself is only read."""
    connection = op.get_bind()
    entries, words = (sa.table(name, *(sa.column(each) for each in columns)) for name, columns in _COLUMNS.items())
    reports = dict(_pairs("SELECT report.id, report.workshop_id FROM report"))
    workshops = {row[0]: row[1:] for row in _pairs("SELECT id, territory_id, campaign_id FROM workshop")}
    paths = dict(_pairs("SELECT id, path FROM territory"))
    event = sa.table(
        "audit_event",
        sa.column("id", sa.Integer),
        sa.column("stream"),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("actor_id"),
        sa.column("act"),
        sa.column("body"),
    )
    last = 0
    while found := connection.execute(
        sa.select(event).where(event.c.id > last).order_by(event.c.id).limit(BATCH)
    ).all():
        told = [(row, orjson.loads(row.body)["facts"]) for row in found]
        rows = [
            entry(row.id, _utc(row.at), row.actor_id, row.act, facts, _where(facts, reports, workshops, paths))
            for row, facts in told
        ]
        connection.execute(entries.insert(), rows)
        said = [{"word": word, "event_id": row.id} for row, facts in told for word in words_of(row.stream, facts)]
        if said:
            connection.execute(words.insert(), said)
        last = found[-1].id


_COLUMNS = {
    "journal_entry": (
        "event_id",
        "day",
        "actor_id",
        "act",
        "report_id",
        "part_key",
        "campaign_id",
        "place_1",
        "place_2",
        "place_3",
    ),
    "journal_word": ("word", "event_id"),
}


def _pairs(query: str) -> Iterator[Any]:
    return iter(op.get_bind().execute(sa.text(query)).all())


def _utc(at: Any) -> Any:
    from datetime import UTC

    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _where(facts: dict[str, Any], reports: Any, workshops: Any, paths: Any) -> Where:
    workshop = workshops.get(reports.get(facts.get("report")) or facts.get("workshop"))
    if workshop:
        return Where(paths[workshop[0]], workshop[1])
    return Where(paths.get(facts.get("territory"), ""), facts.get("campaign"))


def downgrade() -> None:
    guards.remove(op.get_bind(), _GUARDED)
    op.drop_table("journal_word")
    op.drop_table("journal_entry")
