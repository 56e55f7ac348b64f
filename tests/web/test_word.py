"""The Word file over HTTP: downloaded by whoever may read, brought back by whoever may write, refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db
from app.directory.models import Person
from app.documents import pictures
from app.reports.models.report import Origin, Report
from app.reports.signing.acts import Sealer
from app.reports.text.revisions import current, part_of
from app.reports.word.manifest import Manifest
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import amended, content_of, report_at, save, texts
from tests.photographs import photograph
from tests.word.office import MAIN, added_behind, edited, packed, parts, retyped, tracked

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1"


def send(client: FlaskClient, data: bytes, name: str = "rapport-1.docx") -> TestResponse:
    return client.post(f"{PLACE}/word", data={"file": (BytesIO(data), name)}, content_type="multipart/form-data")


def set_up(app: Flask, cast: Cast, stage: Stage, desk: Sealer | None = None) -> None:
    with app.app_context():
        report_at(stage, cast, desk)
        db.session.commit()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("\u202f", " ").replace("&nbsp;", " ")


def test_issa_downloads_edits_brings_back_and_takes_over(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast, Stage.EDITING)
    issa = sign_in(client, cast.issa)
    given = issa.get(f"{PLACE}/rapport.docx")
    assert given.headers["Content-Disposition"] == 'attachment; filename="rapport-1.docx"'
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    data = edited(given.data, tracked("dans la bonne humeur", "dans le calme"))
    data = edited(data, retyped("Elle a réuni les élus", "Elle a réuni tous les élus"))
    data = edited(data, added_behind("Février 2018", "Perdu\u00a0?"))
    answer = send(issa, data)
    assert answer.status_code == 303
    place = answer.headers["Location"]
    page = issa.get(place).get_data(as_text=True)
    assert "Suivi par Awa DIOP, le 01/03/2018" in words(page) and "Modification non suivie" in words(page)
    assert "Ce qui n’a pas pu être placé" in page and "Perdu" in page
    keys = re.findall(r'name="passage" value="([^"]+)"', page)
    assert keys == ["introduction-0", "conclusion-0"]
    nothing = issa.post(place, data={})
    assert nothing.status_code == 422 and "Rien n’est coché" in words(nothing.get_data(as_text=True))
    taken = issa.post(place, data={"passage": keys}, follow_redirects=True)
    assert "Repris du fichier Word : Introduction, Conclusion." in words(taken.get_data(as_text=True)).replace(
        "\u00a0", " "
    )
    history = words(issa.get(f"{PLACE}/historique").get_data(as_text=True))
    assert "depuis un fichier Word" in history
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert content_of(report, "conclusion")[0].text == "Les travaux ont pris fin dans le calme."
        assert current(part_of(report, "conclusion")).origin is Origin.IMPORT
        save(report, "introduction", content_of(report, "introduction")[:1], cast.issa)
        db.session.commit()
    assert "à départager à la main" in words(issa.get(place).get_data(as_text=True))
    clash = issa.get(f"{place}/introduction")
    assert clash.status_code == 200 and "tous les élus" in clash.get_data(as_text=True)
    fanta = sign_in(app.test_client(), cast.fanta)
    assert fanta.get(place).status_code == 422, "the address of another person's copy"


def test_before_the_commission_a_member_s_changes_become_amendments_and_comments_observations(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast, Stage.READING)
    with app.app_context():
        amended(db.session.get_one(Report, 1), "recommendations", "Publier", "Afficher", cast.oumar)
        db.session.commit()
    mariam = sign_in(client, cast.mariam)
    plain = mariam.get(f"{PLACE}/rapport.docx").data
    assert "word/comments.xml" not in parts(plain) and b"w:ins " not in parts(plain)["word/document.xml"]
    given = mariam.get(f"{PLACE}/rapport.docx?amendements=1")
    assert "avec-amendements" in given.headers["Content-Disposition"]
    place = send(mariam, edited(given.data, retyped("dans la bonne humeur", "dans le calme"))).headers["Location"]
    page = words(mariam.get(place).get_data(as_text=True))
    assert "Amendement n° 1, Oumar CISSE : Non tranché" in page.replace("\u00a0", " ")
    answer = mariam.post(place, data={"passage": ["conclusion-0"], "reason": "Plus juste."}, follow_redirects=True)
    assert "Amendement déposé" in answer.get_data(as_text=True)
    assert "déjà proposé" in mariam.get(place).get_data(as_text=True)
    fanta = sign_in(app.test_client(), cast.fanta)
    place = send(fanta, edited(plain, retyped("dans la bonne humeur", "sans bruit"))).headers["Location"]
    assert "pas des modifications du texte" in words(fanta.get(place).get_data(as_text=True))
    assert fanta.post(place, data={"passage": ["conclusion-0"]}).status_code == 422


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<html>Rapport", "Ce n’est pas un document Word"),
        (b"PK\x03\x04 cut", "endommagé ou incomplet"),
        (b"", "Ce fichier est vide"),
    ],
)
def test_a_bad_file_is_refused_beside_the_field_and_nothing_is_kept(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, data: bytes, sentence: str
) -> None:
    set_up(app, cast, Stage.DRAFTING)
    answer = send(sign_in(client, cast.fanta), data)
    assert answer.status_code == 422 and sentence in words(answer.get_data(as_text=True))


def test_a_copy_of_another_report_or_without_its_properties_is_refused(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast, Stage.DRAFTING)
    fanta = sign_in(client, cast.fanta)
    given = parts(fanta.get(f"{PLACE}/rapport.docx").data)
    bare = packed({**given, "docProps/custom.xml": b"<Properties/>"})
    assert "n’est pas une copie d’un rapport de Sɛbɛn" in words(send(fanta, bare).get_data(as_text=True))
    (letters,) = Manifest(1, {"introduction": 1}).properties(b"a key of their own").values()
    line = f'<Properties><property name="Seben1"><x>{letters}</x></property></Properties>'
    forged = packed({**given, "docProps/custom.xml": line.encode()})
    assert "Les propriétés de ce fichier ont été modifiées" in words(send(fanta, forged).get_data(as_text=True))


def test_lamine_reads_the_published_report_in_word_with_contacts_masked_and_photographs_that_may_be_shown(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, desk: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, left_out = (
        pictures.keep(pictures.develop(photograph(*size)), desk.store) for size in ((640, 480), (480, 640))
    )
    told = {
        **texts(),
        "attendance": (
            row("attendees", name="Awa DIOP", body="CAFO", contact="76 12 34 56", signed=""),
            row("attendees", name="Seydou BA", body="Conseil régional", contact="", signed=""),
        ),
        "photographs": tuple(
            row("pictures", text=text, credit="", consent=consent, file=picture.written)
            for text, consent, picture in (("La salle.", "oui", kept), ("Des enfants.", "non", left_out))
        ),
    }
    monkeypatch.setattr("tests.factories.texts", lambda: told)
    set_up(app, cast, Stage.PUBLISHED, desk)
    seen = {
        name: sign_in(app.test_client(), getattr(cast, name)).get(f"{PLACE}/rapport.docx")
        for name in ("lamine", "issa")
    }
    assert b"76 12 34 56" in parts(seen["issa"].data)[MAIN] and b"76 12 34 56" not in parts(seen["lamine"].data)[MAIN]
    for data in (each.data for each in seen.values()):
        files = parts(data)
        assert [name for name in files if "media" in name] == [f"word/media/{kept.file}.jpeg"]
        assert files[f"word/media/{kept.file}.jpeg"] == desk.store.get(kept.file)
        assert "La salle." in files[MAIN].decode() and "enfants" not in files[MAIN].decode()
    assert b"PROJET" not in parts(seen["lamine"].data)[MAIN]
    assert send(sign_in(client, cast.issa), seen["issa"].data).status_code == 409


def test_of_copies_brought_one_after_the_other_only_the_last_lies_there_and_none_is_kept_until_it_is_taken(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, desk: Sealer
) -> None:
    set_up(app, cast, Stage.EDITING)
    issa = sign_in(client, cast.issa)
    data = edited(
        issa.get(f"{PLACE}/rapport.docx").data, retyped("Elle a réuni les élus", "Elle a réuni tous les élus")
    )
    kept = set(desk.store.names())
    for number in range(3):
        padded = packed({**parts(data), f"word/media/{number}.bin": bytes(100_000)})
        place = send(issa, padded).headers["Location"]
    tray = [each["path"] for each in desk.store.objects.list("tray/").collect()]
    assert len(tray) == 2 and set(desk.store.names()) == kept, "the list and the last file"
    keys = re.findall(r'name="passage" value="([^"]+)"', issa.get(place).get_data(as_text=True))
    assert issa.post(place, data={"passage": keys}).status_code == 303
    (new,) = set(desk.store.names()) - kept
    assert desk.store.get(new) == padded
