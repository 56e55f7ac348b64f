"""What the tests of signatures share: a small document, an authority, and the two people who sign."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

from app.documents import authority, seal
from app.documents.authority import Authority
from app.documents.glyphs import FONTS
from app.documents.seal import SignerInfo
from app.documents.tree import SignatureField
from app.documents.verdict import Verdict, examine

ISSA = SignerInfo("Issa KONE", "Rapporteur, conseiller technique", "person:17")
SEYDOU = SignerInfo("Seydou BA", "Président de séance, vice-président du Conseil", "person:42")
SIGNERS = {"rapporteur": ISSA, "chair": SEYDOU}
AT = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 16, 5, 0, tzinfo=UTC)
FIELDS = (
    SignatureField("chair", 2, 310, 520, 210, 99),
    SignatureField("rapporteur", 2, 70, 520, 210, 99),
)

TEXT = """
#set document(title: "Compte rendu d’essai", author: "Groupe d’essai", date: datetime(year: 2026, month: 3, day: 1))
#set page(paper: "a4", numbering: "1")
#set text(font: ("Liberation Serif", "DejaVu Sans"), lang: "fr")
#outline(title: "Table des matières")
#pagebreak()
= Clôture
La séance est levée à @word@ heures.
#pagebreak()
= Annexe
Rien d’autre n’a été remis au bureau.
#pdf.attach("donnees.json", bytes("{}"), relationship: "source", mime-type: "application/json", description: "Données")
"""


@cache
def document(word: str = "seize") -> bytes:
    """A tagged PDF/A-3a of three pages; `word` stands in it."""
    folder = Path(tempfile.mkdtemp())
    source = folder / "document.typ"
    source.write_text(TEXT.replace("@word@", word), "utf-8")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    compiler = typst.Compiler(str(source), root=str(folder), font_paths=fonts)
    pdf = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=AT)
    assert isinstance(pdf, bytes)
    return pdf


@cache
def house(name: str = "Groupe d’essai") -> Authority:
    """One authority of that name for the whole run, older than every signature."""
    return authority.create(Path(tempfile.mkdtemp()), name, since=datetime(2026, 1, 1, tzinfo=UTC))


@cache
def signed(first: str = "rapporteur", word: str = "seize") -> tuple[bytes, bytes, bytes]:
    """The document prepared, signed in slot `first`, and signed in both."""
    second = "chair" if first == "rapporteur" else "rapporteur"
    ready = seal.prepare(document(word), FIELDS)
    once = seal.sign(ready, first, SIGNERS[first], house(), AT, last=False)
    return ready, once, seal.sign(once, second, SIGNERS[second], house(), LATER, last=True)


def verdict_on(pdf: bytes, *, published: bool | None = True) -> Verdict:
    """The verdict as if the file were published, not published, or (None) as if nobody knew."""
    return examine(pdf, None if published is None else lambda _: bool(published), house().roots)
