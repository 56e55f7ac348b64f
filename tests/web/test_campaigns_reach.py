"""A campaign is changed by a coordination that covers all its territories, and by no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.directory.models import Person, Role
from app.people import grants
from app.people.invalid import Forbidden
from app.workshops import campaigns, meetings, terms
from app.workshops.models import Campaign
from tests.cast import Cast
from tests.web.campaign_forms import campaign_facts, create_campaign, create_workshop, hidden, slots

SignIn = Callable[[FlaskClient, Person], FlaskClient]
SEGOU, KAYES = 1, 2
FORMS = ["/modifier", "/termes/context", "/programme/modifier"]


@pytest.fixture
def moussa(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The browser of Moussa, who coordinates Kayes; the campaign of the cast meets in Ségou."""
    return sign_in(app.test_client(), coordinating(app, cast, "moussa", KAYES))


def coordinating(app: Flask, cast: Cast, name: str, *places: int) -> Person:
    with app.app_context():
        person: Person = getattr(cast, name)
        while person.grants:
            grants.take(person.grants[0], cast.coumba)
        for place in places:
            grants.give(person, Role.COORDINATION.value, str(place), cast.coumba)
        db.session.commit()
        return person


def written(client: FlaskClient, campaign: int, **facts: str) -> list[int]:
    """What is answered to each form of the campaign, sent as if its page had been shown."""
    one = f"/campagnes/{campaign}"
    typed = campaign_facts(name=f"Campagne {campaign}", report_title="Autre titre", version="1", **facts)
    answers = [client.post(f"{one}/modifier", data=typed)]
    for place, form in (
        (f"{one}/termes/context", {"zone-context": "Un autre contexte."}),
        (f"{one}/programme/modifier", slots(("9 h", "Autre accueil", ""))),
    ):
        shown = client.get(place)
        base = hidden(shown, "base") if shown.status_code == 200 else "0"
        answers.append(client.post(place, data={**form, "base": base}))
    return [answer.status_code for answer in answers]


def test_a_coordination_of_kayes_changes_nothing_of_a_campaign_that_meets_in_segou(
    app: Flask, moussa: FlaskClient
) -> None:
    assert written(moussa, 1) == [403, 403, 403]
    assert moussa.post("/campagnes/1/versions/termes/1/retablir", data={"base": "1"}).status_code == 403
    for form in FORMS:
        assert moussa.get(f"/campagnes/1{form}").status_code == 403
        assert "/modifier" not in moussa.get("/campagnes/1").text
    assert "Par une coordination qui couvre toutes ses collectivités" in moussa.get("/campagnes/1").text
    with app.app_context():
        campaign = db.session.get_one(Campaign, 1)
        assert (campaign.version, campaign.terms_version, campaign.programme_version) == (1, 1, 1)


def test_a_coordination_of_both_regions_changes_it(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    both = sign_in(app.test_client(), coordinating(app, cast, "moussa", SEGOU, KAYES))
    create_workshop(both, 1, KAYES, held_on="2018-02-20")
    assert written(both, 1, starts_on="2018-02-01", ends_on="2018-03-31") == [303, 303, 303]


def test_its_own_campaign_slips_from_a_coordination_once_another_region_meets_in_it(
    app: Flask, cast: Cast, moussa: FlaskClient, sign_in: SignIn
) -> None:
    campaign = create_campaign(moussa)
    assert written(moussa, campaign) == [303, 303, 303]
    create_workshop(moussa, campaign, KAYES)
    coumba = sign_in(app.test_client(), cast.coumba)
    create_workshop(coumba, campaign, SEGOU)
    assert written(moussa, campaign) == [403, 403, 403]


def test_a_campaign_without_a_meeting_is_its_creators_scopes(
    app: Flask, cast: Cast, moussa: FlaskClient, sign_in: SignIn
) -> None:
    coumba = sign_in(app.test_client(), cast.coumba)
    national, regional = create_campaign(coumba), create_campaign(moussa, name="Campagne de Kayes")
    assert written(moussa, national) == [403, 403, 403]
    assert written(sign_in(app.test_client(), coordinating(app, cast, "fanta", SEGOU)), regional) == [403, 403, 403]
    assert written(sign_in(app.test_client(), coordinating(app, cast, "issa", KAYES)), regional) == [303, 303, 303]


def test_the_domain_itself_refuses(app: Flask, cast: Cast, moussa: FlaskClient) -> None:
    with app.app_context():
        campaign = db.session.scalars(select(Campaign)).one()
        with pytest.raises(Forbidden):
            campaigns.change_campaign(cast.moussa, campaign, {"organisation": "Collectif"}, 1)
        with pytest.raises(Forbidden):
            terms.save_terms(cast.moussa, campaign, terms.BY_KEY["context"], (), "")
        with pytest.raises(Forbidden):
            terms.save_programme(cast.moussa, campaign, (), "")
        with pytest.raises(Forbidden):
            terms.restore(cast.moussa, campaign, "terms", 1, 1)
        assert meetings.facts_of(campaign.workshops[0])["place"] == "Ségou"
        db.session.rollback()
