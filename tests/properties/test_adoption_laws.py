"""What holds of amendments of French sentences through the domain: filed, adopted one after the other, verified."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.blocks import Content
from app.content.prose import cut
from app.db import db
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.report import Amendment, AmendmentState, Report
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.text.revisions import Collision
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, filed, report_at, save
from tests.properties.french import meetings, sentences
from tests.properties.test_french_laws import Three, facts, neighbours

pytestmark = pytest.mark.usefixtures("world")
SENTENCES = 20


def test_adopted_means_in_the_text(cast: Cast) -> None:
    @settings(max_examples=4, deadline=None)
    @given(st.lists(meetings(sentences()), min_size=SENTENCES, max_size=SENTENCES))
    def holds(said: list[Three]) -> None:
        outer = db.session.begin_nested()
        try:
            _adopt_and_look(cast, said)
        finally:
            outer.rollback()
            db.session.expire_all()

    holds()


def _adopt_and_look(cast: Cast, said: list[Three]) -> None:
    report = report_at(Stage.EDITING, cast)
    # A heading before each keeps sentences from being joined to a list, or blocks from being taken for one another.
    save(
        report,
        "method",
        cut("\n\n".join(f"## {n}\n\n{base}" for n, (base, *_) in enumerate(said)), "body"),
        cast.issa,
    )
    editing.transmit(report, cast.issa, DEADLINE, date.today(), "Pour la lecture.")
    spots = [block.id for block in content_of(report, "method")][1::2]
    asked: dict[int, tuple[str, str, str]] = {}
    for turn, person in ((2, cast.oumar), (1, cast.mariam)):
        for spot, versions in zip(spots, said, strict=True):
            for amendment in _proposed(report, spot, versions[turn], person):
                asked[amendment.number] = (spot, versions[0], versions[turn])
    for number, (spot, base, amended) in asked.items():
        amendment = amending.numbered(report, number)
        before = _text(report, spot)
        try:
            amending.adopt(report, amendment, cast.adama)
        except (Collision, NotReady):
            assert amendment.undecided and _text(report, spot) == before
            continue
        after = _text(report, spot)
        assert amendment.state is AmendmentState.ADOPTED and after != before
        assert neighbours(after).keys() <= neighbours(before).keys() | neighbours(amended).keys()
        assert neighbours(amended).keys() - neighbours(base).keys() <= neighbours(after).keys()
        assert facts(after) <= facts(before) | facts(amended)
    assert verify_reports(db.session) == []


def _proposed(report: Report, spot: str, text: str, person: object) -> list[Amendment]:
    content = content_of(report, "method")
    changed: Content = tuple(cut(text, block.zone, (block,))[0] if block.id == spot else block for block in content)
    if changed == content:
        return []
    try:
        return filed(report, "method", changed, person)  # type: ignore[arg-type]
    except NotReady:  # blanks alone
        return []


def _text(report: Report, spot: str) -> str:
    content = revisions.current(revisions.part_of(report, "method")).content
    return next(block.text for block in content if block.id == spot)
