"""Scans and photographs read page by page. Stands alone: it runs as a process of its own, since the files are anybody's.

Reads from standard input {"files": [path, …], "folder", "megabytes", "seconds", "most_pages", "most_pixels"}; writes one
line of JSON for each page: {"file": number, "picture": path, "texts": [what its QR codes say]}; for a file that cannot be
used {"file", "error"}, with a word of `reading.WHY`; and after each file {"file", "done": true}.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

MEGABYTE = 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
LONG_SIDE = 2000  # pixels of a page as it is kept: 170 to the inch on A4
RENDERED = 2480  # pixels of the long side of a PDF's page as it is looked at: 210 to the inch
QUALITY = 74
SMALLEST = 300  # pixels; a page has more
MARK = "&p="
"""What stands in a page's code and in no other of ours."""


class UnfitScan(Exception):
    """A file that is not read; the argument says why, in one word."""


def main() -> None:
    order = json.load(sys.stdin)
    limit = order["megabytes"] * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and asked before decoding
    kept = 0
    for number, path in enumerate(order["files"]):
        try:
            for image in _pages(Path(path), order["most_pixels"], order["most_pages"] - kept):
                upright, texts = _upright(image)
                kept += 1
                picture = Path(order["folder"]) / f"page-{kept}.jpg"
                _keep(upright, picture)
                _say({"file": number, "picture": str(picture), "texts": texts})
        except UnfitScan as error:
            _say({"file": number, "error": str(error)})
        except (OSError, ValueError, SyntaxError, pikepdf.PdfError, pypdfium2.PdfiumError):
            _say({"file": number, "error": "damaged"})
        _say({"file": number, "done": True})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _pages(path: Path, most_pixels: int, most_pages: int) -> Iterator[Image.Image]:
    if most_pages < 1:
        raise UnfitScan("many")
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    yield from _of_pdf(path, most_pixels, most_pages) if is_pdf else _of_picture(path, most_pixels, most_pages)


def _of_pdf(path: Path, most_pixels: int, most_pages: int) -> Iterator[Image.Image]:
    _look_through(path, most_pixels, most_pages)
    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            long_side = max(page.get_size())
            if not 10 < long_side < 20_000:
                raise UnfitScan("damaged")
            yield page.render(scale=RENDERED / long_side, may_draw_forms=False).to_pil()
    finally:
        document.close()


def _look_through(path: Path, most_pixels: int, most_pages: int) -> None:
    """Refuse a PDF that is locked, runs programs, or holds more than a scan does, before any of its pages is drawn."""
    try:
        with pikepdf.open(path) as document:
            if document.is_encrypted:
                raise UnfitScan("encrypted")
            if len(document.pages) > most_pages:
                raise UnfitScan("many")
            for thing in document.objects:
                if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                    continue
                if "/JS" in thing or "/JavaScript" in thing or thing.get("/S") == "/JavaScript":
                    raise UnfitScan("script")
                if thing.get("/Subtype") == "/Image":
                    _ask_size(int(thing.get("/Width", 0)), int(thing.get("/Height", 0)), most_pixels)
    except pikepdf.PasswordError as error:
        raise UnfitScan("encrypted") from error


def _of_picture(path: Path, most_pixels: int, most_pages: int) -> Iterator[Image.Image]:
    try:
        picture = Image.open(path, formats=FORMATS)
    except OSError as error:
        raise UnfitScan("unknown") from error
    with picture:
        frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        if frames > most_pages:
            raise UnfitScan("many")
        for frame in range(frames):
            picture.seek(frame)
            _ask_size(*picture.size, most_pixels)
            yield _plain(ImageOps.exif_transpose(picture))


def _ask_size(width: int, height: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        raise UnfitScan("large")


def _plain(image: Image.Image) -> Image.Image:
    """Grey or in colours, without anything to see through."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in ("1", "I;16", "I", "F"):
        return image.convert("L")
    if "A" in image.mode or "transparency" in image.info:
        layered = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return image.convert("RGB")


def _upright(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """The page the right way up, where its code says which way that is, and what its codes say."""
    if min(image.size) < SMALLEST:
        raise UnfitScan("small")
    texts: list[str] = []
    for attempt in _attempts(image):
        for found in zxingcpp.read_barcodes(attempt, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])):
            texts += [found.text] if found.text not in texts else []
            if MARK in found.text:
                return _turned(image, found.position), [found.text]
    return image, texts


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then as a reader finds it easier: evened out, sharper, larger, smaller."""
    grey = image.convert("L")
    yield grey
    even = ImageOps.autocontrast(grey, cutoff=2)
    yield even
    yield even.filter(ImageFilter.UnsharpMask(3, 200, 2))
    width, height = grey.size
    if max(width, height) <= 2 * LONG_SIDE:
        yield even.resize((2 * width, 2 * height), Image.Resampling.BICUBIC)
        # A page that lies the right way has its code in the lower right quarter.
        corner = even.crop((width // 2, int(height * 0.75), width, height))
        yield corner.resize((corner.width * 3, corner.height * 3), Image.Resampling.LANCZOS)
    yield even.filter(ImageFilter.MedianFilter(3))
    yield even.resize((width * 2 // 3, height * 2 // 3), Image.Resampling.LANCZOS)


_TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}


def _turned(image: Image.Image, position: Any) -> Image.Image:
    """The upper edge of the code runs from left to right on a page that stands upright."""
    left, right = position.top_left, position.top_right
    quarter = round(math.degrees(math.atan2(right.y - left.y, right.x - left.x)) / 90) % 4
    return image.transpose(_TURNS[quarter]) if quarter else image


def _keep(image: Image.Image, path: Path) -> None:
    """Written anew: nothing of what came with the picture is kept but the picture."""
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    clean.save(path, "JPEG", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main()
