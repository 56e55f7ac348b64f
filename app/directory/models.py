"""Persons, what they may do and where, and the commissions they sit on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment, now
from app.directory.territories import Territory
from app.workflow import Majority


class Role(StrEnum):
    """The eight roles. Each is given for a territory and all below it, or everywhere."""

    FACILITATOR = "facilitator"  # prepares the workshop, writes the draft, submits it
    RAPPORTEUR = "rapporteur"  # edits the report, gives opinions on amendments, signs
    MEMBER = "member"  # reads, comments, amends, votes in the regional commission
    PRESIDENT = "president"  # a member who also decides amendments and validates
    CHAIR = "chair"  # presided the session; signs
    SUPERVISOR = "supervisor"  # reads everything in scope, all history; changes nothing
    COORDINATION = "coordination"  # campaigns, territories, people, roles; never a text
    READER = "reader"  # published reports only

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, str] = {
    Role.FACILITATOR: "Facilitateur",
    Role.RAPPORTEUR: "Rapporteur",
    Role.MEMBER: "Membre de la CRSB",
    Role.PRESIDENT: "Président de la CRSB",
    Role.CHAIR: "Président de séance",
    Role.SUPERVISOR: "Superviseur",
    Role.COORDINATION: "Coordination",
    Role.READER: "Lecteur",
}


class Person(Base):
    """Somebody who works here or signs. Without an e-mail address there is no account: such a person never signs in.

    `asks_factor` says that the person wants a second factor asked for at sign-in. `entered_by_id` is who inscribed them.
    `key_by_id` is the coordinator who last changed a key of the account (`key_kind`, see `keeping`), until its holder comes
    in.
    `fs_uniquifier` is in every link to choose a password: a new one ends them. Open sessions stand apart (`sessions`).
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    civility: Mapped[str] = mapped_column(String(20), default="")
    first_name: Mapped[str] = mapped_column(String(80))
    surname: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    asks_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    entered_by_id: Mapped[int | None]
    key_by_id: Mapped[int | None]
    key_kind: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    grants: Mapped[list[Grant]] = relationship(
        back_populates="person",
        lazy="selectin",
        foreign_keys="Grant.person_id",
        order_by="Grant.id",
        cascade="all, delete-orphan",
    )

    # What the sign-in sessions ask of a person.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return self.fs_uniquifier

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.surname}"

    @property
    def has_account(self) -> bool:
        return self.email is not None

    @property
    def signs_in(self) -> bool:
        """Whether the account was opened: its holder has chosen a password, and signs with it."""
        return self.has_account and self.password is not None

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.surname[:1]).upper()

    def holds(self, role: Role, path: str = "") -> bool:
        """Whether the person has `role` over the territory at `path`; without a path, anywhere at all."""
        return self.active and any(grant.role == role and (not path or grant.reaches(path)) for grant in self.grants)


class Grant(Base):
    """One role for one person over one territory and all below it (no territory: everywhere)."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "territory_id"),
        Index(
            "uq_grant_person_id_role_everywhere",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("territory_id IS NULL"),
            postgresql_where=text("territory_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    given_at: Mapped[datetime] = mapped_column(Moment, default=now)

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])
    territory: Mapped[Territory | None] = relationship(lazy="joined")

    def reaches(self, path: str) -> bool:
        """Whether the grant covers the territory at `path`."""
        return self.territory is None or self.territory.covers(path)


class RoleProposal(Base):
    """A role everywhere, proposed by one national coordinator, that awaits the word of another."""

    __tablename__ = "role_proposal"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id], lazy="joined")


class Commission(Base):
    """A regional commission (CRSB). Its members are those who hold the member or president role for its territory.

    `quorum` is the number of ballots asked for; None stands for more than half of the members. `majority` is what carries
    a vote, `casting_vote` whether the president's voice decides a tie, `reading_days` how many working days a reading is
    usually given.
    """

    __tablename__ = "commission"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    quorum: Mapped[int | None]
    majority: Mapped[Majority] = mapped_column(default=Majority.SIMPLE, server_default="simple")
    casting_vote: Mapped[bool] = mapped_column(default=False, server_default=false())
    reading_days: Mapped[int] = mapped_column(default=10, server_default="10")

    territory: Mapped[Territory] = relationship(lazy="joined")

    @property
    def casting(self) -> bool:
        """Whether the president's voice may decide a tie, by the commission's rule and by its majority."""
        return self.casting_vote and self.majority.casting
