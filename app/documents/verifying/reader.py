"""Files read page by page. Stands alone: it runs as a process of its own, since the files are anybody's.

Reads from standard input {"files": [path, …], "megabytes", "seconds", "most_pages", "most_pixels", "most_signs"}; writes
one line of JSON for each file: {"kind": "pdf" or "picture", "pages": [[words, look], …], "source": text or null, "codes":
[[page, what a QR code says], …]}, or {"error"} with a word of `reading.WHY`. `look` is the SHA-256 of the page as drawn.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
SOURCE = "rapport.json"
FEW = 40
"""Letters of a page with fewer than which it is a picture of a page."""
LOOKED_AT = 24
"""Pages at most on which codes are looked for."""
LOOKING = 20.0
"""Seconds after which no further code is looked for."""
LONG_SIDE = 2480  # pixels, of a page on which codes are looked for
QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class Unfit(Exception):
    """A file that is not read; the argument says why, in one word."""


def main() -> None:
    order = json.load(sys.stdin)
    limit = order["megabytes"] * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and asked before decoding
    for path in order["files"]:
        try:
            told = _read(Path(path), order)
        except Unfit as error:
            told = {"error": str(error)}
        except (OSError, ValueError, SyntaxError, KeyError, pikepdf.PdfError, pypdfium2.PdfiumError):
            told = {"error": "damaged"}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _read(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    return _read_pdf(path, order) if is_pdf else _read_picture(path, order)


def _read_pdf(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    source = _look_through(path, order)
    document = pypdfium2.PdfDocument(path)
    pages: list[list[str]] = []
    codes: list[list[Any]] = []
    until = time.monotonic() + LOOKING
    for number, page in enumerate(document, start=1):
        if not 10 < max(page.get_size()) < 20_000:
            raise Unfit("damaged")
        words = page.get_textpage().get_text_bounded()[: order["most_signs"]]
        drawn = page.render(scale=1)
        pages.append([words, hashlib.sha256(bytes(drawn.buffer)).hexdigest()])
        if len(words) < FEW and number <= LOOKED_AT and time.monotonic() < until:
            image = page.render(scale=LONG_SIDE / max(page.get_size())).to_pil()
            codes += [[number, text] for text in _codes(image)]
    return {"kind": "pdf", "pages": pages, "source": source, "codes": codes}


def _look_through(path: Path, order: dict[str, Any]) -> str | None:
    """Refuse a PDF that is locked or heavier than a report is, before any page of it is drawn; else its attached text."""
    try:
        with pikepdf.open(path) as document:
            if document.is_encrypted:
                raise Unfit("encrypted")
            if len(document.pages) > order["most_pages"]:
                raise Unfit("many")
            for thing in document.objects:
                if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
                    _ask_size(int(thing.get("/Width", 0)), int(thing.get("/Height", 0)), order["most_pixels"])
            if SOURCE not in document.attachments:
                return None
            return document.attachments[SOURCE].get_file().read_bytes().decode("utf-8", "replace")
    except pikepdf.PasswordError as error:
        raise Unfit("encrypted") from error


def _read_picture(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    try:
        picture = Image.open(path, formats=FORMATS)
    except OSError as error:
        raise Unfit("unknown") from error
    with picture:
        _ask_size(*picture.size, order["most_pixels"])
        image = ImageOps.exif_transpose(picture).convert("L")
    return {"kind": "picture", "pages": [], "source": None, "codes": [[1, text] for text in _codes(image)]}


def _ask_size(width: int, height: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        raise Unfit("large")


def _codes(image: Image.Image) -> list[str]:
    """What the QR codes say, by the first attempt that finds any."""
    for attempt in _attempts(image):
        if found := zxingcpp.read_barcodes(attempt, formats=QR):
            return list(dict.fromkeys(each.text[:500] for each in found))
    return []


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then as a reader finds it easier: evened out, larger, smaller."""
    grey = image.convert("L")
    yield grey
    even = ImageOps.autocontrast(grey, cutoff=2)
    yield even
    width, height = grey.size
    if max(width, height) <= 2000:
        yield even.resize((2 * width, 2 * height), Image.Resampling.BICUBIC)
    yield even.resize((width * 2 // 3, height * 2 // 3), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
