"""Telling people of an act: who is meant by the table's audiences, and a notice for each, in the act's own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Grant, Person, Role
from app.people import commissions
from app.reports.access import roll, situation
from app.reports.access.visibility import stage_shown
from app.reports.history import taken_out
from app.reports.models.attachment import Attachment
from app.reports.models.report import Amendment, Comment, Report
from app.reports.models.signature import Signature
from app.reports.notifications import asked, sentences
from app.reports.notifications.inbox import HOME, Notice, NoticeChoice, NotificationKind, NotificationWay
from app.workflow import ACTS, Act, Audience, Stage, Tell

KINDS: dict[str, NotificationKind] = {
    **dict.fromkeys(
        (
            *("open", "hand_over", "return_draft", "transmit", "extend", "return_to_rapporteur"),
            *("validate", "sign", "refuse", "publish", "rectify", "abandon"),
            *("substitute", "file_scan", "attest", "refuse_scan", "invite", "hand_code"),
            "renew_masthead",
        ),
        NotificationKind.CIRCUIT,
    ),
    **dict.fromkeys(
        ("amend", "opine", "adopt", "reject", "defer", "lapse", "withdraw", *taken_out.SAVING),
        NotificationKind.AMENDMENTS,
    ),
    **dict.fromkeys(("comment", "resolve", "reopen"), NotificationKind.COMMENTS),
    **dict.fromkeys(("name_proxy", "end_proxy"), NotificationKind.PROXIES),
    **dict.fromkeys(("attach", "withdraw_attachment"), NotificationKind.ATTACHMENTS),
}
# Audiences that hold a role; the others are persons tied to the report or to the thing in question.
_BY_ROLE: dict[Audience, frozenset[Role]] = {
    Audience.RAPPORTEUR: frozenset({Role.RAPPORTEUR}),
    Audience.COORDINATION: frozenset({Role.COORDINATION}),
    Audience.COMMISSION: frozenset({Role.MEMBER, Role.PRESIDENT}),
    Audience.PRESIDENT: frozenset({Role.PRESIDENT}),
}
_SEATED = frozenset({Audience.COMMISSION, Audience.PRESIDENT})
_PARTING = frozenset({Audience.VOIDED, Audience.RELEASED})
"""Who is told a last time of a report that they may see no more by the act itself."""


@dataclass(frozen=True, slots=True)
class Ties:
    """The persons an act concerns by themselves, by audience; and which of their amendments it overtakes."""

    people: dict[Audience, frozenset[int]]
    overtaken: dict[int, tuple[int, ...]]


@dataclass(slots=True)
class Recipient:
    """As which audiences a person is told, by which way they chose, and whether they may still see the report."""

    way: NotificationWay
    meant: list[Tell] = field(default_factory=list)
    sees: bool = False


def tell(act: Act, report: Report, event: AuditEvent, actor: Person, facts: dict[str, Any]) -> None:
    """Write a notice for everybody whom the table has told of this act: never the actor, nobody who may not see the report
    (but those who saw it until this very act).

    Takes at most six queries, whatever the number of people.
    """
    moved = facts["from"] != facts["to"]
    tells = [
        replace(each, to=to)
        for each in act.tells
        if (moved or not each.moved) and (to := each.to.at(report.stage))
        if to is not Audience.UNDONE or "taken_out" in facts
    ]
    if not tells:
        return
    ties = _ties(report, facts, {each.to for each in tells})
    told = _told(report, tells, ties, KINDS[act.key], actor)
    news = asked.News(act.key, actor.name, facts)
    rows = [_row(report, event, _for(person_id, news, ties), each) for person_id, each in sorted(told.items())]
    if Audience.RELEASED in ties.people:
        _release(report)
    if rows:
        db.session.execute(insert(Notice), rows)


def _for(person_id: int, news: asked.News, ties: Ties) -> asked.News:
    """What of the news concerns this person; whoever loses a proxy because another gets it is told just that."""
    act = "end_proxy" if person_id == news.facts.get("instead_of") else news.act
    return replace(news, act=act, person_id=person_id, overtaken=ties.overtaken.get(person_id, ()))


def _row(report: Report, event: AuditEvent, news: asked.News, told: Recipient) -> dict[str, Any]:
    first = next((each for each in told.meant if each.asks), told.meant[0])
    asks = first.asks and news.act == event.act and not news.voted
    at_once = asks or any(each.urgent for each in told.meant)
    return {
        "key": f"{report.id}:{event.seq}:{news.person_id}",
        "person_id": news.person_id,
        "report_id": report.id,
        "act": news.act,
        "seq": event.seq,
        "headline": sentences.headline(news),
        "sentence": sentences.sentence(news, [each.to for each in told.meant]),
        "place": place(report.id, sentences.anchor(news, first.to)) if told.sees else HOME,
        "asks": asks,
        "way": NotificationWay.AT_ONCE if at_once else told.way,
        "at": event.at,
    }


def place(report_id: int, anchor: str) -> str:
    """The path of the report's page, at this element of it."""
    return f"/rapports/{report_id}#{anchor}"


