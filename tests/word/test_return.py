"""An edited Word copy brought back: what is recognised of it, stage by stage and role by role."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from app.content.prose import cut
from app.db import db, now
from app.directory.models import Person
from app.documents.word.following import MarkVerdict
from app.documents.word.reading import read
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.models.report import Origin, Report
from app.reports.pages.report_page import open_page
from app.reports.replay.verifying import verify_report
from app.reports.text import revisions
from app.reports.word import returned, taking
from app.reports.word.making import word_file
from app.reports.word.returned import ChangeState, Returned
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import amended, content_of, filed, report_at, save
from tests.registers import entered
from tests.word.office import (
    added_behind,
    edited,
    in_pieces,
    removed,
    retyped,
    settled,
    through_libreoffice,
    tracked,
    without_bookmarks,
)
from tests.workflow.outsiders import kinds, place_of

KEY = b"a key of the tests"
Change = Callable[[etree._Element], None]


def given(report: Report, person: Person, *, marked: bool = False) -> bytes:
    """The file that this person is given."""
    page = open_page(report, person)
    waiting = sorted((each for each in page.amendments if each.undecided), key=lambda each: each.number)
    shown = {"amendments": waiting, "threads": page.threads} if marked else {}
    return word_file(report, page.parts, KEY, now(), **shown)  # type: ignore[arg-type]


def brought(report: Report, data: bytes, person: Person) -> Returned:
    page = open_page(report, person)
    return returned.open_copy(report, read(data), KEY, page.parts, page.amendments, person.id)


def told(copy: Returned) -> list[tuple[str, str]]:
    """Each change as (part, words that came)."""
    return [
        (
            passage.part.key,
            " ".join(
                text for shown in passage.shown for steps in shown.fields.values() for op, text in steps if op == "+"
            ),
        )
        for passage in copy.passages
    ]


def test_a_copy_that_nobody_touched_says_nothing(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    copy = brought(report, edited(given(report, cast.issa), in_pieces), cast.issa)
    assert (copy.passages, copy.decided, copy.observations, copy.unplaced) == ([], [], [], [])


def test_issa_takes_over_tracked_and_untracked_changes_and_the_log_says_from_which_file(
    world: Flask, cast: Cast
) -> None:
    entered()
    report = report_at(Stage.EDITING, cast)
    data = given(report, cast.issa)
    for change in (
        tracked("dans la bonne humeur", "dans le calme"),
        retyped("les élus et les citoyens", "les élus, les agents et les citoyens"),
        added_behind("Elle a réuni", "Elle a duré\u00a0: deux jours\u202f!"),
        removed("Réunir les usagers"),
        added_behind("Publier le budget", "Afficher le budget."),
        retyped("CAFO", "CAFO de Ségou"),
    ):
        data = edited(data, change)
    copy = brought(report, data, cast.issa)
    by_part = {part.key: passages for part, passages in copy.parts}
    assert sorted(by_part) == ["attendance", "conclusion", "introduction", "recommendations"]
    (conclusion,) = by_part["conclusion"]
    assert [mark.author for mark in conclusion.by] == ["Awa DIOP"] and not conclusion.untracked
    assert all(passage.untracked and not passage.by for passage in by_part["introduction"])
    assert copy.unplaced == []
    chosen = [passage.key for passage in copy.passages if passage.part.key != "attendance"]
    taken = taking.take(report, copy, chosen, [], "", "ab" * 32, cast.issa)
    assert taken.saved == ["Introduction", "Recommandations", "Conclusion"]
    assert [block.text for block in content_of(report, "introduction")] == [
        "La rencontre s’est tenue à Ségou.",
        "Elle a réuni les élus, les agents et les citoyens.",
        "Elle a duré : deux jours !",
    ]
    texts = [block.fields["text"] for block in content_of(report, "recommendations")]
    assert texts == ["Les participants recommandent de :", "Publier le budget de la région.", "Afficher le budget."]
    assert content_of(report, "conclusion")[0].text == "Les travaux ont pris fin dans le calme."
    assert content_of(report, "attendance")[0].fields["body"] == "CAFO"
    assert revisions.current(revisions.part_of(report, "conclusion")).origin is Origin.IMPORT
    db.session.commit()
    assert verify_report(db.session.connection(), report.id) == []
    assert kinds(place_of(world.config["DATABASE_URL"])) == set()
    again = brought(report, data, cast.issa)
    assert {passage.state for passage in again.passages if passage.part.key != "attendance"} == {ChangeState.THERE}


def test_what_was_saved_meanwhile_is_merged_and_a_clash_is_left_to_a_person(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    data = edited(given(report, cast.issa), tracked("s’est tenue à Ségou", "s’est ouverte à Ségou"))
    data = edited(data, retyped("dans la bonne humeur", "dans le calme"))
    save(report, "introduction", content_of(report, "introduction") + cut("Une phrase de plus.", "body"), cast.issa)
    save(
        report,
        "conclusion",
        cut("Les travaux ont pris fin dans la joie.", "body", content_of(report, "conclusion")),
        cast.issa,
    )
    copy = brought(report, data, cast.issa)
    assert {passage.part.key: passage.state for passage in copy.passages} == {
        "introduction": ChangeState.NEW,
        "conclusion": ChangeState.CLASH,
    }
    taking.take(report, copy, [passage.key for passage in copy.passages], [], "", "ab" * 32, cast.issa)
    assert [block.text for block in content_of(report, "introduction")] == [
        "La rencontre s’est ouverte à Ségou.",
        "Elle a réuni les élus et les citoyens.",
        "Une phrase de plus.",
    ]
    assert content_of(report, "conclusion")[0].text.endswith("dans la joie.")


@pytest.fixture
def reading(world: Flask, cast: Cast) -> Report:
    """A report before the commission, with amendments of words, of a whole paragraph, of a row, and an observation."""
    report = report_at(Stage.READING, cast)
    amended(report, "introduction", "tenue à Ségou", "tenue à Ségou, au Conseil régional", cast.mariam)
    amended(report, "recommendations", "Publier le budget", "Afficher le budget", cast.oumar)
    filed(report, "introduction", content_of(report, "introduction") + cut("Un **dernier** mot.", "body"), cast.oumar)
    filed(report, "recommendations", content_of(report, "recommendations")[:-1], cast.binta)
    added = row("attendees", name="Bakary CISSE", body="Mairie", contact="", signed="")
    filed(report, "attendance", (*content_of(report, "attendance"), added), cast.binta)
    block = content_of(report, "introduction")[1].id
    commenting.comment(report, cast.mariam, "introduction", "Lesquels ?", block_id=block, quote="les élus")
    db.session.flush()
    return report


VERDICTS: list[tuple[Change | None, MarkVerdict]] = [
    (None, MarkVerdict.PENDING),
    (settled(accept=True), MarkVerdict.ACCEPTED),
    (settled(accept=False), MarkVerdict.REJECTED),
]
LEFT: list[Change | None] = [None, without_bookmarks, in_pieces]


def test_amendments_accepted_or_rejected_in_word_are_recognised_whatever_word_leaves_of_the_file(
    reading: Report, cast: Cast
) -> None:
    untouched = given(reading, cast.adama, marked=True)
    for (change, verdict), left in product(VERDICTS, LEFT):
        data = untouched
        for each in (change, left):
            data = edited(data, each) if each else data
        copy = brought(reading, data, cast.adama)
        assert {each.amendment.number: each.verdict for each in copy.decided} == dict.fromkeys(range(1, 6), verdict)
        assert (copy.passages, copy.observations, copy.unplaced) == ([], [], []), (verdict, left)


def test_one_member_s_amendments_are_accepted_another_s_reworded_and_a_new_change_becomes_an_amendment(
    reading: Report, cast: Cast
) -> None:
    data = given(reading, cast.mariam, marked=True)
    for change in (
        settled(accept=True, author="Oumar CISSE"),
        retyped(", au Conseil régional", ", dans la grande salle du Conseil régional"),
        retyped(" le budget de la région", " le budget de toute la région"),
        tracked("dans la bonne humeur", "dans le calme"),
        retyped("Les travaux", "Tous les travaux"),
    ):
        data = edited(data, change)
    copy = brought(reading, data, cast.mariam)
    said = {each.amendment.number: each for each in copy.decided}
    assert [said[number].verdict for number in range(1, 6)] == [
        MarkVerdict.REWORDED,
        MarkVerdict.ACCEPTED,
        MarkVerdict.ACCEPTED,
        MarkVerdict.PENDING,
        MarkVerdict.PENDING,
    ]
    assert "dans la grande salle" in said[1].wordings[0]
    assert told(copy) == [("recommendations", " toute"), ("conclusion", "Tous les le calme")]
    recommendation, conclusion = copy.passages
    assert recommendation.change.edits[0].new.fields["text"] == "Publier le budget de toute la région."
    assert recommendation.untracked and not recommendation.by
    assert conclusion.untracked and [mark.author for mark in conclusion.by] == ["Awa DIOP"]
    taken = taking.take(reading, copy, [conclusion.key], [], "", "ab" * 32, cast.mariam)
    made = amending.numbered(reading, taken.amendments[0])
    assert made.author_id == cast.mariam.id and "Awa DIOP" in made.reason
    assert [each.state for each in brought(reading, data, cast.mariam).passages] == [ChangeState.NEW, ChangeState.THERE]
    still_marked = edited(
        given(reading, cast.mariam, marked=True), retyped(" le budget de la", " le budget de toute la")
    )
    (recommendation,) = brought(reading, still_marked, cast.mariam).passages
    assert recommendation.change.edits[0].new.fields["text"] == "Publier le budget de toute la région."


@pytest.fixture
def saved_by_libreoffice(reading: Report, cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return through_libreoffice(given(reading, cast.adama, marked=True), tmp_path_factory.mktemp("office"))


def test_libreoffice_keeps_all_that_is_needed(reading: Report, cast: Cast, saved_by_libreoffice: bytes) -> None:
    copy = brought(reading, saved_by_libreoffice, cast.mariam)
    assert {each.verdict for each in copy.decided} == {MarkVerdict.PENDING} and len(copy.decided) == 5
    assert (copy.passages, copy.observations, copy.unplaced) == ([], [], [])
    data = edited(saved_by_libreoffice, settled(accept=False, author="Binta TRAORE"))
    data = edited(data, tracked("a précédé", "a suivi"))
    copy = brought(reading, data, cast.mariam)
    assert [each.verdict for each in copy.decided] == [*[MarkVerdict.PENDING] * 3, *[MarkVerdict.REJECTED] * 2]
    assert told(copy) == [("proceedings", "suivi")]


def test_libreoffice_names_the_authors(reading: Report, cast: Cast, tmp_path: Path) -> None:
    text = through_libreoffice(given(reading, cast.adama, marked=True), tmp_path / "office", "fodt").decode()
    creators = set(
        etree.fromstring(text.encode()).xpath(
            "//text:changed-region//dc:creator/text()",
            namespaces={
                "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
                "dc": "http://purl.org/dc/elements/1.1/",
            },
        )
    )
    assert creators == {"Mariam SANOGO", "Oumar CISSE", "Binta TRAORE"}
    assert "Lesquels ?" in text
