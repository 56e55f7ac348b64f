"""The roll of a reading: who may vote in it and by which rules, kept on the report since it opened."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.add_column(sa.Column("roll_json", sa.Text(), server_default=sa.text("''"), nullable=False))
    _take_back_from_the_log()


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_column("roll_json")


def _take_back_from_the_log() -> None:
    """The rolls that the log tells, where the database went back and forth: nothing of them is lost."""
    database = op.get_bind()
    rows = database.execute(
        sa.text("SELECT stream, body FROM audit_event WHERE act = 'transmit' AND stream LIKE 'report:%' ORDER BY seq")
    )
    rolls = {stream: json.loads(body)["facts"].get("roll") for stream, body in rows}
    for stream, roll in rolls.items():
        if roll is not None:
            written = json.dumps(roll, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            database.execute(
                sa.text("UPDATE report SET roll_json = :roll WHERE id = :id"),
                {"roll": written, "id": int(stream.removeprefix("report:"))},
            )
