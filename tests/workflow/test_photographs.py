"""Photographs in a report: named by their hash in its text, printed with consent alone, in reports of before too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import template
from app.content.blocks import FILE, Content
from app.db import db
from app.documents import pictures
from app.documents.conformance import findings, pages_of
from app.documents.pdf import RenderingFailed, render
from app.documents.pictures import Kept, kept
from app.reports.amending import acts as amending
from app.reports.attachments import photographs
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.output import document, report_pdf
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import revisions
from app.reports.text.parts import as_published, part_views
from app.template import Consent
from app.web.forms import read_zones
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, filed, opened, report_at, reworded, save, written
from tests.photographs import photograph
from tests.registers import entered
from tests.workflow.outsiders import kinds, place_of

pytestmark = pytest.mark.usefixtures("world")
AT = datetime(2031, 3, 20, tzinfo=UTC)


@pytest.fixture
def two(desk: Sealer) -> list[Kept]:
    sizes = ((640, 480), (480, 640))
    return [pictures.keep(pictures.develop(photograph(*size)), desk.store) for size in sizes]


def captioned(report: Report, cast: Cast, *captions: str) -> Content:
    rows = content_of(report, "photographs")
    told = [replace(row, fields={**row.fields, "text": text}) for row, text in zip(rows, captions, strict=True)]
    save(report, "photographs", tuple(told), cast.fanta)
    return content_of(report, "photographs")


def pdf_of(report: Report, desk: Sealer) -> bytes:
    return report_pdf.draft(report, {view.part.key: view.content for view in part_views(report)}, AT, desk.store)


def test_a_photograph_is_part_of_the_text_that_is_sealed(cast: Cast, two: list[Kept]) -> None:
    report = opened(cast)
    before = report.text_hash
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    rows = content_of(report, "photographs")
    assert [kept(row.fields[FILE]) for row in rows] == two
    assert report.text_hash != before
    assert "file" not in rows[0].words
    assert verify_reports(db.session) == []


def test_photographs_with_consent_are_printed_under_their_captions_in_a_file_that_conforms(
    cast: Cast, desk: Sealer, two: list[Kept]
) -> None:
    report = written(opened(cast), cast.fanta)
    assert "Annexe n°5" not in "".join(pages_of(pdf_of(report, desk)))
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    photographs.add(report, cast.fanta, two[:1], Consent.REFUSED)
    captioned(report, cast, "Le bureau, à la tribune.", "", "Des enfants devant la salle.")
    contents = {view.part.key: view.content for view in part_views(report)}
    whole = report_pdf.with_files(document.whole(report, contents, project=True), desk.store)
    rendered = render(whole, source=b"{}", made_on=AT)
    assert findings(rendered.pdf, rendered.contents) == []
    text = pages_of(rendered.pdf)[-1]
    assert "Photographie 1 : Le bureau, à la tribune." in text and "Photographie 2" in text
    assert "enfants" not in text and "Photographie 3" not in text
    assert ("photographs", "Annexe n°5 : Images de la rencontre", rendered.pages) in rendered.contents
    assert rendered.pdf.count(b"/DCTDecode") == 2  # the JPEGs themselves, not drawn anew
    assert pdf_of(report, desk) == pdf_of(report, desk)


def test_readers_are_not_told_of_a_photograph_without_consent(cast: Cast, two: list[Kept]) -> None:
    report = opened(cast)
    photographs.add(report, cast.fanta, two[:1], Consent.GIVEN)
    photographs.add(report, cast.fanta, two[1:], Consent.REFUSED)
    (seen,) = [view for view in as_published(part_views(report)) if view.part.key == "photographs"]
    assert [kept(row.fields[FILE]) for row in seen.content] == two[:1]
    assert photographs.may_be_shown(report, two[0].thumbnail, cast.lamine)
    assert not photographs.may_be_shown(report, two[1].file, cast.lamine)
    assert photographs.may_be_shown(report, two[1].file, cast.salif)
    assert not photographs.may_be_shown(report, "0" * 64, cast.salif)


def test_a_photograph_taken_out_is_no_longer_the_readers_but_stays_in_the_history(cast: Cast, two: list[Kept]) -> None:
    report = opened(cast)
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    save(report, "photographs", content_of(report, "photographs")[1:], cast.fanta)
    assert not photographs.may_be_shown(report, two[0].file, cast.lamine)
    assert photographs.may_be_shown(report, two[0].file, cast.issa)


def test_a_file_that_is_missing_is_said_where_it_was_to_be_printed(cast: Cast, desk: Sealer, two: list[Kept]) -> None:
    report = opened(cast)
    photographs.add(report, cast.fanta, [replace(two[0], file="0" * 64)], Consent.GIVEN)
    with pytest.raises(RenderingFailed, match="photographie du rapport n’a pas pu être imprimée"):
        pdf_of(report, desk)


def test_a_form_words_and_orders_photographs_but_neither_adds_one_nor_changes_its_file(
    cast: Cast, two: list[Kept]
) -> None:
    report = opened(cast)
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    first, second = content_of(report, "photographs")
    form = {
        "zone-pictures-grid": "1",
        "zone-pictures-0-id": second.id,
        "zone-pictures-0-text": "La salle.",
        "zone-pictures-0-consent": "non",
        "zone-pictures-0-file": "forged",
        "zone-pictures-1-id": "another",
        "zone-pictures-1-text": "Ajoutée à la main.",
    }
    (row,) = read_zones(form, template.PHOTOGRAPHS.zones, (first, second))
    assert (row.id, row.fields["text"], row.fields["consent"]) == (second.id, "La salle.", "non")
    assert row.fields[FILE] == second.fields[FILE]


def test_two_people_who_caption_the_same_photographs_keep_both_captions_and_the_files(
    cast: Cast, two: list[Kept]
) -> None:
    report = opened(cast)
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    first, second = content_of(report, "photographs")
    number = revisions.part_of(report, "photographs").number
    mine = (replace(first, fields={**first.fields, "text": "Le bureau."}), second)
    theirs = (first, replace(second, fields={**second.fields, "text": "La salle."}))
    editing.save_part(report, "photographs", number, mine, cast.fanta)
    assert editing.save_part(report, "photographs", number, theirs, cast.fanta).merged
    rows = content_of(report, "photographs")
    assert [row.fields["text"] for row in rows] == ["Le bureau.", "La salle."]
    assert [kept(row.fields[FILE]) for row in rows] == two


def test_the_commission_amends_a_caption_and_the_photograph_stays(cast: Cast, two: list[Kept]) -> None:
    report = written(opened(cast), cast.fanta)
    photographs.add(report, cast.fanta, two, Consent.GIVEN)
    captioned(report, cast, "Le bureau.", "La salle.")
    from app.reports import drafting

    drafting.hand_over(report, cast.fanta)
    editing.transmit(report, cast.issa, DEADLINE, AT.today().date())
    with pytest.raises((NotAllowed, WrongStage)):
        photographs.add(report, cast.mariam, two, Consent.GIVEN)
    proposed = reworded(content_of(report, "photographs"), "Le bureau.", "Le bureau de séance.")
    (amendment,) = filed(report, "photographs", proposed, cast.mariam)
    amending.adopt(report, amendment, cast.adama)
    row = content_of(report, "photographs")[0]
    assert (row.fields["text"], kept(row.fields[FILE])) == ("Le bureau de séance.", two[0])
    assert verify_reports(db.session) == []


def test_more_photographs_than_a_report_takes_are_refused(cast: Cast, two: list[Kept]) -> None:
    report = opened(cast)
    with pytest.raises(NotReady, match="au plus 40"):
        photographs.add(report, cast.fanta, two * 21, Consent.GIVEN)


def test_a_report_opened_before_there_were_photographs_gets_them_with_the_first_one(
    app: Flask, cast: Cast, desk: Sealer, two: list[Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered()
    with monkeypatch.context() as before:
        before.setattr(template, "STORED", tuple(part for part in template.STORED if part is not template.PHOTOGRAPHS))
        report = report_at(Stage.EDITING, cast)
    assert photographs.pictures_of(report) == ()
    assert "photographs" not in {view.part.key for view in part_views(report)}
    assert pdf_of(report, desk)
    photographs.add(report, cast.issa, two, Consent.GIVEN)
    photographs.add(report, cast.issa, two, Consent.GIVEN)
    assert len(content_of(report, "photographs")) == 4
    db.session.commit()
    assert verify_reports(db.session) == []
    assert kinds(place_of(app.config["DATABASE_URL"])) <= {"unsigned", "checkpoint", "behind"}
