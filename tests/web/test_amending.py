"""The commission's desk over HTTP: filing, deciding, settling clashes, filters, views; nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.db import db
from app.directory.models import Person
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.report import Amendment, Opinion, Report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import DEADLINE, amended, content_of, filed, report_at, reworded

SignIn = Callable[[FlaskClient, Person], FlaskClient]
Reading = Callable[..., None]
REPORT = "/rapports/1"
SECOND = "Elle a réuni les élus et les citoyens."


@pytest.fixture
def adama(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), cast.adama)


@pytest.fixture
def mariam(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), cast.mariam)


@pytest.fixture
def reading(app: Flask, cast: Cast) -> Reading:
    """Brings a report before the commission, and does there what it is given to do."""

    def brought(*acts: Callable[[Report], object]) -> None:
        with app.app_context():
            report = db.session.get(Report, 1) or report_at(Stage.READING, cast)
            for act in acts:
                act(report)
            db.session.commit()

    return brought


def rewording(
    who: str, old: str, new: str, key: str = "introduction", formal: bool = False
) -> Callable[[Report], object]:
    def act(report: Report) -> object:
        person = db.session.scalars(select(Person).where(Person.email == f"{who}@exemple.ml")).one()
        return amended(report, key, old, new, person, formal=formal)

    return act


def deciding(act: Callable[..., object], number: int, *more: object) -> Callable[[Report], object]:
    def taken(report: Report) -> object:
        adama = db.session.scalars(select(Person).where(Person.email == "adama@exemple.ml")).one()
        return act(report, amending.numbered(report, number), adama, *more)

    return taken


def words(page: str, within: str = "") -> str:
    """What is read on a page, or in the element of that id, on one line."""
    if within:
        begin = re.search(rf'<(\w+)[^>]* id="{within}"', page)
        assert begin, f"there is no {within}"
        depth, end = 0, len(page)
        for tag in re.finditer(rf"<(/?){begin[1]}\b", page[begin.start() :]):
            depth += -1 if tag[1] else 1
            if not depth:
                end = begin.start() + tag.start()
                break
        page = page[begin.start() : end]
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def text_of(app: Flask, key: str) -> list[str]:
    with app.app_context():
        texts = [block.text for block in content_of(db.session.get_one(Report, 1), key)]
        db.session.rollback()
        return texts


def state_of(app: Flask, number: int) -> str:
    with app.app_context():
        state = db.session.scalars(select(Amendment.state).where(Amendment.number == number)).one().value
        db.session.rollback()
        return state


def cards(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="card amendment[^>]* id="amendment-(\d+)"', page)]


# Filing


def test_several_changes_at_one_sitting_are_announced_by_their_numbers(mariam: FlaskClient, reading: Reading) -> None:
    reading()
    typed = "La rencontre s’est tenue à Ségou, le 22 février 2018.\n\nElle a réuni les élus et cent vingt citoyens."
    place = f"{REPORT}/parties/introduction/amender"
    page = mariam.post(place, data={"zone-body": typed, "formal": "1"}, follow_redirects=True).text
    assert "2 amendements déposés : n° 1 et 2." in words(page)
    assert cards(page) == [1, 2]
    assert "Forme seulement" in words(page, "amendment-1")


def test_an_amendment_of_nothing_keeps_the_reason_and_the_tick(mariam: FlaskClient, reading: Reading) -> None:
    reading()
    form = {"zone-body": "Des exposés ont été suivis de débats.", "reason": "Plus clair.", "formal": "1"}
    answer = mariam.post(f"{REPORT}/parties/method/amender", data=form)
    assert answer.status_code == 422
    assert "Plus clair." in answer.text
    assert re.search(r'name="formal" value="1" checked', answer.text)


# Cards


def test_a_card_says_who_proposes_what_and_where(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "les citoyens", "cent vingt citoyens"))
    page = adama.get(REPORT).text
    card = words(page, "amendment-1")
    assert "Mariam SANOGO" in card
    assert "Introduction · Paragraphe 2" in card
    assert "supprimé : les ajouté : cent vingt" in card
    assert 'href="#passage-1"' in page
    assert 'id="passage-1"' in page


def test_a_row_that_is_added_is_placed_by_the_row_before_it(
    app: Flask, adama: FlaskClient, cast: Cast, reading: Reading
) -> None:
    more = row("recommendations", text="Afficher les comptes.", addressee="", deadline="", proof="", sector="")
    reading(
        lambda report: filed(report, "recommendations", (*content_of(report, "recommendations"), more), cast.mariam)
    )
    assert "Nouvelle recommandation après recommandation 2" in words(adama.get(REPORT).text, "amendment-1")


def test_amendments_to_the_same_words_stand_in_one_frame(adama: FlaskClient, reading: Reading) -> None:
    reading(
        rewording("mariam", "débats", "débats animés", "method"),
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "Elle a", "Cette rencontre a"),
        rewording("binta", "les citoyens", "deux cents citoyennes"),
    )
    page = adama.get(REPORT).text
    frame = page[page.index('class="rivals"') :]
    frame = frame[: frame.index("</section>")]
    assert cards(frame) == [2, 4]
    assert "Les n° 2 et 4 touchent les mêmes mots." in words(frame)
    assert cards(page) == [2, 4, 3, 1]  # as they follow in the text


def test_nobody_is_offered_to_decide_his_own_amendment(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("adama", "débats", "débats animés", "method"))
    page = adama.get(REPORT).text
    assert "Vous ne pouvez pas décider de votre propre amendement." in words(page, "amendment-1")
    assert f"{REPORT}/amendements/1/adopter" not in page
    assert f"{REPORT}/amendements/1/retirer" in page


def test_the_opinion_is_followed_in_one_click(app: Flask, adama: FlaskClient, cast: Cast, reading: Reading) -> None:
    reading(
        rewording("mariam", "débats", "débats animés", "method"),
        rewording("oumar", "les citoyens", "les associations"),
        lambda report: amending.opine(report, amending.numbered(report, 1), Opinion.FAVOURABLE, "", cast.issa),
        lambda report: amending.opine(report, amending.numbered(report, 2), Opinion.UNFAVOURABLE, "Faux.", cast.issa),
    )
    assert "Suivre l’avis du rapporteur" in words(adama.get(REPORT).text, "amendment-1")
    for number in (1, 2):
        adama.post(f"{REPORT}/amendements/{number}/suivre-avis")
    assert (state_of(app, 1), state_of(app, 2)) == ("adopted", "rejected")


def test_an_amendment_put_off_is_still_to_be_decided(app: Flask, adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"))
    adama.post(f"{REPORT}/amendements/1/reserver")
    card = words(adama.get(REPORT).text, "amendment-1")
    assert "Réservé" in card
    assert "Adopter" in card
    assert "Réserver" not in card


def test_a_rejection_without_a_reason_is_shown_on_its_card(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"))
    form = {"which": "amendment-1", "reason": " "}
    answer = adama.post(f"{REPORT}/amendements/1/rejeter", data=form)
    assert answer.status_code == 422
    assert "Indiquez un motif" in words(answer.text, "amendment-1")
    assert re.search(r'<details class="inline-form" open>', answer.text)


def test_an_opinion_without_a_choice_keeps_its_sentence(
    app: Flask, cast: Cast, sign_in: SignIn, reading: Reading
) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"))
    issa = sign_in(app.test_client(), cast.issa)
    form = {"which": "amendment-1-opinion", "text": "La salle était comble."}
    answer = issa.post(f"{REPORT}/amendements/1/avis", data=form)
    assert answer.status_code == 422
    assert "La salle était comble." in answer.text


def test_each_card_has_a_form_with_a_key_of_its_own_on_every_visit(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"), rewording("oumar", "Ségou", "Markala"))
    keys = [re.findall(r'name="once" value="([^"]+)"', adama.get(REPORT).text) for _ in range(2)]
    assert len(set(keys[0] + keys[1])) == len(keys[0]) + len(keys[1])


# Deciding many


def test_amendments_of_form_are_adopted_at_once_but_those_in_dispute(
    app: Flask, adama: FlaskClient, reading: Reading
) -> None:
    reading(
        rewording("mariam", "débats", "débats nourris", "method", formal=True),
        rewording("oumar", "CAFO", "la CAFO", "attendance", formal=True),
        rewording("binta", "les citoyens", "des citoyens", formal=True),
        rewording("oumar", "les citoyens", "les associations"),
        rewording("adama", "bonne humeur", "joie", "conclusion", formal=True),
    )
    reading(rewording("oumar", "les citoyens", "nos citoyens"))
    page = adama.get(REPORT).text
    assert "Adopter les 2 amendements de forme" in words(page)
    shown = re.findall(r'name="shown" value="(\d+)"', page)
    reading(rewording("binta", "Deux", "Trois", "ceremony", formal=True))
    after = adama.post(f"{REPORT}/amendements/forme", data={"shown": shown}, follow_redirects=True).text
    assert "2 amendements de forme adoptés ; 2 restent à décider un par un." in words(after)
    found = [state_of(app, number) for number in (1, 2, 3, 5, 7)]
    assert found == ["adopted", "adopted", "open", "open", "open"], "the last was filed after the page was opened"


def test_of_the_amendments_of_form_none_is_adopted_that_was_not_shown(
    app: Flask, adama: FlaskClient, reading: Reading
) -> None:
    reading(rewording("mariam", "débats", "débats nourris", "method", formal=True))
    answer = adama.post(f"{REPORT}/amendements/forme", data={"which": "formal"})
    assert answer.status_code == 422
    assert state_of(app, 1) == "open"


def test_adopting_one_says_which_others_have_become_to_be_reviewed(adama: FlaskClient, reading: Reading) -> None:
    reading(
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "les citoyens", "deux cents citoyennes"),
    )
    page = adama.post(f"{REPORT}/amendements/1/adopter", follow_redirects=True).text
    assert "L’amendement n° 2 touchait les mêmes mots : il est à revoir." in words(page)
    assert "À revoir" in words(page, "amendment-2")


# Where words clash


@pytest.fixture
def clashing(reading: Reading) -> None:
    """Number 1 is adopted; number 2 words the same place otherwise."""
    reading(
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "les citoyens", "deux cents citoyennes"),
        deciding(amending.adopt, 1),
    )


def spot_of(app: Flask) -> tuple[str, int]:
    """The key of the second paragraph of the introduction, and the part's revision."""
    with app.app_context():
        part = revisions.part_of(db.session.get_one(Report, 1), "introduction")
        found = f"{revisions.current(part).content[1].id}:text", part.number
        db.session.rollback()
        return found


