"""The gate a finished PDF passes: PDF/A-3a and PDF/UA-1, sound file, embedded fonts, true page numbers in the contents.

For tests and releases: `page`, the judge, is a developers' wheel, and `pdftotext` a program of Poppler's.
Run as a program it prints the findings about the files named: `python -m app.documents.conformance report.pdf`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf

PROFILES = ("3a", "ua1")
LONGEST_TABLE = 6_000  # rows


def findings(pdf: bytes, contents: Iterable[tuple[str, str, int]] = ()) -> list[str]:
    """What is wrong with `pdf`, one sentence each; nothing if it conforms. `contents` as in `Rendered`."""
    return [*judged(pdf), *_unsound(pdf), *_fonts_left_out(pdf), *_wrong_pages(pdf, contents)]


def judged(pdf: bytes) -> list[str]:
    """Failures of PDF/A-3a and PDF/UA-1, less the judge's known false alarms, each dropped after a check of its own."""
    import page

    limits = page.SafetyLimits(max_table_grid_rows=LONGEST_TABLE, max_table_grid_cells=LONGEST_TABLE * 10)
    found = []
    for profile in PROFILES:
        for failure in page.validate_pdf_bytes(pdf, profile=profile, limits=limits).failures:
            if not _false_alarm(pdf, failure.rule_id):
                found.append(f"{failure.rule_id}: {failure.message}")
    return found


def _false_alarm(pdf: bytes, rule: str) -> bool:
    if "METADATA-FILTER" in rule:
        return _metadata_is_plain_or_deflated(pdf)
    if "SIGNATURE-BYTERANGE" in rule:
        return _each_signature_covers_its_revision(pdf)
    if "STREAM-LENGTH" in rule:
        return _stream_lengths_are_true(pdf)
    return False


def _metadata_is_plain_or_deflated(pdf: bytes) -> bool:
    """PDF/A-1 alone forbids a filter on metadata; PDF/A-3 forbids LZW and encryption."""
    with pikepdf.Pdf.open(BytesIO(pdf)) as opened:
        streams = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        filters = [str(stream.get("/Filter", "")) for stream in streams if stream.get("/Type") == "/Metadata"]
    return all(found in ("", "/FlateDecode") for found in filters)


def _each_signature_covers_its_revision(pdf: bytes) -> bool:
    """Each spans from the first byte to an end of file, all but its own hexadecimal string; the last spans all."""
    ends = []
    for numbers in re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf):
        start, before, after, rest = map(int, numbers)
        gap, end = pdf[before:after], after + rest
        if start or not re.fullmatch(rb"<[0-9A-Fa-f]*>", gap) or not pdf[:end].rstrip().endswith(b"%%EOF"):
            return False
        ends.append(end)
    return bool(ends) and max(ends) == len(pdf) and len(set(ends)) == len(ends)


def _stream_lengths_are_true(pdf: bytes) -> bool:
    """The judge takes a CR at the end of compressed data for a line's end; the data themselves say where they end."""
    with pikepdf.Pdf.open(BytesIO(pdf)) as opened:
        streams = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        return not opened.get_warnings() and all(_ends_where_it_says(stream) for stream in streams)


def _ends_where_it_says(stream: pikepdf.Stream) -> bool:
    raw = stream.read_raw_bytes()
    if len(raw) != int(stream.Length):
        return False
    if stream.get("/Filter") != "/FlateDecode":
        return True
    unpacking = zlib.decompressobj()
    unpacking.decompress(raw)
    return unpacking.eof and not unpacking.unused_data


def _unsound(pdf: bytes) -> list[str]:
    """The same examination as `qpdf --check`."""
    try:
        with pikepdf.Pdf.open(BytesIO(pdf)) as opened:
            return [f"qpdf: {problem}" for problem in (*opened.get_warnings(), *opened.check_pdf_syntax())]
    except pikepdf.PdfError as error:
        return [f"qpdf: {error}"]


def _fonts_left_out(pdf: bytes) -> Iterator[str]:
    with pikepdf.Pdf.open(BytesIO(pdf)) as opened:
        for thing in opened.objects:
            font = isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
            if font and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(thing.keys()):
                yield f"font not embedded: {thing.get('/FontName')}"


def _wrong_pages(pdf: bytes, contents: Iterable[tuple[str, str, int]]) -> Iterator[str]:
    """Headings that do not stand on the page the contents name."""
    pages: list[str] = []
    for _, title, number in contents:
        pages = pages or [letters(text) for text in pages_of(pdf)]
        if number > len(pages) or letters(title) not in pages[number - 1]:
            yield f"contents: “{title}” is not on page {number}"


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page as Poppler reads it."""
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode("utf-8")
    return text.split("\f")[:-1]


def letters(text: str) -> str:
    """`text` without spaces and what is never drawn, ligatures undone: to compare what is printed.

    Hyphens go too, because Poppler drops those that end a line.
    """
    return re.sub(r"[-\s\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f]", "", unicodedata.normalize("NFKC", text))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, *findings(Path(name).read_bytes()), sep="\n  ")
