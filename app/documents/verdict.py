"""Whether a PDF is a published report, signed by both persons and untouched since: stricter than any viewer."""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.documents.certificates import DESCRIPTION
from app.documents.fields import SEAL, SLOTS, TIMESTAMP
from app.documents.seal import PAPER, SEALS, reference
from app.documents.sealed import NOT_PUBLIC, PUBLIC, SEAL_FOREIGN, SEAL_INVALID, wrong_seal

MEGABYTE = 1024 * 1024
LARGEST = 50 * MEGABYTE
MOST_REVISIONS = 20  # a signed report has four; comparing thousands would keep the server busy for hours
# What they warn of, with a traceback for each foreign certificate or change, is said by the findings.
for _talkative in ("pyhanko.sign.validation", "pyhanko.sign.diff_analysis"):
    logging.getLogger(_talkative).setLevel(logging.CRITICAL)

SPOKEN = {"rapporteur": "du rapporteur", "chair": "du président de séance", TIMESTAMP: "d’horodatage"}

GENUINE = (
    "Ce document est authentique\u00a0: c’est celui qui a été signé ici, il porte les deux signatures "
    "et rien n’y a été changé depuis."
)
UNPUBLISHED = (
    "Les deux signatures de ce document sont valides et rien n’y a été changé depuis\u202f; "
    "sa publication n’a pas été contrôlée."
)
UNFINISHED = "Ce document n’est pas un rapport définitif\u00a0: il n’en porte pas toutes les signatures."
NOT_GENUINE = "Ce document n’est pas authentique ou a été modifié\u00a0: ne vous y fiez pas."
EMPTY = "Le fichier est vide."
NOT_PDF = "Ce fichier n’est pas un document PDF."
TOO_LARGE = "Ce fichier est trop lourd pour être vérifié\u00a0: la limite est de 50\u00a0Mo."
ENCRYPTED = "Ce document est protégé par un mot de passe\u00a0: aucun rapport signé ne l’est."
UNREADABLE = "Ce document est incomplet ou endommagé\u00a0: il ne peut pas être lu en entier."