@pytest.mark.usefixtures("clashing")
def test_a_clash_is_shown_with_the_three_texts_and_four_ways_out(adama: FlaskClient) -> None:
    answer = adama.post(f"{REPORT}/amendements/2/adopter")
    assert answer.status_code == 409
    said = words(answer.text)
    assert f"Texte d’origine {SECOND}" in said
    assert "Texte actuel Elle a réuni les élus et cent vingt citoyens." in said
    assert "Amendement Elle a réuni les élus et deux cents citoyennes." in said
    for way in ("Retenir l’amendement", "Garder le texte actuel", "Garder les deux", "Récrire le passage"):
        assert way in said


@pytest.mark.usefixtures("clashing")
@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("mine", "Elle a réuni les élus et deux cents citoyennes."),
        ("rewrite", "Elle a réuni les élus et la population."),
    ],
)
def test_a_clash_is_settled_as_chosen(app: Flask, adama: FlaskClient, choice: str, left: str) -> None:
    key, base = spot_of(app)
    typed = "Elle a réuni les élus et la population."
    form = {"base": base, f"choice:{key}": choice, f"text:{key}": typed}
    assert adama.post(f"{REPORT}/amendements/2/adopter", data=form).status_code == 303
    assert text_of(app, "introduction")[1] == left


