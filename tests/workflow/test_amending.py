"""The commission amends and its president decides: one change at a time, in whose words, and what it overtakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from threading import Barrier, Thread
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import template
from app.audit.models import AuditEvent
from app.content.authorship import attribute
from app.content.canonical import LIMITS, TooLong
from app.content.changes import ClashChoice, Spot, collisions
from app.content.prose import cut
from app.db import db
from app.directory.models import Grant, Person, Role
from app.reports.access import situation
from app.reports.amending import acts as amending
from app.reports.amending.board import desk
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice as Voice
from app.reports.models.report import Amendment, AmendmentState, Opinion, Origin, Report, Revision
from app.reports.pages.report_page import open_page
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import DEADLINE, amended, content_of, filed, report_at, reworded, save

pytestmark = pytest.mark.usefixtures("world")

OPEN, DEFERRED, REVIEW = AmendmentState.OPEN, AmendmentState.DEFERRED, AmendmentState.REVIEW
ADOPTED, REJECTED, LAPSED = AmendmentState.ADOPTED, AmendmentState.REJECTED, AmendmentState.LAPSED


@pytest.fixture
def report(cast: Cast) -> Report:
    return report_at(Stage.READING, cast)


def facts(report: Report, act: str) -> dict[str, Any]:
    """What the last event of that act tells."""
    query = select(AuditEvent.body).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act == act)
    told: dict[str, Any] = orjson.loads(db.session.scalars(query.order_by(AuditEvent.seq.desc())).first() or "")
    return dict(told["facts"])


def count(report: Report, act: str) -> int:
    query = select(AuditEvent.seq).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act == act)
    return len(db.session.scalars(query).all())


def words(report: Report, key: str) -> list[str]:
    return [block.text for block in content_of(report, key)]


def authors(report: Report, key: str) -> list[tuple[str, str]]:
    """Each run of words of a part, the blanks around it aside, and the first name of who wrote it."""
    part = revisions.part_of(report, key)
    current = revisions.current(part)
    by = {
        number: db.session.get_one(Person, author).first_name
        for number, author in db.session.execute(
            select(Revision.number, Revision.author_id).where(Revision.part_id == part.id)
        )
    }
    return [(text.strip(), by[ref]) for _, _, text, ref in attribute(current.content, current.runs) if text.strip()]


def spot(report: Report, key: str, index: int = 0) -> Spot:
    return content_of(report, key)[index].id, "text"


def settled(
    report: Report, key: str, choices: dict[Spot, ClashChoice] | None = None, texts: dict[Spot, str] | None = None
) -> amending.Settlement:
    """What the president decides with the part as it stands before him."""
    return amending.Settlement(revisions.part_of(report, key).number, choices or {}, texts or {})


def rivals(report: Report, cast: Cast) -> tuple[Amendment, Amendment]:
    """Two wordings of the same word, of which the first is adopted."""
    first = amended(report, "method", "débats", "échanges", cast.mariam)
    second = amended(report, "method", "débats", "discussions", cast.oumar)
    amending.adopt(report, first, cast.adama)
    return first, second


def sound() -> bool:
    """The rows are what the log tells."""
    db.session.flush()
    return verify_reports(db.session) == []


# Filing


def test_what_mariam_does_at_one_sitting_is_decided_change_by_change(report: Report, cast: Cast) -> None:
    content = content_of(report, "introduction")
    content = reworded(reworded(content, "La rencontre", "La session"), "élus et les citoyens", "élus")
    amendments = filed(report, "introduction", (*content, *cut("Elle a duré un jour.", "body")), cast.mariam, "Précis.")
    assert [(each.number, each.deposit, each.state) for each in amendments] == [(n, 1, OPEN) for n in (1, 2, 3)]
    assert (report.amendment_count, count(report, "amend")) == (3, 3)
    first, second, third = amendments
    amending.adopt(report, third, cast.adama)
    amending.reject(report, first, cast.adama, "Le mot est juste.")
    amending.adopt(report, second, cast.adama)
    assert words(report, "introduction") == [
        "La rencontre s’est tenue à Ségou.",
        "Elle a réuni les élus.",
        "Elle a duré un jour.",
    ]
    assert [each.reason for each in amendments] == ["Précis."] * 3
    assert sound()


def test_three_new_recommendations_are_three_amendments_and_stand_in_order_however_taken(
    report: Report, cast: Cast
) -> None:
    content = content_of(report, "recommendations")
    new = [row("recommendations", text=text) for text in ("Curer les puits.", "Payer à temps.", "Publier les prix.")]
    amendments = filed(report, "recommendations", (*content, *new), cast.oumar)
    for index in (2, 0, 1):
        amending.adopt(report, amendments[index], cast.adama)
    assert words(report, "recommendations")[-3:] == ["Curer les puits.", "Payer à temps.", "Publier les prix."]
    assert sound()


def test_an_amendment_of_a_later_sitting_has_a_deposit_of_its_own(report: Report, cast: Cast) -> None:
    first = amended(report, "method", "débats", "échanges", cast.mariam)
    second = amended(report, "conclusion", "fin", "fin à midi", cast.mariam, formal=True)
    assert [(each.number, each.deposit, each.formal) for each in (first, second)] == [(1, 1, False), (2, 2, True)]


def test_blanks_alone_are_no_amendment(report: Report, cast: Cast) -> None:
    wider = cut("Des exposés ont été suivis de débats.\n\n\n", "body", content_of(report, "method"))
    with pytest.raises(NotReady, match="rien changé"):
        filed(report, "method", wider, cast.mariam)


def test_an_amendment_written_on_words_that_have_changed_since_begins_to_be_looked_at_again(
    report: Report, cast: Cast
) -> None:
    base, content = revisions.part_of(report, "method").number, content_of(report, "method")
    amending.adopt(report, amended(report, "method", "débats", "échanges", cast.mariam), cast.adama)
    (late,) = amending.amend(report, "method", base, reworded(content, "débats", "discussions"), "", cast.oumar)
    (free,) = amending.amend(
        report, "method", base, reworded(content, "Des exposés", "De brefs exposés"), "", cast.oumar
    )
    assert (late.state, free.state) == (REVIEW, OPEN)
    assert sound()


def test_an_amendment_grown_out_of_an_observation_says_so(report: Report, cast: Cast) -> None:
    part = revisions.part_of(report, "method")
    content = reworded(content_of(report, "method"), "débats", "échanges")
    (amendment,) = amending.amend(report, "method", part.number, content, "", cast.mariam, comment=4)
    assert (amendment.comment, facts(report, "amend")["comment"]) == (4, 4)


def test_more_changes_than_can_be_decided_are_not_taken_at_one_sitting(report: Report, cast: Cast) -> None:
    rows = tuple(row("recommendations", text=f"Puits n° {n}.") for n in range(amending.MOST_CHANGES + 1))
    with pytest.raises(NotReady, match="201 modifications ; un dépôt en compte 200 au plus"):
        filed(report, "recommendations", (*content_of(report, "recommendations"), *rows), cast.mariam)
    assert report.amendment_count == 0


def test_a_reason_too_long_to_be_read_is_refused(report: Report, cast: Cast) -> None:
    with pytest.raises(TooLong):
        amended(report, "method", "débats", "échanges", cast.mariam, "a" * (LIMITS.characters + 1))


def test_a_part_that_is_no_more_cannot_be_amended(report: Report, cast: Cast) -> None:
    with pytest.raises(NotReady, match="n’existe plus"):
        amending.amend(report, "nothing", 1, (), "", cast.mariam)


# Adopting in other words


def test_words_the_president_puts_in_are_his_and_the_others_their_authors(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "suivis de débats", "suivis de vifs échanges", cast.mariam)
    own = {spot(report, "method"): "Des exposés ont été suivis de longs échanges, puis de débats."}
    amending.adopt(report, amendment, cast.adama, settled(report, "method", texts=own))
    theirs, his = (revisions.revision_of(revisions.part_of(report, "method"), number) for number in (3, 4))
    assert theirs.content[0].text == "Des exposés ont été suivis de vifs échanges."
    assert (theirs.origin, theirs.author_id, theirs.adopted_by_id) == (Origin.AMENDMENT, cast.mariam.id, cast.adama.id)
    assert (his.origin, his.author_id, his.author_role) == (Origin.MODIFICATION, cast.adama.id, "president")
    assert (his.amendment_id, his.parent) == (amendment.id, 3)
    assert authors(report, "method") == [
        ("Des exposés ont été suivis de", "Fanta"),
        ("longs", "Adama"),
        ("échanges", "Mariam"),
        (", puis de", "Adama"),
        ("débats.", "Fanta"),
    ]
    told = facts(report, "adopt")
    assert (told["number"], told["modified"]["number"], told["by_hand"]) == (3, 4, False)
    assert sound()


def test_an_added_paragraph_may_be_adopted_in_two(report: Report, cast: Cast) -> None:
    content = (*content_of(report, "method"), *cut("Un film a été montré.", "body"))
    (amendment,) = filed(report, "method", content, cast.mariam)
    own = {(amendment.change.blocks[0], "text"): "Un film a été montré.\r\n\r\nIl a ému la salle."}
    amending.adopt(report, amendment, cast.adama, settled(report, "method", texts=own))
    assert words(report, "method")[1:] == ["Un film a été montré.", "Il a ému la salle."]
    assert authors(report, "method")[1:] == [("Un film a été montré.", "Mariam"), ("Il a ému la salle.", "Adama")]


def test_a_text_typed_as_it_would_be_anyway_is_no_modification(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    own = {spot(report, "method"): "Des exposés ont été suivis de échanges."}
    amending.adopt(report, amendment, cast.adama, settled(report, "method", texts=own))
    assert facts(report, "adopt")["modified"] is None


def test_adopting_in_such_words_that_nothing_changes_is_refused(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    own = {spot(report, "method"): words(report, "method")[0]}
    with pytest.raises(NotReady, match="rejetez l’amendement"):
        amending.adopt(report, amendment, cast.adama, settled(report, "method", texts=own))
    assert amendment.state is OPEN


def test_a_modification_too_long_for_a_part_is_refused(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    own = {spot(report, "method"): "a" * (LIMITS.characters + 1)}
    with pytest.raises(TooLong):
        amending.adopt(report, amendment, cast.adama, settled(report, "method", texts=own))


# Two of the same words


def test_adopting_one_of_two_rivals_puts_the_other_to_review_and_tells_which(report: Report, cast: Cast) -> None:
    bystander = amended(report, "method", "Des exposés", "De brefs exposés", cast.binta)
    elsewhere = amended(report, "conclusion", "fin", "fin à midi", cast.binta)
    _, second = rivals(report, cast)
    assert facts(report, "adopt")["overtaken"] == [second.number]
    assert [each.state for each in (second, bystander, elsewhere)] == [REVIEW, OPEN, OPEN]
    with pytest.raises(NotReady, match="3 amendements à décider"):
        validating.validate(report, cast.adama)
    assert sound()


def test_an_amendment_put_off_is_overtaken_too_and_one_under_review_only_once(report: Report, cast: Cast) -> None:
    first, second, third = (
        amended(report, "method", "débats", word, cast.mariam) for word in ("échanges", "discussions", "palabres")
    )
    amending.defer(report, second, cast.adama)
    amending.adopt(report, first, cast.adama)
    assert (second.state, facts(report, "adopt")["overtaken"]) == (REVIEW, [2, 3])
    amending.adopt(report, third, cast.adama, settled(report, "method", {spot(report, "method"): ClashChoice.MINE}))
    assert (second.state, facts(report, "adopt")["overtaken"]) == (REVIEW, [])
    assert sound()


@pytest.mark.parametrize(
    ("choice", "text", "by"),
    [
        (ClashChoice.MINE, "Des exposés ont été suivis de discussions.", "Oumar"),
        (
            ClashChoice.BOTH,
            "Des exposés ont été suivis de échanges. Des exposés ont été suivis de discussions.",
            "Oumar",
        ),
    ],
)
def test_where_words_collide_the_president_takes_the_amendment_or_both(
    report: Report, cast: Cast, choice: ClashChoice, text: str, by: str
) -> None:
    _, second = rivals(report, cast)
    with pytest.raises(revisions.Collision):
        amending.adopt(report, second, cast.adama)
    amending.adopt(report, second, cast.adama, settled(report, "method", {spot(report, "method"): choice}))
    assert words(report, "method") == [text]
    assert revisions.current(revisions.part_of(report, "method")).author_id == getattr(cast, by.lower()).id
    assert {name for _, name in authors(report, "method")} <= {"Fanta", "Mariam", "Oumar"}
    told = facts(report, "adopt")
    assert told["by_hand"] and told["modified"] is None
    assert sound()


def test_keeping_the_present_text_alone_is_a_rejection_and_said_so(report: Report, cast: Cast) -> None:
    _, second = rivals(report, cast)
    with pytest.raises(NotReady, match="rejetez l’amendement"):
        amending.adopt(
            report, second, cast.adama, settled(report, "method", {spot(report, "method"): ClashChoice.THEIRS})
        )
    assert second.state is REVIEW


def test_the_present_text_in_one_field_and_the_amendment_in_another(report: Report, cast: Cast) -> None:
    content = content_of(report, "recommendations")
    one = reworded(content, "Publier le budget", "Afficher le budget")
    other = reworded(reworded(content, "Publier le budget", "Lire le budget"), "chaque trimestre", "chaque mois")
    (first,), (second, third) = (
        filed(report, "recommendations", one, cast.mariam),
        filed(report, "recommendations", other, cast.oumar),
    )
    amending.adopt(report, first, cast.adama)
    assert (second.state, third.state) == (REVIEW, OPEN)
    amending.reject(report, second, cast.adama, "Le texte actuel suffit.")
    amending.adopt(report, third, cast.adama)
    assert words(report, "recommendations")[1:] == [
        "Afficher le budget de la région.",
        "Réunir les usagers chaque mois.",
    ]


def test_where_the_president_rewrites_every_word_stays_its_authors(report: Report, cast: Cast) -> None:
    _, second = rivals(report, cast)
    own = {spot(report, "method"): "Des exposés ont été suivis de échanges et de discussions."}
    amending.adopt(report, second, cast.adama, settled(report, "method", texts=own))
    assert authors(report, "method") == [
        ("Des exposés ont été suivis de", "Fanta"),
        ("échanges", "Mariam"),
        ("et de", "Adama"),
        ("discussions", "Oumar"),
        (".", "Fanta"),
    ]
    assert sound()


def test_what_was_chosen_on_a_text_that_has_changed_again_is_chosen_anew(report: Report, cast: Cast) -> None:
    _, second = rivals(report, cast)
    third = amended(report, "method", "échanges", "palabres", cast.binta)
    before = settled(report, "method", {spot(report, "method"): ClashChoice.BOTH})
    amending.adopt(report, third, cast.adama)
    with pytest.raises(revisions.Collision) as met:
        amending.adopt(report, second, cast.adama, before)
    assert "palabres" in (met.value.merged.clashes[0].theirs or "")


def test_what_was_chosen_stands_when_another_passage_has_changed(report: Report, cast: Cast) -> None:
    _, second = rivals(report, cast)
    before = settled(report, "method", {spot(report, "method"): ClashChoice.MINE})
    (other,) = filed(report, "method", (*content_of(report, "method"), *cut("Un film a suivi.", "body")), cast.binta)
    amending.adopt(report, other, cast.adama)
    amending.adopt(report, second, cast.adama, before)
    assert words(report, "method") == ["Des exposés ont été suivis de discussions.", "Un film a suivi."]


def test_the_same_proposal_by_two_is_adopted_once_and_the_other_has_nothing_left_to_do(
    report: Report, cast: Cast
) -> None:
    first = amended(report, "method", "débats", "échanges", cast.mariam)
    second = amended(report, "method", "débats", "échanges", cast.oumar)
    amending.adopt(report, first, cast.adama)
    validating.vote(report, cast.binta, Voice.APPROVE)
    assert second.state is OPEN
    with pytest.raises(NotReady, match="n° 2 : l’adopter ne changerait rien"):
        amending.adopt(report, second, cast.adama)
    assert second.state is OPEN
    amending.lapse(report, second, cast.adama)
    assert (revisions.part_of(report, "method").number, situation.facts(report).ballots) == (3, 1)
    assert sound()


def test_of_two_alike_of_form_the_one_click_adopts_one(report: Report, cast: Cast) -> None:
    first = amended(report, "method", "débats", "échanges", cast.mariam, formal=True)
    second = amended(report, "method", "débats", "échanges", cast.oumar, formal=True)
    adopted, left = amending.adopt_formal(report, cast.adama)
    assert ([each.number for each in adopted], [each.number for each in left]) == ([first.number], [second.number])
    assert sound()


def test_of_form_that_would_compose_a_date_nobody_wrote_stay_to_be_decided(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "method", cut("La restitution aura lieu le vingt-trois février au chef-lieu.", "body"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    first = amended(report, "method", "vingt-trois février", "vingt-deux février", cast.mariam, formal=True)
    second = amended(report, "method", "février", "mars", cast.oumar, formal=True)
    assert collisions({1: first.change, 2: second.change}, content_of(report, "method")) == ((1, 2),)
    with pytest.raises(NotReady, match="décidez-les un par un"):
        amending.adopt_formal(report, cast.adama)
    assert {first.state, second.state} == {OPEN}


# Deciding otherwise


def test_an_amendment_put_off_stays_to_be_decided(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    amending.defer(report, amendment, cast.adama, "À entendre en séance.")
    assert (amendment.state, amendment.decision_reason) == (DEFERRED, "À entendre en séance.")
    with pytest.raises(WrongStage, match="déjà réservé"):
        amending.defer(report, amendment, cast.adama)
    with pytest.raises(NotReady, match="1 amendement à décider"):
        validating.validate(report, cast.adama)
    amending.adopt(report, amendment, cast.adama)
    assert (amendment.state, amendment.decision_reason) == (ADOPTED, "")
    assert sound()


@pytest.mark.parametrize(
    "decide",
    [
        lambda report, amendment, cast: amending.adopt(report, amendment, cast.adama),
        lambda report, amendment, cast: amending.reject(report, amendment, cast.adama, "Non."),
        lambda report, amendment, cast: amending.defer(report, amendment, cast.adama),
        lambda report, amendment, cast: amending.follow_opinion(report, amendment, cast.adama),
        lambda report, amendment, cast: amending.withdraw(report, amendment, cast.mariam),
        lambda report, amendment, cast: amending.opine(report, amendment, Opinion.LEFT, "", cast.issa),
    ],
)
def test_what_was_decided_in_another_tab_is_not_decided_again(
    report: Report, cast: Cast, decide: Callable[[Report, Amendment, Cast], object]
) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    amending.reject(report, amendment, cast.adama, "Non.")
    with pytest.raises(WrongStage, match="n° 1 est déjà clos \\(rejeté\\)"):
        decide(report, amendment, cast)


def test_nobody_gives_an_opinion_on_an_amendment_of_their_own(report: Report, cast: Cast) -> None:
    cast.issa.grants.append(Grant(role=Role.MEMBER, territory_id=report.workshop.territory_id))
    db.session.flush()
    amendment = amended(report, "method", "débats", "échanges", cast.issa)
    with pytest.raises(NotAllowed, match="pas d’avis sur votre propre amendement"):
        amending.opine(report, amendment, Opinion.FAVOURABLE, "Excellent.", cast.issa)
    assert amendment.opinion is None and sound()


def test_adama_does_not_lapse_an_amendment_of_his_own_and_is_told_what_to_do(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.adama)
    amending.adopt(report, amended(report, "method", "débats", "échanges", cast.mariam), _second_president(cast))
    with pytest.raises(NotAllowed, match="retirez-le vous-même"):
        amending.lapse(report, amendment, cast.adama)
    amending.withdraw(report, amendment, cast.adama)
    assert sound()


def _second_president(cast: Cast) -> Person:
    (grant,) = cast.oumar.grants
    grant.role = Role.PRESIDENT
    db.session.flush()
    return cast.oumar


def test_the_president_follows_the_rapporteurs_opinion(report: Report, cast: Cast) -> None:
    for number, (opinion, sentence) in enumerate(
        [(Opinion.FAVOURABLE, "C’est exact."), (Opinion.UNFAVOURABLE, "Rien ne le dit."), (Opinion.UNFAVOURABLE, "")]
    ):
        amendment = amended(report, "conclusion", "fin", f"fin {number}", cast.mariam)
        amending.opine(report, amendment, opinion, sentence, cast.issa)
        amending.follow_opinion(report, amendment, cast.adama)
    found = db.session.scalars(select(Amendment).order_by(Amendment.number)).all()
    assert [(each.state, each.decision_reason) for each in found] == [
        (ADOPTED, ""),
        (REJECTED, "Avis défavorable du rapporteur\u00a0: «\u202fRien ne le dit.\u202f»"),
        (REJECTED, "Avis défavorable du rapporteur."),
    ]
    assert facts(report, "adopt")["followed"]
    assert sound()


def test_an_opinion_that_says_neither_cannot_be_followed(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    with pytest.raises(NotReady, match="pas encore donné"):
        amending.follow_opinion(report, amendment, cast.adama)
    amending.opine(report, amendment, Opinion.LEFT, "", cast.issa)
    with pytest.raises(NotReady, match="s’en remet à la commission"):
        amending.follow_opinion(report, amendment, cast.adama)


def shown(report: Report, person: Person) -> tuple[int, ...]:
    """The amendments of form alone that the desk offers this person to adopt at one go."""
    page = open_page(report, person)
    return desk(page.amendments, {view.part.key: view.content_json for view in page.parts}, person).formal


def test_amendments_of_form_are_adopted_at_one_go_but_for_those_that_meet_others(report: Report, cast: Cast) -> None:
    def of_form(key: str, old: str, new: str, person: Person, *, formal: bool = True) -> Amendment:
        return amended(report, key, old, new, person, formal=formal)

    plain = [of_form("introduction", "élus", "élus,", cast.mariam), of_form("conclusion", "fin", "Fin", cast.oumar)]
    met = of_form("method", "débats", "Débats", cast.mariam)
    of_form("method", "débats", "échanges", cast.oumar, formal=False)
    put_off = of_form("recommendations", "budget", "Budget", cast.binta)
    amending.defer(report, put_off, cast.adama)
    own = of_form("recommendations", "chaque", "Chaque", cast.adama)
    unseen = of_form("ceremony", "parole", "Parole", cast.binta)
    assert shown(report, cast.adama) == (*(each.number for each in plain), unseen.number), "what the button counts"
    numbers = [each.number for each in (*plain, met, put_off)]
    assert amending.adopt_formal(report, cast.adama, numbers) == (plain, [met, put_off, unseen])
    assert [each.state for each in (*plain, met, put_off, own, unseen)] == [
        ADOPTED,
        ADOPTED,
        OPEN,
        DEFERRED,
        OPEN,
        OPEN,
    ]
    assert count(report, "adopt") == 2
    assert shown(report, cast.adama) == (unseen.number,)
    assert amending.adopt_formal(report, cast.adama)[0] == [unseen]
    with pytest.raises(NotReady, match="un par un"):
        amending.adopt_formal(report, cast.adama)
    with pytest.raises(NotAllowed):
        amending.adopt_formal(report, cast.mariam)
    assert sound()


def test_nobody_puts_off_his_own_amendment(report: Report, cast: Cast) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.adama)
    with pytest.raises(NotAllowed, match="propre amendement"):
        amending.defer(report, amendment, cast.adama)


def test_taking_out_what_is_out_already_may_be_adopted_or_lapse(report: Report, cast: Cast) -> None:
    shorter = content_of(report, "recommendations")[:-1]
    (first,), (second,) = (filed(report, "recommendations", shorter, who) for who in (cast.mariam, cast.oumar))
    amending.adopt(report, first, cast.adama)
    assert second.state is REVIEW
    amending.lapse(report, second, cast.adama)
    assert second.state is LAPSED


# The text changes under them


def test_what_the_rapporteur_edits_puts_amendments_to_review_when_he_transmits(report: Report, cast: Cast) -> None:
    met = amended(report, "method", "débats", "échanges", cast.mariam)
    free = amended(report, "conclusion", "fin", "fin à midi", cast.mariam)
    validating.return_to_rapporteur(report, cast.adama, "À compléter.")
    save(report, "method", reworded(content_of(report, "method"), "Des exposés", "De brefs exposés"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert (met.state, free.state, facts(report, "transmit")["overtaken"]) == (OPEN, OPEN, [])
    validating.return_to_rapporteur(report, cast.adama, "À raccourcir.")
    save(report, "method", reworded(content_of(report, "method"), "débats", "questions"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert (met.state, free.state, facts(report, "transmit")["overtaken"]) == (REVIEW, OPEN, [met.number])
    assert sound()


def test_an_amendment_to_a_part_that_is_no_more_can_only_lapse(
    report: Report, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    monkeypatch.delitem(template.BY_KEY, "method")
    with pytest.raises(NotReady, match="constatez sa caducité"):
        amending.adopt(report, amendment, cast.adama)
    amending.lapse(report, amendment, cast.adama)
    assert amendment.state is LAPSED


# At once


def test_two_presidents_who_decide_at_once_decide_once(
    world: Flask, report: Report, cast: Cast, sign_in: Callable[[FlaskClient, Person], FlaskClient]
) -> None:
    db.session.add(Grant(person_id=cast.oumar.id, role=Role.PRESIDENT, territory_id=report.workshop.territory_id))
    numbers = [amended(report, "method", "débats", f"échanges {n}", cast.mariam).number for n in range(3)]
    place = f"/rapports/{report.id}/amendements"
    people = (cast.adama, cast.oumar)
    db.session.commit()
    for number in numbers:
        at_once(
            [
                (sign_in(world.test_client(), people[0]), f"{place}/{number}/rejeter"),
                (sign_in(world.test_client(), people[1]), f"{place}/{number}/rejeter"),
            ],
            expected=[303, 409],
        )
    db.session.expire_all()
    assert count(report, "reject") == 3
    assert sound()


def test_two_amendments_adopted_at_once_are_both_in_the_text(
    world: Flask, report: Report, cast: Cast, sign_in: Callable[[FlaskClient, Person], FlaskClient]
) -> None:
    db.session.add(Grant(person_id=cast.oumar.id, role=Role.PRESIDENT, territory_id=report.workshop.territory_id))
    first = amended(report, "method", "débats", "échanges", cast.mariam).number
    second = amended(report, "method", "Des exposés", "De brefs exposés", cast.binta).number
    place, people = f"/rapports/{report.id}/amendements", (cast.adama, cast.oumar)
    db.session.commit()
    at_once(
        [
            (sign_in(world.test_client(), person), f"{place}/{number}/adopter")
            for person, number in zip(people, (first, second), strict=True)
        ],
        expected=[303, 303],
    )
    db.session.expire_all()
    assert words(report, "method") == ["De brefs exposés ont été suivis de échanges."]
    assert sound()


def at_once(posts: Sequence[tuple[FlaskClient, str]], expected: list[int]) -> None:
    """Post all of them at the same moment; their statuses, sorted, are those expected."""
    start, statuses = Barrier(len(posts)), list[int]()

    def post(client: FlaskClient, place: str) -> None:
        start.wait()
        statuses.append(client.post(place, data={"reason": "Déjà dit."}).status_code)

    threads = [Thread(target=post, args=each) for each in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == expected


def test_a_moved_row_is_adopted_in_its_new_place(report: Report, cast: Cast) -> None:
    first, second, third = content_of(report, "recommendations")
    (amendment,) = filed(report, "recommendations", (first, third, second), cast.mariam)
    amending.adopt(report, amendment, cast.adama)
    assert [block.id for block in content_of(report, "recommendations")] == [first.id, third.id, second.id]
