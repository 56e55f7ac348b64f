"""The public version of a report: made once and sealed, the same for everybody, and known to the page of verification."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.content.canonical import digest
from app.db import db
from app.directory.models import Person
from app.documents import authority, seal, verdict
from app.documents.attached import attached
from app.documents.fields import SEAL
from app.reports.erasure.texts import erase_list
from app.reports.models.report import Report
from app.reports.signing import publication
from app.reports.signing.acts import Sealer
from app.reports.text import withheld
from app.workflow import Stage
from tests import factories
from tests.cast import Cast, row
from tests.factories import public_of, report_at, reworded
from tests.registers import entered
from tests.unit.forged import rebuilt, revised
from tests.unit.forged.updates import paint
from tests.unit.pdf_reading import copied
from tests.web.test_verification import asked
from tests.workflow.outsiders import ask

SignIn = Callable[[FlaskClient, Person], FlaskClient]
CONTACT = "76 45 12 42"
LIST = (
    row("attendees", name="Awa DIOP", body="CAFO", contact=CONTACT, signed=""),
    row("attendees", name="Oumou SIDIBÉ", body="Coopérative", contact="70 11 22 33", signed="O. S.", consent="non"),
    row("attendees", name="Seydou BA", body="Conseil régional", contact="", signed=""),
)
MASKED = (
    "Y sont masqués : les contacts de la liste de présence ; les noms des participants qui n’ont pas voulu être nommés."
)
DRAWN = r"Version publique,? tirée du rapport signé n° 1, signé le [^.]* par Issa KONE et Seydou BA\."
PLACE = "/rapports/1/rapport-public.pdf"


@pytest.fixture(autouse=True)
def _persons(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attendance list has telephone numbers, and one who refused to be named."""
    texts = factories.texts()
    monkeypatch.setattr(factories, "texts", lambda: {**texts, "attendance": LIST})


@pytest.fixture
def signed(app: Flask, cast: Cast, desk: Sealer) -> None:
    with app.app_context():
        entered()
        report_at(Stage.SIGNED, cast, desk)
        db.session.commit()


@pytest.fixture
def old(app: Flask, cast: Cast, desk: Sealer) -> None:
    """Published before public versions were kept."""
    with app.app_context():
        entered()
        report_at(Stage.PUBLISHED, cast, desk)
        db.session.commit()


@pytest.fixture
def public(app: Flask, cast: Cast, desk: Sealer) -> bytes:
    with app.app_context():
        entered()
        report = factories.published(cast, desk)
        db.session.commit()
        return desk.store.get(report.public_hash)


def plain(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", copied(pdf).replace("\u202f", " ").replace("\u00a0", " "))


def facts(act: str) -> dict[str, object]:
    body = db.session.scalar(select(AuditEvent.body).where(AuditEvent.act == act).order_by(AuditEvent.id.desc()))
    return dict(orjson.loads(body or "{}")["facts"])


def sound(app: Flask) -> tuple[str, str]:
    """What both verifiers say of the database."""
    ours = app.test_cli_runner().invoke(args=["audit", "verify"]).output
    url = app.config["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://").removeprefix("sqlite:///")
    files = Path(app.config["STORE_URL"].removeprefix("file://"))
    code, told = ask("verify", url, "--files", files)
    return ours.splitlines()[-1], "; ".join(each["sentence"] for each in told["findings"]) or f"code {code}"


def test_publishing_makes_the_public_version_once_and_everybody_gets_those_bytes(
    app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, signed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordination = sign_in(app.test_client(), cast.coumba)
    assert coordination.post("/rapports/1/publier").status_code in (204, 303)
    monkeypatch.setattr("app.reports.output.report_pdf.render_apart", None)  # nothing is set any more
    files = {sign_in(app.test_client(), person).get(PLACE).data for person in (cast.lamine, cast.issa, cast.coumba)}
    (file,) = files
    with app.app_context():
        report = db.session.get_one(Report, 1)
        told = facts("publish")
        assert report.public_hash == digest(file) == told["public"] and desk.store.get(report.public_hash) == file
        assert told["masked"] == ["contacts", "names"] and report.public_masked == "contacts names"
    assert sound(app) == ("Tout concorde.", "code 0")


def test_it_says_on_its_first_page_what_it_is_what_it_masks_and_whose_seal_answers_for_it(public: bytes) -> None:
    read = plain(public)
    assert re.search(DRAWN, read), read[:1500]
    assert MASKED in read and "Le cachet électronique de l’organisation, qui n’est pas une signature" in read
    assert CONTACT not in read and "Oumou" not in read and "70 11" not in read
    source = attached(public)
    assert source["public"] == {"signed_hash": source["public"]["signed_hash"], "left_out": ["contacts", "names"]}


def test_its_one_seal_is_the_organisation_s_and_nobody_s_signature(public: bytes) -> None:
    with pikepdf.open(io.BytesIO(public)) as document:
        (field,) = document.Root.AcroForm.Fields
        assert str(field.T) == SEAL and "n’est pas une signature" in str(field.V.Reason)
        assert str(field.V.Name) == "Groupe de Suivi Budgétaire"
        assert float(field.Rect[2]) == float(field.Rect[0])  # nothing drawn that looks like a signature


@pytest.mark.anywhere
def test_the_page_of_verification_recognises_it_and_says_what_it_is_and_what_it_masks(
    client: FlaskClient, public: bytes
) -> None:
    page = asked(client, public)
    assert "Cette version publique est authentique" in page and "n’est pas authentique" not in page
    assert re.search(DRAWN, page) and MASKED in page, page[:1500]
    assert "Cachet de l’organisation : Groupe de Suivi Budgétaire" in page and "Oumou" not in page


def one_byte(pdf: bytes) -> bytes:
    at = len(pdf) // 2
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def without_its_last_page(pdf: bytes) -> bytes:
    return rebuilt(lambda document: document.pages.__delitem__(len(document.pages) - 1), pdf)


def without_seal(pdf: bytes) -> bytes:
    def strip(document: pikepdf.Pdf) -> None:
        del document.Root.AcroForm
        for page in document.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]

    return rebuilt(strip, pdf)


@pytest.mark.anywhere
@pytest.mark.forges
@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (one_byte, "pas"),
        (lambda pdf: pdf + b"\n%", "aucune des versions publiques inscrites au journal"),
        (lambda pdf: revised(paint, pdf), "Pages qui ne se présentent pas comme dans la version publique : 2."),
        (without_its_last_page, "la version publique en a"),
        (without_seal, "Il ne porte pas le cachet de l’organisation."),
    ],
)
def test_an_altered_one_is_not_authentic_and_is_set_beside_the_public_version(
    client: FlaskClient, public: bytes, forge: Callable[[bytes], bytes], said: str
) -> None:
    page = asked(client, forge(public))
    assert "Cette version publique est authentique" not in page and "Ce document est authentique" not in page
    assert 'class="verdict bad"' in page and said in page, page[:3000]
    assert CONTACT not in page and "Oumou" not in page and "Coopérative" not in page


