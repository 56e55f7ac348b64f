"""Whose the words of a report are after saves, merges, amendments and restored texts: moving them is not writing them."""

from __future__ import annotations

from datetime import date

import pytest

from app.content.authorship import attribute
from app.content.prose import cut, join
from app.db import db
from app.reports.amending import adopting
from app.reports.editing import acts as editing
from app.reports.editing import restoring
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, filed, report_at

pytestmark = pytest.mark.usefixtures("world")

KEY = "introduction"
BASE = (
    "Le maire de Ségou, M. Amadou DIALLO, a présenté les recettes : taxes, patentes, vignettes. "
    "Le comptable a lu le compte de 2017.\n\nUne conseillère demande 1 200 000 FCFA pour la pompe."
)


@pytest.fixture
def report(cast: Cast) -> Report:
    """Before the rapporteur, who has typed the whole introduction anew: revision 3."""
    report = report_at(Stage.EDITING, cast)
    typed(report, cast, BASE)
    assert revisions.part_of(report, KEY).number == 3
    assert whose(report) == [[(block.text, 3)] for block in content_of(report, KEY)]
    return report


def typed(report: Report, cast: Cast, source: str, base: int | None = None) -> int:
    """The number of the revision that comes of this text, typed on revision `base`."""
    part = revisions.part_of(report, KEY)
    base = base or part.number
    content = cut(source, "body", revisions.revision_of(part, base).content)
    return editing.save_part(report, KEY, base, content, cast.issa).revision.number


def whose(report: Report) -> list[list[tuple[str, int]]]:
    current = revisions.current(revisions.part_of(report, KEY))
    runs = list(attribute(current.content, current.runs))
    return [
        [(text.strip(), ref) for id, _, text, ref in runs if id == block.id and text.strip()]
        for block in current.content
    ]


def refs(report: Report) -> set[int]:
    return {ref for block in whose(report) for _, ref in block}


@pytest.mark.parametrize(
    "now",
    [
        BASE.replace(". Le comptable", ".\n\nLe comptable"),
        BASE.replace("\n\n", " "),
        "\n\n".join(reversed(BASE.split("\n\n"))),
        BASE.replace("2017.\n\nUne", "2017. Une")
        .replace("M. Amadou", "M.\u00a0Amadou")
        .replace(" Le comp", "\n\nLe comp"),
    ],
)
def test_a_text_cut_joined_or_put_in_another_order_is_still_its_author_s(report: Report, cast: Cast, now: str) -> None:
    assert typed(report, cast, now) == 4
    assert refs(report) == {3}
    assert verify_report(db.session, report.id) == []


def test_of_a_sentence_made_a_list_only_the_dashes_are_new_and_back_again_none_is(report: Report, cast: Cast) -> None:
    listed = BASE.replace(": taxes, patentes, vignettes.", ":\n\n- taxes,\n- patentes,\n- vignettes.\n\n")
    typed(report, cast, listed)
    assert whose(report)[1:4] == [[("-", 4), (f"{thing}", 3)] for thing in ("taxes,", "patentes,", "vignettes.")]
    typed(report, cast, BASE)
    assert refs(report) == {3}


def test_a_merge_gives_nobody_the_words_of_the_other(report: Report, cast: Cast) -> None:
    typed(report, cast, BASE.replace("pour la pompe", "pour réparer la pompe du marché"))
    typed(report, cast, BASE.replace(". Le comptable", ".\n\nLe comptable"), base=3)
    assert join(content_of(report, KEY)).count("\n\n") == 2
    assert [[ref for _, ref in block] for block in whose(report)] == [[3], [3], [3, 4, 3, 4, 3]]


def test_words_that_the_other_had_moved_stay_the_first_author_s_in_a_merge(report: Report, cast: Cast) -> None:
    one, other = BASE.split("\n\n")
    typed(report, cast, f"{other}\n\n{one}")
    typed(report, cast, BASE.replace("taxes, patentes, vignettes", "vignettes, patentes, taxes"), base=3)
    assert refs(report) == {3}


def test_words_kept_against_another_s_wording_are_still_their_author_s(report: Report, cast: Cast) -> None:
    old, mine = "Le comptable a lu le compte de 2017", "Le comptable a lu tout le compte de 2017"
    typed(report, cast, BASE.replace(old, "Un agent a commenté les chiffres"))
    with pytest.raises(revisions.Collision):
        typed(report, cast, BASE.replace(old, mine), base=3)
    typed(report, cast, BASE.replace(old, mine))
    assert [run for run in whose(report)[0] if run[1] != 3] == [("tout", 5)]


def test_an_adopted_amendment_brings_its_author_only_the_words_he_typed(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    typed(report, cast, BASE)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    split = BASE.replace(". Le comptable", ".\n\nLe comptable communal")
    for amendment in filed(report, KEY, cut(split, "body", content_of(report, KEY)), cast.mariam, "Plus clair."):
        adopting.adopt(report, amendment, cast.adama)
    assert join(content_of(report, KEY)) == split
    assert {text for block in whose(report) for text, ref in block if ref > 3} == {"communal"}
    assert verify_report(db.session, report.id) == []


def test_a_restored_text_has_its_authors_again_and_what_is_moved_after_it_too(report: Report, cast: Cast) -> None:
    typed(report, cast, "Tout autre chose.")
    restoring.restore(report, KEY, 3, 4, cast.issa)
    typed(report, cast, BASE.replace(". Le comptable", ".\n\nLe comptable"))
    assert refs(report) == {3}
