"""Campaigns: creating one, changing its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import template
from app.audit import events
from app.audit.entries import Where
from app.content.blocks import Block, BlockKind
from app.content.canonical import content_bytes, content_hash
from app.content.prose import new_id
from app.db import db
from app.directory.models import Person, Role
from app.workshops import reach, wording
from app.workshops.entries import Entries, InvalidEntries, OutdatedForm, changes, plain
from app.workshops.models import Campaign, Workshop
from app.workshops.texts.keeping import KEPT, keep

FIELDS = ("name", "organisation", "report_title", "budget_year", "starts_on", "ends_on")


def stream(campaign_id: int) -> str:
    """The stream of the log that tells a campaign's life and that of its workshops."""
    return f"campaign:{campaign_id}"


def create_campaign(person: Person, typed: Mapping[str, str]) -> Campaign:
    """A new campaign, its terms of reference holding the usual headings, its programme empty.

    `typed` holds FIELDS as text. Raises `InvalidEntries`.
    """
    values = _read(Entries(typed))
    headings = tuple(
        Block(new_id(), zone.key, BlockKind.HEADING, {"text": zone.prefill})
        for zone in template.TERMS_ZONES
        if zone.prefill
    )
    campaign = Campaign(**values, terms=content_bytes(headings).decode("utf-8"), programme="[]")
    with _name_of_its_own():
        db.session.add(campaign)
    facts = {
        "campaign": campaign.id,
        "values": {field: plain(value) for field, value in values.items()},
        "terms": content_hash(headings),
        "programme": content_hash(()),
        KEPT: True,
    }
    event = events.record(
        stream(campaign.id), "campaign_create", person, facts, Role.COORDINATION, Where("", campaign.id)
    )
    keep(campaign, "terms", event)
    keep(campaign, "programme", event)
    return campaign


def change_campaign(person: Person, campaign: Campaign, typed: Mapping[str, str], version: int) -> bool:
    """Change a campaign's facts; `version` is the one the form was opened on. False where nothing differs.

    Raises `InvalidEntries`, `Forbidden` for who does not coordinate all its territories, and `OutdatedForm`
    where another save came in between.
    """
    db.session.refresh(campaign, with_for_update=True)
    reach.check(person, campaign)
    before = facts_of(campaign)
    values = _read(Entries(typed, before), campaign)
    changed = changes(before, values)
    if not changed:
        return False
    if version != campaign.version:
        raise OutdatedForm(values, before)
    with _name_of_its_own():
        for field, value in values.items():
            setattr(campaign, field, value)
        campaign.version += 1
    facts = {"campaign": campaign.id, "version": campaign.version, "changes": changed}
    events.record(stream(campaign.id), "campaign_change", person, facts, Role.COORDINATION, Where("", campaign.id))
    return True


def facts_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign's FIELDS, by name."""
    return {field: getattr(campaign, field) for field in FIELDS}


def _read(entries: Entries, campaign: Campaign | None = None) -> dict[str, Any]:
    values = {
        "name": entries.line("name", 200, "Donnez un nom à la campagne."),
        "organisation": entries.line("organisation", 200, "Indiquez l’organisation qui mène la campagne."),
        "report_title": entries.line("report_title", 500, "Écrivez le titre que porteront les rapports."),
        "budget_year": entries.number("budget_year", 1960, 2200, "Indiquez l’année du budget."),
        "starts_on": entries.day("starts_on", "Indiquez le premier jour de la campagne."),
        "ends_on": entries.day("ends_on", "Indiquez le dernier jour de la campagne."),
    }
    _check_title(entries, str(values["report_title"]))
    if not {"starts_on", "ends_on"} & entries.errors.keys():
        _check_days(entries, values, campaign)
    entries.settle()
    return values


def _check_title(entries: Entries, title: str) -> None:
    rest = title.replace(wording.ORGANISER, "")
    if "{" in rest or "}" in rest:
        entries.errors["report_title"] = (
            f"Seul {wording.ORGANISER} peut être écrit entre accolades : l’organisme de chaque rencontre le remplacera."
        )


def _check_days(entries: Entries, values: Mapping[str, Any], campaign: Campaign | None) -> None:
    if values["ends_on"] < values["starts_on"]:
        entries.errors["ends_on"] = "Le dernier jour vient avant le premier."
        return
    if campaign is None:
        return
    held = select(func.min(Workshop.held_on), func.max(Workshop.held_on)).where(Workshop.campaign_id == campaign.id)
    first, last = db.session.execute(held).one()
    if first and first < values["starts_on"]:
        entries.errors["starts_on"] = f"Une rencontre de cette campagne est prévue le {wording.day(first)}."
    if last and last > values["ends_on"]:
        entries.errors["ends_on"] = f"Une rencontre de cette campagne est prévue le {wording.day(last)}."


@contextmanager
def _name_of_its_own() -> Iterator[None]:
    """Write what is changed inside, alone, so that a name already taken undoes nothing else."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise InvalidEntries({"name": "Une autre campagne porte déjà ce nom."}) from None
