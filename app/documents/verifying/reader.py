"""Files read page by page. Stands alone: it runs as a process of its own, since the files are anybody's.

Reads from standard input {"files": [path, …], "megabytes", "seconds", "most_pages", "most_pixels", "most_signs"}; writes
one line of JSON for each file: {"kind": "pdf" or "picture", "pages": [[words, look], …], "source": text or null, "codes":
[[page, what a QR code says], …]}, or {"error"} with a word of `reading.WHY`. `look` is the SHA-256 of the page as drawn.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
import zlib
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
LOOKING = 8.0
"""Seconds after which no further code is looked for."""
LONG_SIDE = 2480  # pixels, of a page on which codes are looked for
HEAVIEST = 64 * MEGABYTE
"""What is drawn on all pages together, unpacked; a stream that several pages share counts for each of them."""
DEEPEST = 8
"""Drawings within drawings."""
KINDLY = 19
"""Steps by which everybody else's pages come first."""
QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class UnfitPdf(Exception):
    """A file that is not read; the argument says why, in one word."""


def main() -> None:
    order = json.load(sys.stdin)
    os.nice(KINDLY)
    limit = order["megabytes"] * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and asked before decoding
    for path in order["files"]:
        try:
            told = _read(Path(path), order)
        except UnfitPdf as error:
            told = {"error": str(error)}
        except (OSError, ValueError, SyntaxError, KeyError, pikepdf.PdfError, pypdfium2.PdfiumError, zlib.error):
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
            raise UnfitPdf("damaged")
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
                raise UnfitPdf("encrypted")
            if len(document.pages) > order["most_pages"]:
                raise UnfitPdf("many")
            for thing in document.objects:
                if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
                    _ask_size(int(thing.get("/Width", 0)), int(thing.get("/Height", 0)), order["most_pixels"])
            Scales().weigh(document)
            if SOURCE not in document.attachments:
                return None
            return document.attachments[SOURCE].get_file().read_bytes().decode("utf-8", "replace")
    except pikepdf.PasswordError as error:
        raise UnfitPdf("encrypted") from error


class Scales:
    """How much is drawn: little in a file may be much on its pages, when they share it. Each stream is unpacked once."""

    def __init__(self) -> None:
        self.streams: dict[tuple[int, int], int] = {}
        self.drawings: dict[tuple[int, int], int] = {}

    def weigh(self, document: pikepdf.Pdf) -> None:
        """Refuse what would be drawn for minutes."""
        total = 0
        for page in document.pages:
            contents = page.obj.get("/Contents")
            total += sum(map(self._stream, contents if isinstance(contents, pikepdf.Array) else [contents]))
            total += self._used(_resources(page.obj), 0)
            if total > HEAVIEST:
                raise UnfitPdf("heavy")

    def _used(self, resources: Any, depth: int) -> int:
        drawings = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        each = drawings.values() if isinstance(drawings, pikepdf.Dictionary) else ()
        return sum(self._drawing(one, depth) for one in each if isinstance(one, pikepdf.Stream))

    def _drawing(self, form: pikepdf.Stream, depth: int) -> int:
        if form.get("/Subtype") != "/Form":
            return 0
        if depth > DEEPEST:
            raise UnfitPdf("heavy")
        if form.objgen not in self.drawings:
            self.drawings[form.objgen] = 0  # one that uses itself ends here
            self.drawings[form.objgen] = self._stream(form) + self._used(form.get("/Resources"), depth + 1)
        return self.drawings[form.objgen]

    def _stream(self, stream: Any) -> int:
        if not isinstance(stream, pikepdf.Stream):
            return 0
        if stream.objgen not in self.streams:
            self.streams[stream.objgen] = _unpacked(stream)
        return self.streams[stream.objgen]


def _resources(page: Any) -> Any:
    """A page's own, or those of the branch it hangs on."""
    for _ in range(DEEPEST * 4):
        if "/Resources" in page or not isinstance(page.get("/Parent"), pikepdf.Dictionary):
            break
        page = page["/Parent"]
    return page.get("/Resources")


def _unpacked(stream: pikepdf.Stream) -> int:
    """How long a stream is unpacked; of one that is longer than all may be, no more is unpacked than shows it."""
    if stream.get("/Filter") != "/FlateDecode":
        return len(stream.read_bytes())
    unpacking, left, length = zlib.decompressobj(), stream.read_raw_bytes(), 0
    while left and not unpacking.eof and length <= HEAVIEST:
        length += len(unpacking.decompress(left, MEGABYTE))
        left = unpacking.unconsumed_tail
    return length


def _read_picture(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    try:
        picture = Image.open(path, formats=FORMATS)
    except OSError as error:
        raise UnfitPdf("unknown") from error
    with picture:
        _ask_size(*picture.size, order["most_pixels"])
        image = ImageOps.exif_transpose(picture).convert("L")
    return {"kind": "picture", "pages": [], "source": None, "codes": [[1, text] for text in _codes(image)]}


def _ask_size(width: int, height: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        raise UnfitPdf("large")


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
