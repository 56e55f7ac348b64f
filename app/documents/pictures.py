"""Photographs made fit to be kept: looked at before decoding, upright, smaller, rid of all that is said beside them."""

from __future__ import annotations

import io
import re
import struct
import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps
from PIL.Image import DecompressionBombError, Resampling

from app.documents.store import Store

LARGEST = 25 * 1024 * 1024
"""Bytes of a photograph as it arrives."""
MOST_PIXELS = 40_000_000
LONG_SIDE = 1600
"""Pixels of the longer side of what is kept: 16 cm at 250 to the inch."""
THUMBNAIL_SIDE = 400
AIM = 350 * 1024
"""Bytes of what is kept; the last quality tried may miss it."""
TRIES = ((LONG_SIDE, 82), (LONG_SIDE, 72), (LONG_SIDE, 60), (1280, 60), (1280, 45))
"""Long side and quality, from the best on."""
FORMATS = ("JPEG", "PNG", "WEBP")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC = re.compile(rb"....ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1|avif|avis)", re.DOTALL)
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, struct.error)
"""What Pillow raises at files that are not what they begin as."""

EMPTY = "ce fichier est vide."
TOO_LARGE = "ce fichier dépasse 25\u00a0Mo. Envoyez-le en qualité réduite."
TOO_MANY_PIXELS = "cette image compte plus de 40\u00a0millions de points. Réduisez-la, puis recommencez."
NO_PICTURE = "ce n’est pas une photographie en JPEG, PNG ou WebP."
HEIC = (
    "le format HEIC n’est pas accepté. Sur l’iPhone\u00a0: Réglages, Appareil photo, Formats, « Le plus compatible »\u202f; "
    "ou ouvrez la photographie et enregistrez-la en JPEG."
)
UNREADABLE = "cette photographie est abîmée ou incomplète. Envoyez-la de nouveau, ou choisissez-en une autre."

_one_at_a_time = threading.Lock()
"""A photograph takes up to 200 MB while it is decoded."""


class UnfitPicture(ValueError):
    """This file is not taken; the message goes on from the file's name: « … » : ce fichier est vide."""


@dataclass(frozen=True, slots=True)
class Developed:
    """What is kept of a photograph: two JPEGs, and the size in pixels of the larger one."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The same once stored: the files by their hashes. `written` is how a row of the report holds it."""

    file: str
    thumbnail: str
    width: int
    height: int

    @property
    def written(self) -> str:
        return f"{self.file} {self.thumbnail} {self.width} {self.height}"


def kept(written: str) -> Kept:
    """What a row holds, read. Raises ValueError."""
    file, thumbnail, width, height = written.split(" ")
    return Kept(file, thumbnail, int(width), int(height))


def keep(developed: Developed, store: Store) -> Kept:
    """Raises `store.Unreachable`."""
    return Kept(store.put(developed.jpeg), store.put(developed.thumbnail), developed.width, developed.height)


def stand_in() -> bytes:
    """The smallest JPEG, for where only the room that a photograph takes matters."""
    return _jpeg(Image.new("RGB", (1, 1)), 50)


def develop(data: bytes) -> Developed:
    """The photograph as it will be kept; nothing else of the file is. Raises `UnfitPicture`."""
    _require_photograph(data)
    with _one_at_a_time:
        image = _upright(_opened(data))
        jpeg, size = _encoded(image)
        return Developed(jpeg, _jpeg(_within(image, THUMBNAIL_SIDE), 72), *size)


def _require_photograph(data: bytes) -> None:
    """By its length and first bytes, before anything decodes it."""
    if not data:
        raise UnfitPicture(EMPTY)
    if len(data) > LARGEST:
        raise UnfitPicture(TOO_LARGE)
    if _HEIC.match(data):
        raise UnfitPicture(HEIC)
    if not data.startswith(_MAGIC) and not (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise UnfitPicture(NO_PICTURE)


def _opened(data: bytes) -> Image.Image:
    """Opened by its head alone; the pixels are counted there, then decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large images; ours are counted below
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise UnfitPicture(TOO_MANY_PIXELS)
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        image.load()
    except DecompressionBombError as error:
        raise UnfitPicture(TOO_MANY_PIXELS) from error
    except UnfitPicture:
        raise
    except _BROKEN as error:
        raise UnfitPicture(UNREADABLE) from error
    return image


def _upright(image: Image.Image) -> Image.Image:
    """As its camera says it was held, in the colours of a screen, on white where it is transparent, and nothing beside."""
    profile = image.info.get("icc_profile")
    with suppress(*_BROKEN):  # where what is said of the camera cannot be read, the image stays as it is
        image = ImageOps.exif_transpose(image)
    image = _within(image, LONG_SIDE)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    elif profile:
        image = _in_srgb(image, profile)
    bare = Image.new("RGB", image.size)
    bare.paste(image.convert("RGB"))
    return bare


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_BROKEN):
        return image
    return found or image


def _within(image: Image.Image, side: int) -> Image.Image:
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.mode in ("1", "P"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.resize(size, Resampling.LANCZOS)


def _encoded(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    for side, quality in TRIES:
        fitted = _within(image, side)
        jpeg = _jpeg(fitted, quality)
        if len(jpeg) <= AIM:
            break
    return jpeg, fitted.size


def _jpeg(image: Image.Image, quality: int) -> bytes:
    into = io.BytesIO()
    image.save(into, "JPEG", quality=quality, optimize=True, progressive=True)
    return into.getvalue()
