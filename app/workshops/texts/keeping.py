"""Keeping a version of a campaign's document beside the event that tells of it."""

from __future__ import annotations

from app.audit.models import AuditEvent
from app.content.canonical import digest
from app.db import db
from app.workshops.models import Campaign, CampaignText

KEPT = "kept"
"""The fact by which an event says that the text it names by its hash was kept: it may never be missing."""


def keep(campaign: Campaign, kind: str, event: AuditEvent) -> None:
    """Add the document ("terms" or "programme") as the campaign has it now; `event` tells of it."""
    content = str(getattr(campaign, kind))
    db.session.add(
        CampaignText(
            campaign_id=campaign.id,
            kind=kind,
            version=getattr(campaign, f"{kind}_version"),
            content_json=content,
            hash=digest(content.encode("utf-8")),
            author_id=event.actor_id,
            at=event.at,
        )
    )
    db.session.flush()
