"""An old report over HTTP: brought, settled, put into the parts; refused with a sentence, and never for another's report."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import fromstring
from werkzeug.test import TestResponse

from app.content.prose import join
from app.content.typography import french
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at
from tests.olden import old
from tests.word.office import packed
from tests.word.test_refused import REFUSED

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1/ancien-rapport"


def send(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post(
        PLACE, data={"file": (BytesIO(data), "a.docx"), "do": "preview"}, content_type="multipart/form-data"
    )


def set_up(app: Flask, cast: Cast) -> None:
    with app.app_context():
        report_at(Stage.DRAFTING, cast)
        db.session.commit()


def test_fanta_brings_an_old_report_places_what_was_not_recognised_and_takes_it_over(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    assert PLACE in fanta.get("/rapports/1").get_data(as_text=True)
    page = send(fanta, old.bold()).get_data(as_text=True)
    assert "reste d’une ligne" in page, "what could not be made a row is shown"
    form, names = settling(page)
    assert {form[names[text]] for text in ("Février 2017", "Fait à Ségou, le 22 février 2017")} == {"-"}
    form[names["Février 2017"]] = "method/body"
    assert fanta.post(f"{PLACE}/reprendre", data={**form, "carried": form["carried"][:-3]}).status_code == 422
    assert fanta.post(f"{PLACE}/reprendre", data=form).status_code == 303
    shown = fanta.get("/rapports/1").get_data(as_text=True)
    assert "Repris de l’ancien rapport" in shown and "Recenser le patrimoine" in shown
    assert "Lignes de tableau non reprises (1)\u00a0: | | reste d’une ligne |" in shown
    with app.app_context():
        method = join(content_of(db.session.get_one(Report, 1), "method"))
    assert method == "Février 2017\n\nElle a été participative."
    assert "depuis un fichier Word" in fanta.get("/rapports/1/historique").get_data(as_text=True)
    assert sign_in(app.test_client(), cast.issa).post(f"{PLACE}/reprendre", data=form).status_code == 403


def settling(page: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a browser would send of the settling screen as it stands, and its fields by their labels."""
    (form,) = (form for form in fromstring(page).forms if "carried" in form.fields)
    labels = {label.text_content(): label.get("for", "") for label in form.iter("label")}
    return {name: value for name, value in form.fields.items() if value is not None}, labels


def test_what_was_recognised_in_the_wrong_part_is_moved_alone_or_together_and_no_choice_is_lost(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    page = send(fanta, old.bold()).get_data(as_text=True)
    assert "Photographies" not in page, "a photograph comes with its file"
    assert "<details>" in page and "<details open>" not in page, "what was recognised is folded"
    form, names = settling(page)
    assert len(names) == len(set(names.values())) and form[names["Elle a été participative."]] == "method/body"
    alone, bullets = names["– Recenser le patrimoine ;"], "all-ceremony/speeches"
    assert (form[alone], form[bullets]) == ("", "ceremony/speeches")
    nothing = {name: "-" if name.startswith(("piece-", "all-")) else value for name, value in form.items()}
    refused = fanta.post(f"{PLACE}/reprendre", data=nothing)
    assert refused.status_code == 422 and "choisissez où va au moins un paragraphe" in refused.get_data(as_text=True)
    again, _ = settling(refused.get_data(as_text=True))
    assert {**again, "once": ""} == {**nothing, "once": ""}, "every choice is as it was"
    moved = {**form, alone: "introduction/body", bullets: "proceedings/body", names["– Informer les citoyens."]: "-"}
    moved[names["Elle a été participative."]] = "ailleurs"
    assert fanta.post(f"{PLACE}/reprendre", data=moved).status_code == 303
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert join(content_of(report, "introduction")).endswith("à Ségou.\n\n- Recenser le patrimoine ;")
        said = join(content_of(report, "proceedings"))
        assert said.startswith("- Monsieur BA a souhaité") and said.endswith("Un tour de table a eu lieu.")
        assert join(content_of(report, "method")) == "Elle a été participative.", "no place there is: as recognised"
        rows = {block.fields["text"] for key in ("recommendations", "ceremony") for block in content_of(report, key)}
    assert not rows & {"Recenser le patrimoine ;", "Informer les citoyens.", "Monsieur BA a souhaité la bienvenue ;"}


BAD = {
    "no document": (b"<html>", "pas un document Word"),
    "cut": (b"PK\x03\x04", "endommagé"),
    "no text": (old.saved(old.Document()), "aucun texte"),
    "odt": (
        packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        "autre programme",
    ),
    **{name: REFUSED[name] for name in ("empty", "old", "password", "macros", "hidden macros", "outside", "bomb")},
}


def test_a_bad_file_is_refused_beside_the_field(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    for name, (data, sentence) in BAD.items():
        answer = send(fanta, data)
        said = fromstring(answer.get_data(as_text=True)).get_element_by_id("error-file").text_content()
        assert answer.status_code == 422 and french(sentence) in said, name
    assert fanta.post(PLACE, data={}).status_code == 422


def test_words_in_bold_are_shown_so_and_their_text_is_escaped(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    document = old.Document()
    old.put_runs(document, "Le 2", "^ème", " dit *<b>non", "*</b>")
    page = send(sign_in(client, cast.fanta), old.saved(document)).get_data(as_text=True)
    assert "Le 2<sup>ème</sup> dit *&lt;b&gt;non<strong>&lt;/b&gt;</strong></label>" in page