def _ties(report: Report, facts: dict[str, Any], audiences: set[Audience]) -> Ties:
    workshop = report.workshop
    people: dict[Audience, Iterable[int | None]] = {Audience.FACILITATOR: {workshop.facilitator_id}}
    if Audience.SIGNATORIES in audiences:
        # Of a published report both are told: there is nothing left for them to sign.
        signed = set(situation.signed_by(report).values()) if report.stage is not Stage.PUBLISHED else set()
        people[Audience.SIGNATORIES] = set(situation.signatories(report).values()) - signed
    if Audience.VOTERS in audiences:
        people[Audience.VOTERS] = facts.get("reopened", ())
    if Audience.RELEASED in audiences:
        people |= _let_go(report, facts)
    people[Audience.FILER] = {_attacher(report, facts) if "attachment" in facts else facts.get("filer")}
    people[Audience.SUBSTITUTE] = {facts.get("substitute")}
    people[Audience.PROXY] = {facts.get("holder"), facts.get("instead_of")}
    overtaken: dict[int, tuple[int, ...]] = {}
    if audiences & {Audience.AUTHOR, Audience.OVERTAKEN}:
        authors = _authors(report, facts)
        people[Audience.AUTHOR] = {authors.get(facts.get("amendment", 0))}
        overtaken = _by_author(authors, facts.get("overtaken", ()))
        people[Audience.OVERTAKEN] = overtaken
    if Audience.UNDONE in audiences:
        authors = _authors(report, facts)
        people[Audience.UNDONE] = {*(authors[number] for number in facts["taken_out"]), *roll.presiding(report)}
    if audiences & {Audience.MENTIONED, Audience.THREAD}:
        people |= _thread(report, facts["comment"])
    found = {
        audience: frozenset(each for each in people.get(audience, ()) if each is not None)
        for audience in audiences - _BY_ROLE.keys()
    }
    return Ties(found, overtaken)


def _let_go(report: Report, facts: dict[str, Any]) -> dict[Audience, Iterable[int | None]]:
    """Whose signatures fall, and who else had been asked for one."""
    signed = select(Signature.slot, Signature.person_id).where(Signature.report_id == report.id, Signature.void)
    last = dict(db.session.execute(signed.order_by(Signature.id)).all())
    voided = {person_id for slot, person_id in last.items() if slot in facts["voided"]}
    to_sign = Notice.act.in_(("validate", "sign", "attest", "substitute"))
    asked = set(db.session.scalars(select(Notice.person_id).where(Notice.report_id == report.id, Notice.asks, to_sign)))
    return {Audience.VOIDED: voided, Audience.RELEASED: asked - voided}


def _release(report: Report) -> None:
    """What was asked while the text waited for its signatures is asked no more."""
    waiting = [act.key for act in ACTS if Stage.VALIDATED in act.stages]
    db.session.execute(
        update(Notice)
        .where(Notice.report_id == report.id, Notice.asks, Notice.act.in_(("validate", *waiting)))
        .values(asks=False)
        .execution_options(synchronize_session=False)
    )


