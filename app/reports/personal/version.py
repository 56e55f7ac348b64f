"""The public version of a published report: what it says of itself, and of the signatures that it does not bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.content.inline import Span
from app.documents.tree import Document, Paragraph, Signatory, SignatureBlock
from app.reports.signatures import Signature
from app.workshops import wording

LEFT_OUT = (
    " du rapport signé : les contacts de la liste de présence y sont masqués, et les participants qui l’ont demandé n’y "
    "sont pas nommés. Ce n’est pas le fichier signé, que gardent ses signataires et la coordination ; le code au pied de "
    "chaque page répond de son texte."
)


def public_version(document: Document, signatures: Mapping[str, Signature]) -> Document:
    """The document as the public gets it: it says what it is and what it leaves out, and who signed the real one when."""
    said = Paragraph((Span("Version publique", bold=True), Span(LEFT_OUT)))
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
