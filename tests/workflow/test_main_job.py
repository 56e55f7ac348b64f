"""A report goes through every hand, and every way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.prose import cut
from app.db import db
from app.reports import drafting
from app.reports.access import situation
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import AmendmentState, Opinion, Origin, Report, Revision
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import DEADLINE, amended, content_of, opened, report_at, reworded, save, sign, written

pytestmark = pytest.mark.usefixtures("world")


def acts(report: Report) -> list[str]:
    query = select(AuditEvent.act).where(AuditEvent.stream == f"report:{report.id}").order_by(AuditEvent.seq)
    return list(db.session.scalars(query))


def test_a_new_report_starts_with_what_is_known_already(cast: Cast) -> None:
    report = opened(cast)
    assert "deux mille dix-huit et le vingt-deux février" in content_of(report, "introduction")[0].text
    bureau = [block.fields for block in content_of(report, "bureau") if "function" in block.fields]
    assert [(each["function"], each["surname"]) for each in bureau] == [
        ("Président", "BA"),
        ("Rapporteur", "KONE"),
        ("Facilitateur", "COULIBALY"),
    ]
    assert [block.fields.get("text") for block in content_of(report, "programme")] == ["Accueil"]
    assert content_of(report, "terms")[0].text == "Contexte et justification :"


def test_opening_twice_gives_the_same_report(cast: Cast) -> None:
    assert opened(cast).id == opened(cast).id


def test_moussa_of_kayes_cannot_open_a_report_of_segou(cast: Cast) -> None:
    from tests.factories import the_workshop

    with pytest.raises(NotAllowed):
        drafting.open_report(the_workshop(), cast.moussa)


def test_fanta_cannot_submit_while_parts_are_empty_and_reads_which(cast: Cast) -> None:
    report = opened(cast)
    with pytest.raises(NotReady, match="Déroulement des travaux, Méthodologie"):
        drafting.hand_over(report, cast.fanta)
    assert report.stage is Stage.DRAFTING


def test_fanta_hands_over_and_can_no_longer_write(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    with pytest.raises(NotAllowed):
        save(report, "method", cut("Autrement.", "body"), cast.fanta)


def test_issa_corrects_and_the_words_keep_their_authors(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "method", reworded(content_of(report, "method"), "débats", "longs débats"), cast.issa)
    part = revisions.part_of(report, "method")
    runs = next(iter(revisions.current(part).runs.values()))["text"]
    authors = {number: revisions.revision_of(part, number).author_id for _, number in runs}
    assert set(authors.values()) == {cast.fanta.id, cast.issa.id}
    assert runs[-1][1] != part.number


def test_issa_sends_the_draft_back_with_a_reason(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    with pytest.raises(NotReady, match="motif"):
        editing.return_draft(report, cast.issa, "  ")
    editing.return_draft(report, cast.issa, "Le bureau est incomplet.")
    assert report.stage is Stage.DRAFTING
    save(report, "method", cut("Reprise.", "body"), cast.fanta)


@pytest.mark.parametrize("deadline", [None, date.today(), date.today() - timedelta(days=1)])
def test_a_reading_needs_a_deadline_to_come(cast: Cast, deadline: date | None) -> None:
    report = report_at(Stage.EDITING, cast)
    with pytest.raises(NotReady, match="date limite"):
        editing.transmit(report, cast.issa, deadline, date.today())


def test_saving_on_an_outdated_revision_merges_what_does_not_collide(cast: Cast) -> None:
    report = opened(cast)
    save(report, "conclusion", cut("Premier alinéa du texte.\n\nSecond alinéa du texte.", "body"), cast.fanta)
    base = revisions.part_of(report, "conclusion").number
    content = content_of(report, "conclusion")
    save(report, "conclusion", reworded(content, "Premier alinéa", "Tout premier alinéa"), cast.fanta)
    saved = editing.save_part(report, "conclusion", base, reworded(content, "Second", "Dernier"), cast.fanta)
    assert saved.merged
    texts = [block.text for block in content_of(report, "conclusion")]
    assert texts == ["Tout premier alinéa du texte.", "Dernier alinéa du texte."]


def test_saving_other_words_in_the_same_place_is_a_collision_that_keeps_both(cast: Cast) -> None:
    report = opened(cast)
    save(report, "conclusion", cut("Les travaux ont pris fin à midi.", "body"), cast.fanta)
    base = revisions.part_of(report, "conclusion").number
    content = content_of(report, "conclusion")
    save(report, "conclusion", reworded(content, "midi", "treize heures"), cast.fanta)
    with pytest.raises(revisions.Collision) as collision:
        editing.save_part(report, "conclusion", base, reworded(content, "midi", "quatorze heures"), cast.fanta)
    (clash,) = collision.value.merged.clashes
    assert "quatorze heures" in (clash.mine or "") and "treize heures" in (clash.theirs or "")
    assert "treize heures" in content_of(report, "conclusion")[0].text


def test_saving_without_a_change_writes_nothing(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    before = len(acts(report))
    save(report, "method", content_of(report, "method"), cast.issa)
    assert len(acts(report)) == before


def test_adopting_mariams_amendment_makes_her_the_author_and_reopens_votes(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.oumar, Choice.APPROVE)
    amendment = amended(
        report, "recommendations", "Publier le budget", "Afficher le budget", cast.mariam, "Plus clair."
    )
    amending.opine(report, amendment, Opinion.FAVOURABLE, "Bonne idée.", cast.issa)
    amending.adopt(report, amendment, cast.adama)
    revision = revisions.current(revisions.part_of(report, "recommendations"))
    assert (revision.author_id, revision.adopted_by_id) == (cast.mariam.id, cast.adama.id)
    assert revision.origin is Origin.AMENDMENT
    assert any(block.fields.get("text") == "Afficher le budget de la région." for block in revision.content)
    assert situation.facts(report).ballots == 0
    ballot = validating.ballot_of(report, cast.oumar)
    assert ballot is not None and not ballot.stands


def test_an_amendment_is_merged_with_what_was_adopted_since(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    first = amended(report, "recommendations", "Publier le budget", "Afficher le budget", cast.mariam)
    second = amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.oumar)
    amending.adopt(report, first, cast.adama)
    amending.adopt(report, second, cast.adama)
    texts = [block.fields["text"] for block in content_of(report, "recommendations") if "sector" in block.fields]
    assert texts == ["Afficher le budget de la région.", "Réunir les usagers chaque mois."]


def test_two_amendments_of_the_same_words_ask_the_president_to_choose(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    first = amended(report, "method", "débats", "échanges", cast.mariam)
    second = amended(report, "method", "débats", "discussions", cast.oumar)
    amending.adopt(report, first, cast.adama)
    with pytest.raises(revisions.Collision):
        amending.adopt(report, second, cast.adama)
    assert second.state is AmendmentState.REVIEW
    number = revisions.part_of(report, "method").number
    (block,) = content_of(report, "method")
    own = {(block.id, "text"): block.text.replace("échanges", "échanges et discussions")}
    amending.adopt(report, second, cast.adama, amending.Settlement(number, texts=own))
    assert "échanges et discussions" in content_of(report, "method")[0].text
    assert second.state is AmendmentState.ADOPTED


def test_what_the_text_says_already_is_not_adopted_again_and_the_votes_stand(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    first = amended(report, "method", "débats", "échanges", cast.mariam)
    second = amended(report, "method", "débats", "échanges", cast.oumar)
    amending.adopt(report, first, cast.adama)
    validating.vote(report, cast.binta, Choice.APPROVE)
    with pytest.raises(NotReady, match="l’adopter ne changerait rien"):
        amending.adopt(report, second, cast.adama)
    assert second.state is AmendmentState.OPEN
    assert situation.facts(report).ballots == 1
    assert verify_reports(db.session) == []


def test_adama_does_not_decide_his_own_amendment(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.adama)
    for decide in (
        lambda: amending.adopt(report, amendment, cast.adama),
        lambda: amending.reject(report, amendment, cast.adama, "Non."),
    ):
        with pytest.raises(NotAllowed, match="propre amendement"):
            decide()


def test_only_its_author_withdraws_an_amendment_and_only_once(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    with pytest.raises(NotAllowed):
        amending.withdraw(report, amendment, cast.oumar)
    amending.withdraw(report, amendment, cast.mariam)
    with pytest.raises(WrongStage, match="déjà clos"):
        amending.withdraw(report, amendment, cast.mariam)


def test_an_amendment_lapses_only_when_its_passage_is_gone(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    rewording = amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.mariam)
    with pytest.raises(NotReady, match="existe encore"):
        amending.lapse(report, rewording, cast.adama)
    part = revisions.part_of(report, "recommendations")
    shorter = tuple(b for b in content_of(report, "recommendations") if "trimestre" not in b.fields.get("text", ""))
    (removal,) = amending.amend(report, "recommendations", part.number, shorter, "", cast.oumar)
    amending.adopt(report, removal, cast.adama)
    amending.lapse(report, rewording, cast.adama)
    assert rewording.state is AmendmentState.LAPSED


def test_an_amendment_that_changes_nothing_is_refused(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    part = revisions.part_of(report, "method")
    with pytest.raises(NotReady, match="rien changé"):
        amending.amend(report, "method", part.number, content_of(report, "method"), "", cast.mariam)


def test_the_same_vote_twice_is_one_vote_and_one_event(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    for _ in range(3):
        validating.vote(report, cast.mariam, Choice.APPROVE)
    assert acts(report).count("vote") == 1


def test_an_objection_takes_a_reason(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="opposition"):
        validating.vote(report, cast.mariam, Choice.OBJECT)


def test_validating_asks_for_decisions_then_quorum_then_a_majority(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    with pytest.raises(NotReady, match="1 amendement à décider"):
        validating.validate(report, cast.adama)
    amending.reject(report, amendment, cast.adama, "Déjà dit.")
    with pytest.raises(NotReady, match="Quorum non atteint : 0 vote sur 3 requis"):
        validating.validate(report, cast.adama)
    validating.vote(report, cast.mariam, Choice.OBJECT, "Il manque une réponse.")
    validating.vote(report, cast.oumar, Choice.ABSTAIN)
    validating.vote(report, cast.adama, Choice.APPROVE)
    with pytest.raises(NotReady, match="plus nombreuses"):
        validating.validate(report, cast.adama)
    validating.vote(report, cast.mariam, Choice.APPROVE)
    validating.validate(report, cast.adama)
    assert report.stage is Stage.VALIDATED


def test_a_member_who_leaves_the_commission_takes_no_vote_along(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    cast.mariam.active = False
    db.session.flush()
    assert (situation.facts(report).ballots, situation.facts(report).quorum) == (3, 3)


def test_the_text_goes_back_to_issa_and_open_amendments_stay(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    validating.return_to_rapporteur(report, cast.adama, "À compléter.")
    assert report.stage is Stage.EDITING
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert (report.reading, amendment.state) == (2, AmendmentState.OPEN)
    amending.adopt(report, amendment, cast.adama)


def test_two_persons_sign_one_file_and_coumba_publishes(cast: Cast, desk: signing.Sealer) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    assert report.stage is Stage.PUBLISHED
    assert signing.report_signed_as(desk.store.get(report.signed_hash)) is report
    assert acts(report)[-3:] == ["sign", "sign", "publish"]


def test_issa_cannot_sign_twice_nor_mariam_at_all(cast: Cast, desk: signing.Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.issa, desk)
    with pytest.raises(NotAllowed, match="déjà signé"):
        sign(report, cast.issa, desk)
    with pytest.raises(NotAllowed):
        sign(report, cast.mariam, desk)


def test_a_text_other_than_the_one_shown_is_not_signed(cast: Cast, desk: signing.Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    with pytest.raises(signing.OutdatedFile):
        signing.sign(report, cast.issa, "0" * 64, b"", desk)


def test_seydou_refuses_to_sign_and_the_commission_has_the_text_again(cast: Cast, desk: signing.Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.issa, desk)
    signing.refuse(report, cast.seydou, "Mon titre est faux.")
    assert (report.stage, report.final_hash) == (Stage.READING, "")
    assert situation.facts(report).ballots == 0
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama)
    sign(report, cast.seydou, desk)
    sign(report, cast.issa, desk)
    assert report.stage is Stage.SIGNED


def test_the_next_workshop_of_the_territory_starts_with_what_was_left_open(cast: Cast) -> None:
    from app.workshops.models import Campaign, Workshop

    report = report_at(Stage.VALIDATED, cast)
    campaign = db.session.get_one(Campaign, report.workshop.campaign_id)
    later = Campaign(
        name="Budgets 2019", organisation=campaign.organisation, report_title="R", budget_year=2019,
        starts_on=date(2019, 1, 1), ends_on=date(2019, 3, 1), terms="[]", programme="[]",
    )  # fmt: skip
    workshop = Workshop(
        campaign=later, territory=report.workshop.territory, held_on=date(2019, 2, 1), place="Ségou", venue="Ségou",
        organising_body="le Conseil régional",
    )  # fmt: skip
    db.session.add(workshop)
    db.session.flush()
    again = drafting.open_report(workshop, cast.fanta)
    assert [block.fields["text"] for block in content_of(again, "follow_up")] == [
        "Former les élus.",
        "Publier le budget de la région.",
        "Réunir les usagers chaque trimestre.",
    ]


def test_every_revision_has_its_event(cast: Cast) -> None:
    report = written(opened(cast), cast.fanta)
    save(report, "follow_up", (row("rows", text="A", status="", execution="", observations=""),), cast.fanta)
    part_ids = [part.id for part in report.parts]
    count = len(list(db.session.scalars(select(Revision.id).where(Revision.part_id.in_(part_ids)))))
    assert acts(report).count("draft") == count - len(part_ids)
