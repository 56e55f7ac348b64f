"""The answer to an uploaded file: the verdict on it, who signed, or how it differs from what was signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from asn1crypto import x509

from app.audit import codes
from app.audit.note import Verifier
from app.documents import verdict
from app.documents.store import Damaged, Missing, Unreachable
from app.documents.verdict import Verdict
from app.documents.verifying.judging import judge
from app.documents.verifying.reading import Read, Seen, read
from app.people.models import Person
from app.reports import answering
from app.reports.answering import Answer
from app.reports.models import Report
from app.reports.signing import report_signed_as
from app.reports.verifying.claiming import Claim, claim, known
from app.reports.verifying.differing import Differing, differing
from app.reports.verifying.signatories import Signatory, signatories

NO_CODE = (
    "Aucun code de vérification n’a été lu sur cette image. Photographiez le carré de près, bien à plat et sans ombre, "
    "ou saisissez le code."
)


@dataclass(frozen=True, slots=True)
class Coded:
    """A code seen on the file and what the log says of it (None: it is that of nothing here)."""

    seen: Seen
    told: Answer | None

    @property
    def spoken(self) -> str:
        return codes.spoken(self.seen.code)

    @property
    def sheet(self) -> str:
        """Which sheet of how many the code says it stands on; empty where it does not."""
        numbers = self.seen.numbers
        return f"page {numbers['p']} sur {numbers['t']}" if {"p", "t"} <= numbers.keys() else ""


@dataclass(frozen=True, slots=True)
class Told:
    """All there is to say of a file.

    `verdict` is None for a picture. `report` is the one it is (where genuine) or claims to be; `note` a sentence about a
    file made here that is no final one; `why_not` why nothing could be compared.
    """

    verdict: Verdict | None
    report: Report | None = None
    signed: Sequence[Signatory] = ()
    note: str = ""
    claim: Claim | None = None
    coded: Coded | None = None
    several: bool = False
    differing: Differing | None = None
    why_not: str = ""

    @property
    def genuine(self) -> bool:
        return self.verdict is not None and self.verdict.genuine


@dataclass(frozen=True, slots=True)
class Means:
    """What verification needs beside the database: the roots of our authority, the log's keys, the store's files."""

    roots: Iterable[x509.Certificate]
    keys: Sequence[Verifier]
    fetch: Callable[[str], bytes]


def look_at(file: bytes, means: Means, viewer: Person | None) -> Told:
    """The answer to any bytes whatever, as `viewer` (None: anybody) may see it; never an exception that comes from them."""
    report = report_signed_as(file)
    found = judge(file, means.roots) if report is None else verdict.examine(file, lambda _: True, means.roots)
    if report is not None and found.genuine:
        return Told(found, report, signatories(report, viewer))
    if not file or len(file) > verdict.LARGEST:
        return Told(found)
    (shown,) = read([file])
    if shown.picture:
        return _picture(shown, means, viewer)
    if verdict.NOT_PDF in found.findings and shown.why_not:
        return Told(found)
    return _not_genuine(file, found, shown, means, viewer)


def _picture(shown: Read, means: Means, viewer: Person | None) -> Told:
    if not shown.codes:
        return Told(None, why_not=NO_CODE)
    coded = _coded(shown, means)
    report = coded.told.report if coded and coded.told else None
    signed = signatories(report, viewer) if report and report.signed_hash else ()
    return Told(None, report, signed, coded=coded, several=_several(shown))


def _coded(shown: Read, means: Means) -> Coded | None:
    """The first code that is one of ours, else the first; the numbers beside it as its square has them."""
    seen = max(shown.codes, key=lambda each: len(each.numbers), default=None)
    if seen is None:
        return None
    square = {name: value for name, value in seen.numbers.items() if name in ("r", "v", "f", "n")}
    return Coded(seen, answering.answer(seen.code, means.keys, square))


def _several(shown: Read) -> bool:
    return len({each.code for each in shown.codes}) > 1


def _not_genuine(file: bytes, found: Verdict, shown: Read, means: Means, viewer: Person | None) -> Told:
    claimed = claim(shown)
    told = Told(
        found,
        claimed.report if claimed else None,
        note=known(file, shown),
        claim=claimed,
        coded=_coded(shown, means),
        several=_several(shown),
        why_not=shown.why_not,
    )
    if claimed is None or not claimed.report.signed_hash or shown.why_not:
        return told
    try:
        (ours,) = read([means.fetch(claimed.report.signed_hash)])
    except (Missing, Damaged, Unreachable):
        return told
    return replace(told, differing=differing(claimed, shown, ours, viewer), signed=signatories(claimed.report, viewer))
