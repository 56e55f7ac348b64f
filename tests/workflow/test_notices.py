"""Who is told of which act, and in what words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app import workflow
from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.mail.models import Letter
from app.people import persons
from app.reports import drafting
from app.reports.comments import acts as commenting
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.notifications import asked, digest, inbox, recipients, sentences
from app.reports.notifications.inbox import Notice, NoticeChoice, NotificationKind, NotificationWay
from app.reports.pages import tasks
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.steps import NotReady
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.workflow import Audience, Stage
from tests.cast import Cast
from tests.factories import DEADLINE, amended, opened, report_at, sign, the_workshop

pytestmark = pytest.mark.usefixtures("world")
SITE = digest.MailSite("https://seben.exemple.ml", "GSB", "exemple.ml")


def told(report: Report, act: str) -> dict[str, Notice]:
    """The notices of the last such act, by first name."""
    rows = db.session.scalars(
        select(Notice).where(Notice.report_id == report.id, Notice.act == act).order_by(Notice.seq)
    ).all()
    names = dict(db.session.execute(select(Person.id, Person.first_name)).all())
    return {names[row.person_id].lower(): row for row in rows if row.seq == rows[-1].seq}


@pytest.mark.parametrize("opener", ["coumba", "adama"])
def test_who_opens_a_report_for_another_has_its_facilitator_told(cast: Cast, opener: str) -> None:
    report = drafting.open_report(the_workshop(), getattr(cast, opener))
    [(name, notice)] = told(report, "open").items()
    assert name == "fanta" and notice.asks
    assert notice.sentence.endswith("À vous de le rédiger, puis de le soumettre au rapporteur.")


def test_fanta_who_opens_a_report_herself_is_told_nothing_of_it(cast: Cast) -> None:
    assert told(opened(cast), "open") == {}


def test_handing_over_tells_the_rapporteur_and_asks_for_the_edit(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    [(name, notice)] = told(report, "hand_over").items()
    assert name == "issa"
    assert notice.asks and notice.way is NotificationWay.AT_ONCE
    assert notice.sentence == (
        "Fanta COULIBALY a soumis le rapport au rapporteur. À vous de l’éditer, puis de le transmettre à la commission."
    )
    assert notice.place == f"/rapports/{report.id}#main"


def test_passing_on_tells_the_commission_and_the_facilitator_and_asks_the_commission_only(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    found = told(report, "transmit")
    assert set(found) == {"mariam", "oumar", "binta", "adama", "fanta"}
    assert {name for name, notice in found.items() if notice.asks} == {"mariam", "oumar", "binta", "adama"}
    assert "et de voter" in found["mariam"].sentence
    assert "À vous" not in found["fanta"].sentence


def test_who_acts_is_never_told_of_it_nor_is_a_closed_account(cast: Cast) -> None:
    persons.deactivate(cast.binta, cast.coumba)
    report = report_at(Stage.READING, cast)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu est à corriger.")
    assert set(told(report, "return_to_rapporteur")) == {"issa", "mariam", "oumar"}


def test_nobody_is_told_of_a_report_that_is_not_theirs_to_see(cast: Cast) -> None:
    """Lamine is named as chair, but a reader sees a report when it is published and not before."""
    report = report_at(Stage.READING, cast)
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    report.workshop.chair_id = cast.lamine.id
    validating.validate(report, cast.adama)
    found = told(report, "validate")
    assert "lamine" not in found
    assert found["issa"].asks


def test_a_rapporteur_of_another_region_is_not_told(cast: Cast) -> None:
    db.session.add(Grant(person_id=cast.moussa.id, role=Role.RAPPORTEUR, territory_id=2))
    db.session.flush()
    report = report_at(Stage.EDITING, cast)
    assert set(told(report, "hand_over")) == {"issa"}


def test_a_return_gives_its_reason_and_the_parts_to_look_at(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu  est\nà corriger.", ["method"])
    sentence = told(report, "return_to_rapporteur")["issa"].sentence
    assert "«\u202fLe lieu est à corriger.\u202f»" in sentence
    assert "Parties à revoir\u00a0: Méthodologie." in sentence


def test_both_signatures_ask_the_other_signatory_and_then_the_coordination(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.issa, desk)
    assert {name for name, notice in told(report, "sign").items() if notice.asks} == {"seydou"}
    sign(report, cast.seydou, desk)
    assert {name for name, notice in told(report, "sign").items() if notice.asks} == {"coumba"}
    assert told(report, "sign")["coumba"].place.endswith("#next")


def test_a_refusal_tells_the_president_to_take_up_the_reading_and_the_voters_why(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    signing.refuse(report, cast.issa, "Mon titre est faux.")
    found = told(report, "refuse")
    assert set(found) == {"adama", "mariam", "oumar", "binta", "seydou", "fanta", "coumba"}
    assert "À vous de reprendre la lecture" in found["adama"].sentence
    assert "Les votes sont annulés" in found["mariam"].sentence
    assert not found["binta"].asks  # she had not voted


def test_a_refusal_tells_at_once_whose_signature_falls_the_facilitator_and_the_coordination(
    cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.seydou, desk)
    for person in (cast.seydou, cast.fanta, cast.coumba):
        db.session.add(NoticeChoice(person_id=person.id, kind=NotificationKind.CIRCUIT, way=NotificationWay.NEVER))
    signing.refuse(report, cast.issa, "Le total du budget est inexact.")
    found = told(report, "refuse")
    assert {name for name, each in found.items() if each.way is NotificationWay.AT_ONCE} >= {
        "seydou",
        "fanta",
        "coumba",
    }
    assert all("Le total du budget est inexact." in each.sentence for each in found.values())
    assert "La signature déjà donnée est annulée." in found["fanta"].sentence
    assert "Votre signature ne vaut plus." in found["seydou"].sentence
    assert "prévenez les signataires sans compte" in found["coumba"].sentence
    assert not found["seydou"].asks and not found["fanta"].asks


def test_the_chair_reads_that_his_signature_fell_though_the_report_is_no_longer_his_to_see(
    cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.seydou, desk)
    signing.refuse(report, cast.issa, "Le total du budget est inexact.")
    (listed,) = inbox.page_of(cast.seydou)
    assert (listed.act, listed.place) == ("refuse", inbox.HOME)
    while digest.write_next(SITE, now() + timedelta(minutes=5)):
        pass
    (letter,) = db.session.scalars(select(Letter).where(Letter.person_id == cast.seydou.id))
    assert "signature refusée" in letter.subject and "Votre signature ne vaut plus." in letter.text
    assert f"/rapports/{report.id}" not in letter.text


def test_after_a_refusal_nothing_asks_for_a_signature_any_more(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    sign(report, cast.issa, desk)
    assert told(report, "sign")["seydou"].asks
    signing.refuse(report, cast.seydou, "Mon titre est faux.")
    asking = db.session.scalars(select(Notice.act).where(Notice.report_id == report.id, Notice.asks)).all()
    assert not {"validate", "sign"} & set(asking)
    for person in (cast.issa, cast.seydou):
        assert "Signer" not in {task.button for task in tasks.tasks_of(person)}


def test_who_was_only_asked_to_sign_is_told_that_the_signature_is_wanted_no_more(cast: Cast) -> None:
    report = report_at(Stage.VALIDATED, cast)
    signing.refuse(report, cast.issa, "Mon titre est faux.")
    assert "Votre signature n’est plus demandée." in told(report, "refuse")["seydou"].sentence


def test_an_observation_tells_whom_it_names_and_who_wrote_in_the_thread(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    first = commenting.comment(report, cast.mariam, "method", "Combien d’exposés ?")
    assert told(report, "comment") == {}
    commenting.comment(report, cast.oumar, "method", "@Issa le sait.", thread=first.number, mention=cast.issa.id)
    found = told(report, "comment")
    assert {name: notice.asks for name, notice in found.items()} == {"issa": True, "mariam": False}
    assert "Elle s’adresse à vous" in found["issa"].sentence
    assert found["mariam"].way is NotificationKind.COMMENTS.default


def test_a_proxy_given_to_another_tells_who_gets_it_and_who_loses_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    proxies.name(report, cast.mariam, cast.oumar)
    assert "vous a donné procuration" in told(report, "name_proxy")["oumar"].sentence
    proxies.name(report, cast.mariam, cast.binta)
    rows = db.session.scalars(select(Notice).where(Notice.report_id == report.id).order_by(Notice.id.desc())).all()
    latest = {row.person_id: row for row in rows if row.seq == rows[0].seq}
    assert latest[cast.binta.id].asks
    assert not latest[cast.oumar.id].asks
    assert latest[cast.oumar.id].sentence == "Mariam SANOGO a repris sa procuration."


def test_a_proposal_asks_the_rapporteur_and_lands_on_the_card(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amended(report, "method", "débats", "échanges", cast.mariam)
    found = told(report, "amend")
    assert {name: notice.asks for name, notice in found.items()} == {"issa": True, "adama": False}
    assert found["issa"].place == f"/rapports/{report.id}#amendment-1"
    assert "n°\u00a01" in found["issa"].sentence


def test_an_act_undone_tells_nobody(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    db.session.commit()
    before = len(db.session.scalars(select(Notice.id)).all())
    with pytest.raises(NotReady):
        editing.transmit(report, cast.issa, date.today(), date.today())
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert len(db.session.scalars(select(Notice.id)).all()) > before
    db.session.rollback()
    assert len(db.session.scalars(select(Notice.id)).all()) == before


def test_telling_takes_as_many_queries_for_many_people_as_for_few(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    with counted() as few:
        editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.")
    for number in range(60):
        member = Person(email=f"m{number}@exemple.ml", first_name="M", surname="DIARRA", fs_uniquifier=f"m{number}")
        member.grants.append(Grant(role=Role.MEMBER, territory_id=1))
        db.session.add(member)
    db.session.flush()
    with counted() as many:
        editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.act == "transmit")) > 60
    assert len([each for each in many if "notice" in each]) == len([each for each in few if "notice" in each]) == 2


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_every_act_that_tells_has_its_kind_and_its_words() -> None:
    telling = {act.key for act in workflow.ACTS if act.tells}
    assert telling == set(recipients.KINDS) == set(sentences.WORDINGS)


def test_whoever_is_asked_or_told_at_once_reads_what_it_means_for_them() -> None:
    asking = {(act.key, each.to) for act in workflow.ACTS for each in act.tells if each.asks or each.urgent}
    said_besides = {("adopt", Audience.UNDONE)}
    assert asking == set(asked.ASKED) - said_besides


HEAD = {"organisation": "GSB", "title": "Rapport de la rencontre", "held_on": "2018-02-22", "place": "Ségou"}


def test_what_is_said_of_every_act_can_be_said() -> None:
    facts: dict[str, Any] = {
        "amendment": 3, "deadline": "2026-12-04", "opinion": "left", "text": "", "reason": "Le lieu.",
        "comment": 2, "thread": 1, "part": "method", "parts": ["method"],
        "rectified_by": 12, "what": "La date.",
        "masthead_before": HEAD, "masthead": {**HEAD, "place": "Bla"},
        "slot": "chair", "kept_at": "Siège du groupe", "attachment": 2, "kind": "slides", "taken_out": [3, 4],
    }  # fmt: skip
    for act in workflow.ACTS:
        if act.tells:
            news = asked.News(act.key, "Issa KONE", facts, overtaken=(4, 5))
            said = sentences.sentence(news, [each.to for each in act.tells])
            assert said.startswith("Issa KONE")
            assert said.endswith((".", "»"))
            assert 0 < len(sentences.headline(news)) <= 60
            assert all(sentences.anchor(news, each.to) for each in act.tells)
    opened = asked.News("open", "Issa KONE", {**facts, "rectifies": 5})
    said = sentences.sentence(opened, [Audience.FACILITATOR])
    assert "rectifier le rapport n°\u00a05" in said
    assert "À vous de l’y corriger" in said