@pytest.mark.usefixtures("clashing")
def test_keeping_both_keeps_the_words_of_both(app: Flask, adama: FlaskClient) -> None:
    key, base = spot_of(app)
    adama.post(f"{REPORT}/amendements/2/adopter", data={"base": base, f"choice:{key}": "both"})
    assert "cent vingt citoyens" in text_of(app, "introduction")[1]
    assert "deux cents citoyennes" in text_of(app, "introduction")[1]


@pytest.mark.usefixtures("clashing")
def test_without_a_choice_what_was_typed_is_shown_again(app: Flask, adama: FlaskClient) -> None:
    key, base = spot_of(app)
    form = {"base": base, f"text:{key}": "Des mots longuement pesés."}
    answer = adama.post(f"{REPORT}/amendements/2/adopter", data=form)
    assert answer.status_code == 422
    assert "Choisissez pour chaque passage" in words(answer.text)
    assert "Des mots longuement pesés." in answer.text


@pytest.mark.usefixtures("clashing")
def test_keeping_the_text_of_the_day_alone_is_no_adoption(app: Flask, adama: FlaskClient) -> None:
    key, base = spot_of(app)
    answer = adama.post(f"{REPORT}/amendements/2/adopter", data={"base": base, f"choice:{key}": "theirs"})
    assert answer.status_code == 422
    assert "rejetez l’amendement" in words(answer.text)
    assert re.search(r'value="theirs" required checked', answer.text)


