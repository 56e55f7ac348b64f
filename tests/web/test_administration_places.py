"""The coordination draws the tree of territories and founds commissions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.directory.models import Commission, Person, Role
from app.directory.territories import Territory
from app.people import charting, grants
from app.workflow import Majority
from tests.cast import Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
ROOT = "/administration/collectivites"
COMMISSIONS = "/administration/commissions"


@pytest.fixture
def coumba(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The coordination's browser."""
    return sign_in(client, cast.coumba)


def territory(app: Flask, name: str) -> Territory:
    with app.app_context():
        return db.session.scalars(select(Territory).where(Territory.name == name)).one()


def add(client: FlaskClient, parent: Territory | None, level: str, name: str) -> tuple[int, str]:
    place = f"{ROOT}/{parent.id}" if parent else ROOT
    answer = client.post(place, data={"level": level, "name": name})
    return answer.status_code, answer.text


def test_a_circle_and_a_commune_are_added_below_segou(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    segou = territory(app, "Ségou")
    assert add(coumba, segou, "circle", "Bla")[0] == 303
    assert add(coumba, territory(app, "Bla"), "commune", "Touna")[0] == 303
    bla, touna = territory(app, "Bla"), territory(app, "Touna")
    assert touna.path == f"/{segou.id}/{bla.id}/{touna.id}/"
    assert segou.covers(touna.path)
    with app.app_context():
        assert cast.fanta.holds(Role.FACILITATOR, touna.path)
        assert not cast.moussa.holds(Role.FACILITATOR, touna.path)
    facts = {"territory": bla.id, "parent": segou.id, "level": "circle", "name": "Bla"}
    assert told(app)[0] == ("territory_add", cast.coumba.id, facts)
    assert "Bla</a>" in coumba.get(f"{ROOT}/{touna.id}").text, "the way back up"


@pytest.mark.parametrize(
    ("parent", "level", "name", "field", "sentence"),
    [
        ("Ségou", "circle", "", "name", "Le nom manque."),
        ("Ségou", "circle", "   ", "name", "Le nom manque."),
        ("Ségou", "circle", "B" * 20_000, "name", "Le nom compte 20000 caractères"),
        ("Ségou", "commune", "Touna", "level", "Choisissez le niveau"),
        ("Ségou", "royaume", "Touna", "level", "Choisissez le niveau"),
        ("Ségou", "", "Touna", "level", "Choisissez le niveau"),
        (None, "circle", "Bla", "level", "Choisissez le niveau"),
        (None, "region", "SÉGOU", "name", "Une collectivité de ce nom existe déjà ici."),
    ],
)
def test_a_territory_that_cannot_stand_there_is_refused(
    app: Flask, coumba: FlaskClient, parent: str | None, level: str, name: str, field: str, sentence: str
) -> None:
    code, text = add(coumba, territory(app, parent) if parent else None, level, name)
    assert code == 422
    assert sentence in text
    assert f'id="error-{field}"' in text
    assert acts(app) == []


def test_the_same_name_may_stand_in_two_regions(app: Flask, coumba: FlaskClient) -> None:
    assert add(coumba, territory(app, "Ségou"), "circle", "Fana")[0] == 303
    assert add(coumba, territory(app, "Kayes"), "circle", "Fana")[0] == 303


def test_nothing_stands_below_a_commune(app: Flask, coumba: FlaskClient) -> None:
    add(coumba, None, "district", "Bamako")
    add(coumba, territory(app, "Bamako"), "commune", "Commune IV")
    commune = territory(app, "Commune IV")
    assert add(coumba, commune, "commune", "Quartier")[0] == 422
    assert "<form" not in coumba.get(f"{ROOT}/{commune.id}").text.split("<main", 1)[1]


def test_markup_in_a_name_stays_text(app: Flask, coumba: FlaskClient) -> None:
    add(coumba, territory(app, "Ségou"), "circle", "<script>alert(1)</script>")
    assert "<script>alert" not in coumba.get(f"{ROOT}/{territory(app, 'Ségou').id}").text


def test_many_circles_are_paged_in_order(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    segou = territory(app, "Ségou")
    with app.app_context():
        for number in range(70):
            charting.add(db.session.get(Territory, segou.id), "circle", f"Cercle {number:02}", cast.coumba)
        db.session.commit()
    first = coumba.get(f"{ROOT}/{segou.id}").text
    further = re.search(rf'href="({ROOT}/{segou.id}\?apres=\d+)"', first)
    assert further is not None
    names = re.findall(r"Cercle \d\d", first) + re.findall(r"Cercle \d\d", coumba.get(further[1]).text)
    assert names == [f"Cercle {number:02}" for number in range(70)]


def test_a_regional_coordination_adds_below_its_region_only(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    kayes = territory(app, "Kayes")
    with app.app_context():
        grants.give(cast.moussa, "coordination", str(kayes.id), cast.coumba)
        db.session.commit()
    moussa = sign_in(app.test_client(), cast.moussa)
    assert add(moussa, kayes, "circle", "Bafoulabé")[0] == 303
    assert add(moussa, territory(app, "Ségou"), "circle", "Bla")[0] == 403
    assert add(moussa, None, "region", "Nioro")[0] == 403
    segou = {"place": str(territory(app, "Ségou").id), "name": "CRSB", "quorum": ""}
    assert moussa.post(f"{COMMISSIONS}/1", data={**segou, "base": ""}).status_code == 403


# Commissions.


def commission(app: Flask) -> Commission:
    with app.app_context():
        return db.session.scalars(select(Commission).order_by(Commission.id.desc())).first()  # type: ignore[return-value]


def save(client: FlaskClient, number: int, **typed: str) -> tuple[int, str]:
    base = re.search(r'name="base" value="(\w+)"', client.get(f"{COMMISSIONS}/{number}").text)
    assert base is not None
    answer = client.post(f"{COMMISSIONS}/{number}", data={"name": "CRSB de Ségou", "base": base[1], **typed})
    return answer.status_code, answer.text


def test_kayes_gets_its_commission(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    kayes = territory(app, "Kayes")
    form = {"place": str(kayes.id), "name": "CRSB de Kayes", "quorum": "5"}
    assert coumba.post(f"{COMMISSIONS}/nouvelle", data=form).status_code == 303
    founded = commission(app)
    assert (founded.territory_id, founded.name, founded.quorum) == (kayes.id, "CRSB de Kayes", 5)
    facts = {
        "commission": founded.id,
        "territory": kayes.id,
        "changed": {
            "name": ["", "CRSB de Kayes"],
            "quorum": [None, 5],
            "majority": [None, "simple"],
            "casting_vote": [None, False],
            "reading_days": [None, 10],
        },
    }
    assert told(app) == [("commission_save", cast.coumba.id, facts)]


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"place": ""}, "place", "Choisissez une collectivité."),
        ({"place": "999"}, "place", "Choisissez une collectivité."),
        ({"place": "Ségou"}, "place", "Cette collectivité a déjà sa commission."),
        ({"name": ""}, "name", "Le nom de la commission manque."),
        ({"name": "C" * 300}, "name", "Le nom compte 300 caractères"),
        ({"quorum": "beaucoup"}, "quorum", "Indiquez un nombre entre 1 et"),
        ({"quorum": "0"}, "quorum", "Indiquez un nombre entre 1 et"),
        ({"quorum": "-3"}, "quorum", "Indiquez un nombre entre 1 et"),
        ({"quorum": "9" * 30}, "quorum", "Indiquez un nombre entre 1 et"),
        ({"majority": "écrasante"}, "majority", "Choisissez la majorité exigée."),
        ({"reading_days": "0"}, "reading_days", "Indiquez un nombre de jours ouvrables entre 1 et 60."),
        ({"reading_days": "61"}, "reading_days", "Indiquez un nombre de jours ouvrables entre 1 et 60."),
        ({"reading_days": "dix"}, "reading_days", "Indiquez un nombre de jours ouvrables entre 1 et 60."),
    ],
)
def test_a_bad_commission_is_refused(
    app: Flask, coumba: FlaskClient, form: dict[str, str], field: str, sentence: str
) -> None:
    typed = {"place": str(territory(app, "Kayes").id), "name": "CRSB de Kayes", "quorum": "", **form}
    if typed["place"] == "Ségou":
        typed["place"] = str(territory(app, "Ségou").id)
    answer = coumba.post(f"{COMMISSIONS}/nouvelle", data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="error-{field}"' in answer.text
    assert acts(app) == []


def test_the_quorum_is_set_and_taken_back(app: Flask, coumba: FlaskClient) -> None:
    number = commission(app).id
    assert save(coumba, number, quorum="3")[0] == 303
    assert "Votes exigés pour valider\u00a0: 3 sur 4" in coumba.get(f"{COMMISSIONS}/{number}").text
    assert save(coumba, number, quorum="")[0] == 303
    assert commission(app).quorum is None
    assert acts(app) == ["commission_save", "commission_save"]


def test_a_quorum_nobody_can_reach_is_pointed_out(app: Flask, coumba: FlaskClient) -> None:
    save(coumba, commission(app).id, quorum="9")
    assert "Le quorum dépasse le nombre des membres" in coumba.get(f"{COMMISSIONS}/{commission(app).id}").text


def test_two_tabs_do_not_overwrite_a_quorum(app: Flask, coumba: FlaskClient) -> None:
    number = commission(app).id
    stale = re.search(r'name="base" value="(\w+)"', coumba.get(f"{COMMISSIONS}/{number}").text)
    assert stale is not None
    save(coumba, number, quorum="2")
    form = {"name": "CRSB de Ségou", "quorum": "3", "base": stale[1]}
    answer = coumba.post(f"{COMMISSIONS}/{number}", data=form)
    assert answer.status_code == 409
    assert "Enregistré entre-temps\u00a0: 2" in answer.text
    assert commission(app).quorum == 2


def test_the_rules_of_a_commission_are_set_told_and_shown(app: Flask, coumba: FlaskClient) -> None:
    number = commission(app).id
    rules = {"quorum": "3", "majority": "two_thirds", "casting_vote": "1", "reading_days": "15"}
    assert save(coumba, number, **rules)[0] == 303
    kept = commission(app)
    assert (kept.majority, kept.casting_vote, kept.reading_days) == (Majority.TWO_THIRDS, True, 15)
    assert told(app)[0][2]["changed"] == {
        "quorum": [None, 3],
        "majority": ["simple", "two_thirds"],
        "casting_vote": [False, True],
        "reading_days": [10, 15],
    }
    shown = coumba.get(f"{COMMISSIONS}/{number}").text
    assert re.search(r'value="two_thirds" checked> Majorité des deux tiers', shown)
    assert re.search(r'name="casting_vote" type="checkbox" value="1" checked', shown)
    listed = coumba.get(COMMISSIONS).text
    assert "Majorité des deux tiers" in listed and "prépondérante" not in listed, "there it decides nothing"
    assert save(coumba, number, **rules)[0] == 303
    assert len(acts(app)) == 1, "the same rules again change nothing"
    save(coumba, number, **{**rules, "majority": "absolute"})
    assert "Majorité absolue des votants, voix prépondérante du président" in coumba.get(COMMISSIONS).text


def test_two_tabs_do_not_overwrite_the_rules(app: Flask, coumba: FlaskClient) -> None:
    number = commission(app).id
    stale = re.search(r'name="base" value="(\w+)"', coumba.get(f"{COMMISSIONS}/{number}").text)
    assert stale is not None
    save(coumba, number, majority="seats", casting_vote="1")
    form = {"name": "CRSB de Ségou", "majority": "absolute", "base": stale[1]}
    answer = coumba.post(f"{COMMISSIONS}/{number}", data=form)
    assert answer.status_code == 409
    assert "Enregistré entre-temps\u00a0: Majorité des membres" in answer.text
    assert "Enregistré entre-temps\u00a0: oui" in answer.text
    assert commission(app).majority is Majority.SEATS


def test_saving_a_commission_without_a_change_leaves_no_event(app: Flask, coumba: FlaskClient) -> None:
    assert save(coumba, commission(app).id, quorum="")[0] == 303
    assert acts(app) == []


def test_the_page_of_a_commission_names_its_members(app: Flask, coumba: FlaskClient) -> None:
    shown = coumba.get(f"{COMMISSIONS}/{commission(app).id}").text
    for name in ("Adama DEMBELE", "Mariam SANOGO", "Oumar CISSE", "Binta TRAORE"):
        assert name in shown
    assert "Fanta COULIBALY" not in shown
