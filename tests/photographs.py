"""Photographs that never were: drawn for a test, with what a telephone writes into them."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def photograph(width: int, height: int, form: str = "JPEG", **more: object) -> bytes:
    """A sandy picture with a red top left corner. `more` goes to Pillow, as `exif`."""
    image = Image.new("RGB", (width, height), (205, 175, 120))
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill=(200, 20, 20))
    into = io.BytesIO()
    image.save(into, form, **more)
    return into.getvalue()


def held_sideways() -> Image.Exif:
    """What a telephone held upright writes, with the place it was at."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    exif[0x010F] = "Telephone"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (13.0, 26.0, 0.0), "W", (6.0, 15.0, 0.0)
    return exif
