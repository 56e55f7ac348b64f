"""Uploads in, pages out: each upright, with what its code says; files that cannot be used are named, with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.documents.scanning import reader
from app.documents.scanning.codes import PageCode, read

MOST_PAGES = 60
MOST_PIXELS = 40_000_000
MOST_BYTES = 60 * 1024 * 1024
MEGABYTES = 2048
SECONDS = 180

WHY = {
    "encrypted": "il est protégé par un mot de passe. Enlevez la protection, ou numérisez de nouveau.",
    "script": "il contient un programme. Imprimez-le vers un nouveau PDF, ou déposez des images.",
    "damaged": "il est endommagé. Numérisez de nouveau ces pages.",
    "large": "une de ses images dépasse 40 millions de points. Numérisez à 300 points par pouce au plus.",
    "many": f"il y aurait plus de {MOST_PAGES} pages. Ne déposez que celles de l’exemplaire.",
    "small": "l’image est trop petite pour être une page. Photographiez la page entière.",
    "unknown": "ce n’est ni un PDF, ni une image JPEG, PNG, TIFF ou WebP. Changez son format, puis déposez-le de nouveau.",
    "stopped": "sa lecture a pris trop de temps ou de place. Numérisez à une finesse moindre, en plusieurs fichiers.",
    "unread": "il n’a pas été lu, à cause du fichier précédent. Déposez-le de nouveau.",
}
TOO_HEAVY = "Ces fichiers pèsent ensemble plus de 60 Mo : déposez-les en plusieurs fois."


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page found: a JPEG the right way up, the file it came in and its place there (from 1), and its code, if read."""

    picture: bytes
    file: str
    place: int
    code: PageCode | None


@dataclass(frozen=True, slots=True)
class Scanned:
    """`refused`: a French sentence for each file that was not taken."""

    sheets: tuple[ScannedPage, ...]
    refused: tuple[str, ...]


def read_pages(uploads: Sequence[ScanFile], room: int = MOST_PAGES) -> Scanned:
    """The pages in these files, at most `room`, in the order of the files. Never an exception that comes from the files."""
    if sum(len(upload.content) for upload in uploads) > MOST_BYTES:
        return Scanned((), (TOO_HEAVY,))
    with tempfile.TemporaryDirectory(prefix="seben-scan-") as name:
        folder = Path(name)
        for number, upload in enumerate(uploads):
            (folder / f"file-{number}").write_bytes(upload.content)
        sheets: list[tuple[int, ScannedPage]] = []
        errors: dict[int, str] = {}
        done, counts = 0, [0] * len(uploads)
        for line in _lines(folder, len(uploads), room):
            number = line["file"]
            if "done" in line:
                done = number + 1
            elif "error" in line:
                errors[number] = line["error"]
            else:
                counts[number] += 1
                code = next((code for text in line["texts"] if (code := read(text))), None)
                picture = Path(line["picture"]).read_bytes()
                sheets.append((number, ScannedPage(picture, uploads[number].name, counts[number], code)))
    errors |= {number: "stopped" if number == done else "unread" for number in range(done, len(uploads))}
    refused = [f"« {uploads[number].name} » n’a pas été pris : {WHY[why]}" for number, why in sorted(errors.items())]
    # A file that breaks off in the middle counts as a whole: half of it would pass for the rest's absence.
    kept = tuple(sheet for number, sheet in sheets if number not in errors)
    return Scanned(kept, tuple(refused))


def _lines(folder: Path, files: int, room: int) -> Iterator[dict[str, Any]]:
    """What the reader says, up to where it was stopped."""
    order = {
        "files": [str(folder / f"file-{number}") for number in range(files)],
        "folder": str(folder),
        "megabytes": MEGABYTES,
        "seconds": SECONDS,
        "most_pages": room,
        "most_pixels": MOST_PIXELS,
    }
    command = [sys.executable, "-I", str(Path(reader.__file__))]
    said = b""
    try:
        done = subprocess.run(command, input=json.dumps(order).encode(), capture_output=True, timeout=SECONDS)
        said = done.stdout
    except subprocess.TimeoutExpired as stopped:
        said = stopped.stdout or b""
    for line in said.split(b"\n")[:-1]:
        yield json.loads(line)
