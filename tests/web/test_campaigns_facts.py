"""Campaigns: who sees them, creating one, changing its facts."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.models import AuditEvent
from app.workshops.models import Campaign
from tests.web.campaign_forms import acts, campaign_facts, create_campaign, events, found


def test_coordination_creates_a_campaign_and_the_log_tells_it(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    answer = client.post("/campagnes/nouvelle", data=campaign_facts())
    assert answer.status_code == 303
    (campaign,) = found(client, Campaign, name="Débats 2031")
    assert answer.location.endswith(f"/campagnes/{campaign.id}")
    assert campaign.budget_year == 2031
    assert campaign.starts_on.isoformat() == "2031-02-01"
    assert acts(client, campaign.id) == ["campaign_create"]
    page = client.get(answer.location).get_data(as_text=True)
    assert "Débats 2031" in page
    assert "1er février 2031" in page


def test_a_new_campaign_has_the_usual_headings_in_its_terms_of_reference(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    page = client.get(f"/campagnes/{campaign_id}/termes").get_data(as_text=True)
    assert "TERMES DE RÉFÉRENCE" in page
    assert "Couverture médiatique" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Donnez un nom à la campagne."),
        ("name", "   ", "Donnez un nom à la campagne."),
        ("name", "x" * 20_000, "Ce texte est trop long"),
        ("organisation", "", "Indiquez l’organisation qui mène la campagne."),
        ("report_title", "Rapport {organisateurs}", "entre accolades"),
        ("budget_year", "l’an prochain", "Écrivez un nombre en chiffres"),
        ("budget_year", "99999999999999999999", "Écrivez un nombre en chiffres"),
        ("budget_year", "²", "Écrivez un nombre en chiffres"),
        ("starts_on", "31/02/2031", "Cette date n’existe pas"),
        ("starts_on", "", "Indiquez le premier jour de la campagne."),
        ("ends_on", "2031-01-01", "Le dernier jour vient avant le premier."),
    ],
)
def test_a_bad_fact_is_refused_beside_its_field_and_the_rest_stays(
    client: Any, cast: Any, sign_in: Any, field: str, typed: str, sentence: str
) -> None:
    sign_in(client, cast.coumba)
    answer = client.post("/campagnes/nouvelle", data=campaign_facts(**{field: typed}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="error-{field}"' in page
    assert field == "organisation" or "Collectif de suivi" in page
    assert found(client, AuditEvent, act="campaign_create") == []


def test_two_campaigns_cannot_bear_one_name(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    create_campaign(client)
    answer = client.post("/campagnes/nouvelle", data=campaign_facts())
    assert answer.status_code == 422
    assert "Une autre campagne porte déjà ce nom." in answer.get_data(as_text=True)


def test_emoji_and_markup_are_shown_as_typed(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client, name="<script>alert(1)</script> 🎉 & Cⁱᵉ")
    for place in ("/campagnes", f"/campagnes/{campaign_id}", f"/campagnes/{campaign_id}/modifier"):
        page = client.get(place).get_data(as_text=True)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 🎉 &amp; Cⁱᵉ" in page
        assert "<script>alert" not in page


def test_the_same_form_sent_twice_creates_one_campaign(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    first = client.post("/campagnes/nouvelle", data=campaign_facts(once="une-clef"))
    second = client.post("/campagnes/nouvelle", data=campaign_facts(once="une-clef"))
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert len(found(client, Campaign, name="Débats 2031")) == 1


def test_a_change_is_logged_with_old_and_new_values(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    answer = client.post(f"/campagnes/{campaign_id}/modifier", data=campaign_facts(version="1", ends_on="2031-04-30"))
    assert answer.status_code == 303
    assert acts(client, campaign_id) == ["campaign_create", "campaign_change"]
    event = events(client, campaign_id)[-1]
    assert '"ends_on":{"new":"2031-04-30","old":"2031-03-31"}' in event.body
    assert event.actor_id == cast.coumba.id


def test_saving_without_a_change_writes_nothing(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    answer = client.post(f"/campagnes/{campaign_id}/modifier", data=campaign_facts(version="1"))
    assert answer.status_code == 303
    assert acts(client, campaign_id) == ["campaign_create"]


def test_a_form_left_open_in_a_second_tab_overwrites_nothing(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    place = f"/campagnes/{campaign_id}/modifier"
    assert client.post(place, data=campaign_facts(version="1", organisation="Premier onglet")).status_code == 303
    answer = client.post(place, data=campaign_facts(version="1", organisation="Second onglet"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Premier onglet" in page
    assert "Second onglet" in page
    assert found(client, Campaign, id=campaign_id)[0].organisation == "Premier onglet"
    chosen = client.post(place, data=campaign_facts(version="2", organisation="Second onglet"))
    assert chosen.status_code == 303
    assert acts(client, campaign_id) == ["campaign_create", "campaign_change", "campaign_change"]


@pytest.mark.parametrize("name", ["fanta", "issa", "mariam", "adama", "seydou", "salif"])
def test_who_works_in_a_territory_sees_campaigns_and_changes_none(
    client: Any, cast: Any, sign_in: Any, name: str
) -> None:
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    sign_in(client, getattr(cast, name))
    assert client.get("/campagnes").status_code == 200
    assert client.get(f"/campagnes/{campaign_id}").status_code == 200
    assert client.get(f"/campagnes/{campaign_id}/termes").status_code == 200
    assert client.get(f"/campagnes/{campaign_id}/programme").status_code == 200
    for place in ("/campagnes/nouvelle", f"/campagnes/{campaign_id}/modifier"):
        assert client.get(place).status_code == 404
        assert client.post(place, data=campaign_facts(version="1", name="Autre")).status_code == 404
    assert acts(client, campaign_id) == ["campaign_create"]


def test_a_reader_and_a_stranger_see_no_campaign(client: Any, cast: Any, sign_in: Any) -> None:
    assert client.get("/campagnes").status_code == 303
    sign_in(client, cast.lamine)
    assert client.get("/campagnes").status_code == 404


def test_a_campaign_that_does_not_exist_is_not_found(client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    for place in ("/campagnes/999", "/campagnes/999/modifier", "/campagnes/999/termes", "/campagnes/999/programme"):
        assert client.get(place).status_code == 404
