"""What a campaign's documents said, version by version.

Today's texts are taken over as the versions that stand; of older ones the log has the hashes alone.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from app.audit import guards

revision = "0011"
down_revision = "0010"

_GUARDED = ("campaign_text",)
_KINDS = ("terms", "programme")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    table = op.create_table(
        "campaign_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_json", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_campaign_text_author_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_text_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_text")),
        sa.UniqueConstraint("campaign_id", "kind", "version", name=op.f("uq_campaign_text_campaign_id_kind_version")),
    )
    connection = op.get_bind()
    for kind in _KINDS:
        if found := [*_standing(connection, kind)]:
            connection.execute(sa.insert(table), found)
    guards.install(connection, _GUARDED)


def _standing(connection, kind):
    """The rows of the versions that stand, each dated and signed as the event that tells of it."""
    campaign = sa.table("campaign", *map(sa.column, ("id", kind, f"{kind}_version")))
    event = sa.table("audit_event", *map(sa.column, ("stream", "seq", "act", "actor_id")), sa.column("at", _MOMENT))
    for number, content, version in connection.execute(sa.select(campaign)).all():
        about = (event.c.stream == f"campaign:{number}") & event.c.act.in_(("campaign_create", f"{kind}_change"))
        last = sa.select(event.c.actor_id, event.c.at).where(about).order_by(event.c.seq.desc()).limit(1)
        told = connection.execute(last).one_or_none()
        if told is not None:
            yield {
                "campaign_id": number,
                "kind": kind,
                "version": version,
                "content_json": content,
                "hash": hashlib.sha256(content.encode("utf-8")).hexdigest(),
                "author_id": told.actor_id,
                "at": told.at,
            }


def downgrade() -> None:
    guards.remove(op.get_bind(), _GUARDED)
    op.drop_table("campaign_text")