def test_words_settled_on_a_text_that_has_changed_meanwhile_are_shown_again(
    app: Flask, adama: FlaskClient, reading: Reading
) -> None:
    reading(
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "les citoyens", "deux cents citoyennes"),
    )
    key, base = spot_of(app)
    reading(deciding(amending.adopt, 1))
    form = {"base": base, f"text:{key}": "Elle a réuni toute la région."}
    answer = adama.post(f"{REPORT}/amendements/2/adopter", data=form)
    assert answer.status_code == 409
    said = words(answer.text)
    assert "Le texte a changé pendant que vous décidiez." in said
    assert "Elle a réuni toute la région." in said
    assert "Texte actuel Elle a réuni les élus et cent vingt citoyens." in said
    assert state_of(app, 2) == "review"


def test_an_amendment_is_adopted_in_other_words_which_are_the_president_s(
    app: Flask, adama: FlaskClient, reading: Reading
) -> None:
    reading(rewording("mariam", "les citoyens", "cent vingt citoyens"))
    page = adama.get(f"{REPORT}/amendements/1/modifier").text
    assert "Elle a réuni les élus et cent vingt citoyens." in words(page)
    assert "La rencontre s’est tenue" not in words(page)  # only the passage, never the whole part
    key, base = spot_of(app)
    form = {"base": base, f"text:{key}": "Elle a réuni les élus et cent trente citoyens."}
    adama.post(f"{REPORT}/amendements/1/adopter", data=form)
    assert text_of(app, "introduction")[1] == "Elle a réuni les élus et cent trente citoyens."
    marks = words(adama.get(f"{REPORT}?vue=adopte").text, "part-introduction")
    assert "n° 1 · MS" in marks
    assert "n° 1 · AD" in marks


def test_a_row_is_modified_by_its_fields(app: Flask, adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "CAFO", "la CAFO", "attendance"))
    page = adama.get(f"{REPORT}/amendements/1/modifier").text
    for label in ("Prénom et nom", "Structure / qualité", "Contact"):
        assert label in words(page)
    assert re.search(r'name="text:\w+:body" value="la CAFO"', page)


def test_deciding_in_two_tabs_says_that_it_is_decided(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"))
    assert adama.post(f"{REPORT}/amendements/1/adopter").status_code == 303
    answer = adama.post(f"{REPORT}/amendements/1/rejeter", data={"reason": "Non."})
    assert answer.status_code == 409
    assert "déjà clos" in words(answer.text)


# The filter and the views


def test_the_filter_chooses_cards_and_marks_and_stays_after_a_decision(adama: FlaskClient, reading: Reading) -> None:
    reading(
        rewording("mariam", "débats", "débats animés", "method"),
        rewording("oumar", "les citoyens", "les associations"),
        rewording("oumar", "bonne humeur", "joie", "conclusion"),
    )
    page = adama.get(f"{REPORT}?auteur=4").text
    assert cards(page) == [2, 3]
    assert "animés" not in words(page, "part-method")
    assert cards(adama.get(f"{REPORT}?partie=method").text) == [1]
    answer = adama.post(f"{REPORT}/amendements/2/adopter?auteur=4&vue=final")
    assert answer.location == f"{REPORT}?vue=final&auteur=4#amendment-2"
    assert cards(adama.get(f"{REPORT}?etat=adopted").text) == [2]


def test_a_filter_that_makes_no_sense_filters_nothing(adama: FlaskClient, reading: Reading) -> None:
    reading(rewording("mariam", "débats", "débats animés", "method"))
    assert cards(adama.get(f"{REPORT}?auteur=x&partie=y&etat=z&vue=w").text) == [1]


@pytest.fixture
def half_decided(reading: Reading) -> None:
    reading(
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "Ségou", "Ségou, le 22 février 2018"),
        deciding(amending.adopt, 1),
    )


VIEWS = {
    "original": "La rencontre s’est tenue à Ségou. Elle a réuni les élus et les citoyens.",
    "amendements": "La rencontre s’est tenue à Ségou ajouté : , le 22 février 2018 n° 2 · OC",
    "adopte": "Elle a réuni les élus et supprimé : les ajouté : cent vingt n° 1 · MS",
    "final": "La rencontre s’est tenue à Ségou. Elle a réuni les élus et cent vingt citoyens.",
}


@pytest.mark.usefixtures("half_decided")
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_shows_its_words(adama: FlaskClient, view: str) -> None:
    assert VIEWS[view] in words(adama.get(f"{REPORT}?vue={view}").text, "part-introduction")


@pytest.mark.usefixtures("half_decided")
def test_the_differences_are_the_passages_that_change_and_no_others(adama: FlaskClient) -> None:
    page = adama.get(f"{REPORT}?vue=differences").text
    shown = words(page, "part-introduction")
    assert "INTRODUCTION" in shown
    assert "le 22 février 2018" in shown
    assert "cent vingt" not in shown
    assert 'id="part-method"' not in page


