"""The public version of a published report: what it says of itself, of what it masks, and of who signed the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.content.inline import Span
from app.documents.tree import Document, Paragraph, Signatory, SignatureBlock
from app.reports.models.signature import Signature
from app.reports.text.withheld import what_is_masked
from app.workshops import wording

NOT_SIGNED = (
    " Ce n’est pas le fichier signé, que gardent ses signataires et la coordination ; le code au pied de chaque page "
    "répond de son texte."
)
SEALED = (
    " Le cachet électronique de l’organisation, qui n’est pas une signature, répond de ce fichier : la page de "
    "vérification le reconnaît."
)


def drawn_from(report_id: int, signed: Sequence[tuple[str, datetime]]) -> str:
    """Of what it is the public version: "tirée du rapport signé n° 4, signé le … par … et le … par …"."""
    days: dict[str, list[str]] = {}
    for name, at in sorted(signed, key=lambda each: each[1]):
        days.setdefault(wording.day(at.date()), []).append(name)
    said = " et ".join(f"le {day} par {' et '.join(names)}" for day, names in days.items())
    return f"tirée du rapport signé n° {report_id}" + (f", signé {said}" if said else "")


def public_version(
    document: Document, report_id: int, signatures: Mapping[str, Signature], left_out: Sequence[str], *, sealed: bool
) -> Document:
    """The document as the public gets it: it says what it is and what it leaves out, and who signed the real one when."""
    # What is set anew for each reader tells no name that may have changed since.
    signed = [(each.person.name, each.at) for each in signatures.values()] if sealed else []
    told = f", {drawn_from(report_id, signed)}. {what_is_masked(left_out)}{NOT_SIGNED}{SEALED if sealed else ''}"
    said = Paragraph((Span("Version publique", bold=True), Span(told)))
    nodes = tuple(_signed(node, signatures) if isinstance(node, SignatureBlock) else node for node in document.nodes)
    return replace(document, nodes=(said, *nodes), reference=f"{document.reference} – version publique")


def _signed(block: SignatureBlock, signatures: Mapping[str, Signature]) -> SignatureBlock:
    return replace(block, left=_told(block.left, signatures), right=_told(block.right, signatures))


def _told(who: Signatory, signatures: Mapping[str, Signature]) -> Signatory:
    signature = signatures.get(who.slot)
    if signature is None:
        return who
    said = Span(f"A signé électroniquement le {wording.day(signature.at.date())}.", italic=True)
    return replace(who, lines=(*who.lines, (said,)))
