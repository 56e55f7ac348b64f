"""Foreign files are weighed before they are drawn: little in a file may be much on its pages."""

from __future__ import annotations

import io

import pikepdf
import pytest

from app.documents.verifying import reader
from app.documents.verifying.reading import WHY, read

LINES = b"0 0 m 100 100 l S " * 20_000
"""360 kB that pack to almost nothing."""


def paper(pages: int, content: bytes, form: bytes = b"") -> bytes:
    """Pages that all share one stream, and one drawing."""
    pdf = pikepdf.new()
    shared = pdf.make_stream(content)
    drawing = pdf.make_stream(form, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842])
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[-1].obj
        page["/Contents"] = shared
        page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawing))
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "file",
    [paper(300, LINES), paper(300, b"/X Do", LINES), paper(1, b"q " * 40_000_000)],
    ids=["one stream on 300 pages", "one drawing on 300 pages", "a stream that unpacks without end"],
)
def test_what_would_be_drawn_for_minutes_is_refused_before_it_is_drawn(file: bytes) -> None:
    assert len(file) < 300_000
    (found,) = read([file])
    assert found.why_not == WHY["heavy"]


def test_a_stream_that_all_pages_share_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    count = reader._unpacked
    monkeypatch.setattr(reader, "_unpacked", lambda stream: unpacked.append(1) or count(stream))
    with pikepdf.open(io.BytesIO(paper(100, LINES, b"0 0 m"))) as document:
        reader.Scales().weigh(document)
    assert len(unpacked) == 2


def test_pages_as_a_report_has_them_are_read() -> None:
    (found,) = read([paper(50, LINES[:20_000], b"0 0 m 100 100 l S")])
    assert not found.why_not
    assert len(found.leaves) == 50


def test_a_drawing_that_uses_itself_is_weighed_to_an_end() -> None:
    pdf = pikepdf.open(io.BytesIO(paper(3, b"/X Do", b"/X Do")))
    form = pdf.pages[0].obj["/Resources"]["/XObject"]["/X"]
    form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    reader.Scales().weigh(pdf)