def _attacher(report: Report, facts: dict[str, Any]) -> int | None:
    """Who attached the file in question."""
    query = select(Attachment.author_id).where(Attachment.report_id == report.id)
    return db.session.scalar(query.where(Attachment.number == facts["attachment"]))


def _authors(report: Report, facts: dict[str, Any]) -> dict[int, int]:
    """The authors of the amendments that the act decides, overtakes or takes out again, by number."""
    concerned = {
        *facts.get("overtaken", ()),
        *facts.get("taken_out", ()),
        *([facts["amendment"]] if "amendment" in facts else []),
    }
    if not concerned:
        return {}
    rows = db.session.execute(
        select(Amendment.number, Amendment.author_id).where(
            Amendment.report_id == report.id, Amendment.number.in_(concerned)
        )
    )
    return dict(rows.all())


def _by_author(authors: dict[int, int], numbers: Iterable[int]) -> dict[int, tuple[int, ...]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(numbers):
        found[authors[number]].append(number)
    return {author: tuple(theirs) for author, theirs in found.items()}


def _thread(report: Report, number: int) -> dict[Audience, Iterable[int | None]]:
    """Whom the observation names, and who wrote in its thread."""
    thread = select(Comment.thread).where(Comment.report_id == report.id, Comment.number == number)
    rows = db.session.execute(
        select(Comment.number, Comment.author_id, Comment.mention_id).where(
            Comment.report_id == report.id, Comment.thread == thread.scalar_subquery()
        )
    ).all()
    return {
        Audience.MENTIONED: {mentioned for found, _, mentioned in rows if found == number},
        Audience.THREAD: {author for _, author, _ in rows},
    }


def _told(report: Report, tells: list[Tell], ties: Ties, kind: NotificationKind, actor: Person) -> dict[int, Recipient]:
    """Who is told, as which audiences (in the table's order) and by which way: one query for all of them."""
    territory = report.workshop.territory
    commission = commissions.covering(territory) if {each.to for each in tells} & _SEATED else None
    roles = frozenset[Role]().union(*(_BY_ROLE.get(each.to, frozenset()) for each in tells))
    tied = frozenset[int]().union(*ties.people.values())
    parting = frozenset[int]().union(*(ties.people.get(each, ()) for each in _PARTING))
    found: dict[int, Recipient] = {}
    for person_id, role, seat, way, sees in db.session.execute(
        select(Person.id, Grant.role, Grant.territory_id, NoticeChoice.way, _shown().label("sees"))
        .join(Grant, Grant.person_id == Person.id)
        .join(Report, Report.id == report.id)
        .outerjoin(NoticeChoice, and_(NoticeChoice.person_id == Person.id, NoticeChoice.kind == kind))
        .where(
            Person.active.is_(True),
            Person.email.is_not(None),
            Person.id != actor.id,
            or_(Grant.role.in_(roles), Person.id.in_(tied)),
            or_(Grant.territory_id.is_(None), Grant.territory_id.in_(_lineage(territory.path))),
            or_(_shown(), Person.id.in_(parting)),
        )
    ):
        told = found.setdefault(person_id, Recipient(way or kind.default))
        told.sees |= bool(sees)
        for each in tells if sees else [each for each in tells if each.to in _PARTING]:
            seated = each.to not in _SEATED or (commission is not None and seat == commission.territory_id)
            if (role in _BY_ROLE.get(each.to, ()) and seated) or person_id in ties.people.get(each.to, ()):
                told.meant += [each] if each not in told.meant else []
    for told in found.values():
        told.meant.sort(key=tells.index)
    return {person_id: told for person_id, told in found.items() if told.meant}


def _lineage(path: str) -> list[int]:
    """The territory's identifier and those of all above it."""
    return [int(step) for step in path.strip("/").split("/")]


def _shown() -> ColumnElement[bool]:
    """Whether the grant shows the report at the stage it is at now."""
    return or_(*(and_(Grant.role == role, stage_shown(role)) for role in Role))
