"""Forged by hand in the bytes: one flipped here or there, some put before, behind or between, or cut off."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial

import pikepdf

from tests.unit.forged import Forged, byte_range, final, replaced
from tests.unit.sealing import signed

Find = Callable[[pikepdf.Pdf], pikepdf.Object]


def _flipped(at: int, pdf: bytes | None = None) -> bytes:
    changed = bytearray(pdf or final())
    changed[at] ^= 0x01
    return bytes(changed)


def _in_stream(find: Find) -> bytes:
    """One byte in the middle of a stream."""
    pdf = final()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = find(document)
        number, length = found.objgen[0], int(found.Length)
    starts = re.search(rb"(?:^|\n)%d 0 obj.*?stream\r?\n" % number, pdf, re.DOTALL)
    assert starts is not None
    return _flipped(starts.end() + length // 2)


def _font(document: pikepdf.Pdf) -> pikepdf.Object:
    found = next(
        thing
        for thing in document.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
    )
    return found.get("/FontFile3") or found.FontFile2


def _source(document: pikepdf.Pdf) -> pikepdf.Object:
    return document.Root.AF[0].EF.F


def _in_signature(slot: str, share: float) -> bytes:
    """One byte of a signature's own content; `share` says how far in."""
    _, start, end, _ = byte_range(final(), slot)
    filled = len(final()[start:end].rstrip(b"0>"))
    at = start + 1 + int(filled * share)
    digit = b"0" if final()[at : at + 1] != b"0" else b"1"
    return final()[:at] + digit + final()[at + 1 :]


def _range_said(slot: str, said: str) -> bytes:
    """The signature says that it covers something else, in as many bytes as it took to say what it does cover."""
    place = _range_place(slot)
    now = final()[place.start(1) : place.end(1)]
    assert len(said) <= len(now), (said, now)
    return final()[: place.start(1)] + said.encode().ljust(len(now)) + final()[place.end(1) :]


def _range_place(slot: str) -> re.Match[bytes]:
    """Where the range stands in the file: the brackets and all the room left for them."""
    _, start, end, _ = byte_range(final(), slot)
    return next(
        found for found in re.finditer(rb"/ByteRange (\[[^\]]*\] *)", final()) if b"%d %d" % (start, end) in found[1]
    )


def _shifted(slot: str, start: int, end: int, length: int) -> bytes:
    _, now_start, now_end, now_length = byte_range(final(), slot)
    return _range_said(slot, f"[0 {now_start + start} {now_end + end} {now_length + length}]")


def _contents(slot: str, change: Callable[[bytes], bytes]) -> bytes:
    """The signature's hexadecimal digits put otherwise, brackets excluded, in as many bytes."""
    _, start, end, _ = byte_range(final(), slot)
    now = final()[start + 1 : end - 1]
    new = change(now)
    assert len(new) == len(now) and new != now
    return final()[: start + 1] + new + final()[end - 1 :]


def _wrapped(text: bytes) -> bytes:
    """What follows the last signature is moved away from it, and something else stands in between."""
    _, start, end, length = byte_range(final(), "timestamp")
    moved = final()[:end] + text + final()[end:]
    said = b"%d %d %d" % (start, end, length)
    return moved.replace(said, (b"%d %d %d" % (start, end + len(text), length))[: len(said)].ljust(len(said)))


def _cut_to(slot: str) -> bytes:
    *_, start, length = byte_range(final(), slot)
    return final()[: start + length]


def _carried_over(slot: str) -> bytes:
    theirs = signed(word="trois")[2]
    _, start, end, _ = byte_range(final(), slot)
    _, from_start, from_end, _ = byte_range(theirs, slot)
    assert end - start == from_end - from_start
    return final()[:start] + theirs[from_start:from_end] + final()[end:]


def _swapped() -> bytes:
    """The two people's signatures in each other's place."""
    pdf = bytearray(final())
    (_, a, b, _), (_, c, d, _) = byte_range(final(), "rapporteur"), byte_range(final(), "chair")
    pdf[a:b], pdf[c:d] = final()[c:d], final()[a:b]
    return bytes(pdf)


