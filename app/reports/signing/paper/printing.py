"""The paper to sign: the final text once more, each page with its code, and in its place who has signed already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.documents import stamp
from app.documents.pdf import render_apart
from app.documents.scanning.codes import addressed
from app.documents.store import Store
from app.documents.tree import Document, Node, Signatory, SignatureBlock
from app.reports.models.report import Report
from app.reports.models.scan import Substitution
from app.reports.models.signature import Signature, Slot
from app.reports.output import report_pdf
from app.reports.output.document import Contents, whole
from app.reports.proofs.anchors import anchor_of, attested

Rooms = Mapping[str, tuple[str, ...]]
"""By slot, the lines that stand where the signature goes."""


def paper_copy(report: Report, contents: Contents, base_url: str, rooms: Rooms, store: Store | None = None) -> bytes:
    """The PDF to print and sign by hand: the same pages as `press.final`, to the line; `store` as there.

    Raises `documents.pdf.RenderingFailed` and `anchors.NotAnchored`.
    """
    anchor = anchor_of(report)
    document = _with_rooms(attested(whole(report, contents, project=False), anchor, base_url), rooms)
    document = report_pdf.with_files(document, store)
    source = report_pdf.source(report, contents, log=anchor.facts())
    pages = render_apart(document, source=source, made_on=report.stage_since).pages
    address = anchor.address(base_url)
    codes = tuple(addressed(address, page, pages) for page in range(1, pages + 1))
    return render_apart(replace(document, page_codes=codes), source=source, made_on=report.stage_since).pdf


def rooms_of(signatures: Mapping[str, Signature], substitutions: Mapping[Slot, Substitution]) -> Rooms:
    """What the rooms of the signatures say: who has signed, and who is to sign in another's stead."""
    lines = {slot.value: (f"{in_stead(each)}\u00a0:",) for slot, each in substitutions.items()}
    return {**lines, **{slot: _signed(signature) for slot, signature in signatures.items()}}


def in_stead(substitution: Substitution) -> str:
    """ "P.O. Adama DEMBELE, pour Seydou BA"."""
    return f"P.O. {substitution.person.name}, pour {substitution.named.name}"


def _signed(signature: Signature) -> tuple[str, ...]:
    return f"Déjà signé par {signature.person.name}", signature.way.label, stamp.in_words(signature.at)


def _with_rooms(document: Document, rooms: Rooms) -> Document:
    return replace(document, nodes=tuple(_filled(node, rooms) for node in document.nodes))


def _filled(node: Node, rooms: Rooms) -> Node:
    if not isinstance(node, SignatureBlock):
        return node
    return replace(node, left=_said(node.left, rooms), right=_said(node.right, rooms))


def _said(who: Signatory, rooms: Rooms) -> Signatory:
    return replace(who, signed=rooms.get(who.slot, ()))
