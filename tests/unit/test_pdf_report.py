"""The report as PDF: what a governor reads, what a screen reader says, and what the signatures are laid on."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pikepdf
import pytest

from app.documents.conformance import findings, letters, pages_of
from app.documents.glyphs import BREAK, breakable
from app.documents.pdf import render
from app.documents.tree import Column, Heading, Items, Marker, Paragraph, Span, Table
from app.documents.typeset import typeset
from tests.unit.pdf_demo import demo, plain
from tests.unit.pdf_reading import AT, SOURCE, copied, made, printed, report, words_of


@pytest.mark.parametrize("project", [False, True], ids=["final", "project"])
def test_the_report_passes_the_gate(project: bool) -> None:
    rendered = made(demo(project=project))
    assert findings(rendered.pdf, rendered.contents) == []


def test_the_same_data_give_the_same_bytes() -> None:
    assert made(demo()).pdf == report().pdf
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert render(demo(), source=SOURCE, made_on=elsewhere).pdf == report().pdf


def test_another_moment_gives_another_file() -> None:
    assert render(demo(), source=SOURCE, made_on=AT + timedelta(seconds=1)).pdf != report().pdf


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render(demo(), source=SOURCE, made_on=datetime(2031, 3, 20))


def test_the_source_is_attached_byte_for_byte() -> None:
    with pikepdf.open(io.BytesIO(report().pdf)) as opened:
        (attached,) = opened.attachments.values()
        assert attached.get_file().read_bytes() == SOURCE
        assert attached.relationship == pikepdf.Name.Source


def test_the_file_names_its_title_language_and_author() -> None:
    with pikepdf.open(io.BytesIO(report().pdf)) as opened:
        assert str(opened.docinfo.Title) == "Rapport de la séance de Bougouni (14 mars 2031)"
        assert str(opened.docinfo.Author) == "Groupe de Suivi Budgétaire"
        assert str(opened.Root.Lang) == "fr"


def test_the_cover_bears_organisation_boxed_title_date_and_month_and_no_page_number() -> None:
    cover = letters(printed()[0])
    title = "RAPPORTDELASÉANCEPUBLIQUEDELECTUREDUBUDGET2031DUCONSEILRÉGIONALDEBOUGOUNI(14mars2031)"
    assert cover == "GROUPEDESUIVIBUDGÉTAIRE" + title + "Mars2031"


def test_every_other_page_bears_its_number_and_the_reference() -> None:
    for number, page in enumerate(printed()[1:], start=2):
        assert re.search(rf"^{number}$", page, re.MULTILINE)
        assert "BGN-2031-01, version 7" in page


def test_the_contents_list_every_heading_with_its_true_page() -> None:
    entries = letters(printed()[1])
    for _, title, page in report().contents:
        assert re.search(rf"{re.escape(letters(title))}\.+{page}", entries)
    titles = [title for _, title, _ in report().contents]
    assert "Annexe n°4 : La liste de présence" in titles
    assert "Présentation" not in titles


def test_the_contents_are_clickable() -> None:
    with pikepdf.open(io.BytesIO(report().pdf)) as opened:
        links = [note for note in opened.pages[1].Annots if note.Subtype == "/Link"]
    assert len(links) >= len(report().contents)


def test_the_introduction_and_each_annex_begin_a_page() -> None:
    for anchor, title, page in report().contents:
        if anchor == "introduction" or anchor.startswith("annex"):
            assert letters(printed()[page - 1]).startswith(letters(title))


def test_words_stay_whole_when_copied() -> None:
    typed = "responsabilisation approvisionnement extraordinairement " * 6
    table = Table((Column("Texte", 5), Column("Reste", 6)), ((typed, ""),), "Essai")
    rendered = made(replace(demo(), nodes=(Paragraph((Span(typed),)), table)))
    words = [word for word, *_ in words_of(rendered.pdf, 3)]
    assert [words.count(word) for word in typed.split()[:3]] == [12, 12, 12]
    assert "\u200b" not in copied(report().pdf)


def test_french_spaces_are_set_also_between_styles() -> None:
    data = json.dumps(typeset(demo()), ensure_ascii=False)
    assert '["Les objectifs spécifiques", "b"], "\u00a0:"' in data
    assert "«\u202fsɛbɛn kalan\u202f»\u202f;" in data


def test_the_table_head_is_repeated_on_each_page() -> None:
    rendered = made(demo(attendees=120))
    pages = [page for page in pages_of(rendered.pdf) if "Nɛnɛ" in page]
    assert len(pages) > 2
    assert all("Prénom et nom" in page and "Émargement" in page for page in pages)


def test_a_screen_reader_meets_headings_lists_tables_and_the_table_of_contents() -> None:
    tags = Counter(tags_of(report().pdf))
    assert tags["/H1"] == 10
    assert tags["/H2"] >= 5
    assert tags["/H3"] == 1
    assert tags["/Table"] == 4
    assert tags["/TH"] == 2 + 4 + 3 + 5
    assert tags["/L"] == 5
    assert tags["/TOCI"] == len(report().contents)


def tags_of(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        elements = (thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary))
        return [str(element.S) for element in elements if element.get("/Type") == "/StructElem"]


def test_a_project_is_watermarked_on_every_page_and_a_final_report_on_none() -> None:
    project = made(demo(project=True))
    assert copied(project.pdf).count("P\nR\nO\nJ\nE\nT\n") == project.pages
    assert "R\nO\nJ\nE\n" not in copied(report().pdf)
    assert project.contents == report().contents


def test_a_level_that_is_skipped_is_closed_up() -> None:
    nodes = (Heading(3, "Trois d’abord", "a"), Heading(1, "Un", "b"), Heading(4, "Quatre", "c"))
    rendered = made(replace(demo(), nodes=nodes))
    assert findings(rendered.pdf, rendered.contents) == []


def test_a_heading_as_long_as_a_part_is_printed_as_a_paragraph() -> None:
    rendered = made(replace(demo(), nodes=(Heading(1, "mot " * 5_000, "a"), Heading(1, "FIN", "b"))))
    assert [anchor for anchor, _, _ in rendered.contents] == ["b"]
    assert findings(rendered.pdf, rendered.contents) == []


@pytest.mark.parametrize(
    "word", ["W" * 400, "Ɛ" * 300, "prénom.nom@" + "direction" * 9, "漢" * 90, "m" * 61 + "-" + "i" * 900]
)
def test_an_endless_word_stays_inside_its_column_and_the_margins(word: str) -> None:
    columns = (Column("N°", 1), Column("Texte", 3), Column("Reste", 4))
    nodes = (
        Heading(1, word[:150], "a"),
        Paragraph((Span(word, bold=True),)),
        Items(Marker.TICK, ((Span(word, italic=True),),)),
        Table(columns, (("1", word, "FIN"),), "Essai"),
    )
    rendered = made(replace(demo(), nodes=nodes))
    words = [found for page in range(3, rendered.pages + 1) for found in words_of(rendered.pdf, page)]
    assert max(right for _, _, right, _, _ in words) < 595.3 - 70.8 + 0.5
    end = next(left for text, left, _, _, _ in words if text == "FIN")
    assert all(right < end for _, left, right, _, _ in words if 128 < left < end)


def test_a_word_that_fits_is_left_in_one_piece() -> None:
    assert breakable("Émargement", 11, 70, bold=True) == "Émargement"
    assert breakable("COULIBALY-40", 11, 90, bold=False) == "COULIBALY-40"
    assert BREAK in breakable("Émargement", 11, 40, bold=True)


def test_what_announces_a_list_never_ends_a_page() -> None:
    """Whatever stands above it: the two go over to the next page together."""
    lists = [
        node
        for number in range(150)
        for node in (
            Paragraph(plain(f"Annonce {number} :")),
            Items(Marker.DASH, (plain(f"Point {number}"),) * (1 + number % 4)),
        )
    ]
    rendered = made(replace(demo(), nodes=(*lists, *demo().nodes)))
    pages = [letters(page) for page in pages_of(rendered.pdf)]
    for number in range(150):
        assert any(re.search(rf"Annonce{number}:.*Point{number}(?!\d)", page, re.DOTALL) for page in pages), number
