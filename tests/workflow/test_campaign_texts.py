"""The versions of a campaign's documents beside its log: what two verifiers say where somebody changed them by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, delete, select

from app import create_app
from app.audit.standalone import seben_audit
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import content_hash
from app.content.prose import cut
from app.db import db, engine_options
from app.workshops import terms
from app.workshops.campaigns import create_campaign
from app.workshops.models import Campaign, CampaignText
from app.workshops.texts.checking import verify_texts
from tests.cast import Cast, read_cast
from tests.conftest import SETTINGS, Databases, Postgres
from tests.tampering import disarm
from tests.web.campaign_forms import campaign_facts
from tests.workflow.outsiders import Thief, copied, place_of

CONTEXT = terms.BY_KEY["context"]


def written(cast: Cast) -> Campaign:
    """A campaign whose terms were written twice and restored, and whose programme was written once."""
    campaign = create_campaign(cast.coumba, campaign_facts())
    for text in ("Les budgets sont mal connus.", "Les budgets sont mieux connus."):
        base = content_hash(CONTEXT.of(campaign.terms_content))
        assert terms.save_terms(cast.coumba, campaign, CONTEXT, cut(text, "context"), base)
    assert terms.restore(cast.coumba, campaign, "terms", 2, 3)
    assert terms.save_programme(cast.coumba, campaign, slot("Accueil"), content_hash(()))
    return campaign


def slot(text: str) -> Content:
    return (Block("s1", "slots", BlockKind.ROW, {"hours": "9 h", "text": text, "responsible": ""}),)


class Site:
    """A database with such a campaign, and copies of it."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.folder = folder
        self.run = databases.run if isinstance(databases, Postgres) else None
        self.url = databases.copy()
        app = create_app({**SETTINGS, "DATABASE_URL": self.url}, databases.folder / "instance")
        with app.app_context():
            self.campaign = written(read_cast()).id
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def attacked(self, *statements: str) -> str:
        url = copied(self.url, self.folder, self.run)
        if statements:
            Thief.at(url, lambda thief: thief.do(*statements))
        return url


@pytest.fixture(scope="module")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(databases, tmp_path_factory.mktemp("texts"))


def by_application(url: str) -> set[tuple[str, str]]:
    engine = create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        found = {(each.kind, each.sentence) for each in verify_texts(connection)}
    engine.dispose()
    return found


def by_verifier(url: str) -> set[tuple[str, str]]:
    found = seben_audit.verify(place_of(url), [], jobs=1).findings
    said = {(each.kind, each.sentence) for each in found if each.kind in ("text", "event", "schema")}
    return {each for each in said if not each[1].endswith(OF_THE_REGISTERS)}


OF_THE_REGISTERS = "part d’une valeur qui n’était pas celle du registre."
HERE = "kind = 'terms' AND version"
TERMS, PROGRAMME = "termes de référence", "programme type"
EDITED = "n’a pas le texte que le journal a scellé : il a été modifié"
LOST = "n’a plus le texte que le journal dit gardé"
UNKNOWN = "a un texte dont aucun événement ne parle"
ATTACKS = [
    (f"UPDATE campaign_text SET content_json = replace(content_json, 'mal', 'bien') WHERE {HERE} = 2", TERMS, 2, EDITED),
    (f"UPDATE campaign_text SET hash = '{'0' * 64}' WHERE kind = 'programme' AND version = 2", PROGRAMME, 2, EDITED),
    (f"DELETE FROM campaign_text WHERE {HERE} = 4", TERMS, 4, LOST),
    (f"DELETE FROM campaign_text WHERE {HERE} = 1", TERMS, 1, LOST),
    (
        "INSERT INTO campaign_text (id, campaign_id, kind, version, content_json, hash, at) "
        f"SELECT 99, campaign_id, kind, 5, content_json, hash, at FROM campaign_text WHERE {HERE} = 4",
        TERMS,
        5,
        UNKNOWN,
    ),
    (f"UPDATE campaign_text SET author_id = 1 WHERE {HERE} = 3", TERMS, 3, "n’a pas l’auteur ou la date que dit le journal"),
]  # fmt: skip


def test_both_verifiers_pass_what_was_done_by_the_rules(site: Site) -> None:
    assert by_application(site.attacked()) == by_verifier(site.attacked()) == set()


def test_both_name_a_text_that_is_missing_edited_or_added(site: Site, subtests: pytest.Subtests) -> None:
    for statement, kind, number, what in ATTACKS:
        with subtests.test(statement):
            url = site.attacked(statement)
            expected = {("text", f"Campagne {site.campaign}, {kind}, version {number} : elle {what}.")}
            assert by_application(url) == expected
            assert by_verifier(url) == expected


@pytest.mark.parametrize(
    ("seq", "old", "new", "what"),
    [
        (4, '"restored":2', '"restored":3', "rétablit un texte qui n’était pas celui de la version 3"),
        (5, '"old_hash":"', '"old_hash":"0', "ne suit pas la version 1"),
    ],
)
def test_both_name_an_event_that_cannot_have_been(site: Site, seq: int, old: str, new: str, what: str) -> None:
    url = site.attacked()
    Thief.at(url, lambda thief: thief.edit(f"campaign:{site.campaign}", seq, old, new))
    kind = TERMS if seq == 4 else PROGRAMME
    expected = {("event", f"Campagne {site.campaign}, événement {seq} : il {what} ({kind}).")}
    assert by_application(url) == by_verifier(url) == expected


def test_the_migration_takes_over_what_stands(world: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by a log that did not yet say that texts are kept: older versions are then known by their hashes alone."""
    monkeypatch.setattr("app.workshops.terms.KEPT", "other")
    monkeypatch.setattr("app.workshops.campaigns.KEPT", "other")
    campaign = written(cast)
    db.session.commit()
    before = {(row.kind, row.version, row.hash, row.at, row.author_id) for row in _rows(campaign)}
    db.session.remove()
    downgrade(revision="0010")
    upgrade()
    rows = _rows(campaign)
    assert [(row.kind, row.version) for row in rows] == [("programme", 2), ("terms", 4)]
    assert {(row.kind, row.version, row.hash, row.at, row.author_id) for row in rows} <= before
    assert verify_texts(db.session) == []
    disarm(db.session.connection())
    db.session.execute(delete(CampaignText).where(CampaignText.kind == "terms"))
    assert [finding.sentence for finding in verify_texts(db.session)] == [
        f"Campagne {campaign.id}, {TERMS}, version 4 : elle {LOST}."
    ]


def _rows(campaign: Campaign) -> list[CampaignText]:
    mine = select(CampaignText).where(CampaignText.campaign_id == campaign.id)
    return list(db.session.scalars(mine.order_by(CampaignText.kind, CampaignText.version)))
