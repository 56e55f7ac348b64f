"""Pages as pictures bound into one PDF/A-3a and PDF/UA-1 file, and taken out of it again."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pikepdf

from app.documents.pdf import RenderingFailed
from app.documents.scanning import press

SECONDS = 60
NOT_BOUND = "Les pages n’ont pas pu être réunies en un seul fichier. Déposez-les de nouveau, à une finesse moindre."


def bind(pictures: Sequence[bytes], title: str, author: str, description: str, made_on: datetime) -> bytes:
    """The JPEG `pictures` as one file, in their order; the same arguments give the same bytes.

    In a process of its own, as all that comes of uploads. Raises `RenderingFailed`.
    """
    with tempfile.TemporaryDirectory(prefix="seben-bind-") as name:
        folder = Path(name)
        pages = []
        for number, picture in enumerate(pictures, start=1):
            (folder / f"{number}.jpg").write_bytes(picture)
            pages.append({"file": f"{number}.jpg", "spoken": f"Page {number} sur {len(pictures)}, numérisée"})
        data = {"title": title, "author": author, "description": description, "pages": pages}
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        shutil.copy(press.TEMPLATE, folder / "scan.typ")
        command = [sys.executable, "-I", str(Path(press.__file__)), name, str(int(made_on.timestamp()))]
        try:
            return subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise RenderingFailed(NOT_BOUND) from error


def picture_of(pdf: bytes, page: int) -> bytes:
    """The JPEG of one page (from 1) of a file made by `bind`. Raises LookupError where there is none."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if not 1 <= page <= len(document.pages):
                raise LookupError(page)
            (image,) = document.pages[page - 1].get_images().values()
            return bytes(image.read_raw_bytes())
    except (pikepdf.PdfError, ValueError) as error:
        raise LookupError(page) from error
