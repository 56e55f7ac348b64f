"""Who wrote what: on the page, in the annex, in the workbook."""

from __future__ import annotations

import io
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app import template
from app.content.prose import cut
from app.db import db
from app.reports.history import attribution
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at, save
from tests.web.history_pages import SignIn, put, words
from tests.workflow.long_story import validated_after_all

CREDIT = re.compile(r'<span class="run by-(\d)" tabindex="0" data-credit="([^"]*)">(.*?)</span>(?=<|\s)', re.DOTALL)


def credits(page: str) -> dict[str, str]:
    """What is told on hover and focus, by the words it is told of."""
    plain = re.sub(r'<span class="hidden">[^<]*</span>', "", page)
    return {words("<main>" + text + "</main>").lstrip(">").strip(): told for _, told, text in CREDIT.findall(plain)}


def test_every_run_tells_who_wrote_it_when_in_what_role_on_whose_amendment_and_who_adopted_it(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    place = f"/rapports/{report_id}/parties/recommendations/revisions/3?vue=auteurs"
    told = credits(sign_in(client, cast.adama).get(place).text)
    mine = next(credit for text, credit in told.items() if "Afficher" in text)
    assert mine.startswith("Mariam SANOGO, membre de la CRSB · ") and "révision 3" in mine
    assert "amendement n° 1, adopté par Adama DEMBELE" in mine.replace("\xa0", " ").replace("&nbsp;", " ")
    hers = next(credit for text, credit in told.items() if "le budget de la région" in text)
    assert hers.startswith("Fanta COULIBALY, facilitateur · ") and "révision 2" in hers


def test_colours_go_by_author_or_by_role_and_each_has_its_share(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.adama)
    place = f"/rapports/{report_id}/parties/method/revisions/3?vue=auteurs"
    by_author, by_role = (words(client.get(place + more).text) for more in ("", "&par=role"))
    assert re.search(r"Fanta COULIBALY \d+ % Issa KONE \d+ %", by_author)
    assert re.search(r"facilitateur \d+ % rapporteur \d+ %", by_role)


def test_the_annex_says_it_of_the_whole_report(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, tmp_path: Path
) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.salif)
    pdf = client.get(f"/rapports/{report_id}/auteurs.pdf")
    assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF-")
    book = client.get(f"/rapports/{report_id}/auteurs.xlsx")
    sheet = load_workbook(io.BytesIO(book.data)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [name for name, _ in attribution.COLUMNS]
    shown = next(row for row in rows if row[2].startswith("Afficher"))
    assert shown[0] == "Recommandations" and shown[3:5] == ["Mariam SANOGO", "membre de la CRSB"]
    assert shown[6:] == ["3", "n° 1", "Adama DEMBELE"]


def test_the_rows_of_the_annex_make_up_the_whole_text(world: Flask, cast: Cast) -> None:
    report = validated_after_all(cast)
    db.session.flush()
    runs = attribution.authored(report)
    told = "".join("".join(each.text.split()) for each in runs)
    from app.reports.text.parts import part_views

    texts = [text for view in part_views(report) for block in view.content for text in block.words.values()]
    assert told == "".join("".join(text.split()) for text in texts)
    assert db.session.get_one(Report, report.id) is report


def test_no_row_of_the_annex_is_only_signs_or_small_words(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    place = template.BY_KEY["introduction"]
    for text in (
        "Les points sont : budget, eau, école.\n\nLe maire de Ségou parle.",
        "Les points sont :\n\n1. budget,\n2. eau,\n3. école.\n\nLe maire de la ville de Ségou parle.\n\n***",
        "Les points sont :\n\n- budget ;\n- eau ;\n- école.\n\nLe maire, de la ville, et de Ségou, parle.\n\n***",
    ):
        save(report, place.key, cut(text, "body", content_of(report, place.key)), cast.issa)
    rows = [
        (each.passage, each.text, each.version.number) for each in attribution.authored(report) if each.part == place
    ]
    assert rows == [
        (1, "Les points sont :", 3),
        (2, "- budget ;", 3),
        (3, "- eau ;", 3),
        (4, "- école.", 3),
        (5, "Le maire,", 3),
        (5, "de la ville, et", 4),
        (5, "de Ségou, parle.", 3),
    ]


def test_readers_of_the_published_report_have_no_annex(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.PUBLISHED, people, desk))
    for kind in ("pdf", "xlsx"):
        assert sign_in(client, cast.lamine).get(f"/rapports/{report_id}/auteurs.{kind}").status_code == 404
