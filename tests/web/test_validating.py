"""Votes, proxies, returns and minutes as the commission's people meet them on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Grant, Person
from app.documents.store import Store
from app.reports.amending import acts as amending
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_reports
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import amended, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
Browser = Callable[[str], FlaskClient]
PLACE = "/rapports/1"


@pytest.fixture
def browser(app: Flask, cast: Cast, sign_in: SignIn) -> Browser:
    """Opens a browser for one of the cast."""
    return lambda name: sign_in(app.test_client(), getattr(cast, name))


@pytest.fixture
def reading(app: Flask, cast: Cast) -> None:
    """A report before the commission, of which Oumar has approved."""
    with app.app_context():
        report = report_at(Stage.READING, cast)
        validating.vote(report, cast.oumar, Choice.APPROVE, "Il est complet.")
        db.session.commit()


def change_text(app: Flask, cast: Cast, old: str = "débats", new: str = "échanges") -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        amending.adopt(report, amended(report, "method", old, new, cast.binta), cast.adama)
        db.session.commit()


def give_proxy(app: Flask, cast: Cast) -> None:
    """Mariam's, to Oumar."""
    with app.app_context():
        proxies.name(db.session.get_one(Report, 1), cast.mariam, cast.oumar)
        db.session.commit()


def ballots(app: Flask) -> dict[int, tuple[str, int | None, bool]]:
    with app.app_context():
        found = db.session.scalars(select(Ballot)).all()
        return {ballot.person_id: (ballot.choice.value, ballot.cast_by_id, ballot.stands) for ballot in found}


def commission(client: FlaskClient) -> str:
    """The panel as this person sees it, without its markup."""
    page = client.get(PLACE).text
    panel = page.split('id="commission"', 1)[1].split("</section>", 1)[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", panel))


def form(client: FlaskClient, which: str) -> dict[str, str]:
    """The hidden fields of one of the panel's forms, as the page has them."""
    found = re.search(rf'<form[^>]*id="act-{which}".*?</form>', client.get(PLACE).text, re.DOTALL)
    assert found is not None, f"no form {which}"
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))


