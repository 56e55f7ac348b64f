"""Observations: what they point at survives edits, their threads are settled and opened again, the log knows them all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.passages import PassageState
from app.content.prose import cut
from app.db import db
from app.directory.models import Person
from app.reports import steps
from app.reports.comments import acts as commenting
from app.reports.comments.acts import comment, resolve
from app.reports.comments.threads import Thread, threads
from app.reports.history.timeline import chronicle
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at, reworded, save

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def report(cast: Cast) -> Report:
    """Before the rapporteur, who may change the text."""
    return report_at(Stage.EDITING, cast)


def block_of(report: Report, key: str, words: str) -> str:
    return next(block.id for block in content_of(report, key) if words in " ".join(block.fields.values()))


def the_thread(report: Report, number: int = 1) -> Thread:
    return next(thread for thread in threads(report) if thread.number == number)


def observed(report: Report, person: Person, words: str = "les élus et les citoyens", key: str = "introduction") -> int:
    return comment(report, person, key, "Lesquels ?", block_id=block_of(report, key, words), quote=words).number


def rewritten(report: Report, key: str, source: str, person: Person) -> None:
    save(report, key, cut(source, "body", content_of(report, key)), person)


# --- What an observation points at


def test_issa_s_observation_stands_on_the_words_he_chose(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    thread = the_thread(report)
    assert (thread.first.quote, thread.first.text) == ("les élus et les citoyens", "Lesquels ?")
    assert (thread.part.key, thread.place.standing, thread.first.author.surname) == (
        "introduction",
        PassageState.PRESENT,
        "KONE",
    )
    assert thread.first.author_role == "rapporteur"


def test_words_chosen_on_the_screen_are_found_behind_markdown_and_french_spaces(report: Report, cast: Cast) -> None:
    rewritten(report, "conclusion", "Les travaux ont **pris fin** : *dans le calme* ; tous\nsont rentrés.", cast.issa)
    row = comment(report, cast.issa, "conclusion", "Ah ?", quote="pris fin\u00a0: dans le calme\u202f; tous sont")
    assert row.block_id == content_of(report, "conclusion")[0].id
    assert row.quote == "pris fin : dans le calme ; tous sont"


def test_without_words_a_whole_passage_or_the_whole_part_is_meant(report: Report, cast: Cast) -> None:
    block = block_of(report, "concerns", "intrants")
    assert comment(report, cast.issa, "concerns", "Chers ?", block_id=block).quote == "le coût des intrants ;"
    assert comment(report, cast.issa, "concerns", "Bien.").block_id == ""
    assert the_thread(report, 2).place.standing is PassageState.PART


def test_words_that_are_nowhere_or_in_several_places_are_asked_again(report: Report, cast: Cast) -> None:
    rewritten(report, "conclusion", "Une fin.\n\nUne fin.", cast.issa)
    for quote, says in (("Un début", "n’est plus dans le texte"), ("Une fin", "à plusieurs endroits")):
        with pytest.raises(steps.NotReady, match=says):
            comment(report, cast.issa, "conclusion", "Ici.", quote=quote)
    with pytest.raises(steps.NotReady, match="n’est plus dans le texte"):
        comment(report, cast.issa, "conclusion", "Ici.", block_id="parti")
    assert threads(report) == []


# --- What becomes of it when the text changes


def test_an_anchor_survives_edits_around_its_words(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    source = "Un préambule.\n\nLa rencontre s’est tenue à Ségou.\n\nElle a bien réuni les élus et les citoyens hier."
    rewritten(report, "introduction", source, cast.issa)
    assert the_thread(report).place == (PassageState.PRESENT, block_of(report, "introduction", "bien réuni"))


def test_a_passage_reworded_is_marked_so(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    save(report, "introduction", reworded(content_of(report, "introduction"), "les élus", "des élus"), cast.issa)
    thread = the_thread(report)
    assert thread.place.standing is PassageState.CHANGED
    assert thread.lost


def test_when_its_passage_goes_an_observation_stays_marked_with_its_words(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    without: Content = tuple(block for block in content_of(report, "introduction") if "élus" not in block.text)
    save(report, "introduction", without, cast.issa)
    thread = the_thread(report)
    assert (thread.place.standing, thread.first.quote) == (PassageState.GONE, "les élus et les citoyens")
    assert thread.place.standing.label == "Passage disparu"


def test_words_that_went_over_to_another_block_are_followed_there(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    content = content_of(report, "introduction")
    moved = (content[0], replace(content[1], id="ailleurs"))
    save(report, "introduction", moved, cast.issa)
    assert the_thread(report).place == (PassageState.MOVED, "ailleurs")
    assert the_thread(report).spot == "dans le paragraphe 2"


def test_threads_follow_the_document_and_settled_ones_come_last(report: Report, cast: Cast) -> None:
    comment(report, cast.issa, "conclusion", "1")
    observed(report, cast.issa, "les citoyens")
    observed(report, cast.issa, "tenue à Ségou")
    comment(report, cast.issa, "introduction", "4")
    observed(report, cast.issa, "Elle a réuni")
    resolve(report, 4, cast.issa)
    assert [thread.number for thread in threads(report)] == [3, 5, 2, 1, 4]


# --- Threads


def test_fanta_answers_issa_in_his_thread(report: Report, cast: Cast) -> None:
    number = observed(report, cast.issa)
    comment(report, cast.fanta, "introduction", "Ceux de la région.", thread=number)
    thread = the_thread(report)
    assert [(answer.text, answer.author.surname) for answer in thread.answers] == [("Ceux de la région.", "COULIBALY")]
    assert report.comment_count == 2


def test_an_answer_has_its_thread_s_part_whatever_is_asked_and_no_thread_of_its_own(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    assert comment(report, cast.fanta, "method", "Oui.", thread=1).part_key == "introduction"
    for number in (2, 99):
        with pytest.raises(LookupError):
            comment(report, cast.issa, "introduction", "Et alors ?", thread=number)
        with pytest.raises(LookupError):
            resolve(report, number, cast.issa)


def test_an_observation_is_settled_by_whom_and_when_and_can_be_opened_again(report: Report, cast: Cast) -> None:
    number = observed(report, cast.issa)
    resolve(report, number, cast.fanta)
    settled = the_thread(report)
    assert not settled.open
    assert settled.first.resolved_by is cast.fanta
    commenting.reopen(report, number, cast.issa)
    assert the_thread(report).open
    assert the_thread(report).first.resolved_by is None


def test_settling_twice_and_opening_what_is_open_is_refused_in_plain_words(report: Report, cast: Cast) -> None:
    number = observed(report, cast.issa)
    with pytest.raises(steps.WrongStage, match="L’observation n° 1 est déjà ouverte"):
        commenting.reopen(report, number, cast.issa)
    resolve(report, number, cast.issa)
    with pytest.raises(steps.WrongStage, match="L’observation n° 1 est déjà réglée"):
        resolve(report, number, cast.fanta)


def test_an_answer_to_a_settled_observation_opens_it_again(report: Report, cast: Cast) -> None:
    number = observed(report, cast.issa)
    resolve(report, number, cast.issa)
    comment(report, cast.fanta, "introduction", "Pas tout à fait.", thread=number)
    assert the_thread(report).open
    assert verify_report(db.session, report.id) == []


def test_an_observation_is_neither_empty_nor_endless(report: Report, cast: Cast) -> None:
    with pytest.raises(steps.NotReady, match="elle est vide"):
        comment(report, cast.issa, "introduction", " \n ")
    with pytest.raises(steps.NotReady, match="compte 5\u202f001 caractères\u202f; elle peut en compter 5\u202f000"):
        comment(report, cast.issa, "introduction", "a" * 5001)
    assert report.comment_count == 0


def test_only_those_who_write_or_read_the_report_may_observe_and_only_while_it_is_being_made(
    report: Report, cast: Cast
) -> None:
    for person in (cast.salif, cast.coumba, cast.seydou, cast.moussa):
        with pytest.raises(steps.NotAllowed):
            comment(report, person, "introduction", "Bien.")
    report.stage = Stage.VALIDATED
    with pytest.raises(steps.WrongStage):
        comment(report, cast.issa, "introduction", "Bien.")


# --- Mentions


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("Voyez @Issa KONE, SVP.", "KONE"),
        ("Voyez @koné.", "KONE"),
        ("(@Issa) et @Adama", "KONE"),
        ("@Kone Issa en sait plus", "KONE"),
        ("Écrire à bureau@issa.ml", None),
        ("@Personne ne sait, mais @Adama sait", "DEMBELE"),
        ("@Moussa DIALLO", None),
    ],
)
def test_the_first_person_named_in_the_text_is_called_upon(cast: Cast, words: str, who: str | None) -> None:
    report = report_at(Stage.READING, cast)
    comment(report, cast.mariam, "method", words)
    mention = the_thread(report).first.mention
    assert (mention.surname if mention else None) == who


def test_who_is_chosen_in_the_list_comes_before_who_is_named(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    row = comment(report, cast.mariam, "method", "@Issa ?", mention=cast.adama.id)
    assert row.mention_id == cast.adama.id
    with pytest.raises(steps.NotReady, match="n’a pas de part à ce rapport"):
        comment(report, cast.mariam, "method", "Vu.", mention=cast.moussa.id)


def test_a_name_that_several_bear_is_asked_again(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    cast.oumar.surname = cast.binta.surname
    db.session.flush()
    with pytest.raises(steps.NotReady, match="Oumar TRAORE"):
        comment(report, cast.mariam, "method", "@Traoré, votre avis ?")
    assert comment(report, cast.mariam, "method", "@Binta Traoré, votre avis ?").mention_id == cast.binta.id


def test_the_commission_is_not_called_upon_before_it_has_the_report(report: Report, cast: Cast) -> None:
    assert comment(report, cast.issa, "method", "@Adama, @Fanta ?").mention_id == cast.fanta.id


# --- The log


def test_the_history_tells_what_was_done_and_not_what_was_said(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    resolve(report, 1, cast.issa)
    comment(report, cast.fanta, "introduction", "Si.", thread=1)
    resolve(report, 1, cast.issa)
    commenting.reopen(report, 1, cast.issa)
    acts = [line.act for line in chronicle(report).lines][:5]
    assert acts == ["reopen", "resolve", "comment", "resolve", "comment"]
    bodies = db.session.scalars(select(AuditEvent.body).where(AuditEvent.act == "comment")).all()
    assert len(bodies) == 2
    assert not any("Lesquels" in body or "les élus" in body for body in bodies)
    assert verify_report(db.session, report.id) == []


TAMPERED = [
    ("UPDATE comment SET text = 'Personne.' WHERE number = 1", "observation n° 1 : l’empreinte du texte"),
    ("UPDATE comment SET quote = 'les élus' WHERE number = 1", "l’empreinte du passage"),
    ("UPDATE comment SET block_id = '' WHERE number = 1", "le passage"),
    ("UPDATE comment SET part_key = 'method' WHERE number = 1", "la partie"),
    ("UPDATE comment SET revision = 1 WHERE number = 1", "la révision"),
    ("UPDATE comment SET thread = 2 WHERE number = 2", "le fil"),
    ("UPDATE comment SET author_id = 1 WHERE number = 1", "l’auteur"),
    ("UPDATE comment SET author_role = 'member' WHERE number = 1", "le rôle"),
    ("UPDATE comment SET mention_id = 1 WHERE number = 1", "la personne interpellée"),
    ("UPDATE comment SET at = '2017-01-01 00:00:00+00:00' WHERE number = 1", "la date"),
    ("UPDATE comment SET resolved_at = NULL WHERE number = 1", "la date du règlement"),
    ("UPDATE comment SET resolved_by_id = 1 WHERE number = 1", "qui l’a réglée"),
    ("DELETE FROM comment WHERE number = 2", "observation n° 2 : le journal en parle, la base ne l’a pas"),
]


def test_an_observation_changed_by_hand_is_found(report: Report, cast: Cast, subtests: pytest.Subtests) -> None:
    observed(report, cast.issa)
    comment(report, cast.fanta, "introduction", "Ceux de la région.", thread=1)
    resolve(report, 1, cast.issa)
    db.session.flush()
    for statement, says in TAMPERED:
        with subtests.test(statement):
            attempt = db.session.begin_nested()
            assert db.session.execute(text(statement)).rowcount == 1  # type: ignore[attr-defined]
            findings = verify_report(db.session, report.id)
            attempt.rollback()
            assert {finding.kind for finding in findings} == {"comment"}
            assert any(says in finding.sentence for finding in findings), findings
    assert verify_report(db.session, report.id) == []


def test_a_count_of_observations_changed_by_hand_is_found(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    report.comment_count = 0
    db.session.flush()
    assert [finding.kind for finding in verify_report(db.session, report.id)] == ["report"]


def test_an_observation_keeps_the_revision_it_was_made_on(report: Report, cast: Cast) -> None:
    observed(report, cast.issa)
    before = revisions.part_of(report, "introduction").number
    save(report, "introduction", reworded(content_of(report, "introduction"), "Ségou", "Bla"), cast.issa)
    assert the_thread(report).first.revision == before
