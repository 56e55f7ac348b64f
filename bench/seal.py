"""How long two visible PAdES signatures take on a report of some fifteen pages. Run: python -m bench.seal [rounds]"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.documents import authority, pdf, seal
from app.documents.seal import SignerInfo
from app.documents.tree import Cover, Document, Heading, Node, Paragraph, Signatory, SignatureBlock, Span
from app.documents.verdict import examine

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ISSA = SignerInfo("Issa KONE", "Rapporteur", "person:17")
SEYDOU = SignerInfo("Seydou BA", "Président de séance", "person:42")
SENTENCE = "Le conseil a pris connaissance des comptes de l’année et a répondu à chaque question posée par la salle. "
WARM_UP = 3


def main(rounds: int) -> None:
    house = authority.create(Path(tempfile.mkdtemp()), "Groupe d’essai", since=datetime(2026, 1, 1, tzinfo=UTC))
    document = _document()
    rendered = pdf.render(document, source=b"{}", made_on=AT)
    ready = seal.prepare(rendered.pdf, rendered.fields)

    def both(unsigned: bytes) -> bytes:
        once = seal.sign(unsigned, "rapporteur", ISSA, house, AT, last=False)
        return seal.sign(once, "chair", SEYDOU, house, AT, last=True)

    def whole() -> bytes:
        made = pdf.render(document, source=b"{}", made_on=AT)
        return both(seal.prepare(made.pdf, made.fields))

    signed = both(ready)
    print(f"{rendered.pages} pages, {len(rendered.pdf):,} bytes before and {len(signed):,} after both signatures")
    _report("two signatures, LT then LTA", lambda: both(ready), rounds, bar=150)
    _report("rendered, prepared and signed twice", whole, rounds, bar=250)
    _report("fields prepared", lambda: seal.prepare(rendered.pdf, rendered.fields), rounds)
    _report("verdict on the signed file", lambda: examine(signed, lambda _: True, house.roots), rounds)


def _report(what: str, job: Callable[[], object], rounds: int, bar: float | None = None) -> None:
    for _ in range(WARM_UP):
        job()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        job()
        times.append((time.perf_counter() - start) * 1000)
    median = statistics.median(times)
    against = "" if bar is None else f"  bar {bar:.0f} ms: {'kept' if median <= bar else 'MISSED'}"
    print(f"{what:38} median {median:6.1f} ms, worst {max(times):6.1f} ms{against}")


def _document() -> Document:
    parts: list[Node] = []
    for number in range(1, 14):
        parts.append(Heading(1, f"Partie {number}", f"part-{number}", new_page=True))
        parts += [Paragraph((Span(SENTENCE * 6),)) for _ in range(5)]
    left = Signatory("rapporteur", "Rapporteur", (Span(ISSA.name),))
    right = Signatory("chair", "Président de séance", (Span(SEYDOU.name),))
    parts.append(SignatureBlock(left, right, "Fait à Bougouni, le 1er mars 2026"))
    cover = Cover("Groupe d’essai", "Rapport d’essai", "1er mars 2026", "Mars 2026")
    return Document(cover, tuple(parts), "Rapport d’essai", reference="ESSAI-1")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
