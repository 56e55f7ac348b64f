"""A report that has been through everything: each act of the workflow, taken at least once by whom it is for."""

from __future__ import annotations

from datetime import date

from app.content.prose import cut
from app.reports import (
    amending,
    clock,
    commenting,
    drafting,
    editing,
    proxies,
    restoring,
    revisions,
    signing,
    validating,
)
from app.reports.ballots import Choice
from app.reports.models import Amendment, Opinion, Report
from app.working_days import add_working_days
from tests.cast import Cast
from tests.factories import DEADLINE, amended, content_of, filed, opened, reworded, save, sign, written


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
    overtaken = amended(report, "introduction", "élus", "élus du cercle", cast.mariam)
    validating.return_to_rapporteur(report, cast.adama, "Le nom du lieu est à corriger.")
    save(report, "introduction", reworded(content_of(report, "introduction"), "élus", "élus locaux"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    amending.withdraw(report, overtaken, cast.mariam)
    _validated(report, cast)
    return report


def _drafted_twice(report: Report, cast: Cast) -> None:
    drafting.hand_over(written(report, cast.fanta), cast.fanta)
    editing.return_draft(report, cast.issa, "La conclusion est trop courte.")
    save(report, "conclusion", reworded(content_of(report, "conclusion"), "fin", "fin à midi"), cast.fanta)
    restoring.restore(report, "proceedings", 1, 2, cast.fanta)
    restoring.restore(report, "proceedings", 2, 3, cast.fanta)
    drafting.hand_over(report, cast.fanta)
    restoring.restore(report, "proceedings", 3, 4, cast.issa)
    restoring.restore(report, "proceedings", 2, 5, cast.issa)
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
    _modified(report, cast)
    _discussed(report, cast)
    proxies.name(report, cast.binta, cast.mariam)
    proxies.end(report, cast.binta)
    clock.extend(report, cast.adama, add_working_days(DEADLINE, 5), "Le marché hebdomadaire.", date.today())


def _discussed(report: Report, cast: Cast) -> None:
    """An observation answered, settled, opened again by another answer, settled and opened once more."""
    commenting.comment(report, cast.mariam, "method", "@Issa, de quels débats ?", quote="longs débats")
    commenting.comment(report, cast.issa, "method", "De ceux du matin.", thread=1)
    commenting.resolve(report, 1, cast.mariam)
    commenting.comment(report, cast.oumar, "method", "Et ceux du soir ?", thread=1)
    commenting.resolve(report, 1, cast.issa)
    commenting.reopen(report, 1, cast.oumar)


def _lapsed(report: Report, cast: Cast) -> None:
    weekly = amended(report, "recommendations", "chaque trimestre", "chaque semaine", cast.binta)
    content = content_of(report, "recommendations")
    shorter = tuple(block for block in content if "trimestre" not in block.fields.get("text", ""))
    (removal,) = filed(report, "recommendations", shorter, cast.oumar, "Sans objet.")
    amending.adopt(report, removal, cast.adama)
    amending.lapse(report, weekly, cast.adama)


def _modified(report: Report, cast: Cast) -> None:
    """One sitting of two changes, of which one is adopted in other words; it overtakes another, which is put off."""
    content = reworded(content_of(report, "conclusion"), "Les travaux", "Les débats")
    serene = amended(report, "conclusion", "bonne humeur", "sérénité", cast.oumar)
    first, second = filed(report, "conclusion", (*content, *cut("Rendez-vous a été pris.", "body")), cast.binta)
    (block,) = content_of(report, "conclusion")
    own = block.text.replace("Les travaux", "Les longs débats").replace("la bonne humeur", "la joie")
    settled = amending.Settlement(revisions.part_of(report, "conclusion").number, texts={(block.id, "text"): own})
    amending.adopt(report, first, cast.adama, settled)
    amending.defer(report, second, cast.adama, "À entendre en séance.")
    amending.follow_opinion(report, _advised(report, second, cast), cast.adama)
    amending.reject(report, serene, cast.adama, "Le mot est déjà changé.")


def _advised(report: Report, amendment: Amendment, cast: Cast) -> Amendment:
    amending.opine(report, amendment, Opinion.FAVOURABLE, "", cast.issa)
    return amendment


def _validated(report: Report, cast: Cast) -> None:
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.vote(report, cast.binta, Choice.OBJECT, "Il manque une réponse.")
    validating.validate(report, cast.adama)
