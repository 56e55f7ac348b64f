"""What a file is, by its content alone; what it is called, and what its sender says of it, count for nothing."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

HEAD = 4096
"""Bytes that a file is known by; of a zip, its list of names besides."""
MOST_NAMES = 20_000
"""In an office file, a zip: nothing of it is unpacked but the line in which an OpenDocument says what it is."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type, and the endings that names of such files have, the usual one first."""

    media_type: str
    endings: tuple[str, ...]


class Unknown(ValueError):
    """Nothing that is taken here; the message is a French sentence."""


NOT_TAKEN = "Ce fichier n’est d’aucun des types acceptés ici."
MACROS = "Ce document contient des macros. Enregistrez-le sans macros, ou en PDF, puis recommencez."
OLD_OFFICE = "Ce format ancien (.doc, .xls, .ppt) n’est pas accepté. Enregistrez-le en .docx, .xlsx, .pptx ou PDF."
DAMAGED = "Ce document est abîmé ou incomplet. Envoyez-le de nouveau."

_ZIP = MediaType("application/zip", (".zip",))
_BRANDS = {
    b"M4A ": MediaType("audio/mp4", (".m4a", ".mp4")),
    b"M4B ": MediaType("audio/mp4", (".m4a", ".m4b")),
    b"qt  ": MediaType("video/quicktime", (".mov",)),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3g2a"), MediaType("video/3gpp", (".3gp", ".3g2"))),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"),
        MediaType("video/mp4", (".mp4", ".m4v", ".m4a")),
    ),
}
_HEADS: tuple[tuple[re.Pattern[bytes], MediaType], ...] = (
    (re.compile(rb"%PDF-\d"), MediaType("application/pdf", (".pdf",))),
    (re.compile(rb"ID3|\xff[\xfb\xfa\xf3\xf2]"), MediaType("audio/mpeg", (".mp3",))),
    (re.compile(rb"\xff[\xf1\xf9]"), MediaType("audio/aac", (".aac",))),
    (re.compile(rb"OggS"), MediaType("audio/ogg", (".ogg", ".oga", ".opus"))),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), MediaType("audio/wav", (".wav",))),
    (re.compile(rb"#!AMR"), MediaType("audio/amr", (".amr",))),
    (re.compile(rb"fLaC"), MediaType("audio/flac", (".flac",))),
    (re.compile(rb"\x1aE\xdf\xa3"), MediaType("video/webm", (".webm", ".mkv", ".weba"))),
    (re.compile(rb"\xff\xd8\xff"), MediaType("image/jpeg", (".jpg", ".jpeg"))),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), MediaType("image/png", (".png",))),
    (re.compile(rb"PK\x03\x04"), _ZIP),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_INSIDE = {
    "word/document.xml": MediaType(f"{_OFFICE}wordprocessingml.document", (".docx",)),
    "xl/workbook.xml": MediaType(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",)),
    "ppt/presentation.xml": MediaType(f"{_OFFICE}presentationml.presentation", (".pptx",)),
}
_OPEN_DOCUMENTS = {
    f"application/vnd.oasis.opendocument.{name}": MediaType(f"application/vnd.oasis.opendocument.{name}", (ending,))
    for name, ending in (("text", ".odt"), ("spreadsheet", ".ods"), ("presentation", ".odp"))
}
_MACROS = re.compile(r"(^|/)vbaproject\.bin$|^(basic|scripts)/.", re.IGNORECASE)


def by_head(head: bytes) -> MediaType:
    """By its first bytes (HEAD of them, or all there are): of an office file only that it is a zip. Raises `Unknown`."""
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return _BRANDS[head[8:12]]
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Unknown(OLD_OFFICE)
    for pattern, found in _HEADS:
        if pattern.match(head):
            return found
    raise Unknown(NOT_TAKEN)


def by_content(file: Path) -> MediaType:
    """Of a whole file. Raises `Unknown`, also for office files with macros in them."""
    with file.open("rb") as opened:
        found = by_head(opened.read(HEAD))
    return _by_names(file) if found is _ZIP else found


def _by_names(file: Path) -> MediaType:
    try:
        with zipfile.ZipFile(file) as opened:
            names = opened.namelist()
            if len(names) > MOST_NAMES:
                raise Unknown(NOT_TAKEN)
            if any(_MACROS.search(name) for name in names):
                raise Unknown(MACROS)
            for name, found in _INSIDE.items():
                if name in names:
                    return found
            return _OPEN_DOCUMENTS[_said(opened)]
    except KeyError as error:
        raise Unknown(NOT_TAKEN) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise error if isinstance(error, Unknown) else Unknown(DAMAGED) from error


def _said(opened: zipfile.ZipFile) -> str:
    """What an OpenDocument says that it is, in its first file. Raises KeyError where there is none."""
    with opened.open("mimetype") as line:
        return line.read(100).decode("ascii", "replace").strip()
