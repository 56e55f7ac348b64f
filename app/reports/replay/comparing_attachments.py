"""Files beside a report against its log: what a row must say, for `app.reports.rows`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.reports.replay.logged_attachments import LoggedAttachment


def named(number: int) -> str:
    return f"pièce jointe n° {number}"


def compared(near: Callable[[Any, Any], Any]) -> Callable[[int, LoggedAttachment, Any], dict[str, tuple[Any, Any]]]:
    """Compares a row with what the log tells of it, by French names; `near` lets a row's moment differ a little."""
    return lambda _, piece, row: {
        "le genre": (row.kind, piece.kind),
        "le nom": (row.name, piece.name),
        "le type": (row.media_type, piece.media_type),
        "la taille": (row.size, piece.size),
        "l’empreinte": (row.file_hash, piece.file),
        "l’auteur": (row.author_id, piece.author),
        "le rôle": (row.author_role, piece.role),
        "qui l’a retirée": (row.withdrawn_by_id, piece.withdrawn_by),
        "la date": (near(row.at, piece.at), piece.at),
        "la date du retrait": (near(row.withdrawn_at, piece.withdrawn_at), piece.withdrawn_at),
    }
