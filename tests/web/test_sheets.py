"""Spreadsheets over HTTP: brought, matched, checked, taken over; and given out to whoever may read, no further."""

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
from app.documents.sheets.reading import read
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.text.revisions import part_of
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import content_of, report_at, save, texts
from tests.sheets.files import ods, ods_row, table

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1/parties/attendance/tableur"


def send(client: FlaskClient, data: bytes, name: str = "liste.xlsx") -> TestResponse:
    return client.post(PLACE, data={"file": (BytesIO(data), name), "do": "preview"}, content_type="multipart/form-data")


def fields(page: str) -> dict[str, str]:
    """What the form would post as it stands."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    for name, select in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', select)
        found[name] = chosen[1] if chosen else ""
    return found


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&nbsp;", " "))


def set_up(app: Flask, cast: Cast, stage: Stage = Stage.DRAFTING, desk: Sealer | None = None) -> None:
    with app.app_context():
        report_at(stage, cast, desk)
        db.session.commit()


def names(app: Flask) -> list[str]:
    with app.app_context():
        return [block.fields["name"] for block in content_of(db.session.get_one(Report, 1), "attendance")]


def test_fanta_brings_a_list_settles_what_is_wrong_and_takes_it_over(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    assert PLACE in fanta.get("/rapports/1").get_data(as_text=True)
    answer = send(fanta, table(("Qui", "Tél"), ("Awa <b>DIOP</b>", 76451242), ("", 66)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "<b>DIOP" not in page
    form = {**fields(page), "do": "save", "how": "replace"}
    assert form["column-0"] == "" and form["column-1"] == "contact"
    refused = fanta.post(f"{PLACE}/reprendre", data=form)
    assert refused.status_code == 422 and "Choisissez la colonne qui donne" in refused.get_data(as_text=True)
    again = fanta.post(f"{PLACE}/reprendre", data={**form, "column-0": "name", "do": "preview"}).get_data(as_text=True)
    assert "Ligne 3 : il manque : prénom et nom" in words(again)
    form = {**fields(again), "do": "save", "how": "replace"}
    assert form["column-0"] == "name"
    assert fanta.post(f"{PLACE}/reprendre", data=form).status_code == 422
    assert names(app) == []
    assert fanta.post(f"{PLACE}/reprendre", data={**form, "leave": "1"}).status_code == 303
    assert names(app) == ["Awa <b>DIOP</b>"]
    assert "1 ligne reprise du tableur" in words(fanta.get("/rapports/1").get_data(as_text=True))
    assert fanta.post(f"{PLACE}/reprendre", data={**form, "leave": "1", "how": "append"}).status_code == 303
    assert names(app) == ["Awa <b>DIOP</b>"], "the same form sent twice"


def test_choosing_another_line_of_heads_guesses_the_columns_anew(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    page = send(fanta, b"Nom;Contact\nTel;Structure\n76;CAFO\n", "liste.csv").get_data(as_text=True)
    form = fields(page)
    assert (form["header"], form["column-0"], form["column-1"]) == ("2", "contact", "body")
    form = fields(fanta.post(f"{PLACE}/reprendre", data={**form, "header": "1"}).get_data(as_text=True))
    assert (form["header"], form["column-0"], form["column-1"]) == ("1", "name", "contact")


LIST = (
    ("Liste des participants à la rencontre du 7 mars 2018", "", ""),
    ("", "", ""),
    ("Prénom et nom", "Structure", "Contact"),
    ("Awa DIOP", "CAFO", "76 12 34 56"),
    ("", "", ""),
    ("", "", ""),
    ("Seydou BÂ", "Mairie de Ségou", "66 45 12 00"),
    ("", "", ""),
    ("Awa DIOP", "Comité de gestion scolaire", "70 01 02 03"),
)
MANY = (*LIST[:1], *[("", "", "")] * 45, *LIST[2:])


def as_ods(rows: tuple[tuple[str, ...], ...]) -> bytes:
    return ods(
        b"".join(ods_row(*row) if any(row) else ods_row(*row).replace(b"<text:p></text:p>", b"") for row in rows)
    )


def as_csv(rows: tuple[tuple[str, ...], ...]) -> bytes:
    return "\r\n".join(";".join(row) if any(row) else "" for row in rows).encode("cp1252")


@pytest.mark.parametrize(
    ("rows", "header"), [(LIST, "3"), (LIST[1:], "2"), (MANY, "47")], ids=["title", "blank", "many"]
)
@pytest.mark.parametrize("write", [lambda rows: table(*rows), as_ods, as_csv], ids=["xlsx", "ods", "csv"])
def test_a_list_with_a_title_and_empty_lines_is_matched_checked_and_taken_over(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    sign_in: SignIn,
    write: Callable[[tuple[tuple[str, ...], ...]], bytes],
    rows: tuple[tuple[str, ...], ...],
    header: str,
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    answer = send(fanta, write(rows))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    form = fields(page)
    assert form["header"] == header
    assert [form[f"column-{at}"] for at in range(3)] == ["name", "body", "contact"]
    offered = re.search(r'<select id="header".*?</select>', page, re.DOTALL)
    assert offered
    numbers = [int(each) for each in re.findall(r'<option value="(\d+)"', offered[0])]
    filled = [number for number, row in enumerate(rows, start=1) if any(row)]
    assert numbers == [0, *filled], "each line once, under its own number"
    empty = fanta.post(f"{PLACE}/reprendre", data={**form, "header": str(rows.index(("", "", "")) + 1)})
    assert empty.status_code == 200 and "vide" in words(empty.get_data(as_text=True))
    page = fanta.post(f"{PLACE}/reprendre", data={**form, "do": "preview"}).get_data(as_text=True)
    assert fanta.post(f"{PLACE}/reprendre", data={**fields(page), "do": "save", "how": "replace"}).status_code == 303
    assert names(app) == ["Awa DIOP", "Seydou BÂ", "Awa DIOP"]


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "est vide"), (b"<html>", "une page Web"), (b"PK\x03\x04 cut", "endommagé")]
)
def test_a_bad_file_is_refused_beside_the_field(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, data: bytes, sentence: str
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    answer = send(fanta, data)
    assert answer.status_code == 422 and sentence in words(answer.get_data(as_text=True))
    assert fanta.post(f"{PLACE}/reprendre", data={"cells": "abc", "do": "save"}).status_code == 422
    assert fanta.get("/rapports/1/parties/method/tableur").status_code == 404


def test_words_that_collide_with_a_save_made_meanwhile_open_the_editor(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    with app.app_context():
        report = db.session.get_one(Report, 1)
        save(report, "attendance", (row("attendees", name="Awa DIOP", contact="1"),), cast.fanta)
        first = content_of(report, "attendance")
        db.session.commit()
    fanta = sign_in(client, cast.fanta)
    form = fields(send(fanta, b"Nom;Contact\nAwa DIOP;2\n", "l.csv").get_data(as_text=True))
    with app.app_context():
        report = db.session.get_one(Report, 1)
        save(report, "attendance", (row("attendees", name="Awa DIOP", contact="3"),), cast.fanta)
        other = (type(first[0])(first[0].id, "attendees", first[0].kind, {"name": "Awa DIOP", "contact": "3"}),)
        save(report, "attendance", other, cast.fanta)
        assert part_of(report, "attendance").number == 4
        db.session.commit()
    answer = fanta.post(f"{PLACE}/reprendre", data={**form, "do": "save", "how": "replace"})
    assert answer.status_code == 409 and "Rien n’est perdu" in answer.get_data(as_text=True)


def test_lamine_takes_the_published_list_away_with_contacts_masked(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, desk: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        **texts(),
        "attendance": (
            row("attendees", name="Awa DIOP", body="CAFO", contact="76 12 34 56", signed="", consent="oui"),
            row("attendees", name="Ali BA", body="Mairie", contact="66 12 34 56", signed="", consent="non"),
            row("attendees", name="Seydou BA", body="Conseil régional", contact="", signed=""),
        ),
    }
    monkeypatch.setattr("tests.factories.texts", lambda: told)
    set_up(app, cast, Stage.PUBLISHED, desk)
    for kind in ("xlsx", "csv"):
        place = f"/rapports/1/parties/attendance.{kind}"
        seen = {
            name: read(sign_in(app.test_client(), getattr(cast, name)).get(place).data).sheets[0].rows
            for name in ("issa", "lamine")
        }
        assert seen["issa"][1] == ("Awa DIOP", "CAFO", "76 12 34 56", "", "oui")
        assert seen["lamine"][1][:3] == ("Awa DIOP", "CAFO", "76 •• •• 56")
        assert "Ali BA" not in seen["lamine"][2] and len(seen["lamine"][0]) == 4
    assert sign_in(client, cast.lamine).get("/rapports/1/parties/attendance.pdf").status_code == 404