@pytest.mark.anywhere
@pytest.mark.forges
def test_another_word_in_it_is_shown_and_nothing_of_what_it_masks(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, public: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a forger with our own press and our own seal would set it; only the log does not know it."""
    real = publication.as_published

    def reworded_views(views: object) -> list[object]:
        from dataclasses import replace

        from app.content.canonical import content_bytes

        found = []
        for view in real(views):  # type: ignore[arg-type]
            text = (
                reworded(view.content, "bonne humeur", "confusion") if view.part.key == "conclusion" else view.content
            )
            found.append(replace(view, content_json=content_bytes(text).decode("utf-8")))
        return found

    with app.app_context():
        monkeypatch.setattr(publication, "as_published", reworded_views)
        forged = public_of(db.session.get_one(Report, 1), desk).pdf
        monkeypatch.undo()
    page = asked(client, forged)
    assert "n’est pas authentique" in page and "aucune des versions publiques inscrites au journal" in page
    assert "intact, mais le journal ne connaît pas ce fichier" in page
    assert "<del>bonne humeur</del><ins>confusion</ins>" in page
    assert (
        CONTACT not in page and "Oumou" not in page and "Coopérative" not in page and "données de personnes" not in page
    )


@pytest.mark.anywhere
@pytest.mark.forges
def test_another_organisation_s_seal_is_named_as_none_of_ours(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, public: bytes, tmp_path: Path
) -> None:
    other = authority.create(tmp_path / "other", "Groupe de Suivi Budgétaire")
    with app.app_context():
        report = db.session.get_one(Report, 1)
        forged = publication.prepare(report, factories.BASE_URL, other, desk.store).pdf
    page = asked(client, forged)
    assert "n’est pas celui de cette organisation" in page and "authentique et" not in page


@pytest.mark.anywhere
def test_one_that_we_sealed_and_never_published_is_no_public_version(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, signed: None
) -> None:
    with app.app_context():
        made = public_of(db.session.get_one(Report, 1), desk).pdf
    page = asked(client, made)
    assert "n’est pas authentique" in page and "tirée du rapport" not in page and "bonne humeur" not in page


@pytest.mark.anywhere
def test_a_row_that_names_a_file_the_log_does_not_is_not_believed(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, old: None
) -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        made = public_of(report, desk).pdf
        report.public_hash = desk.store.put(made)
        db.session.commit()
    assert "Cette version publique est authentique" not in asked(client, made)
    ours, theirs = sound(app)
    assert ours != "Tout concorde." and "empreinte de la version publique" in theirs


def test_the_coordination_establishes_the_version_of_a_report_published_before(
    app: Flask, cast: Cast, sign_in: SignIn, old: None, client: FlaskClient
) -> None:
    coordination = sign_in(app.test_client(), cast.coumba)
    before = coordination.get(PLACE).data
    page = coordination.get("/rapports/1").text
    assert "Établir la version publique" in page and "pas encore de version publique scellée" in page
    assert "Établir la version publique" not in sign_in(app.test_client(), cast.issa).get("/rapports/1").text
    with app.app_context():
        count = db.session.scalar(select(func.count(AuditEvent.id)))
    assert coordination.post("/rapports/1/version-publique").status_code in (204, 303)
    with app.app_context():
        assert db.session.scalar(select(func.count(AuditEvent.id))) == (count or 0) + 1
        assert db.session.get_one(Report, 1).public_hash == facts("make_public")["public"]
    after = coordination.get(PLACE).data
    assert after != before and "Établir la version publique" not in coordination.get("/rapports/1").text
    again = coordination.post("/rapports/1/version-publique", data={"which": "make_public"})
    assert again.status_code == 422 and "a déjà sa version publique" in again.text
    assert sound(app) == ("Tout concorde.", "code 0")
    assert "Cette version publique est authentique" in asked(client, after)
    assert "a été remis avant que les versions publiques soient scellées" in asked(client, before)


def test_after_an_erasure_the_file_that_shows_the_data_is_not_handed_out_and_another_takes_its_place(
    app: Flask, cast: Cast, sign_in: SignIn, public: bytes, client: FlaskClient
) -> None:
    with app.app_context():
        erase_list(1, "attendance", (), "Demande d’un participant", current=True)
        db.session.commit()
    coordination = sign_in(app.test_client(), cast.coumba)
    meanwhile = plain(coordination.get(PLACE).data)
    assert "Awa" not in meanwhile and "Texte effacé le" in meanwhile
    page = asked(client, public)
    assert "Cette version publique est authentique" in page and "ont été effacées depuis" in page
    assert "montre ce qui a été effacé depuis" in coordination.get("/rapports/1").text
    assert coordination.post("/rapports/1/version-publique").status_code in (204, 303)
    today = coordination.get(PLACE).data
    assert "Awa" not in plain(today) and "la liste de présence, dont le texte a été effacé" in plain(today)
    assert "ont été effacées depuis" not in asked(client, today)
    page = asked(client, public)  # the earlier one is in the log still, and so it is told
    assert "Cette version publique est authentique" in page and "ont été effacées depuis" in page
    assert sound(app) == ("Tout concorde.", "code 0")


def test_nothing_is_published_with_a_version_of_a_text_that_has_changed_since(
    app: Flask, cast: Cast, desk: Sealer, public: bytes
) -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        made = public_of(report, desk)
        erase_list(1, "attendance", (), "Demande d’un participant", current=True)
        with pytest.raises(publication.SourceChanged):
            publication.establish(db.session.get_one(Report, 1), cast.coumba, made)


def test_the_verifier_calls_what_is_masked_as_the_application_does() -> None:
    assert seben_audit.MASKED == withheld.MASKED


def test_the_verifier_says_of_the_file_alone_what_it_is_and_what_it_cannot_say(public: bytes, tmp_path: Path) -> None:
    path = tmp_path / "public.pdf"
    path.write_bytes(public)
    code, found = ask("check-pdf", path)
    said = " ".join(found["remarks"])
    assert code == 0 and "Version publique du rapport 1" in said and digest(public) in said
    assert "contacts de la liste de présence" in said and "cachet" in said


@pytest.mark.forges
def test_the_verifier_refuses_a_public_version_that_says_what_it_cannot_mask(public: bytes, tmp_path: Path) -> None:
    source = attached(public)
    for wrong in ({"signed_hash": 3, "left_out": []}, {"signed_hash": "0" * 64, "left_out": ["tout"]}, []):

        def swap(document: pikepdf.Pdf, wrong: object = wrong) -> None:
            document.attachments["rapport.json"] = orjson.dumps(
                {**source, "public": wrong}, option=orjson.OPT_SORT_KEYS
            )

        path = tmp_path / "forged.pdf"
        path.write_bytes(rebuilt(swap, public))
        assert ask("check-pdf", path)[0] == 1, wrong


@pytest.mark.forges
def test_a_person_s_certificate_in_the_place_of_the_seal_is_no_seal(
    app: Flask, cast: Cast, desk: Sealer, signed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "SEALS", "")  # the certificate names person 1, as those of signatories do
    with app.app_context():
        made = public_of(db.session.get_one(Report, 1), desk).pdf
    found = verdict.examine(made, lambda _: True, desk.authority.roots)
    assert not found.genuine and any("n’est pas celui de cette organisation" in each for each in found.findings)
    assert [(each.slot, each.valid) for each in found.signatures] == [(SEAL, False)]
