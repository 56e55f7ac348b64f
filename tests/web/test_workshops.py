"""Workshops: planning one in a campaign, changing it, who sees it, and the way to its report."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.db import db
from app.reports import drafting
from app.workflow import Stage
from app.workshops.models import Workshop
from tests.factories import report_at
from tests.web.campaign_forms import (
    acts,
    create_campaign,
    create_workshop,
    events,
    found,
    hidden,
    missions,
    workshop_facts,
)


@pytest.fixture
def segou(cast: Any) -> int:
    """The number of the region of Ségou."""
    return int(cast.issa.grants[0].territory_id)


@pytest.fixture
def kayes(cast: Any) -> int:
    return int(cast.moussa.grants[0].territory_id)


@pytest.fixture
def campaign_id(client: Any, cast: Any, sign_in: Any) -> int:
    sign_in(client, cast.coumba)
    return create_campaign(client)


def new(campaign_id: int) -> str:
    return f"/campagnes/{campaign_id}/rencontres/nouvelle"


def the_workshop(client: Any, workshop_id: int) -> Workshop:
    return found(client, Workshop, id=workshop_id)[0]


def test_coordination_plans_a_workshop_and_the_log_tells_it(
    client: Any, cast: Any, campaign_id: int, segou: int
) -> None:
    seats = {"facilitator_id": cast.fanta.id, "rapporteur_id": cast.issa.id, "chair_id": cast.seydou.id}
    workshop_id = create_workshop(client, campaign_id, segou, **{field: str(n) for field, n in seats.items()})
    workshop = the_workshop(client, workshop_id)
    assert (workshop.facilitator_id, workshop.rapporteur_id, workshop.chair_id) == tuple(seats.values())
    assert workshop.held_on.isoformat() == "2031-02-20"
    assert acts(client, campaign_id) == ["campaign_create", "workshop_create"]
    page = client.get(f"/rencontres/{workshop_id}").get_data(as_text=True)
    for words in (
        "20 février 2031",
        "Maison des jeunes",
        "Fanta COULIBALY",
        "Issa KONE",
        "Seydou BA",
        "Kadiatou SACKO",
    ):
        assert words in page


def test_a_new_workshop_starts_with_the_campaign_s_supervision_tables(
    client: Any, campaign_id: int, segou: int
) -> None:
    for key, zone, person in (
        ("steering_committee", "steering_missions", "Nana SACKO"),
        ("programme_staff", "staff_missions", "Yaya DAOU"),
    ):
        place = f"/campagnes/{campaign_id}/termes/{key}"
        rows = missions(
            zone, ("Mopti", "Autre", "", ""), ("SEGOU", person, "jeudi 20 février 2031", "Maison du peuple")
        )
        assert client.post(place, data=rows | {"base": hidden(client.get(place), "base")}).status_code == 303
    page = client.get(f"{new(campaign_id)}?collectivite={segou}").get_data(as_text=True)
    for value in ("Nana SACKO", "Yaya DAOU", "2031-02-20", "Maison du peuple", "le Conseil régional de Ségou"):
        assert f'value="{value}"' in page


def test_each_seat_offers_those_who_hold_its_role_over_the_territory(
    client: Any, cast: Any, campaign_id: int, segou: int
) -> None:
    page = client.get(f"{new(campaign_id)}?collectivite={segou}").get_data(as_text=True)
    for name in ("Fanta COULIBALY", "Issa KONE", "Seydou BA"):
        assert name in page
    for name in ("Moussa DIALLO", "Mariam SANOGO", "Salif KEITA"):
        assert name not in page


def test_a_deactivated_person_is_offered_no_more_but_stays_where_named(
    app: Any, client: Any, cast: Any, sign_in: Any, campaign_id: int, segou: int
) -> None:
    with app.app_context():
        cast.fanta.active = False
        db.session.commit()
    assert "Fanta COULIBALY" not in client.get(f"{new(campaign_id)}?collectivite={segou}").get_data(as_text=True)
    assert "Fanta COULIBALY" in client.get("/rencontres/1/modifier").get_data(as_text=True)
    kept = {"facilitator_id": str(cast.fanta.id), "staff_supervisor": "Yaya DAOU", "version": "1"}
    assert client.post("/rencontres/1/modifier", data=kept).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("held_on", "", "Indiquez la date de la rencontre."),
        ("held_on", "2031-02-30", "Cette date n’existe pas"),
        ("held_on", "2031-04-01", "La date du 1er avril 2031 n’est pas comprise dans la campagne"),
        ("held_on", "2031-01-31", "(du 1er février 2031 au 31 mars 2031)"),
        ("place", " ", "Indiquez la ville"),
        ("venue", "", "Indiquez la salle"),
        ("venue", "x" * 20_000, "Ce texte est trop long"),
        ("organising_body", "", "Indiquez l’organisme"),
        ("facilitator_id", "999", "Cette personne n’a pas ce rôle dans cette collectivité."),
        ("facilitator_id", "1; DROP TABLE", "Cette personne n’a pas ce rôle dans cette collectivité."),
    ],
)
def test_a_bad_fact_is_refused_beside_its_field_and_the_rest_stays(
    client: Any, campaign_id: int, segou: int, field: str, typed: str, sentence: str
) -> None:
    answer = client.post(new(campaign_id), data=workshop_facts(segou, **{field: typed}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="error-{field}"' in page
    assert 'value="Kadiatou SACKO"' in page
    assert acts(client, campaign_id) == ["campaign_create"]


def test_a_person_without_the_role_there_cannot_be_named(client: Any, cast: Any, campaign_id: int, segou: int) -> None:
    facts = workshop_facts(segou, facilitator_id=str(cast.moussa.id))
    assert client.post(new(campaign_id), data=facts).status_code == 422


def test_rapporteur_and_chair_are_two_persons(app: Any, client: Any, cast: Any, campaign_id: int, segou: int) -> None:
    from app.directory.models import Grant, Role

    with app.app_context():
        db.session.add(Grant(person_id=cast.issa.id, role=Role.CHAIR, territory_id=segou))
        db.session.commit()
    both = {"rapporteur_id": str(cast.issa.id), "chair_id": str(cast.issa.id)}
    answer = client.post(new(campaign_id), data=workshop_facts(segou, **both))
    assert answer.status_code == 422
    assert "nommez deux personnes" in answer.get_data(as_text=True)


def test_a_territory_has_one_workshop_in_a_campaign(client: Any, campaign_id: int, segou: int) -> None:
    create_workshop(client, campaign_id, segou)
    answer = client.post(new(campaign_id), data=workshop_facts(segou, venue="Ailleurs"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Cette collectivité a déjà sa rencontre dans cette campagne." in page
    assert 'value="Ailleurs"' in page
    assert client.get(f"{new(campaign_id)}?collectivite={segou}").status_code == 404
    assert "Kayes" in client.get(new(campaign_id)).get_data(as_text=True)
    assert f"collectivite={segou}" not in client.get(new(campaign_id)).get_data(as_text=True)


def test_a_territory_is_found_without_its_accents(client: Any, campaign_id: int, segou: int, kayes: int) -> None:
    page = client.get(f"{new(campaign_id)}?q=SEGOU").get_data(as_text=True)
    assert f"collectivite={segou}" in page
    assert f"collectivite={kayes}" not in page
    empty = client.get(f"{new(campaign_id)}?q=Tombouctou")
    assert empty.status_code == 200
    assert "collectivite=" not in empty.get_data(as_text=True)


def test_the_same_form_sent_twice_plans_one_workshop(client: Any, campaign_id: int, segou: int) -> None:
    first = client.post(new(campaign_id), data=workshop_facts(segou, once="une-clef"))
    second = client.post(new(campaign_id), data=workshop_facts(segou, once="une-clef"))
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert acts(client, campaign_id) == ["campaign_create", "workshop_create"]


def test_emoji_and_markup_are_shown_as_typed(client: Any, campaign_id: int, segou: int) -> None:
    workshop_id = create_workshop(client, campaign_id, segou, venue="<b>Salle</b> 🎉")
    for place in (f"/rencontres/{workshop_id}", f"/rencontres/{workshop_id}/modifier", f"/campagnes/{campaign_id}"):
        page = client.get(place).get_data(as_text=True)
        assert "&lt;b&gt;Salle&lt;/b&gt; 🎉" in page
        assert "<b>Salle" not in page


def test_a_change_is_logged_with_old_and_new_values(client: Any, campaign_id: int, segou: int) -> None:
    workshop_id = create_workshop(client, campaign_id, segou)
    changed = workshop_facts(segou, venue="Grande salle", version="1")
    assert client.post(f"/rencontres/{workshop_id}/modifier", data=changed).status_code == 303
    event = events(client, campaign_id)[-1]
    assert event.act == "workshop_change"
    assert '"changes":{"venue":{"new":"Grande salle","old":"Maison des jeunes"}}' in event.body


def test_a_form_left_open_in_a_second_tab_overwrites_nothing(client: Any, campaign_id: int, segou: int) -> None:
    workshop_id = create_workshop(client, campaign_id, segou)
    place = f"/rencontres/{workshop_id}/modifier"
    assert client.post(place, data=workshop_facts(segou, venue="Premier onglet", version="1")).status_code == 303
    answer = client.post(place, data=workshop_facts(segou, venue="Second onglet", version="1"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Premier onglet" in page
    assert 'value="Second onglet"' in page
    assert the_workshop(client, workshop_id).venue == "Premier onglet"
    version = hidden(answer, "version")
    assert client.post(place, data=workshop_facts(segou, venue="Second onglet", version=version)).status_code == 303
    assert the_workshop(client, workshop_id).venue == "Second onglet"


@pytest.mark.parametrize("days", [{"starts_on": "2031-02-21"}, {"ends_on": "2031-02-19"}])
def test_a_campaign_s_days_cannot_leave_a_workshop_outside(
    client: Any, campaign_id: int, segou: int, days: dict[str, str]
) -> None:
    create_workshop(client, campaign_id, segou)
    answer = client.post(f"/campagnes/{campaign_id}/modifier", data=days | {"version": "1"})
    assert answer.status_code == 422
    assert "Une rencontre de cette campagne est prévue le 20 février 2031." in answer.get_data(as_text=True)


def test_what_a_validated_report_prints_no_longer_changes(app: Any, client: Any, cast: Any, sign_in: Any) -> None:
    with app.app_context():
        report = report_at(Stage.VALIDATED, cast)
        workshop_id = report.workshop_id
        db.session.commit()
    sign_in(client, cast.coumba)
    place = f"/rencontres/{workshop_id}/modifier"
    before = the_workshop(client, workshop_id)
    for field, typed, sentence in (
        ("held_on", "2018-03-01", "la date ne peut plus changer"),
        ("venue", "Ailleurs", "la salle ne peut plus changer"),
        ("chair_id", "", "le président de séance ne peut plus changer"),
    ):
        answer = client.post(place, data={field: typed, "version": "1"})
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
    after = the_workshop(client, workshop_id)
    assert (after.held_on, after.venue, after.chair_id) == (before.held_on, before.venue, before.chair_id)
    assert client.post(place, data={"staff_supervisor": "Yaya DAOU", "version": "1"}).status_code == 303
    assert the_workshop(client, workshop_id).staff_supervisor == "Yaya DAOU"


def test_the_way_to_the_report_is_a_button_then_a_link(app: Any, client: Any, cast: Any, sign_in: Any) -> None:
    with app.app_context():
        workshop_id = found_first_workshop()
    sign_in(client, cast.fanta)
    assert f'action="/rencontres/{workshop_id}/rapport"' in client.get(f"/rencontres/{workshop_id}").get_data(
        as_text=True
    )
    sign_in(client, cast.issa)
    page = client.get(f"/rencontres/{workshop_id}").get_data(as_text=True)
    assert f'action="/rencontres/{workshop_id}/rapport"' not in page
    with app.app_context():
        report_id = drafting.open_report(db.session.get_one(Workshop, workshop_id), cast.fanta).id
        db.session.commit()
    for place in (f"/rencontres/{workshop_id}", "/campagnes/1"):
        page = client.get(place).get_data(as_text=True)
        assert f'href="/rapports/{report_id}"' in page
        assert "Brouillon" in page
        assert f'action="/rencontres/{workshop_id}/rapport"' not in page


def test_a_member_sees_where_a_draft_stands_and_no_link_to_it(app: Any, client: Any, cast: Any, sign_in: Any) -> None:
    with app.app_context():
        report_id = report_at(Stage.DRAFTING, cast).id
        db.session.commit()
    sign_in(client, cast.mariam)
    page = client.get("/campagnes/1").get_data(as_text=True)
    assert "Brouillon" in page
    assert f'href="/rapports/{report_id}"' not in page


@pytest.mark.parametrize("name", ["fanta", "issa", "mariam", "adama", "seydou", "salif"])
def test_those_in_scope_see_a_workshop_and_change_nothing(
    app: Any, client: Any, cast: Any, sign_in: Any, name: str
) -> None:
    with app.app_context():
        workshop_id = found_first_workshop()
    sign_in(client, getattr(cast, name))
    assert client.get(f"/rencontres/{workshop_id}").status_code == 200
    assert "salle du Conseil régional" in client.get("/campagnes/1").get_data(as_text=True)
    for place in (f"/rencontres/{workshop_id}/modifier", "/campagnes/1/rencontres/nouvelle"):
        assert client.get(place).status_code == 404
        assert client.post(place, data={"venue": "Ailleurs", "version": "1"}).status_code == 404
    assert the_workshop(client, workshop_id).venue == "salle du Conseil régional"


@pytest.mark.parametrize("name", ["moussa", "lamine"])
def test_those_of_another_region_and_readers_do_not_find_it(
    app: Any, client: Any, cast: Any, sign_in: Any, name: str
) -> None:
    with app.app_context():
        workshop_id = found_first_workshop()
    sign_in(client, getattr(cast, name))
    assert client.get(f"/rencontres/{workshop_id}").status_code == 404
    assert "salle du Conseil régional" not in client.get("/campagnes/1").get_data(as_text=True)


def test_a_reader_of_everything_sees_workshops_only_where_another_role_reaches(
    app: Any, client: Any, cast: Any, sign_in: Any
) -> None:
    from app.directory.models import Grant, Role

    with app.app_context():
        db.session.add(Grant(person_id=cast.moussa.id, role=Role.READER, territory_id=None))
        db.session.commit()
        workshop_id = found_first_workshop()
    sign_in(client, cast.moussa)
    assert client.get(f"/rencontres/{workshop_id}").status_code == 404


def test_a_regional_coordination_plans_and_changes_in_its_region_only(
    app: Any, client: Any, cast: Any, sign_in: Any, campaign_id: int, segou: int, kayes: int
) -> None:
    from app.directory.models import Grant, Role

    with app.app_context():
        db.session.add(Grant(person_id=cast.salif.id, role=Role.COORDINATION, territory_id=kayes))
        db.session.commit()
        workshop_id = found_first_workshop()
    sign_in(client, cast.salif)
    offered = client.get(new(campaign_id)).get_data(as_text=True)
    assert f"collectivite={kayes}" in offered
    assert f"collectivite={segou}" not in offered
    assert client.get(f"/rencontres/{workshop_id}/modifier").status_code == 403
    assert client.post(f"/rencontres/{workshop_id}/modifier", data={"venue": "X", "version": "1"}).status_code == 403
    refused = client.post(new(campaign_id), data=workshop_facts(segou))
    assert refused.status_code == 422
    assert "Cette collectivité n’est pas de votre ressort." in refused.get_data(as_text=True)
    assert create_workshop(client, campaign_id, kayes)


def found_first_workshop() -> int:
    from tests.factories import the_workshop as first

    return int(first().id)


def test_how_the_participants_consented_is_said_even_after_the_validation_and_logged(
    app: Any, client: Any, cast: Any, sign_in: Any
) -> None:
    with app.app_context():
        workshop_id = report_at(Stage.VALIDATED, cast).workshop_id
        db.session.commit()
    sign_in(client, cast.coumba)
    place = f"/rencontres/{workshop_id}"
    assert "pas encore dits" in client.get(place).get_data(as_text=True)
    said = "Annoncé à l’ouverture, écrit en tête de la liste"
    assert client.post(f"{place}/modifier", data={"consent": said, "version": "1"}).status_code == 303
    assert said in client.get(place).get_data(as_text=True)
    told = orjson.loads(events(client, 1)[-1].body)
    assert told["act"] == "workshop_change" and told["facts"]["changes"] == {"consent": {"old": "", "new": said}}
