"""Any two moments of a report side by side, its life replayed, what was signed beside what was validated, texts restored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.reports.history import snapshots
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at, reworded, save
from tests.web.history_pages import SignIn, hesitant, put, words
from tests.workflow.long_story import validated_after_all


def seq_of(app: Flask, act: str) -> int:
    """The number of the last event of that act."""
    with app.app_context():
        return max(db.session.scalars(select(AuditEvent.seq).where(AuditEvent.act == act)))


def test_two_moments_far_apart_are_laid_side_by_side_part_by_part(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.salif)
    place = f"/rapports/{report_id}/comparer?de={seq_of(app, 'return_draft')}&a={seq_of(app, 'validate')}"
    read = words(client.get(place).text)
    for part in ("Conclusion", "Recommandations", "Introduction", "Méthodologie"):
        assert re.search(rf"{part} De la révision 2 à la révision \d", read)
    assert "supprimé : Publierajouté : Afficher" in read and "Préoccupations De la" not in read
    alone = words(client.get(place + "&partie=conclusion").text)
    assert "Conclusion De la révision 2" in alone and "Recommandations De la" not in alone


def test_moments_in_the_wrong_order_are_put_right_and_unknown_ones_are_not_found(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.mariam)
    first, last = seq_of(app, "return_draft"), seq_of(app, "validate")
    forth = client.get(f"/rapports/{report_id}/comparer?de={first}&a={last}").text
    back = client.get(f"/rapports/{report_id}/comparer?de={last}&a={first}").text
    assert words(forth) == words(back)
    for wrong in ("de=0", "a=9999", "de=-1"):
        assert client.get(f"/rapports/{report_id}/comparer?{wrong}").status_code == 404


def test_a_burst_of_saves_is_one_moment(app: Flask, cast: Cast) -> None:
    report_id = put(app, cast, hesitant)
    with app.app_context():
        found = snapshots.moments(db.session.get_one(Report, report_id))
        assert [moment.step for moment in found] == list(range(1, len(found) + 1))
        assert found[-1].line.saves and found[-1].numbers["conclusion"] == 7
        assert found[-2].numbers["conclusion"] == 2
        assert snapshots.at(found, found[-1].seq - 2) == found[-1]


def test_the_list_of_moments_is_bounded_and_keeps_what_moved_the_report(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = put(app, cast, validated_after_all)
    monkeypatch.setattr(snapshots, "CHOICES", 3)
    with app.app_context():
        found = snapshots.moments(db.session.get_one(Report, report_id))
        listed = snapshots.to_choose_from(found, found[2])
        assert listed[:3] == found[:-4:-1] and found[2] in listed
        assert {moment.line.act for moment in listed[3:] if moment != found[2]} <= {
            *("open", "hand_over", "return_draft", "transmit", "return_to_rapporteur")
        }


def test_the_life_of_a_report_is_replayed_act_by_act_without_a_script(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.issa)
    place = f"/rapports/{report_id}/rejouer"
    page = client.get(place).text
    last = int(re.search(r'type="range" min="1" max="(\d+)"', page)[1])  # type: ignore[index]
    assert f"Acte {last} sur {last}" in words(page) and "a validé le rapport" in words(page)
    adoption = next(
        step for step in range(1, last) if "a adopté l’amendement n° 1" in words(client.get(f"{place}?pas={step}").text)
    )
    then = words(client.get(f"{place}?pas={adoption}").text)
    before = words(client.get(f"{place}?pas={adoption - 1}").text)
    assert "ajouté : Afficher" in then and "Afficher le budget de la région" in then.partition("Le texte après")[2]
    assert "Publier le budget de la région" in before.partition("Le texte après")[2]
    assert "Acte 1 sur" in words(client.get(f"{place}?pas=-5").text)
    assert f"Acte {last} sur" in words(client.get(f"{place}?pas=9999").text)


def test_what_was_signed_is_what_was_validated_and_the_page_says_so(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.SIGNED, people, desk))
    read = words(sign_in(client, cast.salif).get(f"/rapports/{report_id}/validation-et-signature").text)
    assert (
        "Rien n’a changé : le texte que porte le fichier signé est, au mot près, celui que la commission a validé."
        in read
    )


def test_a_file_that_says_other_than_what_was_validated_raises_the_alarm(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    desk: Sealer,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = report_pdf.source

    def forged(*args: Any) -> bytes:
        return honest(*args).replace(b"bonne humeur", b"discorde")

    monkeypatch.setattr(report_pdf, "source", forged)
    report_id = put(app, cast, lambda people: report_at(Stage.SIGNED, people, desk))
    page = sign_in(client, cast.salif).get(f"/rapports/{report_id}/validation-et-signature").text
    assert 'role="alert"' in page
    read = words(page)
    assert "le texte signé n’est pas celui que la commission a validé" in read
    assert "Dans le fichier signé Conclusion" in read and "discorde" in read


def test_before_any_validation_there_is_nothing_to_compare(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.READING, people))
    read = words(sign_in(client, cast.adama).get(f"/rapports/{report_id}/validation-et-signature").text)
    assert "La commission n’a pas encore validé ce rapport." in read


@pytest.mark.parametrize("page", ["comparer", "rejouer", "validation-et-signature"])
def test_readers_of_the_published_report_see_none_of_its_moments(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn, page: str
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.PUBLISHED, people, desk))
    assert sign_in(client, cast.lamine).get(f"/rapports/{report_id}/{page}").status_code == 404
    assert sign_in(client, cast.moussa).get(f"/rapports/{report_id}/{page}").status_code == 404
    assert sign_in(client, cast.seydou).get(f"/rapports/{report_id}/{page}").status_code == 200


def rewritten(cast: Cast) -> Report:
    report = report_at(Stage.EDITING, cast)
    save(report, "conclusion", reworded(content_of(report, "conclusion"), "bonne humeur", "hâte"), cast.issa)
    return report


def test_issa_restores_from_the_page_of_the_revision(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, rewritten)
    client = sign_in(client, cast.issa)
    place = f"/rapports/{report_id}/parties/conclusion/revisions/2"
    page = client.get(place).text
    assert f'action="{place}/retablir"' in page and 'name="base" value="3"' in page
    answer = client.post(f"{place}/retablir", data={"base": "3"})
    assert (answer.status_code, answer.location) == (303, f"/rapports/{report_id}#part-conclusion")
    with app.app_context():
        report = db.session.get_one(Report, report_id)
        assert "bonne humeur" in content_of(report, "conclusion")[0].text
    read = words(client.get(f"/rapports/{report_id}/historique").text)
    assert "Issa KONE a rétabli la révision 2 de « Conclusion » (révision 4)." in read
    assert "Texte rétabli" in client.get(f"/rapports/{report_id}/parties/conclusion/revisions/4").text
    again = client.post(f"{place}/retablir", data={"base": "3"})
    assert again.status_code == 422 and "a changé entre-temps" in again.text


def test_who_may_not_restore_is_not_offered_to(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    report_id = put(app, cast, rewritten)
    for person in (cast.fanta, cast.salif):
        page = sign_in(client, person).get(f"/rapports/{report_id}/parties/conclusion/revisions/2").text
        assert "/retablir" not in page
    assert (
        "/retablir" not in sign_in(client, cast.issa).get(f"/rapports/{report_id}/parties/conclusion/revisions/3").text
    )