@pytest.mark.usefixtures("half_decided")
def test_what_waits_is_shown_in_the_text_until_all_is_decided(app: Flask, adama: FlaskClient, reading: Reading) -> None:
    assert "le 22 février" in words(adama.get(REPORT).text, "part-introduction")
    reading(deciding(amending.reject, 2, "La date est ailleurs."))
    assert "<ins>" not in adama.get(REPORT).text.split('id="part-introduction"')[1].split("</section>")[0]


@pytest.mark.usefixtures("half_decided")
def test_marks_are_never_printed(adama: FlaskClient) -> None:
    plain = adama.get(f"{REPORT}?vue=final").text
    sheet = plain[plain.index("<article class=") : plain.index("</article>")]
    assert "<ins" not in sheet
    assert "chip" not in sheet


def test_the_public_sees_neither_views_nor_cards_nor_amendments(
    app: Flask, cast: Cast, sign_in: SignIn, desk: object, reading: Reading
) -> None:
    with app.app_context():
        report = report_at(Stage.PUBLISHED, cast, desk)  # type: ignore[arg-type]
        db.session.commit()
        assert report.id == 1
    lamine = sign_in(app.test_client(), cast.lamine)
    assert "Avec les amendements" not in lamine.get(f"{REPORT}?vue=original").text
    assert lamine.get(f"{REPORT}/amendements/1").status_code == 404


def test_an_amendment_whose_passage_is_gone_is_offered_as_lapsed(
    app: Flask, adama: FlaskClient, cast: Cast, reading: Reading
) -> None:
    def without_second(report: Report) -> object:
        return filed(report, "introduction", content_of(report, "introduction")[:1], cast.binta)

    reading(rewording("mariam", "les citoyens", "cent vingt citoyens"), without_second, deciding(amending.adopt, 2))
    card = words(adama.get(REPORT).text, "amendment-1")
    assert "Passage disparu" in card
    assert "Caduc" in card
    assert adama.post(f"{REPORT}/amendements/1/caducite").status_code == 303
    assert state_of(app, 1) == "lapsed"


# An amendment by itself


def test_an_amendment_has_a_page_with_its_texts_and_its_history(adama: FlaskClient, reading: Reading) -> None:
    reading(
        rewording("mariam", "les citoyens", "cent vingt citoyens"),
        rewording("oumar", "les citoyens", "deux cents citoyennes"),
        deciding(amending.adopt, 1),
    )
    said = words(adama.get(f"{REPORT}/amendements/2").text)
    assert f"Texte d’origine {SECOND}" in said
    assert "Texte proposé Elle a réuni les élus et deux cents citoyennes." in said
    assert "Texte actuel Elle a réuni les élus et cent vingt citoyens." in said
    assert "Oumar CISSE a proposé" in said
    assert "Adama DEMBELE a adopté" in said  # which put it to review
    assert adama.get(f"{REPORT}/amendements/3").status_code == 404


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "place", [REPORT, f"{REPORT}?vue=adopte", f"{REPORT}?vue=differences", f"{REPORT}/amendements/1"]
)
def test_fifty_amendments_take_no_more_queries_than_five(
    app: Flask, adama: FlaskClient, cast: Cast, reading: Reading, place: str
) -> None:
    def many(first: int, last: int) -> Callable[[Report], object]:
        def act(report: Report) -> None:
            for n in range(first, last):
                amended(report, "method", "débats", f"débats {n}", (cast.mariam, cast.oumar, cast.binta)[n % 3])

        return act

    def queries() -> int:
        adama.get(place)
        with counted(app) as seen:
            assert adama.get(place).status_code == 200
        return len(seen)

    reading(many(0, 5), rewording("mariam", "bonne humeur", "joie", "conclusion"), deciding(amending.adopt, 6))
    few = queries()
    reading(many(5, 49))
    assert queries() == few


def test_the_text_transmitted_again_is_the_original_of_the_new_reading(
    app: Flask, adama: FlaskClient, cast: Cast, reading: Reading
) -> None:
    from datetime import date

    from app.reports.validating import acts as validating

    def again(report: Report) -> None:
        validating.return_to_rapporteur(report, cast.adama, "Le lieu manque.")
        content = reworded(content_of(report, "introduction"), "à Ségou", "à Markala")
        editing.save_part(report, "introduction", revisions.part_of(report, "introduction").number, content, cast.issa)
        editing.transmit(report, cast.issa, DEADLINE, date.today())

    reading(again)
    assert "Markala" in words(adama.get(f"{REPORT}?vue=original").text, "part-introduction")
