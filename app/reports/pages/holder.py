"""Where the text is: who has a report in hand, by name, since when, and whose turn comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.directory.models import Commission, Person
from app.directory.territories import Territory
from app.reports.models.report import Report
from app.reports.models.signature import Signature, Slot
from app.reports.pages.waiting import signatory
from app.workflow import Stage
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Around:
    """Those a report passes by, by name; "" where nobody is named. `signed` holds the slots that bear a signature."""

    facilitator: str = ""
    rapporteur: str = ""
    chair: str = ""
    commission: str = ""
    signed: frozenset[str] = frozenset()

    @property
    def awaited(self) -> str:
        """The signatories who have not signed yet: "Issa KONE et Seydou BA"."""
        named = {Slot.RAPPORTEUR: self.rapporteur, Slot.CHAIR: self.chair}
        return " et ".join(name for slot, name in named.items() if name and slot.value not in self.signed)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the text, as in "chez la CRSB de Ségou", and who is next, as in "le rapporteur" ("" at the end)."""

    where: str
    since: datetime
    then: str


def holder(stage: Stage, since: datetime, around: Around) -> Holder:
    """Who holds a report that has been at `stage` since that moment."""
    facilitator = _named("le facilitateur", around.facilitator)
    rapporteur = _named("le rapporteur", around.rapporteur)
    commission = f"la {around.commission}" if around.commission else "la commission"
    signatories = f"{around.awaited}, pour signature" if around.awaited else "les signataires"
    where, then = {
        Stage.DRAFTING: (f"chez {facilitator}", rapporteur),
        Stage.EDITING: (f"chez {rapporteur}", commission),
        Stage.READING: (f"chez {commission}", signatories),
        Stage.VALIDATED: (f"chez {signatories}", "la coordination"),
        Stage.SIGNED: (stage.holder, "la publication"),
        Stage.PUBLISHED: (stage.holder, ""),
        Stage.ABANDONED: (stage.holder, ""),
    }[stage]
    return Holder(where, since, then)


def _named(role: str, name: str) -> str:
    return f"{role}, {name}" if name else role


def of(report: Report, commission: Commission | None, signed: frozenset[str], stand_ins: Mapping[Slot, int]) -> Holder:
    """Who holds this report: one query for the names, where any is told. `stand_ins` sign in others' stead."""
    workshop = report.workshop
    if report.stage.order >= Stage.SIGNED.order:
        return holder(report.stage, report.stage_since, Around())
    ids = {
        "facilitator": workshop.facilitator_id,
        "rapporteur": stand_ins.get(Slot.RAPPORTEUR, workshop.rapporteur_id),
        "chair": stand_ins.get(Slot.CHAIR, workshop.chair_id),
    }
    rows = db.session.execute(select(Person.id, _name(Person)).where(Person.id.in_(list(ids.values()))))
    names: dict[int | None, str] = dict(rows.all())
    around = Around(
        **{role: names.get(person_id, "") for role, person_id in ids.items()},
        commission=commission.name if commission else "",
        signed=signed,
    )
    return holder(report.stage, report.stage_since, around)


def told(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same rows with what `read` needs; the query has Report, Workshop and Territory."""
    people = {role: aliased(Person, name=role) for role in ("facilitator", "rapporteur", "chair")}
    signs = {"rapporteur": signatory(Slot.RAPPORTEUR), "chair": signatory(Slot.CHAIR)}
    for role, person in people.items():
        query = query.outerjoin(person, person.id == signs.get(role, Workshop.facilitator_id))
    return query.add_columns(
        *(_name(person).label(role) for role, person in people.items()),
        _commission().label("commission"),
        *(_signed(slot).label(f"signed_{slot.value}") for slot in Slot),
    )


def _name(person: Any) -> ColumnElement[str]:
    return person.first_name + " " + person.surname  # type: ignore[no-any-return]


def _commission() -> ColumnElement[str]:
    """The name of the nearest commission at or above the territory."""
    above = aliased(Territory)
    nearest = (
        select(Commission.name)
        .join(above, above.id == Commission.territory_id)
        .where(Territory.path.startswith(above.path))
        .order_by(func.length(above.path).desc())
        .limit(1)
    )
    return nearest.correlate(Territory).scalar_subquery()


def _signed(slot: Slot) -> ColumnElement[bool]:
    return exists().where(Signature.report_id == Report.id, Signature.slot == slot, not_(Signature.void))


def read(row: Any, stage: Stage, since: datetime) -> Holder:
    """Who holds the report of a row that `told` has been asked for."""
    signed = frozenset(slot.value for slot in Slot if getattr(row, f"signed_{slot.value}"))
    names = {role: getattr(row, role) or "" for role in ("facilitator", "rapporteur", "chair", "commission")}
    return holder(stage, since, Around(**names, signed=signed))
