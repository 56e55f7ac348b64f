"""What a person reads after an act that moves the report on: what is done, who has it now, what follows."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db
from app.directory.models import Person
from app.reports.access import situation
from app.reports.models.report import Report
from app.workflow import Stage

BOTH = "Les deux signatures y sont : le rapport est chez la coordination, qui le publiera."


def signed(report: Report) -> str:
    done = "Votre signature est enregistrée."
    if report.stage is Stage.SIGNED:
        return f"{done} {BOTH}"
    return f"{done} Il reste la signature de {awaited(report)} ; le rapport sera ensuite publié par la coordination."


def awaited(report: Report) -> str:
    """The signatories who have not signed yet, by name."""
    signed = situation.signed_by(report)
    waiting = [person_id for slot, person_id in situation.signatories(report).items() if slot.value not in signed]
    people = db.session.execute(
        select(Person.id, Person.first_name, Person.surname).where(Person.id.in_(waiting))
    ).all()
    names = {row.id: f"{row.first_name} {row.surname}" for row in people}
    return " et ".join(names[each] for each in waiting if each in names)


def validated(report: Report) -> str:
    return (
        f"Le rapport est validé. Il est maintenant chez {awaited(report)}, pour signature ; il sera ensuite publié par la "
        "coordination."
    )


PUBLISHED = (
    "Le rapport est publié. Sa version publique est à la disposition de tous ; une erreur ne s’y corrige plus que par un "
    "rectificatif."
)