FLIPPED: Forged = {
    "a byte of the header": lambda: _flipped(6),
    "a byte of a page's text": lambda: _in_stream(lambda document: document.pages[1].Contents),
    "a byte of a font": lambda: _in_stream(_font),
    "a byte of the description (XMP)": lambda: _in_stream(lambda document: document.Root.Metadata),
    "a byte of the attached source": lambda: _in_stream(_source),
    "a byte of the colour profile": lambda: _in_stream(lambda d: d.Root.OutputIntents[0].DestOutputProfile),
    "a byte of a visible stamp": lambda: _in_stream(lambda d: d.Root.AcroForm.Fields[0].AP.N),
    "a byte of a kept certificate": lambda: _in_stream(lambda d: d.Root.DSS.Certs[0]),
    "a byte of a kept revocation list": lambda: _in_stream(lambda d: d.Root.DSS.CRLs[0]),
    **{f"a byte {where} the signature {slot}": partial(_in_signature, slot, share)
       for slot in ("rapporteur", "chair", "timestamp")
       for where, share in (("early in", 0.02), ("amid", 0.5), ("at the end of", 0.98))},
    "the reason given for a signature": lambda: replaced(b"non qualifi", b"bon qualifi"),
    "the name said beside a signature": lambda: replaced(b"/Name (Issa KONE)", b"/Name (Issa BONE)"),
    "a digit of where the objects stand": lambda: _flipped(final().rindex(b"startxref") + 11),
    "the mark at the end": lambda: replaced(b"%%EOF", b"%%EOG", last=True),
    "a date in the first revision": lambda: replaced(b"/ModDate (D:2026", b"/ModDate (D:2025"),
}  # fmt: skip

RANGES: Forged = {
    "a range that begins later": lambda: _range_said("chair", "[9 {1} {2} {3}]".format(*byte_range(final(), "chair"))),
    "a range narrowed before the signature": lambda: _shifted("chair", -40, 0, 0),
    "a range narrowed behind the signature": lambda: _shifted("chair", 0, 40, -40),
    "a range that ends early": lambda: _shifted("timestamp", 0, 0, -40),
    "a range that ends beyond the file": lambda: _shifted("timestamp", 0, 0, 40),
    "a range that covers the signature itself": lambda: _shifted("chair", 200, -200, 200),
    "a range of nothing": lambda: _range_said("chair", "[0 0 0 0]"),
    "a range of three numbers": lambda: _range_said("chair", "[0 1 2]"),
    "a range of six numbers": lambda: _range_said("chair", "[0 9 9 9 9 9]"),
    "a range below zero": lambda: _range_said("chair", "[0 -9 9 -9]"),
    "a range of words": lambda: _range_said("chair", "[(a) (b) (c)]"),
    "a range that is null": lambda: _range_said("chair", "null"),
    "a range without its name": lambda: replaced(b"/ByteRange", b"/ByteRaqge"),
    "contents of nothing": lambda: _contents("chair", lambda now: b"0" * len(now)),
    "contents that are blank": lambda: _contents("chair", lambda now: b" " * len(now)),
    "contents that are no hexadecimal": lambda: _contents("chair", lambda now: b"Z" * len(now)),
    "contents without their name": lambda: replaced(b"/Contents <3082", b"/Contentz <3082"),
    "contents in small letters": lambda: _contents("chair", bytes.lower),
    "contents with a blank among them": lambda: _contents("chair", lambda now: now[:40] + b" " + now[40:-1]),
    "something stuffed into the room left": lambda: _contents("chair", lambda now: now[:-80] + b"41" * 40),
    "a second structure behind the signature": lambda: _contents("timestamp", lambda now: now[:-8] + b"30020500"),
    "what follows the signature moved away": lambda: _wrapped(b"\n" * 200),
    "an object between signature and what follows": lambda: _wrapped(b"\n999 0 obj\n<< /Type /Catalog >>\nendobj\n"),
    "signatures carried over from another report (rapporteur)": lambda: _carried_over("rapporteur"),
    "signatures carried over from another report (chair)": lambda: _carried_over("chair"),
    "signatures carried over from another report (timestamp)": lambda: _carried_over("timestamp"),
    "the two signatures in each other's place": _swapped,
}

AROUND: Forged = {
    "a line put before": lambda: b"\n" + final(),
    "a page of the web put before": lambda: b"<html><body>Bonjour</body></html>\n" + final(),
    "a mark of byte order put before": lambda: b"\xef\xbb\xbf" + final(),
    "a line put behind": lambda: final() + b"\n",
    "a remark put behind": lambda: final() + b"% vu et approuv\xe9\n",
    "zeros put behind": lambda: final() + bytes(4096),
    "an archive put behind": lambda: final() + b"PK\x05\x06" + bytes(18),
    "another report put behind": lambda: final() + signed(word="trois")[2],
    "another report put before": lambda: signed(word="trois")[2] + final(),
    "the file twice": lambda: final() * 2,
    "the last byte cut off": lambda: final()[:-1],
    "the last thousand bytes cut off": lambda: final()[:-1000],
    "half of it cut off": lambda: final()[: len(final()) // 2],
    "cut back to the first signature": lambda: _cut_to("rapporteur"),
    "cut back to the first signature, the chair's": lambda: signed("chair")[1],
    "cut back to before the time-stamp": lambda: _cut_to("chair"),
    "cut back to before any signature": lambda: signed()[0],
    "a thousand bytes cut out": lambda: final()[:20_000] + final()[21_000:],
    "a thousand bytes turned to zeros": lambda: final()[:20_000] + bytes(1000) + final()[21_000:],
    "line ends as Windows writes them": lambda: final().replace(b"\n", b"\r\n"),
}  # fmt: skip
