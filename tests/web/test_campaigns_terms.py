"""The campaign's two documents: terms of reference, section by section, and model programme."""

from __future__ import annotations

from typing import Any

import pytest

from app.db import db
from app.workshops import terms
from app.workshops.models import Campaign
from tests.web.campaign_forms import acts, create_campaign, hidden, quotas, slots


@pytest.fixture
def campaign_id(client: Any, cast: Any, sign_in: Any) -> int:
    sign_in(client, cast.coumba)
    return create_campaign(client)


def place(campaign_id: int, key: str = "context") -> str:
    return f"/campagnes/{campaign_id}/termes/{key}"


def stored(client: Any, campaign_id: int, zone: str) -> list[dict[str, str]]:
    with client.application.app_context():
        campaign = db.session.get_one(Campaign, campaign_id)
        documents = (*campaign.terms_content, *campaign.programme_content)
    return [dict(block.fields) for block in documents if block.zone == zone]


def test_every_section_has_an_editor_and_stands_on_the_page(client: Any, campaign_id: int) -> None:
    page = client.get(f"/campagnes/{campaign_id}/termes").get_data(as_text=True)
    for section in terms.SECTIONS:
        assert f'id="{section.key}"' in page
        assert client.get(place(campaign_id, section.key)).status_code == 200
    assert client.get(place(campaign_id, "nulle-part")).status_code == 404


def test_every_zone_of_the_terms_belongs_to_one_section() -> None:
    from app.template import TERMS_ZONES

    assert [zone for section in terms.SECTIONS for zone in section.zones] == list(TERMS_ZONES)


def test_prose_is_kept_as_typed_and_the_heading_can_be_changed(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    typed = {"zone-context_heading": "Contexte :", "zone-context": "Un **premier** alinéa.\n\n- un point", "base": base}
    answer = client.post(place(campaign_id), data=typed)
    assert answer.status_code == 303
    assert [block["text"] for block in stored(client, campaign_id, "context")] == [
        "Un **premier** alinéa.",
        "- un point",
    ]
    assert stored(client, campaign_id, "context_heading") == [{"text": "Contexte :"}]
    assert acts(client, campaign_id) == ["campaign_create", "terms_change"]
    page = client.get(f"/campagnes/{campaign_id}/termes").get_data(as_text=True)
    assert "<strong>premier</strong>" in page


def test_saving_a_section_unchanged_writes_nothing(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    heading = stored(client, campaign_id, "context_heading")[0]["text"]
    answer = client.post(place(campaign_id), data={"zone-context_heading": heading, "zone-context": "", "base": base})
    assert answer.status_code == 303
    assert acts(client, campaign_id) == ["campaign_create"]


def test_two_sections_saved_at_once_do_not_disturb_each_other(client: Any, campaign_id: int) -> None:
    first = hidden(client.get(place(campaign_id, "context")), "base")
    second = hidden(client.get(place(campaign_id, "media")), "base")
    one = client.post(place(campaign_id, "context"), data={"zone-context": "Le contexte.", "base": first})
    other = client.post(place(campaign_id, "media"), data={"zone-media": "La presse.", "base": second})
    assert (one.status_code, other.status_code) == (303, 303)
    assert stored(client, campaign_id, "context") == [{"text": "Le contexte."}]
    assert stored(client, campaign_id, "media") == [{"text": "La presse."}]


def test_two_tabs_on_one_section_show_both_texts_and_lose_none(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    client.post(place(campaign_id), data={"zone-context": "Premier onglet.", "base": base})
    answer = client.post(place(campaign_id), data={"zone-context": "Second onglet.", "base": base})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Premier onglet." in page
    assert "Second onglet." in page
    assert stored(client, campaign_id, "context") == [{"text": "Premier onglet."}]
    chosen = client.post(place(campaign_id), data={"zone-context": "Second onglet.", "base": hidden(answer, "base")})
    assert chosen.status_code == 303
    assert stored(client, campaign_id, "context") == [{"text": "Second onglet."}]


def test_quotas_are_rows_and_their_total_is_shown(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id, "participants")), "base")
    rows = quotas(("Élus", "12"), ("", ""), ("Société civile", "1030"))
    assert client.post(place(campaign_id, "participants"), data=rows | {"base": base}).status_code == 303
    assert [row["category"] for row in stored(client, campaign_id, "quotas")] == ["Élus", "Société civile"]
    assert "1042" in client.get(f"/campagnes/{campaign_id}/termes").get_data(as_text=True)


@pytest.mark.parametrize(
    ("category", "number", "sentence"),
    [
        ("", "5", "« Qualités des participants » est vide."),
        ("Élus", "", "« Nombre » est vide."),
        ("Élus", "cinq", "« Nombre » s’écrit en chiffres."),
        ("Élus", "-1", "« Nombre » s’écrit en chiffres."),
        ("Élus", "9" * 5_000, "« Nombre » s’écrit en chiffres."),
    ],
)
def test_a_bad_quota_is_refused_and_stays_on_the_form(
    client: Any, campaign_id: int, category: str, number: str, sentence: str
) -> None:
    base = hidden(client.get(place(campaign_id, "participants")), "base")
    rows = quotas(("Presse", "4"), (category, number)) | {"base": base}
    answer = client.post(place(campaign_id, "participants"), data=rows)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Ligne 2" in page
    assert sentence.replace("« ", "«\u202f").replace(" »", "\u202f»") in page
    assert 'value="4"' in page
    assert number in page
    assert stored(client, campaign_id, "quotas") == []


def test_the_grid_s_buttons_change_the_form_and_keep_nothing(client: Any, campaign_id: int) -> None:
    rows = quotas(("Presse", "4"), ("Élus", "5")) | {"base": "", "grid": "up:quotas:1"}
    page = client.post(place(campaign_id, "participants"), data=rows).get_data(as_text=True)
    assert page.index("Élus") < page.index("Presse")
    rows |= {"grid": "paste:quotas", "paste-quotas": "Femmes\t8\nJeunes\t7"}
    page = client.post(place(campaign_id, "participants"), data=rows).get_data(as_text=True)
    assert "Jeunes" in page
    assert acts(client, campaign_id) == ["campaign_create"]


def test_a_grid_s_button_keeps_the_version_the_form_was_opened_on(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id, "participants")), "base")
    client.post(place(campaign_id, "participants"), data=quotas(("Presse", "4")) | {"base": base})
    pressed = client.post(
        place(campaign_id, "participants"), data=quotas(("Élus", "5")) | {"base": base, "grid": "add:quotas"}
    )
    answer = client.post(
        place(campaign_id, "participants"), data=quotas(("Élus", "5")) | {"base": hidden(pressed, "base")}
    )
    assert answer.status_code == 409
    assert [row["category"] for row in stored(client, campaign_id, "quotas")] == ["Presse"]


