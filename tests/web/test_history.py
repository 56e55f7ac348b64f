"""The history of a report reads as sentences; every version can be laid beside an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event

from app.content.prose import cut
from app.db import db
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import opened, report_at, save
from tests.web.history_pages import SignIn, hesitant, put, words
from tests.workflow.long_story import lived_through, validated_after_all


def test_the_whole_life_of_a_report_reads_as_sentences(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    report_id = put(app, cast, lambda people: lived_through(people, desk))
    client = sign_in(client, cast.salif)
    answer = client.get(f"/rapports/{report_id}/historique")
    older = re.search(r'href="([^"]*avant=\d+)"', answer.text)
    read = words(answer.text) + (words(client.get(older[1]).text) if older else "")
    for sentence in (
        "Fanta COULIBALY a ouvert le rapport, avec 16 parties à compléter ou à vérifier.",
        "Fanta COULIBALY a rédigé la partie « Introduction » (révision 2).",
        "Fanta COULIBALY a soumis le rapport au rapporteur.",
        "Issa KONE a renvoyé le rapport au facilitateur. Motif : « La conclusion est trop courte. »",
        "Issa KONE a modifié la partie « Méthodologie » (révision 3).",
        "Issa KONE a transmis le rapport à la commission pour sa lecture n° 1, jusqu’au ",
        "Mariam SANOGO a marqué le rapport comme lu.",
        "Coumba SIDIBE a modifié l’en-tête du rapport : titre du rapport « Rapport de la rencontre d’information sur le "
        "budget 2018 du Conseil régional de Ségou » au lieu de « Rapport de la rencontre sur le budget 2018 du Conseil "
        "régional de Ségou ». 1 vote est rouvert.",
        "Mariam SANOGO a proposé l’amendement n° 1 à la partie « Recommandations ». Motif : « Plus de gens",
        "Issa KONE a donné un avis favorable sur l’amendement n° 1 : « Bonne idée. »",
        "Adama DEMBELE a adopté l’amendement n° 1, devenu la révision 3 de « Recommandations ». 1 vote est rouvert.",
        "Adama DEMBELE a adopté l’amendement n° 7 avec modification : les mots de son auteur sont la révision 4 de "
        "« Conclusion », ceux du président la révision 5. L’amendement n° 6 est à revoir.",
        "Adama DEMBELE a réservé l’amendement n° 8 : la décision est remise à plus tard. Motif : « À entendre en séance. »",
        "Adama DEMBELE a adopté l’amendement n° 8, devenu la révision 6 de « Conclusion », suivant l’avis du rapporteur.",
        "Oumar CISSE a retiré l’amendement n° 2.",
        "Adama DEMBELE a rejeté l’amendement n° 3. Motif : « Ce n’est pas le ton d’un rapport. »",
        "Adama DEMBELE a constaté la caducité de l’amendement n° 4 : le passage n’existe plus.",
        "Adama DEMBELE a renvoyé le rapport au rapporteur. Motif : « Le nom du lieu est à corriger. »",
        "Mariam SANOGO a fait l’observation n° 1 sur un passage de « Méthodologie ».",
        "Issa KONE a répondu à l’observation n° 1 sur « Méthodologie ».",
        "Mariam SANOGO a marqué comme réglée l’observation n° 1.",
        "Oumar CISSE a répondu à l’observation n° 1 sur « Méthodologie », ce qui la rouvre.",
        "Oumar CISSE a rouvert l’observation n° 1.",
        "Mariam SANOGO a voté pour le rapport.",
        "Binta TRAORE a voté contre le rapport. Motif : « Il manque une réponse. »",
        "Adama DEMBELE a validé le rapport : 3 pour, 1 contre, 0 abstention, sur 4 membres (quorum de 3 ; "
        "majorité simple).",
        "Issa KONE a signé le rapport, comme rapporteur.",
        "Seydou BA a refusé de signer. Motif : « Mon titre n’est pas le bon. » Le rapport est de nouveau chez la "
        "commission ; la signature déjà donnée est annulée. 4 votes sont rouverts.",
        "Coumba SIDIBE a désigné Mariam SANOGO pour signer « P.O. » à la place de Seydou BA. Document : « Arrêté n° 12 ».",
        "Coumba SIDIBE a mis fin à la suppléance : Seydou BA signe de nouveau.",
        "Coumba SIDIBE a déposé l’exemplaire papier n° 1, signé par le rapporteur (1 page) ; original conservé : ",
        "Mariam SANOGO a refusé l’exemplaire papier n° 2. Motif : « La page 2 est déchirée. »",
        "Fanta COULIBALY a attesté conforme l’exemplaire papier n° 3, signé à la main par le rapporteur.",
        "Seydou BA a signé le rapport, à la présidence de séance, par un code à usage unique ; les deux signatures y sont.",
        "Coumba SIDIBE a publié le rapport signé.",
    ):
        assert sentence in read


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, 200) for name in ("fanta", "issa", "mariam", "adama", "seydou", "salif", "coumba")),
        *((name, 404) for name in ("lamine", "moussa")),
    ],
)
def test_those_with_a_part_in_the_report_see_its_history_and_readers_do_not(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn, name: str, status: int
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.PUBLISHED, people, desk))
    client = sign_in(client, getattr(cast, name))
    assert client.get(f"/rapports/{report_id}/historique").status_code == status
    assert client.get(f"/rapports/{report_id}/parties/method/revisions/2").status_code == status


def test_mariam_does_not_see_the_history_of_a_draft_and_nobody_without_a_session(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, opened)
    assert client.get(f"/rapports/{report_id}/historique").status_code == 303
    assert sign_in(client, cast.mariam).get(f"/rapports/{report_id}/historique").status_code == 404


def test_a_burst_of_saves_is_one_line_that_leads_to_all_it_changed(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, hesitant)
    answer = sign_in(client, cast.fanta).get(f"/rapports/{report_id}/historique")
    line = "Fanta COULIBALY a rédigé la partie « Conclusion » en 5 enregistrements (révisions 3 à 7)."
    assert words(answer.text).count("a rédigé la partie « Conclusion »") == 2
    assert line in words(answer.text)
    assert f"/rapports/{report_id}/parties/conclusion/revisions/7?avec=2" in answer.text
    assert all(f"/parties/conclusion/revisions/{number}" in answer.text for number in range(2, 8))


def test_saves_far_apart_or_of_two_people_are_not_folded(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    for word in ("soir", "matin"):
        save(report, "conclusion", cut(f"Les travaux ont pris fin un {word}.", "body"), cast.issa)
    lines = history.chronicle(report).lines
    assert [len(line.saves) for line in lines[:2]] == [2, 0]
    newer, older = lines[0].saves
    assert history._goes_on(newer, older)
    from dataclasses import replace

    assert not history._goes_on(newer, replace(older, at=newer.at - history.BURST - timedelta(seconds=1)))
    assert not history._goes_on(newer, replace(older, who="Fanta COULIBALY"))
    assert not history._goes_on(newer, replace(older, facts={**older.facts, "part": "method"}))


def test_a_long_history_is_paged_without_losing_or_repeating_an_event(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    def busy(people: Cast) -> Report:
        report = opened(people)
        for number in range(60):
            key = ("conclusion", "method")[number % 2]
            save(report, key, cut(f"Texte numéro {number}.", "body"), people.fanta)
        return report

    report_id = put(app, cast, busy)
    client = sign_in(client, cast.fanta)
    place, seen = f"/rapports/{report_id}/historique", []
    while place:
        page = client.get(place).text
        seen += [int(number) for number in re.findall(r'id="event-(\d+)"', page)]
        older = re.search(r'href="([^"]*avant=\d+)"', page)
        place = older[1] if older else ""
    assert seen == list(range(61, 0, -1))
    assert "Rien de plus ancien" in client.get(f"/rapports/{report_id}/historique?avant=1").text


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    yield sent
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)


def test_the_pages_ask_the_database_a_dozen_times_at_most_however_long_the_story(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, counted: list[str]
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.adama)
    for place in ("historique", "parties/recommendations/revisions/4", "parties/method/revisions/2?vue=auteurs"):
        counted.clear()
        assert client.get(f"/rapports/{report_id}/{place}").status_code == 200
        assert len(counted) <= 12
