"""The report as a PDF: the draft anybody concerned may print, and the final file that is signed."""

from __future__ import annotations

from datetime import datetime

from app.content.canonical import canonical
from app.documents import fields as signature_fields
from app.documents.pdf import Rendered, render_apart
from app.documents.tree import Document
from app.reports.document import Contents, whole
from app.reports.models import Report


def draft(report: Report, contents: Contents, made_on: datetime) -> bytes:
    """A PDF of the text as it stands, watermarked PROJET. Raises `documents.pdf.RenderingFailed`."""
    return _render(whole(report, contents, project=True), report, contents, made_on).pdf


def final(report: Report, contents: Contents) -> bytes:
    """The file to be signed: dated when the text was validated, with its two empty signature fields.

    The same report gives the same bytes. Raises `documents.pdf.RenderingFailed`.
    """
    rendered = _render(whole(report, contents, project=False), report, contents, report.stage_since)
    return signature_fields.prepare(rendered.pdf, rendered.fields)


def _render(document: Document, report: Report, contents: Contents, made_on: datetime) -> Rendered:
    # In a process of its own, with limits: setting pages in the web's would swell it to several times its size for good.
    return render_apart(document, source=source(report, contents), made_on=made_on)


def source(report: Report, contents: Contents) -> bytes:
    """The text that the PDF carries with it: canonical JSON of all parts, and the hash that names it."""
    return canonical(
        {
            "report": report.id,
            "text_hash": report.text_hash,
            "parts": {key: [block.to_json() for block in content] for key, content in sorted(contents.items())},
        }
    )
