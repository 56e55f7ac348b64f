"""The versions of a campaign's documents: kept, compared, restored, opened in the journal, checked by both verifiers."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.workshops.models import Campaign, CampaignText
from tests.web.campaign_forms import acts, create_campaign, events, hidden, slots


@pytest.fixture
def campaign_id(client: Any, cast: Any, sign_in: Any) -> int:
    """A campaign whose context was written, and then written anew."""
    sign_in(client, cast.coumba)
    campaign_id = create_campaign(client)
    for text in ("Les budgets sont mal connus.", "Les budgets sont mieux connus."):
        write(client, campaign_id, text)
    return campaign_id


def write(client: Any, campaign_id: int, text: str) -> None:
    place = f"/campagnes/{campaign_id}/termes/context"
    base = hidden(client.get(place), "base")
    typed = {"zone-context_heading": "Contexte", "zone-context": text, "base": base}
    assert client.post(place, data=typed).status_code == 303


def place(campaign_id: int, document: str = "termes") -> str:
    return f"/campagnes/{campaign_id}/versions/{document}"


def kept(client: Any, campaign_id: int, kind: str = "terms") -> list[CampaignText]:
    mine = (CampaignText.campaign_id == campaign_id, CampaignText.kind == kind)
    with client.application.app_context():
        return list(db.session.scalars(select(CampaignText).where(*mine).order_by(CampaignText.version)))


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_save_keeps_its_text_beside_its_event(client: Any, campaign_id: int) -> None:
    told = [event for event in events(client, campaign_id) if event.act == "terms_change"]
    rows = kept(client, campaign_id)
    assert [row.version for row in rows] == [1, 2, 3]
    assert [(row.at, row.author_id) for row in rows[1:]] == [(event.at, event.actor_id) for event in told]
    assert all(row.hash in event.body for row, event in zip(rows[1:], told, strict=True))
    assert [row.version for row in kept(client, campaign_id, "programme")] == [1]


def test_the_page_lists_the_versions_and_compares_any_two_as_words(client: Any, campaign_id: int) -> None:
    page = words(client.get(place(campaign_id)).get_data(as_text=True))
    assert "De la version 2 à la version 3" in page
    assert "supprimé : mal ajouté : mieux" in page
    assert page.count("Coumba") >= 3
    across = words(client.get(f"{place(campaign_id)}?de=3&a=1").get_data(as_text=True))
    assert "De la version 1 à la version 3" in across
    assert "ajouté : Les budgets sont mieux connus." in across
    assert client.get(f"{place(campaign_id)}?de=-4&a=99").status_code == 200
    assert client.get(place(campaign_id, "autre")).status_code == 404
    empty = words(client.get(place(campaign_id, "programme")).get_data(as_text=True))
    assert "Il n’y a encore qu’une version" in empty


def test_an_earlier_version_is_restored_as_a_new_one(client: Any, campaign_id: int) -> None:
    answer = client.post(f"{place(campaign_id)}/2/retablir", data={"base": "3"})
    assert answer.status_code == 303
    _, second, _, fourth = kept(client, campaign_id)
    assert (fourth.version, fourth.hash) == (4, second.hash)
    with client.application.app_context():
        campaign = db.session.get_one(Campaign, campaign_id)
        assert (campaign.terms, campaign.terms_version) == (second.content_json, 4)
    assert '"restored":2' in events(client, campaign_id)[-1].body
    assert client.post(f"{place(campaign_id)}/4/retablir", data={"base": "4"}).status_code == 303
    assert len(kept(client, campaign_id)) == 4
    assert client.post(f"{place(campaign_id)}/9/retablir", data={"base": "4"}).status_code == 404


def test_a_save_in_between_stops_a_restore(client: Any, campaign_id: int) -> None:
    write(client, campaign_id, "Entre-temps.")
    answer = client.post(f"{place(campaign_id)}/2/retablir", data={"base": "3"})
    assert answer.status_code == 409
    assert "Une autre personne a modifié ce document" in answer.get_data(as_text=True)
    assert len(kept(client, campaign_id)) == 4


def test_the_programme_has_its_versions_too(client: Any, campaign_id: int) -> None:
    edit = f"/campagnes/{campaign_id}/programme/modifier"
    base = hidden(client.get(edit), "base")
    assert client.post(edit, data={**slots(("9 h", "Accueil", "L’équipe")), "base": base}).status_code == 303
    page = words(client.get(place(campaign_id, "programme")).get_data(as_text=True))
    assert "De la version 1 à la version 2" in page and "ajouté : Accueil" in page
    assert client.post(f"{place(campaign_id, 'programme')}/1/retablir", data={"base": "2"}).status_code == 303
    assert acts(client, campaign_id)[-2:] == ["programme_change", "programme_change"]


def test_who_is_not_of_the_coordination_reads_and_restores_nothing(
    client: Any, campaign_id: int, cast: Any, sign_in: Any
) -> None:
    client.post("/deconnexion")
    sign_in(client, cast.salif)
    page = client.get(place(campaign_id))
    assert page.status_code == 200 and "Rétablir" not in page.get_data(as_text=True)
    assert client.post(f"{place(campaign_id)}/2/retablir", data={"base": "3"}).status_code == 404


def test_the_journal_opens_the_event_to_its_words(client: Any, campaign_id: int, cast: Any, sign_in: Any) -> None:
    client.post(f"{place(campaign_id)}/2/retablir", data={"base": "3"})
    last = events(client, campaign_id)[-1]
    client.post("/deconnexion")
    sign_in(client, cast.salif)
    page = words(client.get(f"/journal/{last.id}").get_data(as_text=True))
    assert "De la version 3 à la version 4" in page
    assert "supprimé : mieux ajouté : mal" in page
    assert "a rétabli la version 2 pour les termes de référence" in page
    with client.application.app_context():
        sealed = db.session.get_one(AuditEvent, last.id).hash
    lines = client.post("/journal/export/jsonl").get_data(as_text=True)
    assert sealed in lines and kept(client, campaign_id)[-1].hash in lines


def test_a_version_from_before_texts_were_kept_is_known_by_its_hash(
    client: Any, cast: Any, sign_in: Any, campaign_id: int
) -> None:
    """The cast's own campaign came to be without versions: its second is the first that is kept."""
    write(client, 1, "Le premier texte gardé.")
    page = words(client.get(place(1)).get_data(as_text=True))
    assert "le journal n’en a que les empreintes" in page
    event = events(client, 1)[-1]
    client.post("/deconnexion")
    sign_in(client, cast.salif)
    opened = words(client.get(f"/journal/{event.id}").get_data(as_text=True))
    assert "le journal en a la seule empreinte" in opened and "Empreinte d’avant" in opened
