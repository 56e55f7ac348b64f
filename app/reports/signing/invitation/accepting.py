"""What the invited person does: give the code, and with it sign or refuse; five wrong codes and the invitation is void."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, or_, select

from app.content.canonical import canonical, digest
from app.content.typography import french
from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.documents.stamp import HandMark, Strokes
from app.reports import steps
from app.reports.access import situation
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Way
from app.reports.notifications.inbox import Notice
from app.reports.notifications.inbox import NotificationWay as NoticeWay
from app.reports.notifications.recipients import place
from app.reports.signing import acts as signing
from app.reports.signing.acts import Manner, Sealer
from app.reports.signing.invitation import handing, inviting
from app.reports.signing.invitation.inviting import MOST_TRIES

NATURE = "Signature électronique interne (non qualifiée), donnée par un code à usage unique"
ONE_HAND = "Le lien et le code de cette invitation ne viennent pas de deux personnes : demandez-en une autre."
BOTH_HANDS = "Qui a remis le lien ou le code de cette invitation a signé ce rapport : demandez-en une autre."


def left_after(invitation: Invitation, report: Report) -> int:
    """Count a wrong code; how many tries are left. After the last the coordination is told."""
    invitation.tries += 1
    left = max(0, MOST_TRIES - invitation.tries)
    if not left:
        _warn(invitation, report)
    db.session.flush()
    return left


def _warn(invitation: Invitation, report: Report) -> None:
    key = f"{report.id}:invitation:{invitation.number}"
    sentence = (
        f"Le code remis à {invitation.person.name} a été saisi {MOST_TRIES} fois de travers : l’invitation ne vaut plus. "
        "Voyez avec cette personne ce qui s’est passé, puis invitez-la de nouveau."
    )
    rows = [
        {
            "key": f"{key}:{person_id}",
            "person_id": person_id,
            "report_id": report.id,
            "act": "invite",
            "seq": 0,
            "headline": "code de signature bloqué",
            "sentence": french(sentence),
            "place": place(report.id, "next"),
            "asks": True,
            "way": NoticeWay.AT_ONCE,
            "at": now(),
        }
        for person_id in _coordination(report)
    ]
    if rows:
        db.session.execute(insert(Notice), rows)


def _coordination(report: Report) -> Sequence[int]:
    steps = [int(step) for step in report.workshop.territory.path.strip("/").split("/")]
    return db.session.scalars(
        select(Person.id)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.COORDINATION,
            Person.active.is_(True),
            or_(Grant.territory_id.is_(None), Grant.territory_id.in_(steps)),
        )
        .distinct()
        .order_by(Person.id)
    ).all()


def sign(
    invitation: Invitation, report: Report, text_hash: str, final: bytes, desk: Sealer, strokes: Strokes, written: str
) -> None:
    """Sign as the invited person, with the drawing, or else the name as `written`, on the stamp.

    The code has been found right. Raises `steps.NotAllowed` where one of the two hands has signed the report, and what
    `signing.sign` raises.
    """
    _require_two_hands(invitation)
    if {invitation.by_id, invitation.code_by_id} & {*situation.signed_by(report).values()}:
        raise steps.NotAllowed(BOTH_HANDS)
    hands = {"handed_by": invitation.by_id, "code_by": invitation.code_by_id}
    details: dict[str, Any] = {"invitation": invitation.number, **hands}
    if strokes:
        details |= {"mark": "drawn", "drawing": digest(canonical([list(map(list, each)) for each in strokes]))}
    else:
        details |= {"mark": "typed", "written": written}
    nature = f"{NATURE} ; {handing.of_invitation(invitation).sentence}"
    manner = Manner(
        Way.CODE, french(nature), details, mark=HandMark(strokes, written), facts={"invitation": invitation.number}
    )
    signing.sign(report, invitation.person, text_hash, final, desk, manner)
    inviting.end(invitation, Ended.SIGNED)
    db.session.flush()


def _require_two_hands(invitation: Invitation) -> None:
    if invitation.code_by_id in (None, invitation.by_id, invitation.person_id):
        raise steps.NotAllowed(ONE_HAND)


def refuse(invitation: Invitation, report: Report, reason: str) -> None:
    """Refuse to sign as the invited person. The code has been found right. Raises what `signing.refuse` raises."""
    _require_two_hands(invitation)
    signing.refuse(report, invitation.person, reason, {"invitation": invitation.number})
    inviting.end(invitation, Ended.REFUSED)
    db.session.flush()
