"""What may be attached as what: types and sizes, and the name a file is kept under."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.documents.recognition import MediaType
from app.reports.models.attachment import AttachmentKind

MEGABYTE = 1024 * 1024
PLAIN = 25 * MEGABYTE
"""Bytes that a plain form takes in one go, without the script that sends in pieces."""
LONGEST_NAME = 120

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_PDF = frozenset({"application/pdf"})
_SLIDES = frozenset({f"{_OFFICE}presentationml.presentation", f"{_OPEN}presentation"})
_TEXTS = frozenset({f"{_OFFICE}wordprocessingml.document", f"{_OPEN}text"})
_SHEETS = frozenset({f"{_OFFICE}spreadsheetml.sheet", f"{_OPEN}spreadsheet"})
_IMAGES = frozenset({"image/jpeg", "image/png"})
_AUDIO = frozenset(
    {"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/amr", "audio/flac", "video/webm"}
    | {"video/mp4", "video/3gpp"}  # phones put sound alone into these too
)
_VIDEO = frozenset({"video/mp4", "video/quicktime", "video/3gpp", "video/webm"})


@dataclass(frozen=True, slots=True)
class KindRule:
    """`limit` names the setting with the most megabytes; `said` names the types as people know them."""

    types: frozenset[str]
    limit: str
    said: str


RULES: Mapping[AttachmentKind, KindRule] = {
    AttachmentKind.AUDIO: KindRule(_AUDIO, "LARGEST_AUDIO", "MP3, M4A, AAC, OGG, WAV, AMR ou FLAC"),
    AttachmentKind.VIDEO: KindRule(_VIDEO, "LARGEST_VIDEO", "MP4, MOV, 3GP ou WebM"),
    AttachmentKind.SLIDES: KindRule(_PDF | _SLIDES, "LARGEST_SLIDES", "PDF, PPTX ou ODP"),
    AttachmentKind.MISSION_REPORT: KindRule(_PDF | _TEXTS, "LARGEST_DOCUMENT", "PDF, DOCX ou ODT"),
    AttachmentKind.OTHER: KindRule(
        _PDF | _TEXTS | _SHEETS | _SLIDES | _IMAGES, "LARGEST_DOCUMENT", "PDF, document, tableur, JPEG ou PNG"
    ),
}


class KindRefused(ValueError):
    """This file cannot be attached as that; the message is a French sentence that says what to do."""


def most(kind: AttachmentKind, settings: Mapping[str, Any]) -> int:
    """The bytes that a file of this kind may have."""
    return int(settings[RULES[kind].limit]) * MEGABYTE


def require_size(kind: AttachmentKind, size: int, largest: int) -> None:
    """Raises `KindRefused`."""
    if size <= 0:
        raise KindRefused("Ce fichier est vide\u00a0: choisissez-en un autre.")
    if size > largest:
        found, limit = -(-size // MEGABYTE), largest // MEGABYTE
        raise KindRefused(
            f"Ce fichier pèse {found}\u00a0Mo\u202f; « {kind.label} » en accepte {limit} au plus. "
            "Enregistrez-le en qualité réduite ou coupez-le en plusieurs fichiers."
        )


def require_type(kind: AttachmentKind, found: MediaType) -> None:
    """Raises `KindRefused`. A zip by its head may still be an office file."""
    rule = RULES[kind]
    office = rule.types - _AUDIO - _VIDEO - _IMAGES - _PDF
    if found.media_type not in rule.types and not (found.media_type == "application/zip" and office):
        raise KindRefused(wrong_type(kind))


def wrong_type(kind: AttachmentKind) -> str:
    return f"« {kind.label} » accepte {RULES[kind].said}\u00a0: ce fichier n’en est pas un."


def kept_name(name: str, found: MediaType | None = None) -> str:
    """The last part of a path, without signs that no name needs, with the ending of what it was found to be."""
    line = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    path = PurePosixPath(line.replace("\\", "/").split("/")[-1].strip(" .") or "fichier")
    stem, ending = path.name[: -len(path.suffix) or None], path.suffix
    if found is not None and ending.lower() not in found.endings:
        stem, ending = path.name, found.endings[0]
    return f"{stem[: LONGEST_NAME - len(ending[:20])]}{ending[:20]}"
