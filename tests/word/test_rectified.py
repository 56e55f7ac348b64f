"""A rectification in Word: its opening statement stands there as on the PDF, and nobody edits it there."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.documents.tree import Heading
from app.reports import drafting
from app.reports.models.report import Report
from app.reports.rectification import acts as rectification
from app.reports.rectification import statement
from app.reports.signing.acts import Sealer
from app.reports.word.gathering import FIXED, GONE, NOWHERE
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at, reworded, save
from tests.word.office import (
    added_behind,
    edited,
    in_pieces,
    main_of,
    plain,
    removed,
    retyped,
    through_libreoffice,
    tracked,
    words_of,
)
from tests.word.test_return import brought, given

WHAT = "La conclusion.\nLe nom d’un village."
WHY = "La date était fausse de 12 jours."


def rectified(cast: Cast, desk: Sealer) -> Report:
    """A rectification in which the conclusion was written anew."""
    report = rectification.rectify(report_at(Stage.PUBLISHED, cast, desk), cast.coumba, WHAT, WHY)
    conclusion = content_of(report, "conclusion")
    save(report, "conclusion", reworded(conclusion, "la bonne humeur", "le calme"), cast.fanta)
    return report


def lines(data: bytes) -> list[str]:
    return [plain(words_of(each)) for each in main_of(data).iter("{*}p")]


def test_the_statement_stands_between_the_contents_and_the_introduction(world: Flask, cast: Cast, desk: Sealer) -> None:
    report = rectified(cast, desk)
    said = lines(given(report, cast.fanta))
    begin = len(said) - 1 - said[::-1].index("RECTIFICATION :")
    first = f"Ce rapport rectifie et remplace le rapport n° {report.rectifies_id}, publié le "
    assert said[begin + 1].startswith(first) and "code de vérification" in said[begin + 1]
    assert said[begin + 2 : begin + 7] == [
        f"Motif : {WHY}",
        "Ce qui est rectifié : La conclusion.Le nom d’un village.",
        "Partie modifiée :",
        "Conclusion",
        "INTRODUCTION :",
    ]
    assert any(each.startswith("RECTIFICATION :") for each in said[:begin]), "the contents list it"
    heading = statement.nodes(report)[0]
    assert isinstance(heading, Heading) and heading.new_page


def test_a_copy_of_a_rectification_says_nothing_of_its_statement_whatever_was_saved_since(
    world: Flask, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    report = rectified(cast, desk)
    data = given(report, cast.fanta)
    introduction = content_of(report, "introduction")
    save(report, "introduction", reworded(introduction, "les élus", "des élus"), cast.fanta)
    for copy in (edited(data, in_pieces), through_libreoffice(data, tmp_path)):
        read = brought(report, copy, cast.fanta)
        assert (read.passages, read.decided, read.observations, read.unplaced) == ([], [], [], [])
    drafting.hand_over(report, cast.fanta)
    assert not brought(report, data, cast.issa).unplaced


def test_what_was_edited_in_the_statement_is_listed_as_having_no_place(
    world: Flask, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    report = rectified(cast, desk)
    data = given(report, cast.fanta)
    for change in (
        retyped("La conclusion.", "La conclusion et l’introduction."),
        tracked("12", "15"),
        removed("Partie modifiée"),
        added_behind("Ce rapport rectifie et remplace", "Il le remplace en entier."),
        retyped("dans le calme", "dans la joie"),
    ):
        data = edited(data, change)
    for copy in (data, through_libreoffice(data, tmp_path)):
        read = brought(report, copy, cast.fanta)
        assert [passage.part.key for passage in read.passages] == ["conclusion"]
        assert {each.part.key for each in read.unplaced} == {"cover"}
        assert sorted((each.why, plain(each.text)) for each in read.unplaced) == sorted(
            [
                (FIXED, "Motif : La date était fausse de 15 jours."),
                (FIXED, "Ce qui est rectifié : La conclusion et l’introduction. Le nom d’un village."),
                (GONE, "Partie modifiée :"),
                (NOWHERE, "Il le remplace en entier."),
            ]
        )
