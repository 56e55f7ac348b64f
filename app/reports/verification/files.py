"""The answer to an uploaded file: the verdict on it, who signed, or how it differs from what was signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from asn1crypto import x509

from app.audit.note import Verifier
from app.content import codes
from app.content.canonical import digest
from app.directory.models import Person
from app.documents import verdict
from app.documents.sealed import NO_SEAL, NOT_PUBLIC
from app.documents.store import Damaged, Missing, Unreachable
from app.documents.verdict import NOT_GENUINE, Verdict
from app.documents.verifying.judging import judge
from app.documents.verifying.reading import Read, Seen, read
from app.reports.models.report import Report
from app.reports.output import public_version
from app.reports.proofs import code_lookup
from app.reports.proofs.code_lookup import Answer
from app.reports.signing import publication
from app.reports.signing.acts import report_signed_as
from app.reports.text import withheld
from app.reports.text.parts import part_views
from app.reports.verification.claims import Claim, claim, known, said_public
from app.reports.verification.differences import Differing, differing, differing_public
from app.reports.verification.signatories import KnownSignatory, signatories

NO_CODE = (
    "Aucun code de vérification n’a été lu sur cette image. Photographiez le carré de près, bien à plat et sans ombre, "
    "ou saisissez le code."
)
ERASED_SINCE = (
    "Des données de personnes qu’elle montre ont été effacées depuis : ne la diffusez plus, et demandez celle "
    "d’aujourd’hui."
)
UNSEALED = (
    "Ce fichier se dit version publique et ne porte pas de cachet : il en a été privé, ou il a été remis avant que les "
    "versions publiques soient scellées. Demandez celle d’aujourd’hui."
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
class FileAnswer:
    """All there is to say of a file.

    `verdict` is None for a picture. `report` is the one it is (where genuine) or claims to be; `note` a sentence about a
    file made here that is no final one; `why_not` why nothing could be compared.
    """

    verdict: Verdict | None
    report: Report | None = None
    signed: Sequence[KnownSignatory] = ()
    note: str = ""
    claim: Claim | None = None
    coded: Coded | None = None
    several: bool = False
    differing: Differing | None = None
    why_not: str = ""
    public: str = ""
    """Of a public version that is genuine, what it is and what it masks: two sentences."""

    @property
    def genuine(self) -> bool:
        return self.verdict is not None and self.verdict.genuine


@dataclass(frozen=True, slots=True)
class Means:
    """What verification needs beside the database: the roots of our authority, the log's keys, the store's files."""

    roots: Iterable[x509.Certificate]
    keys: Sequence[Verifier]
    fetch: Callable[[str], bytes]


def is_foreign(file: bytes) -> bool:
    """Whether the file has to be opened to say anything of it, though it may be anybody's."""
    if not file or len(file) > verdict.LARGEST:
        return False
    return publication.report_public_as(file) is None and report_signed_as(file) is None


def look_at(file: bytes, means: Means, viewer: Person | None) -> FileAnswer:
    """The answer to any bytes whatever, as `viewer` (None: anybody) may see it; never an exception that comes from them."""
    if (known_public := publication.report_public_as(file)) is not None:
        found = verdict.examine(file, lambda _: True, means.roots)
        if found.genuine and verdict.is_seal(found.signatures):
            return _public(known_public, file, found, viewer)
    report = report_signed_as(file)
    found = judge(file, means.roots) if report is None else verdict.examine(file, lambda _: True, means.roots)
    if report is not None and found.genuine:
        return FileAnswer(found, report, signatories(report, viewer))
    if not file or len(file) > verdict.LARGEST:
        return FileAnswer(found)
    (shown,) = read([file])
    if shown.picture:
        return _picture(shown, means, viewer)
    if verdict.NOT_PDF in found.findings and shown.why_not:
        return FileAnswer(found)
    return _not_genuine(file, found, shown, means, viewer)


def _public(report: Report, file: bytes, found: Verdict, viewer: Person | None) -> FileAnswer:
    """A public version that the log names; one that shows what has been erased since is said to be overtaken."""
    file_hash = digest(file)
    signed = signatories(report, viewer)
    drawn = public_version.drawn_from(report.id, [(each.name, each.at) for each in signed])
    masked = withheld.what_is_masked(publication.logged(report, file_hash) or ())
    stands = publication.standing_file(report, part_views(report)) == file_hash
    return FileAnswer(
        found, report, signed, note="" if stands else ERASED_SINCE, public=f"Version publique {drawn}. {masked}"
    )


def _picture(shown: Read, means: Means, viewer: Person | None) -> FileAnswer:
    if not shown.codes:
        return FileAnswer(None, why_not=NO_CODE)
    coded = _coded(shown, means)
    report = coded.told.report if coded and coded.told else None
    signed = signatories(report, viewer) if report and report.signed_hash else ()
    return FileAnswer(None, report, signed, coded=coded, several=_several(shown))


def _coded(shown: Read, means: Means) -> Coded | None:
    """The first code that is one of ours, else the first; the numbers beside it as its square has them."""
    seen = max(shown.codes, key=lambda each: len(each.numbers), default=None)
    if seen is None:
        return None
    square = {name: value for name, value in seen.numbers.items() if name in ("r", "v", "f", "n")}
    return Coded(seen, code_lookup.answer(seen.code, means.keys, square))


def _several(shown: Read) -> bool:
    return len({each.code for each in shown.codes}) > 1


def _not_genuine(file: bytes, found: Verdict, shown: Read, means: Means, viewer: Person | None) -> FileAnswer:
    claimed = claim(shown)
    as_public = claimed is not None and said_public(shown)
    if claimed and as_public and publication.logged(claimed.report, digest(file)) is not None:
        earlier = verdict.examine(file, lambda _: True, means.roots)
        if earlier.genuine and verdict.is_seal(earlier.signatures):
            return _public(claimed.report, file, earlier, viewer)
    if as_public and not found.signatures:
        found = replace(found, sentence=NOT_GENUINE, findings=(NOT_PUBLIC, NO_SEAL))
    told = FileAnswer(
        found,
        claimed.report if claimed else None,
        note=known(file, shown) or (UNSEALED if as_public and NO_SEAL in found.findings else ""),
        claim=claimed,
        coded=_coded(shown, means),
        several=_several(shown),
        why_not=shown.why_not,
    )
    if claimed is None or not claimed.report.signed_hash or shown.why_not:
        return told
    public = publication.standing_file(claimed.report, part_views(claimed.report)) if as_public else ""
    try:
        (ours,) = read([means.fetch(public or claimed.report.signed_hash)])
    except (Missing, Damaged, Unreachable):
        return told
    beside = (differing_public if public else differing)(claimed, shown, ours, viewer)
    return replace(told, differing=beside, signed=signatories(claimed.report, viewer))
