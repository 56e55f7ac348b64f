"""An invitation's row beside what the log tells of it."""

from __future__ import annotations

from typing import Any

from app.content.canonical import digest
from app.reports.replay.logged_invitations import Invite
from app.reports.replay.state import near


def name(number: int) -> str:
    return f"invitation n° {number}"


def pairs(_: int, invite: Invite, row: Any) -> dict[str, tuple[Any, Any]]:
    """What the row says and what the log tells, by a French name."""
    return {
        "la signature demandée": (row.slot, invite.slot),
        "la personne invitée": (row.person_id, invite.signatory),
        "qui a invité": (row.by_id, invite.by),
        "le dernier jour": (str(row.deadline), invite.deadline),
        "l’empreinte du lien": (row.token_hash, invite.token),
        "l’empreinte du code": (digest(str(row.code_hash).encode("utf-8")) if row.code_hash else "", invite.code),
        "qui a tiré le code": (row.code_by_id, invite.code_by),
        "la date du code": (near(row.code_at, invite.code_at), invite.code_at),
        "la fin": (row.ended, invite.ended),
        "la date": (near(row.at, invite.at), invite.at),
        "la date de la fin": (near(row.ended_at, invite.ended_at), invite.ended_at),
    }
