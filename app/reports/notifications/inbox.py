"""A person's notices: the rows, what is unread, and by which way each kind of news reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, String, Text, func, or_, select, text, update
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from app.db import Base, Moment, db, now
from app.directory.models import Person
from app.reports.access.visibility import visible
from app.reports.models.report import Report
from app.workshops.models import Workshop

PAGE = 50
HOME = "/"
"""Where a notice leads whose person may no longer see the report: what it says is still theirs to read."""
MOST_COUNTED = 99


class NotificationWay(StrEnum):
    """How news reach a person beside the application."""

    AT_ONCE = "at_once"  # a letter within a minute
    DAILY = "daily"  # one letter every morning
    NEVER = "never"  # the application only

    @property
    def label(self) -> str:
        return {"at_once": "Tout de suite", "daily": "Une fois par jour", "never": "Jamais"}[self.value]


class NotificationKind(StrEnum):
    """The kinds of news about which a person chooses."""

    CIRCUIT = "circuit"  # the report changes hands
    AMENDMENTS = "amendments"  # proposed, given an opinion, decided
    COMMENTS = "comments"  # observations and their threads
    PROXIES = "proxies"  # given and taken back
    ATTACHMENTS = "attachments"  # files brought beside the report, and withdrawn

    @property
    def label(self) -> str:
        return _KINDS[self][0]

    @property
    def default(self) -> NotificationWay:
        return _KINDS[self][1]


_KINDS: dict[NotificationKind, tuple[str, NotificationWay]] = {
    NotificationKind.CIRCUIT: (
        "Le circuit des rapports : soumission, lecture, validation, signature, publication",
        NotificationWay.AT_ONCE,
    ),
    NotificationKind.AMENDMENTS: ("Les amendements : propositions, avis, décisions", NotificationWay.DAILY),
    NotificationKind.COMMENTS: (
        "Les observations : réponses, observations réglées ou rouvertes",
        NotificationWay.DAILY,
    ),
    NotificationKind.PROXIES: ("Les procurations", NotificationWay.AT_ONCE),
    NotificationKind.ATTACHMENTS: ("Les pièces jointes : ajouts et retraits", NotificationWay.NEVER),
}
_UNSEEN = text("seen_at IS NULL")
_UNMAILED = text("mailed_at IS NULL AND way <> 'never'")


class Notice(Base):
    """One person told of one thing about one report.

    `key` says what it is about and to whom, so that nobody is told twice; `seq` is that of the event in the report's log,
    0 for a reminder. `place` is the path on this site where the thing itself stands. `asks`: the person is asked to act,
    and the letter is not theirs to decline. `mailed_at` is when it was put into a letter, or let go.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id_id", "person_id", "id"),
        Index("ix_notice_unseen", "person_id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
        Index("ix_notice_unmailed", "way", "at", sqlite_where=_UNMAILED, postgresql_where=_UNMAILED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    act: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int] = mapped_column(default=0)
    headline: Mapped[str] = mapped_column(String(200))
    sentence: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(300))
    asks: Mapped[bool] = mapped_column(default=False)
    way: Mapped[NotificationWay]
    at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)

    report: Mapped[Report] = relationship(lazy="raise_on_sql")


class NoticeChoice(Base):
    """How a person wants one kind of news; without a row, the kind's default."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[NotificationKind] = mapped_column(primary_key=True)
    way: Mapped[NotificationWay]


def unread(person: Person) -> int:
    """How many notices the person has not opened, counted up to one more than `MOST_COUNTED`."""
    some = select(Notice.id).where(Notice.person_id == person.id, Notice.seen_at.is_(None)).limit(MOST_COUNTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def page_of(person: Person, before: int | None = None) -> Sequence[Notice]:
    """At most PAGE + 1 of the person's notices with their reports, the latest first, below identifier `before`.

    What is about a report that the person may no longer see is left out, but for what leads home.
    """
    query = _shown(person).order_by(Notice.id.desc()).limit(PAGE + 1)
    return db.session.scalars(query if before is None else query.where(Notice.id < before)).all()


def _shown(person: Person) -> Select[Notice]:
    return (
        select(Notice)
        .join(Notice.report)
        .join(Report.workshop)
        .join(Workshop.territory)
        .join(Workshop.campaign)
        .where(Notice.person_id == person.id, or_(visible(person), Notice.place == HOME))
        .options(
            contains_eager(Notice.report).contains_eager(Report.workshop).contains_eager(Workshop.territory),
            contains_eager(Notice.report).contains_eager(Report.workshop).contains_eager(Workshop.campaign),
        )
    )


def open_one(person: Person, notice_id: int) -> str | None:
    """Note that the person has opened this notice; where it leads, or None where there is no such notice of theirs."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != person.id:
        return None
    notice.seen_at = notice.seen_at or now()
    return notice.place


def see_all(person: Person, up_to: int) -> None:
    """Note as seen what the person was shown, and not what has come in since: notices up to identifier `up_to`."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, Notice.id <= up_to, Notice.seen_at.is_(None))
        .values(seen_at=now())
    )


def choices_of(person: Person) -> dict[NotificationKind, NotificationWay]:
    """How the person wants each kind of news."""
    chosen = db.session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == person.id))
    return {kind: kind.default for kind in NotificationKind} | {choice.kind: choice.way for choice in chosen}


def choose(person: Person, posted: Mapping[str, str]) -> None:
    """Keep the person's choices, as posted: a way by kind. What is neither is left as it was."""
    for kind, way in choices_of(person).items():
        wanted = posted.get(kind.value, "")
        if wanted in set(NotificationWay) and wanted != way:
            db.session.merge(NoticeChoice(person_id=person.id, kind=kind, way=NotificationWay(wanted)))
