"""A part's editor: preview, grids by plain buttons, saves as fragments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
HTMX = {"HX-Request": "true", "HX-Target": "section#part-conclusion"}


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = report_at(Stage.EDITING, cast)
        db.session.commit()
        return report.id


@pytest.fixture
def issa(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, cast.issa)


def place(report_id: int, key: str) -> str:
    return f"/rapports/{report_id}/parties/{key}/modifier"


def points(*texts: str) -> dict[str, str]:
    data = {"base": "2", "zone-lead": "Points :", "zone-points-grid": "1"}
    for n, text in enumerate(texts):
        data |= {f"zone-points-{n}-id": "", f"zone-points-{n}-text": text}
    return data


def shown(html: str) -> list[str]:
    """The texts that stand in the grid of points, in order."""
    pieces = html.split('name="zone-points-')[1:]
    return [piece.split(">", 1)[1].split("</textarea>")[0] for piece in pieces if piece.split('"')[0].endswith("-text")]


def rows(html: str) -> list[str]:
    return [text.strip() for text in shown(html.split("data-row-template")[0])]


def test_the_preview_is_the_document_itself_and_saves_nothing(app: Flask, issa: FlaskClient, report_id: int) -> None:
    typed = {"base": "2", "zone-body": "Un **mot** fort.\n\n- un point ;\n- l’autre.", "do": "preview"}
    answer = issa.post(place(report_id, "conclusion"), data=typed, headers=HTMX)
    assert "<strong>mot</strong>" in answer.text
    assert answer.text.count("<li>") == 2
    with app.app_context():
        assert "bonne humeur" in content_of(db.session.get_one(Report, report_id), "conclusion")[0].text
        db.session.rollback()


def test_the_preview_of_unmet_recommendations_draws_on_annex_two(issa: FlaskClient, report_id: int) -> None:
    answer = issa.post(place(report_id, "unmet"), data={"base": "1", "zone-lead": "", "do": "preview"}, headers=HTMX)
    assert "Former les élus." in answer.text


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("add:points", ["un", "deux", "trois", ""]),
        ("remove:points:1", ["un", "trois"]),
        ("up:points:2", ["un", "trois", "deux"]),
        ("down:points:0", ["deux", "un", "trois"]),
        ("up:points:0", ["un", "deux", "trois"]),
        ("remove:points:99", ["un", "deux", "trois"]),
        ("nonsense", ["un", "deux", "trois"]),
    ],
)
def test_the_grids_buttons_work_by_plain_submits(
    issa: FlaskClient, report_id: int, button: str, expected: list[str]
) -> None:
    answer = issa.post(place(report_id, "presentation"), data=points("un", "deux", "trois") | {"grid": button})
    assert answer.status_code == 200
    assert rows(answer.text) == expected


def test_pasted_rows_follow_those_typed_and_a_numbering_column_is_left_out(issa: FlaskClient, report_id: int) -> None:
    data = points("un") | {"grid": "paste:points", "paste-points": "1\tdeux\r\n2\ttrois\r\n\r\n"}
    assert rows(issa.post(place(report_id, "presentation"), data=data).text) == ["un", "deux", "trois"]


def test_a_grid_button_does_not_use_up_the_forms_key(issa: FlaskClient, report_id: int) -> None:
    data = points("un") | {"once": "k" * 24}
    for _ in range(2):
        assert issa.post(place(report_id, "presentation"), data=data | {"grid": "add:points"}).status_code == 200
    assert issa.post(place(report_id, "presentation"), data=data | {"do": "save"}).status_code == 303


def test_a_save_answers_with_the_part_and_what_changed_around_it(issa: FlaskClient, report_id: int) -> None:
    data = {"base": "2", "zone-body": "Autre fin.", "do": "save", "once": "s" * 24}
    answer = issa.post(place(report_id, "conclusion"), data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "<!doctype" not in answer.text
    assert 'id="part-conclusion"' in answer.text
    for part in ("contents", "workflow", "next"):
        assert f'id="{part}"' in answer.text
    again = issa.post(place(report_id, "conclusion"), data=data, headers=HTMX, follow_redirects=True)
    assert "Autre fin." in again.text
    assert "<!doctype" not in again.text


def test_a_part_left_as_it_was_makes_no_revision(issa: FlaskClient, report_id: int) -> None:
    data = {"base": "2", "zone-body": "Les travaux ont pris fin dans la bonne humeur.", "do": "save"}
    answer = issa.post(place(report_id, "conclusion"), data=data, headers=HTMX)
    assert "Rien n’avait changé." in answer.text


def test_a_page_from_before_that_part_existed_is_told_to_reload(issa: FlaskClient, report_id: int) -> None:
    answer = issa.post(place(report_id, "conclusion"), data={"base": "99", "zone-body": "Texte.", "do": "save"})
    assert answer.status_code == 422
    assert "rechargez-la" in answer.text
    assert "Texte." in answer.text


def test_a_page_with_an_open_editor_says_that_its_text_does_not_go_with_the_acts(
    issa: FlaskClient, report_id: int
) -> None:
    said = "Ce que vous y avez écrit ne part pas avec les boutons ci-dessous."
    assert (
        f'<noscript><p class="note warn">Une partie est ouverte&nbsp;: enregistrez-la d’abord. {said}'
        in issa.get(place(report_id, "conclusion")).text
    )
    assert said not in issa.get(f"/rapports/{report_id}").text
