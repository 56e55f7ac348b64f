"""The report as a PDF: the draft anybody concerned may print, and the final file that is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.content.canonical import canonical
from app.documents import fields as signature_fields
from app.documents.pdf import Rendered, render_apart
from app.documents.tree import Document
from app.reports.anchors import anchor_of, attested
from app.reports.document import Contents, whole
from app.reports.models import Report


def draft(report: Report, contents: Contents, made_on: datetime) -> bytes:
    """A PDF of the text as it stands, watermarked PROJET. Raises `documents.pdf.RenderingFailed`."""
    return _render(whole(report, contents, project=True), report, contents, made_on).pdf


def final(report: Report, contents: Contents, base_url: str) -> bytes:
    """The file to be signed: dated when the text was validated, with its two empty signature fields.

    It carries the code of the text and the proof that its validation is in the log. The same report gives the same bytes:
    what it says of the log is what the first checkpoint after the validation said. `base_url` is where codes are answered.
    Raises `documents.pdf.RenderingFailed` and `anchors.NotAnchored`.
    """
    anchor = anchor_of(report)
    document = attested(whole(report, contents, project=False), anchor, base_url)
    rendered = _render(document, report, contents, report.stage_since, log=anchor.facts())
    return signature_fields.prepare(rendered.pdf, rendered.fields)


def _render(
    document: Document, report: Report, contents: Contents, made_on: datetime, log: dict[str, Any] | None = None
) -> Rendered:
    # In a process of its own, with limits: setting pages in the web's would swell it to several times its size for good.
    return render_apart(document, source=source(report, contents, log), made_on=made_on)


def source(report: Report, contents: Contents, log: dict[str, Any] | None = None) -> bytes:
    """The text that the PDF carries with it: canonical JSON of all parts, and the hash that names it.

    With `log`, what shows that this hash was validated.
    """
    told = {
        "report": report.id,
        "text_hash": report.text_hash,
        "parts": {key: [block.to_json() for block in content] for key, content in sorted(contents.items())},
    }
    return canonical({**told, "log": log} if log else told)