@pytest.mark.usefixtures("reading")
def test_a_vote_given_on_the_page_of_an_older_text_is_refused_and_kept_on_the_form(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    mariam = browser("mariam")
    opened = form(mariam, "vote")
    change_text(app, cast)
    answer = mariam.post(f"{PLACE}/vote", data={**opened, "choice": "object", "reason": "Il manque une réponse."})
    assert answer.status_code == 422
    assert "Le texte a changé pendant que vous le lisiez" in answer.text
    assert "Il manque une réponse.</textarea>" in answer.text
    assert cast.mariam.id not in ballots(app)


@pytest.mark.usefixtures("reading")
def test_after_a_change_oumar_sees_what_changed_and_confirms_with_one_click(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    change_text(app, cast)
    oumar = browser("oumar")
    panel = commission(oumar)
    assert "à confirmer" in panel
    assert "Voir ce qui a changé depuis mon vote" in panel
    changed = oumar.get(f"{PLACE}/depuis-mon-vote")
    assert changed.status_code == 200
    assert re.search(r"<del>.*débats</del>", changed.text)
    assert re.search(r"<ins>.*échanges</ins>", changed.text)
    assert "Introduction" not in changed.text, "only what changed"
    assert oumar.post(f"{PLACE}/confirmer-mon-vote", data=form(oumar, "confirm")).status_code == 303
    assert ballots(app)[cast.oumar.id] == ("approve", None, True)
    assert "à confirmer" not in commission(oumar)


@pytest.mark.usefixtures("reading")
def test_a_text_changed_again_while_it_was_looked_at_is_not_confirmed_unseen(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    change_text(app, cast)
    oumar = browser("oumar")
    opened = form(oumar, "confirm")
    change_text(app, cast, "échanges", "entretiens")
    answer = oumar.post(f"{PLACE}/confirmer-mon-vote", data=opened)
    assert answer.status_code == 422
    assert 'id="error-confirm"' in answer.text
    assert ballots(app)[cast.oumar.id][2] is False


@pytest.mark.usefixtures("reading")
def test_a_text_that_came_back_says_so(app: Flask, cast: Cast, browser: Browser) -> None:
    change_text(app, cast)
    change_text(app, cast, "échanges", "débats")
    oumar = browser("oumar")
    assert "mot pour mot, celui sur lequel il a été donné" in commission(oumar)
    assert "mot pour mot" in oumar.get(f"{PLACE}/depuis-mon-vote").text
    assert cast.oumar.id in ballots(app)


@pytest.mark.usefixtures("reading")
def test_who_has_not_voted_has_nothing_to_compare(browser: Browser) -> None:
    assert browser("mariam").get(f"{PLACE}/depuis-mon-vote").status_code == 404


@pytest.mark.usefixtures("reading")
def test_mariam_gives_her_proxy_and_oumar_votes_in_her_name(app: Flask, cast: Cast, browser: Browser) -> None:
    mariam, oumar = browser("mariam"), browser("oumar")
    opened = form(mariam, "name_proxy")
    assert mariam.post(f"{PLACE}/procuration", data={**opened, "holder": str(cast.oumar.id)}).status_code == 303
    assert "Vous avez donné procuration à Oumar CISSE" in commission(mariam)
    panel = commission(oumar)
    assert "Voter au nom de Mariam SANOGO" in panel
    assert "vous ne pouvez pas donner la vôtre" in panel
    opened = form(oumar, "vote-for")
    assert opened["pour"] == str(cast.mariam.id)
    assert oumar.post(f"{PLACE}/vote", data={**opened, "choice": "abstain", "reason": ""}).status_code == 303
    assert ballots(app)[cast.mariam.id] == ("abstain", cast.oumar.id, True)
    assert "par procuration, voté par Oumar CISSE" in commission(browser("binta"))
    assert mariam.post(f"{PLACE}/procuration/reprendre", data=form(mariam, "end_proxy")).status_code == 303
    assert "Voter au nom de" not in commission(oumar)
    with app.app_context():
        assert verify_reports(db.session) == []


@pytest.mark.usefixtures("reading")
def test_a_proxy_taken_back_in_another_tab_no_longer_votes(app: Flask, cast: Cast, browser: Browser) -> None:
    give_proxy(app, cast)
    mariam, oumar = browser("mariam"), browser("oumar")
    opened = form(oumar, "vote-for")
    mariam.post(f"{PLACE}/procuration/reprendre")
    answer = oumar.post(f"{PLACE}/vote", data={**opened, "choice": "approve"})
    assert answer.status_code == 422
    assert "vous a été reprise" in answer.text
    assert cast.mariam.id not in ballots(app)


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("pour", ["999", "5", "0", "-1"])
def test_the_name_of_somebody_else_is_not_told_to_who_holds_no_proxy_of_theirs(browser: Browser, pour: str) -> None:
    answer = browser("oumar").post(f"{PLACE}/vote", data={"choice": "approve", "pour": pour, "which": "vote-for"})
    assert answer.status_code == 422
    assert "Cette procuration ne vous est pas donnée" in answer.text


@pytest.mark.usefixtures("reading")
def test_the_giver_reads_that_a_removed_holder_votes_for_nobody(app: Flask, cast: Cast, browser: Browser) -> None:
    give_proxy(app, cast)
    with app.app_context():
        db.session.delete(db.session.scalars(select(Grant).where(Grant.person_id == cast.oumar.id)).one())
        db.session.commit()
    assert "Votre procuration à Oumar CISSE ne vaut plus" in commission(browser("mariam"))
    assert "procuration sans effet" in commission(browser("binta"))


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("holder", ["", "999", "abc"])
def test_a_proxy_to_nobody_is_refused_beside_its_form(browser: Browser, holder: str) -> None:
    answer = browser("mariam").post(f"{PLACE}/procuration", data={"holder": holder, "which": "name_proxy"})
    assert answer.status_code == 422
    assert 'id="error-name_proxy"' in answer.text


@pytest.mark.usefixtures("reading")
def test_issa_reads_at_the_top_of_the_report_why_it_came_back(app: Flask, cast: Cast, browser: Browser) -> None:
    adama, issa = browser("adama"), browser("issa")
    sent = {"reason": "Le lieu est à corriger.", "parts": ["introduction", "method"], "votes": "untouched"}
    assert adama.post(f"{PLACE}/renvoyer-au-rapporteur", data=sent).status_code == 303
    page = issa.get(PLACE).text
    top = page.split('id="returned"', 1)[1].split("</section>", 1)[0]
    assert "Adama DEMBELE" in top
    assert "Le lieu est à corriger." in top
    assert 'href="#part-introduction"' in top
    assert "sinon chacun confirme" in top
    assert page.count("à reprendre</span>") == 2, "in the contents list"
    assert page.count("la commission l’a demandé") == 2, "and beside each of the two parts"
    history = issa.get(f"{PLACE}/historique").text
    assert "a renvoyé le rapport au rapporteur, pour reprendre" in history
    assert "restent acquis si le texte revient inchangé" in history


@pytest.mark.usefixtures("reading")
def test_a_return_that_is_refused_keeps_what_was_typed_and_chosen(browser: Browser) -> None:
    typed = {"reason": " ", "parts": "method", "votes": "stand", "which": "return_to_rapporteur"}
    answer = browser("adama").post(f"{PLACE}/renvoyer-au-rapporteur", data=typed)
    assert answer.status_code == 422
    assert re.search(r'name="parts" value="method" checked', answer.text)
    assert re.search(r'name="votes" value="stand" checked', answer.text)
    unknown = browser("adama").post(f"{PLACE}/renvoyer-au-rapporteur", data={"reason": "Oui.", "votes": "all"})
    assert unknown.status_code == 422


def ready(app: Flask, cast: Cast) -> None:
    """Enough have voted."""
    with app.app_context():
        report = db.session.get_one(Report, 1)
        for person in (cast.mariam, cast.adama):
            validating.vote(report, person, Choice.APPROVE)
        db.session.commit()


def validated(app: Flask, cast: Cast, browser: Browser) -> int:
    ready(app, cast)
    return browser("adama").post(f"{PLACE}/valider").status_code


@pytest.mark.usefixtures("reading")
def test_validating_keeps_the_minutes_and_everybody_concerned_reads_that_very_file(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    provisional = browser("mariam").get(f"{PLACE}/proces-verbal.pdf")
    assert (provisional.status_code, provisional.data[:5]) == (200, b"%PDF-")
    assert validated(app, cast, browser) == 303
    with app.app_context():
        report = db.session.get_one(Report, 1)
        kept = Store(app.config["STORE_URL"]).get(report.minutes_hash)
        last = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "validate")).one()
        assert report.minutes_hash in last.body
        assert verify_reports(db.session) == []
    for name in ("mariam", "issa", "salif", "seydou", "coumba"):
        assert browser(name).get(f"{PLACE}/proces-verbal.pdf").data == kept
    assert browser("lamine").get(f"{PLACE}/proces-verbal.pdf").status_code == 404
    assert "Procès-verbal de lecture, PDF" in commission(browser("mariam"))


@pytest.mark.usefixtures("reading")
def test_a_vote_that_comes_in_while_the_minutes_are_set_is_not_left_out_of_them(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.reports.minutes import setting

    press = setting.render_apart

    def slowly(*args: object, **kwargs: object) -> object:
        with app.app_context():
            validating.vote(db.session.get_one(Report, 1), cast.binta, Choice.OBJECT, "Il manque une réponse.")
            db.session.commit()
        return press(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(setting, "render_apart", slowly)
    assert validated(app, cast, browser) == 422
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert (report.stage, report.minutes_hash) == (Stage.READING, "")
    monkeypatch.setattr(setting, "render_apart", press)
    assert browser("adama").post(f"{PLACE}/valider").status_code == 303


@pytest.mark.usefixtures("reading")
def test_no_minutes_are_set_for_a_validation_that_cannot_be(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.reports.minutes.setting.render_apart", None)
    answer = browser("adama").post(f"{PLACE}/valider")
    assert answer.status_code == 422
    assert "Quorum non atteint" in answer.text
    assert browser("mariam").post(f"{PLACE}/valider").status_code == 403
    assert app.test_client().post(f"{PLACE}/valider").status_code == 401


@pytest.mark.usefixtures("reading")
def test_validating_asks_once_more_and_says_who_has_the_report_now(app: Flask, cast: Cast, browser: Browser) -> None:
    ready(app, cast)
    adama = browser("adama")
    assert f'href="{PLACE}/valider"' in adama.get(PLACE).text
    asked = adama.get(f"{PLACE}/valider").text
    assert "Vous validez ce texte au nom de la CRSB de Ségou." in asked and "3 pour" in asked
    assert "Issa KONE et Seydou BA le signent" in asked
    (shown,) = re.findall(r'name="text_hash" value="(\w+)"', asked)
    form = {"text_hash": shown, "once": "only"}
    assert [adama.post(f"{PLACE}/valider", data=form).status_code for _ in range(2)] == [303, 303]
    said = adama.get(PLACE).text
    assert "Le rapport est validé. Il est maintenant chez Issa KONE et Seydou BA, pour signature" in said


@pytest.mark.usefixtures("reading")
def test_a_page_from_before_the_text_changed_validates_nothing(app: Flask, cast: Cast, browser: Browser) -> None:
    ready(app, cast)
    answer = browser("adama").post(f"{PLACE}/valider", data={"text_hash": "0" * 64})
    assert answer.status_code == 409 and "rien n’est validé" in answer.text
    assert 'action="/rapports/1/valider"' in answer.text


@pytest.mark.usefixtures("reading")
def test_what_stands_in_the_way_of_a_validation_is_said_on_its_page(browser: Browser) -> None:
    asked = browser("adama").get(f"{PLACE}/valider").text
    assert "Quorum non atteint" in asked and 'aria-disabled="true"' in asked
