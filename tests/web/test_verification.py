"""Files and papers asked about on the public page: which report, who signed, what was changed, and what is not told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from PIL import Image
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.db import db, now
from app.directory.models import Person
from app.reports.models.report import Report
from app.reports.models.signature import Way
from app.reports.output import report_pdf
from app.reports.proofs.anchors import anchor_of
from app.reports.signing.acts import Manner, Sealer, latest_file, refuse, sign
from app.reports.text.parts import part_views
from app.web.public import verification
from app.workflow import Stage
from tests import factories
from tests.cast import Cast, row
from tests.factories import BASE_URL, report_at, reworded
from tests.unit.forged import rebuilt, revised
from tests.unit.forged.updates import paint

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
CONTACT, OTHER = "76 45 12 42", "76 99 12 42"


@pytest.fixture(autouse=True)
def _contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attendance list has a telephone number."""
    texts = factories.texts()
    awa = row("attendees", name="Awa DIOP", body="CAFO", contact=CONTACT, signed="")
    texts["attendance"] = (awa, *texts["attendance"][1:])
    monkeypatch.setattr(factories, "texts", lambda: texts)


class Told:
    """One report, its signed file, and that file with another text in it."""

    def __init__(self, app: Flask, cast: Cast, desk: Sealer, stage: Stage) -> None:
        with app.app_context():
            report = report_at(stage, cast, desk)
            db.session.commit()
            self.id = report.id
            self.signed = desk.store.get(report.signed_hash)
            self.address = anchor_of(report).address(BASE_URL)
            contents = {view.part.key: view.content for view in part_views(report)}
            self.forged = self._with(report, contents)

    @staticmethod
    def _with(report: Report, contents: dict[str, Content]) -> bytes:
        """As a forger with our own press would set it: a word, a name and a telephone number put otherwise."""
        other = dict(contents)
        other["conclusion"] = reworded(contents["conclusion"], "bonne humeur", "confusion")
        other["attendance"] = reworded(reworded(contents["attendance"], CONTACT, OTHER), "Awa", "Nana")
        return report_pdf.final(report, other, BASE_URL)


@pytest.fixture
def told(app: Flask, cast: Cast, desk: Sealer) -> Told:
    return Told(app, cast, desk, Stage.PUBLISHED)


@pytest.fixture
def unpublished(app: Flask, cast: Cast, desk: Sealer) -> Told:
    return Told(app, cast, desk, Stage.SIGNED)


def asked(client: FlaskClient, file: bytes, name: str = "rapport.pdf") -> str:
    answer = client.post("/verifier", data={"file": (io.BytesIO(file), name)}, follow_redirects=True)
    assert answer.status_code in (200, 422), answer.text
    return said(answer)


def said(answer: Any) -> str:
    page = answer.text.partition("<main")[2].replace("\u202f", " ").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", re.sub(r"<span class=\"hidden\">[^<]*</span>", "", page))


def test_the_signed_file_is_told_with_who_signed_how_and_when(client: FlaskClient, told: Told) -> None:
    page = asked(client, told.signed)
    assert "Ce document est authentique" in page and f"Rapport n° {told.id}" in page
    assert "Rapporteur : Issa KONE, le" in page and "Président de séance : Seydou BA, le" in page
    assert page.count("signature électronique interne (non qualifiée), valide") == 2


