"""What a report prints and no part of it holds, kept with it from its reading on.

What was validated before takes it from the campaign and the meeting as they are now: its log tells nothing of it, and the
hash of its text stays what it is. What is being read takes it when it is validated, or when a word of it changes. Where the
log does tell (the way back was taken in between), it is taken from there.
"""

from datetime import UTC, datetime

import orjson
import sqlalchemy as sa
from alembic import op

from app.content.canonical import canonical
from app.content.codes import spoken
from app.workshops.wording import ORGANISER, with_de

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.add_column(sa.Column("masthead_json", sa.Text(), server_default=sa.text("''"), nullable=False))
    connection = op.get_bind()
    update = sa.text("UPDATE report SET masthead_json = :kept WHERE id = :id")
    for report in connection.execute(sa.text(_REPORTS)).mappings().all():
        found = _told(connection, report["id"])
        if found is None and report["stage"] in ("validated", "signed", "published"):
            found = _masthead(connection, report)
        if found is not None:
            connection.execute(update, {"kept": canonical(found).decode("utf-8"), "id": report["id"]})


_REPORTS = """
SELECT report.id, report.stage, report.rectifies_id, report.rectifies_what, report.rectifies_why,
       campaign.organisation, campaign.report_title, workshop.organising_body, workshop.held_on, workshop.place
FROM report JOIN workshop ON workshop.id = report.workshop_id JOIN campaign ON campaign.id = workshop.campaign_id
ORDER BY report.id
"""
_TOLD = """
SELECT body FROM audit_event
WHERE stream = :stream AND act IN ('transmit', 'renew_masthead', 'validate', 'refuse') ORDER BY seq DESC
"""
_REPLACED = "SELECT published_at FROM report WHERE id = :id"
_CODE = """
SELECT leaf.code FROM audit_event JOIN leaf ON leaf.event_id = audit_event.id
WHERE audit_event.stream = :stream AND audit_event.act = 'validate'
ORDER BY audit_event.seq DESC LIMIT 1
"""


def _told(connection, number):
    """The masthead that the report's log told last; None where it tells none."""
    bodies = connection.execute(sa.text(_TOLD), {"stream": f"report:{number}"}).scalars()
    facts = (orjson.loads(body)["facts"] for body in bodies)
    return next((each["masthead"] for each in facts if "masthead" in each), None)


def _masthead(connection, report):
    found = {
        "organisation": report["organisation"],
        "title": report["report_title"].replace(ORGANISER, with_de(report["organising_body"])),
        "held_on": str(report["held_on"])[:10],
        "place": report["place"],
    }
    if report["rectifies_id"] is not None:
        number = report["rectifies_id"]
        published = connection.execute(sa.text(_REPLACED), {"id": number}).scalar()
        code = connection.execute(sa.text(_CODE), {"stream": f"report:{number}"}).scalar()
        found["rectifies"] = {
            "report": number,
            "published_on": _day(published) if published else "",
            "code": spoken(code) if code else "",
            "what": report["rectifies_what"],
            "why": report["rectifies_why"],
        }
    return found


def _day(moment):
    """The day in Mali's time, which is UTC; SQLite hands the moment over as it is stored, in UTC."""
    return str(moment.astimezone(UTC) if isinstance(moment, datetime) else moment)[:10]


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_column("masthead_json")
