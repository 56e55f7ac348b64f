"""The report as a PDF: the draft anybody concerned may print, the final file that is signed, and what the public gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.content.canonical import canonical
from app.documents import fields as signature_fields
from app.documents.pdf import Rendered, RenderingFailed, render_apart
from app.documents.store import MISSING, Damaged, Missing, Store, Unreachable
from app.documents.tree import Document, Picture
from app.reports.models.report import Report
from app.reports.models.signature import Signature
from app.reports.output.document import Contents, whole
from app.reports.output.public_version import public_version
from app.reports.proofs.anchors import anchor_of, attested
from app.reports.text import masthead, revisions
from app.reports.text.parts import PartView
from app.template import PERSONAL

NO_PICTURE = "Une photographie du rapport n’a pas pu être imprimée."


def draft(report: Report, contents: Contents, made_on: datetime, store: Store | None = None) -> bytes:
    """A PDF of the text as it stands, watermarked PROJET. Raises `documents.pdf.RenderingFailed`.

    `store` keeps the photographs; a report without any does without.
    """
    document = with_files(whole(report, contents, project=True), store)
    return _render(document, report, contents, made_on).pdf


def final(report: Report, contents: Contents, base_url: str, store: Store | None = None) -> bytes:
    """The file to be signed: dated when the text was validated, with its two empty signature fields.

    It carries the code of the text and the proof that its validation is in the log. The same report gives the same bytes:
    what it says of the log is what the first checkpoint after the validation said. `base_url` is where codes are answered,
    `store` as in `draft`.
    Raises `documents.pdf.RenderingFailed` and `anchors.NotAnchored`.
    """
    anchor = anchor_of(report)
    document = with_files(attested(whole(report, contents, project=False), anchor, base_url), store)
    rendered = _render(document, report, contents, report.stage_since, log=anchor.facts())
    return signature_fields.prepare(rendered.pdf, rendered.fields)


def public(
    report: Report,
    parts: Sequence[PartView],
    signatures: Mapping[str, Signature],
    base_url: str,
    store: Store,
    left_out: Sequence[str] = (),
    *,
    sealed: bool = False,
) -> bytes:
    """The file for readers of a published report: `parts` as they see them, marked as not being the signed one.

    It carries the same code and proof, and bears no signature; `left_out` says what readers do not get of the parts, and
    `sealed` that the organisation's seal is to follow. Raises what `final` raises.
    """
    anchor = anchor_of(report)
    contents = {view.part.key: view.content for view in parts}
    document = whole(report, contents, project=False)
    document = public_version(document, report.id, signatures, left_out, sealed=sealed)
    document = with_files(attested(document, anchor, base_url), store)
    drawn = {"signed_hash": report.signed_hash, "left_out": list(left_out)}
    hashes = {view.part.key: view.content_hash for view in parts}
    source = _withholding(report, contents, hashes, anchor.facts(), drawn)
    return render_apart(document, source=source, made_on=report.published_at or report.stage_since).pdf


def with_files(document: Document, store: Store | None) -> Document:
    """The document with the files of its photographs. Raises `documents.pdf.RenderingFailed` where one is not to be had."""
    names = {node.file for node in document.nodes if isinstance(node, Picture)}
    if not names:
        return document
    try:
        if store is None:
            raise Missing(MISSING)
        return replace(document, files={name: store.get(name) for name in sorted(names)})
    except (Missing, Damaged, Unreachable) as error:
        raise RenderingFailed(f"{NO_PICTURE} {error}") from error


def _render(
    document: Document, report: Report, contents: Contents, made_on: datetime, log: dict[str, Any] | None = None
) -> Rendered:
    # In a process of its own, with limits: setting pages in the web's would swell it to several times its size for good.
    return render_apart(document, source=source(report, contents, log), made_on=made_on)


def source(report: Report, contents: Contents, log: dict[str, Any] | None = None) -> bytes:
    """The text that the PDF carries with it: canonical JSON of its masthead and all parts, and the hash that names it.

    With `log`, what shows that this hash was validated; then also the salts of the texts that are sealed with one.
    """
    told = {**_named(report), "parts": _blocks(contents)}
    return canonical({**told, "log": log, "salts": revisions.salts(report)} if log else told)


def _withholding(
    report: Report, contents: Contents, hashes: Mapping[str, str], log: dict[str, Any], drawn: dict[str, Any]
) -> bytes:
    """The same for the public: of the texts of persons only how they are shown, and the salted hashes of the real ones,
    so that all the rest can still be checked; and from which signed file the version is `drawn`.
    """
    shown = {key: content for key, content in contents.items() if key not in PERSONAL}
    masked = {key: content for key, content in contents.items() if key in PERSONAL}
    told = {**_named(report), "parts": _blocks(shown), "masked": _blocks(masked)}
    return canonical({**told, "withheld": {key: hashes[key] for key in masked}, "log": log, "public": drawn})


def _named(report: Report) -> dict[str, Any]:
    """The report, the hash that names its text, and its masthead where that hash covers it."""
    told: dict[str, Any] = {"report": report.id, "text_hash": report.text_hash}
    return {**told, "masthead": masthead.kept(report)} if revisions.covers_masthead(report) else told


def _blocks(contents: Contents) -> dict[str, list[dict[str, Any]]]:
    return {key: [block.to_json() for block in content] for key, content in sorted(contents.items())}