def test_a_signature_on_paper_in_anothers_stead_says_so_and_where_the_paper_is_to_those_who_work_on_it(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    with app.app_context():
        report = report_at(Stage.VALIDATED, cast, desk)
        factories.sign(report, cast.issa, desk)
        kept = {"kept_at": "classeur 4, Ségou", "stands_for": cast.fanta.id}
        manner = Manner(Way.PAPER, "Signature manuscrite", kept, cast.salif)
        sign(report, cast.seydou, report.text_hash, b"", desk, manner)
        db.session.commit()
        signed, address = desk.store.get(report.signed_hash), anchor_of(report).address("")
    for page in (asked(client, signed), said(client.get(address))):
        assert "<b>Seydou BA</b>, P.O., pour Fanta" in page
        assert "Signature sur papier, attestée conforme par Salif" in page and "Un original sur papier existe." in page
        assert "classeur" not in page
    assert "est conservé : classeur 4, Ségou." in said(sign_in(app.test_client(), cast.issa).get(address))


def test_another_text_is_shown_beside_the_signed_one_word_by_word_and_part_by_part(
    client: FlaskClient, told: Told
) -> None:
    page = asked(client, told.forged)
    assert "Par le code qu’il porte" in page and "Ce code est celui du texte signé." in page
    assert "Les mots de ses pages ne sont pas ceux du rapport signé." in page
    assert "Le texte joint au fichier n’est pas celui qui a été signé." in page
    words, joined = page.split("Mots des pages")[1].split("Texte joint</h3>")
    for shown in (words, joined):
        assert re.search(r"<h4>[^<]*présence</h4>(?:(?!<h4>).)*données de personnes, non montrées ici", shown), shown
        assert re.search(r"<h4>[^<]*Conclusion</h4>(?:(?!<h4>).)*<del>bonne humeur</del><ins>confusion</ins>", shown)
        assert "Introduction" not in shown


def test_contacts_are_masked_for_whoever_does_not_work_on_the_report(
    app: Flask, client: FlaskClient, told: Told, cast: Cast, sign_in: SignIn
) -> None:
    for stranger in (client, sign_in(app.test_client(), cast.lamine)):
        page = asked(stranger, told.forged)
        assert CONTACT not in page and "45" not in page.split("Mots des pages")[1].split("Texte joint</h3>")[0]
        assert page.count("données de personnes, non montrées ici") == 2 and "Nana" not in page
    insider = asked(sign_in(app.test_client(), cast.issa), told.forged)
    assert "<del>45</del>" in insider or CONTACT in insider
    assert insider.count("<del>Awa</del><ins>Nana</ins>") == 2


def test_of_an_unpublished_report_strangers_learn_that_it_differs_and_no_word(
    app: Flask, client: FlaskClient, unpublished: Told, cast: Cast, sign_in: SignIn
) -> None:
    page = asked(client, unpublished.forged)
    assert "Les mots de ses pages ne sont pas ceux du rapport signé." in page and "n’est pas publié" in page
    assert "bonne humeur" not in page and "confusion" not in page and "Mots des pages" not in page
    assert "bonne humeur" not in asked(sign_in(app.test_client(), cast.moussa), unpublished.forged)
    assert "<del>bonne humeur</del>" in asked(sign_in(app.test_client(), cast.issa), unpublished.forged)


def test_a_painted_page_is_named_though_its_words_are_the_same(client: FlaskClient, told: Told) -> None:
    page = asked(client, revised(paint, told.signed))
    assert "Les mots de ses pages sont ceux du rapport signé." in page
    assert "Le texte joint au fichier est celui qui a été signé." in page
    assert "Pages qui ne se présentent pas comme dans le fichier signé : 2." in page


def test_a_file_saved_anew_is_not_the_signed_one_though_nothing_of_it_shows(client: FlaskClient, told: Told) -> None:
    page = asked(client, rebuilt(lambda _: None, told.signed))
    assert "n’est pas authentique" in page and "Ce qui se voit n’a pas changé" in page


def test_a_file_without_its_last_page_is_told_so(client: FlaskClient, told: Told) -> None:
    with pikepdf.open(io.BytesIO(told.signed)) as document:
        count = len(document.pages)
    page = asked(client, rebuilt(lambda document: document.pages.__delitem__(count - 1), told.signed))
    assert f"Il a {count - 1} pages ; le fichier signé en a {count}." in page
    assert f"comme dans le fichier signé : {count}." in page


def test_files_of_ours_that_are_no_final_one_are_called_what_they_are(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer
) -> None:
    with app.app_context():
        report = report_at(Stage.VALIDATED, cast, desk)
        factories.sign(report, cast.issa, desk)
        half, ready = desk.store.get(latest_file(report)), desk.store.get(report.final_hash)
        contents = {view.part.key: view.content for view in part_views(report)}
        draft = report_pdf.draft(report, contents, now())
        db.session.commit()
    assert "ne porte que la première signature" in asked(client, half)
    assert "celui qui était à signer" in asked(client, ready)
    assert "c’est un brouillon" in asked(client, draft)
    with app.app_context():
        refuse(db.session.get_one(Report, 1), cast.seydou, "Une date est fausse.")
        db.session.commit()
    assert "un signataire a refusé" in asked(client, half)


def picture(text: str, turned: int = 0) -> bytes:
    """A grey, slanted photograph of a square that says this."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=4, border=4)
    square = Image.open(drawn).convert("L").rotate(7 + turned, expand=True, fillcolor=235)
    page = Image.new("L", (1240, 1754), 235)
    page.paste(square, (620, 1100))
    taken = io.BytesIO()
    page.save(taken, "JPEG", quality=60)
    return taken.getvalue()


@pytest.mark.parametrize("turned", [0, 90])
def test_the_square_on_a_photograph_is_answered_like_a_typed_code(client: FlaskClient, told: Told, turned: int) -> None:
    page = asked(client, picture(told.address + "&p=2&t=9", turned), "photo.jpg")
    assert "Ce code est celui du texte signé." in page and "page 2 sur 9 de l’exemplaire" in page
    assert "<b>Issa KONE</b>" in page and "Il ne dit pas que le papier porte ce texte" in page


def test_a_scan_bound_as_a_pdf_is_read_too(client: FlaskClient, told: Told) -> None:
    document = pypdfium2.PdfDocument(told.signed)
    scanned = io.BytesIO()
    first, *others = [page.render(scale=2.2).to_pil().convert("L") for page in document]
    first.save(scanned, "PDF", save_all=True, append_images=others)
    page = asked(client, scanned.getvalue())
    assert "Par le code qu’il porte" in page and "Ce code est celui du texte signé." in page
    assert "Ses pages sont des images" in page and "Mots des pages" not in page


@pytest.mark.parametrize(
    ("file", "name", "status", "sentence"),
    [
        (picture("https://exemple.ml/ailleurs"), "photo.jpg", 422, "Aucun code de vérification n’a été lu"),
        (picture(BASE_URL + "/verifier/0000-0000-0000-0000?r=1"), "photo.jpg", 200, "n’est celui d’aucun texte"),
        (b"GIF89a bonjour", "image.gif", 200, "n’est pas un document PDF"),
        (b"\xff\xd8\xff\xe0 bonjour", "photo.jpg", 200, "n’est pas un document PDF"),
    ],
)
def test_what_bears_no_code_of_ours_is_told_so(
    client: FlaskClient, file: bytes, name: str, status: int, sentence: str
) -> None:
    answer = client.post("/verifier", data={"file": (io.BytesIO(file), name)}, follow_redirects=True)
    assert (answer.status_code, sentence in said(answer)) == (status, True), said(answer)


@pytest.mark.parametrize("source", [b"[]", b"{", b'{"report":1,"parts":[1]}', b'{"report":1,"parts":{"bureau":[{}]}}'])
def test_an_attached_text_that_is_none_breaks_nothing(client: FlaskClient, told: Told, source: bytes) -> None:
    def swap(document: pikepdf.Pdf) -> None:
        document.attachments["rapport.json"] = source

    assert "plus lisiblement, le texte joint" in asked(client, rebuilt(swap, told.signed))


def test_the_coordination_closes_verification_and_opens_it_again_and_the_log_says_so(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, told: Told
) -> None:
    coordination = sign_in(app.test_client(), cast.coumba)
    place = "/administration/verification"
    assert "ouverte à tous" in said(coordination.get(place))
    assert coordination.post(place, data={"public": "0"}).status_code in (204, 303)
    code = told.address.removeprefix(BASE_URL).partition("?")[0]
    assert [client.get(each).status_code for each in ("/verifier", code)] == [303, 303]
    assert client.post("/verifier", data={"file": (io.BytesIO(told.signed), "x.pdf")}).status_code == 401
    assert "authentique" in asked(sign_in(app.test_client(), cast.lamine), told.signed)
    assert "Réglé par Coumba" in said(coordination.get(place))
    coordination.post(place, data={"public": "1"})
    coordination.post(place, data={"public": "1"})
    assert client.get("/verifier").status_code == 200
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == "settings").order_by(AuditEvent.seq))
        assert [('"public":true' in each.body, each.actor_id) for each in events] == [
            (False, cast.coumba.id),
            (True, cast.coumba.id),
        ]


def test_who_asks_without_an_account_too_often_waits_and_others_do_not(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST", 2)
    upload = lambda who, **origin: who.post(  # noqa: E731
        "/verifier", data={"file": (io.BytesIO(b"GIF89a"), "x.pdf")}, environ_base=origin, follow_redirects=True
    )
    assert [upload(client).status_code for _ in range(3)] == [200, 200, 429]
    refused = upload(client)
    assert "Trop de vérifications depuis votre réseau. Attendez 10 minutes" in said(refused)
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert upload(client, REMOTE_ADDR="10.0.0.7").status_code == 200
    assert upload(sign_in(app.test_client(), cast.lamine)).status_code == 200
    with freeze_time(now() + timedelta(minutes=10)):
        assert upload(client).status_code == 200
