"""Adoptions and merges made again from the texts: a server that lies about them is found by both verifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.audit.standalone import seben_audit
from app.content.blocks import Content
from app.content.changes import ClashChoice, Settled, settle
from app.content.merge import Merged, merge
from app.content.prose import cut
from app.db import db
from app.reports.amending import acts as amending
from app.reports.amending import adopting
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_reports
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import DEADLINE, amended, content_of, report_at, reworded, save
from tests.workflow.outsiders import place_of

pytestmark = pytest.mark.usefixtures("world")

SENTENCE = "Le maire a donné rendez-vous à tous pour la restitution à mi-parcours."
Found = Callable[[], list[set[str]]]


@pytest.fixture
def found(world: Flask) -> Found:
    """What each of the two verifiers says of adoptions and merges, as sentences."""

    def ask() -> list[set[str]]:
        db.session.commit()
        ours = {each.sentence for each in verify_reports(db.session) if each.kind in ("adoption", "merge")}
        place = place_of(world.config["DATABASE_URL"])
        told = seben_audit.verify(place, seben_audit.read_keys([str(LOG.signer.verifier)]), jobs=1).findings
        return [ours, {each.sentence for each in told if each.kind in ("adoption", "merge")}]

    return ask


@pytest.fixture
def report(cast: Cast) -> Report:
    report = report_at(Stage.EDITING, cast)
    save(report, "method", cut(SENTENCE, "body"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    return report


def more(content: Content) -> Content:
    """The content with a word that nobody proposed."""
    return tuple(replace(block, fields={"text": block.text.replace("maire", "bon maire")}) for block in content)


def test_what_is_made_as_it_was_said_is_sound(report: Report, cast: Cast, found: Found) -> None:
    first = amended(report, "method", "pour la", "pour préparer la", cast.mariam)
    second = amended(report, "method", " à tous", "", cast.oumar)
    third = amended(report, "method", "à mi-parcours", "finale", cast.binta)
    rival = amended(report, "method", "à mi-parcours", "générale", cast.oumar)
    for amendment in (first, second, third):
        amending.adopt(report, amendment, cast.adama)
    block = content_of(report, "method")[0].id
    part = revisions.part_of(report, "method")
    amending.adopt(report, rival, cast.adama, amending.Settlement(part.number, {(block, "text"): ClashChoice.BOTH}, {}))
    assert found() == [set(), set()]
    assert content_of(report, "method")[0].text.startswith("Le maire a donné rendez-vous pour préparer la restitution")


def test_an_adoption_that_is_not_made_is_found(
    report: Report, cast: Cast, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    amendment = amended(report, "method", " à tous", "", cast.oumar)
    monkeypatch.setattr(adopting, "_wording", lambda part, amendment, outcome, before, settled: _same(before.content))
    amending.adopt(report, amendment, cast.adama)
    sentence = f"Rapport {report.id}, amendement n° 1 : son adoption n’a rien changé au texte."
    assert found() == [{sentence}, {sentence}]


def _same(content: Content) -> Settled:

    return Settled(content, content)


@pytest.mark.parametrize(
    "forged",
    [
        more,
        lambda content: cut("Le maire a donné rendez-vous à tous pour la restitution.", "body", content),
        lambda content: cut("Le maire a donné pour rendez-vous la restitution à mi-parcours.", "body", content),
        lambda content: (*content, *cut("Il l’a promis.", "body")),
    ],
    ids=["a word more", "another passage taken out", "an order of words", "a paragraph more"],
)
def test_a_text_that_the_adoption_does_not_make_is_found(
    report: Report,
    cast: Cast,
    found: Found,
    monkeypatch: pytest.MonkeyPatch,
    forged: Callable[[Content], Content],
) -> None:
    amendment = amended(report, "method", " à tous", "", cast.oumar)

    def lying(outcome: Any, *settled: Any) -> Any:
        honest = settle(outcome, *settled)
        return _same(forged(honest.proposed))

    monkeypatch.setattr("app.content.changes.settle", lying)
    amending.adopt(report, amendment, cast.adama)
    number = revisions.part_of(report, "method").number
    what = f"le texte de la révision {number} n’est pas celui que fait son adoption"
    sentence = f"Rapport {report.id}, amendement n° 1 : {what}."
    assert found() == [{sentence}, {sentence}]


def test_where_words_clashed_no_word_that_nobody_wrote_may_come_in(
    report: Report, cast: Cast, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = amended(report, "method", "à mi-parcours", "finale", cast.binta)
    rival = amended(report, "method", "à mi-parcours", "générale", cast.oumar)
    amending.adopt(report, first, cast.adama)
    monkeypatch.setattr(
        "app.content.changes.settle",
        lambda outcome, *settled: _same(more(settle(outcome, *settled).proposed)),
    )
    block = content_of(report, "method")[0].id
    number = revisions.part_of(report, "method").number
    amending.adopt(report, rival, cast.adama, amending.Settlement(number, {(block, "text"): ClashChoice.MINE}, {}))
    sentence = (
        f"Rapport {report.id}, amendement n° 2 : le texte de la révision {number + 1} n’est pas celui que fait son "
        "adoption."
    )
    assert found() == [{sentence}, {sentence}]


def test_a_merge_that_drops_what_another_wrote_is_found(
    cast: Cast, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "method", cut(SENTENCE, "body"), cast.issa)
    base = revisions.part_of(report, "method").number
    mine = reworded(content_of(report, "method"), "Le maire", "Monsieur le maire")
    save(report, "method", reworded(content_of(report, "method"), "à mi-parcours", "finale"), cast.issa)
    saved = editing.save_part(report, "method", base, mine, cast.issa)
    assert saved.merged and found() == [set(), set()]

    def dropping(old: Content, typed: Content, now: Content) -> Merged:
        return replace(merge(old, typed, now), content=typed)

    monkeypatch.setattr(editing, "merge", dropping)
    base = revisions.part_of(report, "method").number
    mine = reworded(content_of(report, "method"), "Monsieur le maire", "Madame la maire")
    save(report, "method", reworded(content_of(report, "method"), "finale", "générale"), cast.issa)
    editing.save_part(report, "method", base, mine, cast.issa)
    sentence = (
        f"Rapport {report.id}, partie « method », révision {base + 2} : ce que d’autres avaient écrit depuis la "
        f"révision {base} n’y est plus."
    )
    assert found() == [{sentence}, {sentence}]
