"""A report that has been through everything: each act of the workflow, taken at least once by whom it is for."""

from __future__ import annotations

from datetime import date

from app.reports import amending, drafting, editing, signing, validating
from app.reports.models import Choice, Opinion, Report
from tests.cast import Cast
from tests.factories import DEADLINE, amended, content_of, opened, reworded, save, sign, written


def lived_through(cast: Cast, desk: signing.Desk) -> Report:
    """A published report that was sent back at every stage first."""
    report = validated_after_all(cast)
    sign(report, cast.issa, desk)
    signing.refuse(report, cast.seydou, "Mon titre n’est pas le bon.")
    _validated(report, cast)
    sign(report, cast.seydou, desk)
    sign(report, cast.issa, desk)
    signing.publish(report, cast.coumba)
    return report


def validated_after_all(cast: Cast) -> Report:
    """A report validated after it was sent back to the facilitator, then to the rapporteur."""
    report = opened(cast)
    _drafted_twice(report, cast)
    _read(report, cast)
    validating.return_to_rapporteur(report, cast.adama, "Le nom du lieu est à corriger.")
    save(report, "introduction", reworded(content_of(report, "introduction"), "élus", "élus locaux"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    _validated(report, cast)
    return report


def _drafted_twice(report: Report, cast: Cast) -> None:
    drafting.hand_over(written(report, cast.fanta), cast.fanta)
    editing.return_draft(report, cast.issa, "La conclusion est trop courte.")
    save(report, "conclusion", reworded(content_of(report, "conclusion"), "fin", "fin à midi"), cast.fanta)
    drafting.hand_over(report, cast.fanta)
    save(report, "method", reworded(content_of(report, "method"), "débats", "longs débats"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())


def _read(report: Report, cast: Cast) -> None:
    amending.mark_read(report, cast.mariam)
    validating.vote(report, cast.oumar, Choice.APPROVE)
    public = amended(report, "recommendations", "Publier", "Afficher", cast.mariam, "Plus de gens le liront.")
    monthly = amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.oumar)
    lively = amended(report, "method", "longs débats", "vifs débats", cast.binta)
    amending.opine(report, public, Opinion.FAVOURABLE, "Bonne idée.", cast.issa)
    amending.adopt(report, public, cast.adama)
    amending.withdraw(report, monthly, cast.oumar)
    amending.reject(report, lively, cast.adama, "Ce n’est pas le ton d’un rapport.")
    _lapsed(report, cast)


def _lapsed(report: Report, cast: Cast) -> None:
    weekly = amended(report, "recommendations", "chaque trimestre", "chaque semaine", cast.binta)
    content = content_of(report, "recommendations")
    shorter = tuple(block for block in content if "trimestre" not in block.fields.get("text", ""))
    removal = amending.amend(report, "recommendations", 3, shorter, "Sans objet.", cast.oumar)
    amending.adopt(report, removal, cast.adama)
    amending.lapse(report, weekly, cast.adama)


def _validated(report: Report, cast: Cast) -> None:
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.vote(report, cast.binta, Choice.OBJECT, "Il manque une réponse.")
    validating.validate(report, cast.adama)