def test_a_heading_of_twenty_thousand_letters_is_refused_and_prose_of_as_many_is_kept(
    client: Any, campaign_id: int
) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    answer = client.post(place(campaign_id), data={"zone-context_heading": "x" * 20_000, "base": base})
    assert answer.status_code == 422
    assert "Un titre compte au plus 300 caractères." in answer.get_data(as_text=True)
    assert client.post(place(campaign_id), data={"zone-context": "x" * 20_000, "base": base}).status_code == 303
    assert client.get(f"/campagnes/{campaign_id}/termes").status_code == 200


def test_a_text_over_the_limit_is_refused_with_its_length(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    answer = client.post(place(campaign_id), data={"zone-context": "mot " * 60_000, "base": base})
    assert answer.status_code == 422
    assert "Ce texte est trop long" in answer.get_data(as_text=True)


def test_markup_and_emoji_in_the_terms_are_shown_as_typed(client: Any, campaign_id: int) -> None:
    base = hidden(client.get(place(campaign_id)), "base")
    client.post(place(campaign_id), data={"zone-context": "<img src=x onerror=alert(1)> 🎉", "base": base})
    for address in (f"/campagnes/{campaign_id}/termes", place(campaign_id)):
        page = client.get(address).get_data(as_text=True)
        assert "&lt;img src=x onerror=alert(1)&gt; 🎉" in page
        assert "<img src=x" not in page


def test_the_model_programme_is_a_grid_with_its_own_event(client: Any, campaign_id: int) -> None:
    address = f"/campagnes/{campaign_id}/programme/modifier"
    base = hidden(client.get(address), "base")
    answer = client.post(address, data=slots(("8 h 30", "Accueil", "Comité d’accueil")) | {"base": base})
    assert answer.status_code == 303
    assert acts(client, campaign_id) == ["campaign_create", "programme_change"]
    assert "Comité d’accueil" in client.get(f"/campagnes/{campaign_id}/programme").get_data(as_text=True)
    late = client.post(address, data=slots(("9 h", "Autre", "")) | {"base": base})
    assert late.status_code == 409
    assert "Comité d’accueil" in late.get_data(as_text=True)


def test_only_coordination_edits_the_documents(client: Any, cast: Any, sign_in: Any, campaign_id: int) -> None:
    sign_in(client, cast.fanta)
    for address in (place(campaign_id), f"/campagnes/{campaign_id}/programme/modifier"):
        assert client.get(address).status_code == 404
        assert client.post(address, data={"zone-context": "Faux."}).status_code == 404
    assert acts(client, campaign_id) == ["campaign_create"]
