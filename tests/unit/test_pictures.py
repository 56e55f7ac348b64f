"""Photographs: what is kept of one, and what is not taken, before anything of it is decoded."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from app.documents import pictures
from app.documents.pictures import UnfitPicture, develop
from tests.photographs import held_sideways, photograph


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


def reddish(image: Image.Image, x: float, y: float) -> bool:
    red, green, blue = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))  # type: ignore[misc]
    return red > 150 and green < 90 and blue < 90


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_photograph_is_set_upright_made_smaller_and_says_nothing_of_where_it_was_taken() -> None:
    data = photograph(4000, 3000, quality=95, exif=held_sideways(), comment=b"chez le maire")
    assert b"Telephone" in data
    kept = develop(data)
    image = opened(kept.jpeg)
    assert image.size == (kept.width, kept.height) == (1200, 1600)
    assert reddish(image, 0.95, 0.05) and not reddish(image, 0.05, 0.05)  # its top left corner was turned to the right
    for jpeg in (kept.jpeg, kept.thumbnail):
        assert not opened(jpeg).getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened(jpeg).info)
        assert b"Telephone" not in jpeg and b"chez le maire" not in jpeg and b"Exif" not in jpeg
    assert opened(kept.thumbnail).size == (300, 400)


def test_the_finest_detail_still_fits_in_what_is_aimed_at() -> None:
    noise = Image.effect_noise((3000, 2000), 90).convert("RGB")
    into = io.BytesIO()
    noise.save(into, "JPEG", quality=90)
    assert len(develop(into.getvalue()).jpeg) < 1.5 * pictures.AIM < len(into.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_colour_becomes_that_of_a_screen_on_white(mode: str) -> None:
    image = (
        Image.new("RGBA", (40, 20), (255, 0, 0, 0)).convert("RGB") if mode == "CMYK" else Image.new("L", (40, 20), 255)
    )
    image = Image.new(mode, (40, 20)) if mode in ("LA", "RGBA", "I;16") else image.convert(mode)
    into = io.BytesIO()
    image.save(into, "JPEG" if mode == "CMYK" else "PNG")
    kept = opened(develop(into.getvalue()).jpeg)
    assert (kept.mode, kept.size) == ("RGB", (40, 20))
    if mode in ("LA", "RGBA"):
        assert min(kept.getpixel((5, 5))) > 250  # type: ignore[type-var]


def test_colours_meant_for_another_screen_are_brought_to_ours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert develop(photograph(30, 20, icc_profile=profile)).width == 30  # one that fits no photograph is passed over
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert reddish(opened(develop(photograph(30, 20, icc_profile=srgb)).jpeg), 0.05, 0.05)


def test_a_hundred_million_points_are_refused_by_the_head_alone() -> None:
    """There is no image behind it: were it decoded, it would be said to be incomplete."""
    with pytest.raises(UnfitPicture, match=r"40\smillions"):
        develop(png(10_000, 10_000, b""))
    with pytest.raises(UnfitPicture, match=r"40\smillions"):
        develop(png(60_000, 60_000, zlib.compress(bytes(60_000 * 100))))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "vide"),
        (b"<!doctype html><script>alert(1)</script>", "pas une photographie"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "pas une photographie"),
        (b"MZ\x90\x00", "pas une photographie"),
        (b"GIF89a\x01\x00\x01\x00", "pas une photographie"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "pas une photographie"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "abîmée"),
        (b"RIFF\x0a\x00\x00\x00WEBPVP8 ", "abîmée"),
        (photograph(800, 600)[:-2000], "abîmée"),
        (photograph(800, 600, "PNG")[:-60], "abîmée"),
        (png(100, 100, b"nothing that was ever deflated"), "abîmée"),
        (b"\xff\xd8\xff" + bytes(pictures.LARGEST), "25.Mo"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else value,
)
def test_what_is_no_photograph_is_refused_with_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(UnfitPicture, match=why):
        develop(data)


def test_a_camera_s_words_that_cannot_be_read_do_not_spoil_the_photograph() -> None:
    data = photograph(60, 40, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff\xff\xff")
    assert develop(data).width == 60
