"""The gate lets a sound file through, signed or not, and stops what it is there to stop."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest

from app.documents import conformance, seal
from app.documents.conformance import findings, judged
from tests.unit.pdf_demo import demo
from tests.unit.pdf_reading import AT, made, report
from tests.unit.sealing import SIGNERS, house


def test_the_report_passes_with_both_signatures_on_it() -> None:
    pdf = seal.prepare(report().pdf, report().fields)
    pdf = seal.sign(pdf, "chair", SIGNERS["chair"], house(), AT - timedelta(days=1700), last=False)
    pdf = seal.sign(pdf, "rapporteur", SIGNERS["rapporteur"], house(), AT - timedelta(days=1699), last=True)
    assert findings(pdf, report().contents) == []


def test_a_table_of_two_thousand_rows_passes() -> None:
    rendered = made(demo(attendees=2_000))
    assert findings(rendered.pdf, rendered.contents) == []


def test_a_wrong_page_in_the_contents_is_named() -> None:
    moved = [(anchor, title, page + 1) for anchor, title, page in report().contents[:1]]
    assert findings(report().pdf, moved) == ["contents: “INTRODUCTION :” is not on page 4"]


def changed(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(report().pdf)) as opened:
        change(opened)
        saved = io.BytesIO()
        opened.save(saved)
    return saved.getvalue()


def drop_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def drop_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot


def drop_fonts(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            for key in {"/FontFile2", "/FontFile3", "/FontFile"} & set(thing.keys()):
                del thing[key]


@pytest.mark.parametrize("change", [drop_language, drop_tags, drop_fonts])
def test_what_breaks_the_standards_is_found(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert judged(changed(change))


def test_a_font_left_out_is_named() -> None:
    assert any("font not embedded" in finding for finding in findings(changed(drop_fonts)))


def test_a_damaged_file_is_found() -> None:
    pdf = report().pdf
    assert any(found.startswith("qpdf") for found in conformance._unsound(pdf.replace(b"xref", b"xxxx")))


def test_a_byte_range_that_leaves_something_out_is_no_false_alarm() -> None:
    assert not conformance._each_signature_covers_its_revision(b"/ByteRange [0 4 8 20]" + bytes(40))


def test_a_stream_longer_than_it_says_is_no_false_alarm() -> None:
    pdf = report().pdf
    start = pdf.index(b"/Length ")
    digits = pdf[start + 8 : start + 14].split()[0].split(b"/")[0].split(b">")[0]
    wrong = pdf.replace(b"/Length " + digits, b"/Length " + str(int(digits) - 1).encode().zfill(len(digits)), 1)
    assert conformance._stream_lengths_are_true(pdf)
    assert not conformance._stream_lengths_are_true(wrong)
