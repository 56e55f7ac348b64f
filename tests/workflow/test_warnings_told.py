"""The word of who goes on past a warning of the consistency check reaches those who take the report up, and the minutes."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import now
from app.documents.conformance import pages_of
from app.reports import drafting, minutes
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.notifications import asked, sentences
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from tests.cast import Cast
from tests.factories import DEADLINE, sign
from tests.workflow.test_consistency import ABSENT, draft
from tests.workflow.test_letters import everything_settled, written_letters
from tests.workflow.test_minutes import told as minutes_of
from tests.workflow.test_notices import told

pytestmark = pytest.mark.usefixtures("world")

TWICE = ("recommendations", "Publier le budget", "Le budget")
RULES = "(intervenant absent, action)"
SAID = "A passé outre 2\u00a0avertissements {rules}\u00a0: «\u202f{why}\u202f»."
FIRST, SECOND, THIRD = "La liste est sur papier", "Vérifié avec lui", "La commission l’a lu"


def warned(report: Report, act: str, why: str, *names: str) -> None:
    """Each of these persons is told of the act with the same sentence, once."""
    notices = told(report, act)
    assert notices.keys() >= set(names)
    for name, notice in notices.items():
        assert notice.sentence.count(SAID.format(rules=RULES, why=why)) == 1, name
        assert notice.sentence.count("passé outre") == 1, name


def test_the_word_is_in_the_notice_and_the_letter_of_each_act_and_in_the_minutes(cast: Cast, desk: Sealer) -> None:
    report = draft(cast, ABSENT, TWICE)
    drafting.hand_over(report, cast.fanta, FIRST)
    warned(report, "hand_over", FIRST, "issa")
    [notice] = told(report, "hand_over").values()
    assert notice.sentence.index("A passé outre") < notice.sentence.index("À vous de")
    assert "Seydou" not in notice.sentence, "the rules, and not whom they are about"
    [letter] = written_letters()
    assert SAID.format(rules=RULES, why=FIRST) in letter.text and "A passé outre 2" in letter.html
    editing.transmit(report, cast.issa, DEADLINE, date.today(), SECOND)
    warned(report, "transmit", SECOND, "mariam", "adama", "fanta")
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    line = f"A passé outre 2 avertissements {RULES} : « {SECOND} »."
    course = minutes_of(report)["Déroulement"]
    assert [each.endswith(line) for each in course] == [True]
    made = minutes.closing(report, cast.adama, now(), desk.store, f" {THIRD} ")
    assert made is not None
    printed = " ".join(" ".join(pages_of(made.pdf)).replace("\u202f", " ").replace("\u00a0", " ").split())
    assert line in printed and line.replace(SECOND, THIRD) in printed
    everything_settled(report)
    validating.validate(report, cast.adama, made, passing_why=THIRD)
    warned(report, "validate", THIRD, "issa", "seydou", "mariam", "fanta")
    assert all(SAID.format(rules=RULES, why=THIRD) in each.text for each in written_letters())
    # And the minutes of the reading that a refusal opens tell it of the first validation.
    sign(report, cast.issa, desk)
    signing.refuse(report, cast.seydou, "Mon titre n’est pas le bon.")
    assert minutes_of(report)["Déroulement"][1].endswith(line.replace(SECOND, THIRD))


def test_nothing_is_said_where_nothing_was_passed_and_a_long_word_is_cut(cast: Cast) -> None:
    report = draft(cast)
    drafting.hand_over(report, cast.fanta)
    assert "outre" not in told(report, "hand_over")["issa"].sentence
    other = asked.News("hand_over", "Fanta", {"warnings": [["gone", "x", ""]], "passed": "a " * 300 + "!"})
    assert "A passé outre 1\u00a0avertissement (gone)" in sentences.sentence(other, [])
    assert len(sentences.sentence(other, [])) < 450
