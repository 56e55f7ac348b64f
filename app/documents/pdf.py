"""The official document as PDF/A-3a and PDF/UA-1, set by Typst."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from app.documents import press
from app.documents.tree import Document, SignatureField
from app.documents.typeset import headings, typeset

MEMORY_MEGABYTES = 1536
SECONDS = 30
TOO_HEAVY = (
    "Le document n’a pas pu être mis en page\u00a0: il est trop long ou l’un de ses tableaux est trop lourd. "
    "Raccourcissez-le ou répartissez ses lignes, puis recommencez."
)
NOT_SET = (
    "Le document n’a pas pu être mis en page. Enlevez les signes inhabituels du dernier texte modifié, "
    "puis recommencez\u202f; si l’erreur persiste, prévenez l’administration du site."
)


class RenderingFailed(Exception):
    """The document could not be set; the message is a French sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`contents`: (anchor, title, page counted from 1) of each heading that the contents list."""

    pdf: bytes
    pages: int
    contents: tuple[tuple[str, str, int], ...]
    fields: tuple[SignatureField, ...]


def render(document: Document, *, source: bytes, made_on: datetime) -> Rendered:
    """The PDF of `document`, with `source` (canonical JSON in UTF-8) attached to it.

    The same arguments give the same bytes. `made_on` must know its time zone. Raises `RenderingFailed`.
    """
    data, text, moment = _order(document, source, made_on)
    try:
        pressed = press.press(data, text, moment)
    except typst.TypstError as error:
        raise RenderingFailed(NOT_SET) from error
    return _rendered(document, pressed.pdf, pressed.facts)


def render_apart(
    document: Document,
    *,
    source: bytes,
    made_on: datetime,
    megabytes: int = MEMORY_MEGABYTES,
    seconds: int = SECONDS,
) -> Rendered:
    """As `render`, in a process of its own that may take so much memory and time.

    For long tables, and for web workers: Typst keeps what it set lately, some 200 MB after a dozen reports.
    Raises `RenderingFailed`, also where a limit is reached.
    """
    data, text, moment = _order(document, source, made_on)
    order = {"data": data, "source": text, "made_on": moment, "megabytes": megabytes, "seconds": seconds}
    # Isolated (-I): neither the application nor the modules beside the script are imported, which saves half the time.
    command = [sys.executable, "-I", str(Path(press.__file__))]
    try:
        done = subprocess.run(
            command, input=json.dumps(order).encode(), capture_output=True, timeout=seconds, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise RenderingFailed(TOO_HEAVY) from error
    (length,) = struct.unpack_from(">I", done.stdout)
    facts, pdf = done.stdout[4 : 4 + length], done.stdout[4 + length :]
    return _rendered(document, pdf, json.loads(facts))


def _order(document: Document, source: bytes, made_on: datetime) -> tuple[str, str, int]:
    if made_on.tzinfo is None:
        raise ValueError("made_on must know its time zone")
    return json.dumps(typeset(document), ensure_ascii=False), source.decode("utf-8"), int(made_on.timestamp())


def _rendered(document: Document, pdf: bytes, facts: dict[str, Any]) -> Rendered:
    # Where there are contents, the first heading of the printed document is their own title.
    pages = facts["headings"][0 if document.compact else 1 :]
    contents = tuple(
        (heading.anchor, heading.text, page)
        for heading, page in zip(headings(document), pages, strict=True)
        if heading.in_contents
    )
    return Rendered(pdf, facts["pages"], contents, tuple(SignatureField(**field) for field in facts["fields"]))
