"""A report that has been through everything: each act of the workflow, taken at least once by whom it is for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.audit.models import ChainHead
from app.content.prose import cut
from app.db import db
from app.people import grants
from app.reports import deadline, drafting
from app.reports.amending import acts as amending
from app.reports.attachments import acts as attaching
from app.reports.attachments.acts import StoredFile
from app.reports.comments import acts as commenting
from app.reports.editing import acts as editing
from app.reports.editing import renewing, restoring
from app.reports.models.attachment import AttachmentKind
from app.reports.models.ballot import Choice
from app.reports.models.invitation import Invitation
from app.reports.models.report import Amendment, Opinion, Report
from app.reports.models.signature import Slot
from app.reports.signing import acts as signing
from app.reports.signing import publication, substituting
from app.reports.signing.invitation import accepting, drawing, inviting
from app.reports.signing.paper import attesting
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.working_days import add_working_days
from app.workshops.campaigns import stream
from app.workshops.models import Workshop
from tests import paper
from tests.cast import Cast
from tests.factories import DEADLINE, amended, content_of, filed, final_of, opened, reworded, save, sign, unset, written
from tests.invited import invitation_of, without_password


def lived_through(cast: Cast, desk: signing.Sealer) -> Report:
    """A published report that was sent back at every stage first."""
    report = validated_after_all(cast)
    paper.filed(report, cast.coumba, desk, [Slot.RAPPORTEUR])
    sign(report, cast.issa, desk)
    _stood_in(report, cast, desk)
    _refused_by_code(report, cast)
    _validated(report, cast)
    torn = paper.filed(report, cast.coumba, desk, [Slot.RAPPORTEUR])
    attesting.refuse_scan(report, torn, cast.mariam, "La page 2 est déchirée.")
    attesting.attest(report, paper.filed(report, cast.coumba, desk, [Slot.RAPPORTEUR]), cast.fanta, desk)
    _signed_by_code(report, cast, desk)
    signing.publish(report, cast.coumba)
    publication.establish(report, cast.coumba, unset(report, desk))
    attaching.attach(
        report, cast.salif, StoredFile(AttachmentKind.MISSION_REPORT, "Mission.pdf", "application/pdf", 900, "0" * 64)
    )
    attaching.withdraw(report, 1, cast.coumba)
    return report


def _invited(report: Report, cast: Cast) -> Invitation:
    return invitation_of(report, cast)


def _refused_by_code(report: Report, cast: Cast) -> None:
    invited = without_password(cast.seydou)  # whom the invitation is read with
    accepting.refuse(_invited(report, cast), report, "Mon titre n’est pas le bon.")
    assert not invited.signs_in


def _signed_by_code(report: Report, cast: Cast, desk: signing.Sealer) -> None:
    """The chair is invited, the invitation revoked, another made, and replaced: by the last he signs."""
    _invited(report, cast)
    inviting.revoke(report, 2, cast.coumba)
    _invited(report, cast)
    strokes, invited = drawing.read("[[10,10,500,300]]"), cast.seydou
    accepting.sign(_invited(report, cast), report, report.text_hash, final_of(report), desk, strokes, "")
    assert not invited.signs_in


def _stood_in(report: Report, cast: Cast, desk: signing.Sealer) -> None:
    """Somebody is named to sign in the chair's stead; then he comes after all."""
    grants.give(cast.mariam, "chair", str(report.workshop.territory_id), cast.coumba)
    substituting.substitute(
        report, cast.coumba, Slot.CHAIR, cast.mariam.id, "Arrêté n° 12", b"%PDF-1.7 arrete", desk.store
    )
    substituting.take_back(report, cast.coumba, Slot.CHAIR)


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
    _retitled(report, cast)
    validating.confirm(report, cast.oumar)
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
    deadline.extend(report, cast.adama, add_working_days(DEADLINE, 5), "Le marché hebdomadaire.", date.today())


def _retitled(report: Report, cast: Cast) -> None:
    """The coordination finds a slip in the title that all reports of the campaign print: an event of the campaign too, where
    the log tells of it from the start.
    """
    campaign = report.workshop.campaign
    title = campaign.report_title.replace("rencontre", "rencontre d’information")
    if db.session.scalar(select(ChainHead).where(ChainHead.stream == stream(campaign.id))) is not None:
        renewing.change_campaign(cast.coumba, campaign, {"report_title": title}, campaign.version)
        return
    with renewing.following(cast.coumba, Workshop.campaign_id == campaign.id):
        campaign.report_title = title


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