NOT_OURS = "Ce fichier n’est, octet pour octet, aucun de ceux qui ont été signés ici."
MISSING = "La signature {slot} manque."
UNKNOWN = "Le document porte une signature étrangère au rapport («\u202f{name}\u202f»)."
BROKEN = "La signature {slot} n’est pas intacte\u00a0: ce qu’elle couvre a été modifié."
UNTRUSTED = "La signature {slot} n’a pas été délivrée par l’autorité de cette organisation."
UNTIMED = "La signature {slot} ne porte pas d’heure du serveur digne de foi."
CHANGED = "Le document a été modifié après la signature {slot}."
INVALID = "La signature {slot} n’est pas valide."
SAME_PERSON = "Les deux signatures sont de la même personne."
APPENDED = "Des données ont été ajoutées après la dernière signature."
REVISED = "Le document a été révisé en dehors de ses signatures."
UNSIGNED = frozenset(MISSING.format(slot=slot) for slot in SPOKEN.values())


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """`slot` is "rapporteur" or "chair", or `fields.SEAL` for the organisation's seal, which is nobody's signature.

    `at` (UTC) is the server's time; `reference` and `nature` stand on the stamp too. `attester` names who answers for a
    signature given by hand; `name` is then still the signatory's.
    """

    slot: str
    name: str
    title: str
    at: datetime | None
    valid: bool
    reference: str = ""
    nature: str = ""
    attester: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` is for the top of the page; `findings` say what is wrong, and there are none in a genuine document."""

    genuine: bool
    sentence: str
    signatures: tuple[SignatureFound, ...] = ()
    findings: tuple[str, ...] = ()


def examine(pdf: bytes, published: Callable[[str], bool] | None, roots: Iterable[x509.Certificate]) -> Verdict:
    """The verdict on any bytes whatever; never an exception that comes from them.

    `published` says whether a SHA-256 (lower-case hexadecimal) is that of a file we published; None leaves that out,
    and the sentence says so. `roots` are our authorities' root certificates.
    """
    why_not = refusal(pdf)
    if why_not:
        return Verdict(False, why_not, findings=(why_not,))
    ours = published is not None and published(hashlib.sha256(pdf).hexdigest())
    try:
        signatures, findings = asyncio.run(_signatures(pdf, tuple(roots), ours))
    except Exception:  # a hostile file may break the parser anywhere, and in any way
        return Verdict(False, UNREADABLE, findings=(UNREADABLE,))
    if ENCRYPTED in findings:
        return Verdict(False, ENCRYPTED, findings=(ENCRYPTED,))
    sealed = is_seal(signatures)
    if published is not None and not ours:
        findings.insert(0, NOT_PUBLIC if sealed else NOT_OURS)
    if findings:
        unfinished = all(finding in UNSIGNED for finding in findings)
        return Verdict(False, UNFINISHED if unfinished else NOT_GENUINE, tuple(signatures), tuple(findings))
    genuine = PUBLIC if sealed else GENUINE
    return Verdict(True, genuine if published else UNPUBLISHED, tuple(signatures))


def is_seal(signatures: Sequence[SignatureFound]) -> bool:
    """Whether it is the organisation's seal that was found, and nobody's signature."""
    return any(each.slot == SEAL for each in signatures)


def refusal(pdf: bytes) -> str | None:
    """Why the file is not even opened."""
    if not pdf:
        return EMPTY
    if len(pdf) > LARGEST:
        return TOO_LARGE
    return None if pdf.startswith(b"%PDF-") else NOT_PDF


async def _signatures(
    pdf: bytes, roots: tuple[x509.Certificate, ...], ours: bool
) -> tuple[list[SignatureFound], list[str]]:
    """`ours`: a file that was signed here, byte for byte. What one signature added to the other's is then not looked
    through again, object by object: of a report with 2,000 attendees that takes six seconds.
    """
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        return [], [ENCRYPTED]
    if reader.total_revisions > MOST_REVISIONS:
        return [], [REVISED]
    filled = {name: EmbeddedPdfSignature(reader, field, name) for name, _, field in enumerate_sig_fields(reader, True)}
    if SEAL in filled and not filled.keys() & SPOKEN.keys():
        return await _sealed(pdf, reader, filled, roots, ours)
    findings = [MISSING.format(slot=SPOKEN[name]) for name in (*SLOTS, TIMESTAMP) if name not in filled]
    findings += [UNKNOWN.format(name=name) for name in filled if name not in SPOKEN]
    found, people = [], []
    for slot in SLOTS:
        if slot in filled:
            signature, wrong = await _signature(slot, filled[slot], roots, ours)
            found.append(signature)
            findings += wrong
            people.append(_person(filled[slot]))
    if len(people) == len(SLOTS) and len(set(people)) < len(SLOTS):
        findings.append(SAME_PERSON)
    if TIMESTAMP in filled:
        findings += await _timestamp(filled[TIMESTAMP], roots)
    findings += _after_all(pdf, reader, filled)
    return found, findings


async def _sealed(
    pdf: bytes,
    reader: PdfFileReader,
    filled: dict[str, EmbeddedPdfSignature],
    roots: tuple[x509.Certificate, ...],
    ours: bool,
) -> tuple[list[SignatureFound], list[str]]:
    """The same of a public version: the organisation's seal, and nothing beside it."""
    findings = [UNKNOWN.format(name=name) for name in filled if name != SEAL]
    found, wrong = await _signature(SEAL, filled[SEAL], roots, ours)
    if not wrong and not _attribute(filled[SEAL].signer_cert, "user_id").startswith(SEALS):
        wrong = [SEAL_FOREIGN]
    found = replace(found, valid=not wrong)
    return [found], [*findings, *wrong, *_after_all(pdf, reader, filled)]


async def _signature(
    slot: str, embedded: EmbeddedPdfSignature, roots: tuple[x509.Certificate, ...], ours: bool
) -> tuple[SignatureFound, list[str]]:
    """What one person's signature says and what is wrong with it."""
    at, wrong = None, []
    try:
        at = _token_time(embedded)
        context = _context(embedded, roots, at)
        status = await async_validate_pdf_signature(embedded, context, skip_diff=ours)
        wrong = list(_wrong(slot, status, ours))
    except Exception:  # what pyHanko cannot make sense of is no signature of ours
        wrong = [SEAL_INVALID if slot == SEAL else INVALID.format(slot=SPOKEN[slot])]
    certificate = embedded.signer_cert
    holder = _attribute(certificate, "common_name")
    by_hand = _attribute(certificate, "user_id").startswith(PAPER)
    signature = SignatureFound(
        slot,
        str(embedded.sig_object.get("/Name", "")) if by_hand else holder,
        "" if by_hand else _attribute(certificate, DESCRIPTION.dotted_string) or _attribute(certificate, "title"),
        at,
        not wrong,
        reference(certificate.serial_number),
        str(embedded.sig_object.get("/Reason", "")),
        holder if by_hand else "",
    )
    return signature, wrong


def _wrong(slot: str, status: Any, ours: bool) -> Iterator[str]:
    token = status.timestamp_validity
    if slot == SEAL:
        yield from wrong_seal(status, ours)
        return
    spoken = SPOKEN[slot]
    if not (status.intact and status.valid):
        yield BROKEN.format(slot=spoken)
    elif not status.trusted:
        yield UNTRUSTED.format(slot=spoken)
    elif token is None or not (token.intact and token.valid and token.trusted):
        yield UNTIMED.format(slot=spoken)
    elif not (ours or status.docmdp_ok):
        yield CHANGED.format(slot=spoken)
    elif not status.bottom_line:  # whatever more pyHanko asks for, now or in a later version
        yield INVALID.format(slot=spoken)


async def _timestamp(embedded: EmbeddedPdfSignature, roots: tuple[x509.Certificate, ...]) -> list[str]:
    """What is wrong with the time-stamp over the whole."""
    spoken = SPOKEN[TIMESTAMP]
    try:
        at = _stamped(embedded.signed_data)
        status = await async_validate_pdf_timestamp(embedded, _context(embedded, roots, at))
    except Exception:  # what pyHanko cannot make sense of is no time-stamp of ours
        return [INVALID.format(slot=spoken)]
    if not (status.intact and status.valid):
        return [BROKEN.format(slot=spoken)]
    return [] if status.trusted else [UNTRUSTED.format(slot=spoken)]


def _context(embedded: EmbeddedPdfSignature, roots: tuple[x509.Certificate, ...], at: datetime) -> ValidationContext:
    """Our roots and nothing else, with the certificates and revocation lists the file itself keeps, as of `at`."""
    kept = DocumentSecurityStore.read_dss(embedded.reader)
    return kept.as_validation_context(
        {"trust_roots": list(roots), "moment": at, "allow_fetching": False, "revocation_mode": "require"}
    )


def _token_time(embedded: EmbeddedPdfSignature) -> datetime:
    """The time-stamp token inside a signature."""
    for attribute in embedded.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return _stamped(attribute["values"][0]["content"])
    raise ValueError("a signature without a time-stamp")


def _stamped(signed_data: Any) -> datetime:
    moment: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return moment.astimezone(UTC)


def _after_all(pdf: bytes, reader: PdfFileReader, filled: dict[str, EmbeddedPdfSignature]) -> Iterator[str]:
    """Bytes outside the last signature, inside its padding, or revisions that no signature closes."""
    if not filled:
        return
    last = max(filled.values(), key=lambda embedded: sum(list(embedded.byte_range)[2:]))
    if last.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE or not _fills_its_place(pdf, last):
        yield APPENDED
    elif reader.total_revisions != len(filled) + 1:
        yield REVISED


def _fills_its_place(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """The one place a signature does not cover is its own: it must stand there as we write it, and zeros after it."""
    _, start, end, _ = (int(part) for part in embedded.byte_range)
    kept = bytes(embedded.pkcs7_content)
    return pdf[start:end] == b"<%s>" % kept.hex().upper().encode() and not kept[parser.peek(kept) :].strip(b"\0")


def _person(embedded: EmbeddedPdfSignature) -> str:
    """Whose signature it is: on paper the signatory's, not the attester's who holds the certificate."""
    told = _attribute(embedded.signer_cert, "user_id")
    return told.split(":")[1] if told.startswith(PAPER) else told


def _attribute(certificate: x509.Certificate, name: str) -> str:
    value = certificate.subject.native.get(name, "")
    return value if isinstance(value, str) else ", ".join(value)
