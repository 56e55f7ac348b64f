"""What the tests of campaigns and workshops type into the forms, and how they read the log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db

Row = TypeVar("Row")


def campaign_facts(**other: str) -> dict[str, str]:
    """The campaign's form, filled in; `other` replaces some of it."""
    return {
        "name": "Débats 2031",
        "organisation": "Collectif de suivi",
        "report_title": "Rapport de la rencontre sur le budget 2031 {organisateur}",
        "budget_year": "2031",
        "starts_on": "2031-02-01",
        "ends_on": "2031-03-31",
    } | other


def workshop_facts(territory_id: int | str, **other: str) -> dict[str, str]:
    """The workshop's form, filled in; `other` replaces some of it."""
    return {
        "territory": str(territory_id),
        "held_on": "2031-02-20",
        "place": "Ségou",
        "venue": "Maison des jeunes",
        "organising_body": "le Conseil régional de Ségou",
        "facilitator_id": "",
        "rapporteur_id": "",
        "chair_id": "",
        "steering_supervisor": "Kadiatou SACKO",
        "staff_supervisor": "",
    } | other


def create_campaign(client: Any, **other: str) -> int:
    """A campaign, created through its form by who is signed in; its number."""
    answer = client.post("/campagnes/nouvelle", data=campaign_facts(**other))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(answer.location.rpartition("/")[2])


def create_workshop(client: Any, campaign_id: int, territory_id: int, **other: str) -> int:
    """A workshop, created through its form by who is signed in; its number."""
    answer = client.post(f"/campagnes/{campaign_id}/rencontres/nouvelle", data=workshop_facts(territory_id, **other))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(answer.location.rpartition("/")[2])


def events(client: Any, campaign_id: int) -> list[AuditEvent]:
    """What the log tells of a campaign, in order."""
    query = select(AuditEvent).where(AuditEvent.stream == f"campaign:{campaign_id}").order_by(AuditEvent.seq)
    with client.application.app_context():
        return list(db.session.scalars(query))


def acts(client: Any, campaign_id: int) -> list[str]:
    return [event.act for event in events(client, campaign_id)]


def found(client: Any, kind: type[Row], **facts: Any) -> list[Row]:
    """The rows of the database with these facts."""
    with client.application.app_context():
        return list(db.session.scalars(select(kind).filter_by(**facts)))


def quotas(*rows: tuple[str, str]) -> dict[str, str]:
    """The grid of quotas as a form sends it: (category, number) a row."""
    return grid("quotas", ("category", "number"), rows)


def slots(*rows: tuple[str, str, str]) -> dict[str, str]:
    """The programme's grid as a form sends it: (hours, text, responsible) a row."""
    return grid("slots", ("hours", "text", "responsible"), rows)


def missions(zone: str, *rows: tuple[str, str, str, str]) -> dict[str, str]:
    """A supervision table as a form sends it: (territory, person, date, venue) a row."""
    return grid(zone, ("territory", "person", "date", "venue"), rows)


def grid(zone: str, fields: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> dict[str, str]:
    form = {f"zone-{zone}-grid": "1"}
    for number, row in enumerate(rows):
        form[f"zone-{zone}-{number}-id"] = ""
        form |= {f"zone-{zone}-{number}-{field}": cell for field, cell in zip(fields, row, strict=True)}
    return form


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    assert found is not None, name
    return found[1]
