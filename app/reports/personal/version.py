"""The public version of a published report: what it says of itself, of what it masks, and of who signed the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app import template
from app.content.blocks import Content
from app.content.inline import Span
from app.documents.tree import Document, Paragraph, Signatory, SignatureBlock
from app.reports.attachments.printed import shown
from app.reports.models import Report
from app.reports.personal import erased
from app.reports.signatures import Signature
from app.template import Consent
from app.workshops import wording

MASKED: Mapping[str, str] = {
    "contacts": "les contacts de la liste de présence",
    "names": "les noms des participants qui n’ont pas voulu être nommés",
    "photographs": "les photographies prises sans l’accord de qui s’y trouve",
    "attendance_erased": "la liste de présence, dont le texte a été effacé",
    "photographs_erased": "les photographies, dont le texte a été effacé",
}
"""What may be left out, by the word the log has for it."""
ERASED: Mapping[str, str] = {key: f"{key}_erased" for key in sorted(template.PERSONAL)}
NOT_SIGNED = (
    " Ce n’est pas le fichier signé, que gardent ses signataires et la coordination ; le code au pied de chaque page "
    "répond de son texte."
)
SEALED = (
    " Le cachet électronique de l’organisation, qui n’est pas une signature, répond de ce fichier : la page de "
    "vérification le reconnaît."
)


def masked(contents: Mapping[str, Content]) -> list[str]:
    """What of these texts, as they stand, readers do not get: words of `MASKED`, in its order."""
    found = set(_masked(contents))
    return [word for word in MASKED if word in found]


def _masked(contents: Mapping[str, Content]) -> Iterator[str]:
    yield from gone(contents)
    for block in contents.get("attendance", ()):
        if block.fields.get("consent") == Consent.REFUSED:
            yield "names"
        elif block.fields.get("contact"):
            yield "contacts"
    if any(not shown(block) for block in contents.get("photographs", ())):
        yield "photographs"


def gone(contents: Mapping[str, Content]) -> set[str]:
    """Of which parts about persons the text has been erased: words of `MASKED`."""
    return {word for key, word in ERASED.items() if erased.told_by(contents.get(key, ()))}


def stands(report: Report, contents: Mapping[str, Content]) -> bool:
    """Whether the report has a public version, and no text that it shows has been erased since."""
    return bool(report.public_hash) and gone(contents) <= set(report.public_masked.split())


def what_is_masked(words: Sequence[str]) -> str:
    """Those words as a sentence."""
    named = [MASKED[word] for word in words if word in MASKED]
    return f"Y sont masqués : {' ; '.join(named)}." if named else "Rien n’y est masqué."


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
