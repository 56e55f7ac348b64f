"""Long lists of campaigns and workshops: paged by key, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.db import db
from app.directory.territories import Level, Territory
from app.workshops.models import Campaign, Workshop
from tests.web.campaign_forms import create_campaign

MOST_QUERIES = 12


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs sent while inside."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan_many(app: Any, campaign_id: int, number: int, region_id: int) -> None:
    """Communes of the region, each with its workshop, three a day."""
    with app.app_context():
        region = db.session.get_one(Territory, region_id)
        for n in range(number):
            commune = Territory(level=Level.COMMUNE, name=f"Commune {n:03}", parent_id=region.id, path=f"new{n}")
            db.session.add(commune)
            db.session.flush()
            commune.path = f"{region.path}{commune.id}/"
            day = date(2031, 2, 1) + timedelta(days=n // 3)
            facts = {"place": "Bla", "venue": "Mairie", "organising_body": "la Mairie", "held_on": day}
            db.session.add(Workshop(campaign_id=campaign_id, territory_id=commune.id, **facts))
        db.session.commit()


@pytest.fixture
def campaign_id(client: Any, cast: Any, sign_in: Any) -> int:
    sign_in(client, cast.coumba)
    return create_campaign(client)


def test_a_hundred_workshops_come_page_by_page_each_once(
    app: Any, client: Any, cast: Any, sign_in: Any, campaign_id: int
) -> None:
    plan_many(app, campaign_id, 101, cast.issa.grants[0].territory_id)
    sign_in(client, cast.issa)
    seen: list[str] = []
    place: str | None = f"/campagnes/{campaign_id}"
    pages = 0
    while place:
        page = client.get(place).get_data(as_text=True)
        seen += [part[:3] for part in page.split(">Commune ")[1:]]
        place = following(page)
        pages += 1
    assert pages == 3
    assert seen == [f"{n:03}" for n in range(101)]


def following(page: str) -> str | None:
    found = page.rpartition('">Suite</a>')[0].rpartition('href="')[2]
    return found.replace("&amp;", "&") or None


def test_a_page_s_key_that_nobody_was_given_shows_the_first_page(client: Any, campaign_id: int) -> None:
    for key in ("zut", "2031-02-01", "2031-02-01.x", "9999-99-99.1", "2031-02-01." + "9" * 400, "."):
        assert client.get(f"/campagnes/{campaign_id}?apres={key}").status_code == 200
        assert client.get(f"/campagnes?apres={key}").status_code == 200


def test_campaigns_come_page_by_page_the_latest_first(app: Any, client: Any, cast: Any, sign_in: Any) -> None:
    with app.app_context():
        for n in range(60):
            facts = {"organisation": "Collectif", "report_title": "Rapport", "budget_year": 2030}
            days = {"starts_on": date(2030, 1, 1), "ends_on": date(2030, 2, 1)}
            db.session.add(Campaign(name=f"Campagne {n:02}", terms="[]", programme="[]", **facts, **days))
        db.session.commit()
    sign_in(client, cast.coumba)
    first = client.get("/campagnes").get_data(as_text=True)
    rest = client.get(following(first)).get_data(as_text=True)
    names = [part[:2] for page in (first, rest) for part in page.split(">Campagne ")[1:]]
    assert names == [f"{n:02}" for n in reversed(range(60))]
    assert following(rest) is None


def test_a_long_list_costs_no_more_queries_than_a_short_one(app: Any, client: Any, cast: Any, campaign_id: int) -> None:
    region_id = cast.issa.grants[0].territory_id
    plan_many(app, campaign_id, 2, region_id)
    places = (f"/campagnes/{campaign_id}", "/campagnes", f"/campagnes/{campaign_id}/rencontres/nouvelle")
    with counted() as short:
        for place in places:
            client.get(place)
    plan_many(app, campaign_id, 48, region_id)
    with counted() as long:
        for place in places:
            client.get(place)
    assert len(long) == len(short) <= MOST_QUERIES * len(places)


def test_a_workshop_s_page_and_form_take_few_queries(app: Any, client: Any, cast: Any, sign_in: Any) -> None:
    sign_in(client, cast.coumba)
    for place in ("/rencontres/1", "/rencontres/1/modifier", "/campagnes/1/termes"):
        with counted() as statements:
            assert client.get(place).status_code == 200
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)
