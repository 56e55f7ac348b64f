"""Signing the final PDF: two visible PAdES signatures by two persons, then one time-stamp over the whole."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext

from app.documents import fields as signature_fields
from app.documents import stamp
from app.documents.authority import Authority
from app.documents.fields import SEAL, SLOTS, TIMESTAMP
from app.documents.timestamp import ServerClock
from app.documents.tree import SignatureField

DIGEST = "sha256"
RESERVED = 16_384  # hexadecimal digits for a signature with its certificates and time-stamp; about 6,000 are used
EVIDENCE = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)

PAPER = "paper:"
"""How the reference of a person begins who signed by hand: "paper:<signatory>:<attester>"."""
ATTESTS = "Atteste une signature manuscrite"
"""The quality in the certificate of who answers for a paper."""
SEALS = "seal:"
"""How the reference of the organisation begins in the certificate of its seal: "seal:<report>"."""
SEAL_TITLE = "Cachet de l’organisation"
SEAL_REASON = "Version publique, scellée par l’organisation ; ce n’est pas une signature"
NOT_A_SLOT = "Ce document n’a pas d’emplacement pour cette signature."
TAKEN = "Cet emplacement est déjà signé\u00a0: une signature ne se remplace pas."
FAILED = (
    "La signature n’a pas pu être apposée et rien n’a été enregistré. "
    "Recommencez\u202f; si l’erreur persiste, prévenez l’administration du site."
)

# It warns at each signature that nothing is fetched from the network, which is what we want.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


class CannotSign(Exception):
    """The document cannot take this signature; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """Who signs: the name and quality people read, and our own unmistakable reference of the person.

    `nature` says in plain words what kind of signature it is: it stands on the stamp, and is sealed with the signature.
    `mark` is what the person drew or wrote by way of signature.
    `attester`: who answers for a signature given by hand, and holds the certificate it is sealed with.
    """

    name: str
    title: str
    person_ref: str
    nature: str = stamp.NATURE
    mark: stamp.HandMark | None = None
    attester: str = ""


class _Revision(IncrementalPdfFileWriter):
    """What one signature appends to the file."""

    def _update_meta(self) -> None:
        """Leave the XMP packet alone: pyHanko's rewriting of it at each revision breaks PDF/A and PDF/UA."""


def prepare(pdf: bytes, fields: Sequence[SignatureField]) -> bytes:
    """`pdf` with its empty signature fields, to be signed: see `app.documents.fields.prepare`."""
    return signature_fields.prepare(pdf, fields)


def sign(pdf: bytes, slot: str, who: SignerInfo, authority: Authority, at: datetime, last: bool) -> bytes:
    """`pdf` with `who`'s visible signature in `slot`, appended to it. Either slot may come first.

    `at` is the server's time and must know its time zone; the stamp, the time-stamp and the certificate say it.
    The first signature certifies the document and lets only the other one follow (PAdES B-LT); the `last` one locks it
    and is followed by a time-stamp over the whole (B-LTA). Raises `CannotSign`, `NoAuthority`.
    """
    at = at.astimezone(UTC).replace(microsecond=0)
    try:
        return asyncio.run(_sign(pdf, slot, who, authority, at, last))
    except (PdfError, SigningError) as error:
        raise CannotSign(FAILED) from error


async def _sign(pdf: bytes, slot: str, who: SignerInfo, authority: Authority, at: datetime, last: bool) -> bytes:
    revision = _Revision(io.BytesIO(pdf))
    first = _is_first(revision, slot)
    holder = (who.attester, ATTESTS) if who.attester else (who.name, who.title)
    signer = authority.signer_for(who.person_ref, *holder, at=at)
    _draw_stamp(revision, slot, who, signer, at)
    if first and not last:
        _lock_on_signing(revision, other_than=slot)
    metadata = PdfSignatureMetadata(
        field_name=slot,
        md_algorithm=DIGEST,
        name=who.name,
        reason=who.nature,
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS,
        embed_validation_info=True,
        validation_context=authority.validation_at(at),
        dss_settings=EVIDENCE,
    )
    clock = authority.clock_at(at)
    output = await _append(revision, PdfSigner(metadata, signer, timestamper=clock, stamp_style=NoOpStampStyle()), at)
    if last:
        await _stamp_time(output, clock, metadata.validation_context)
    output.seek(0)
    signed: bytes = output.read()
    return signed


async def _append(revision: _Revision, signer: PdfSigner, at: datetime) -> IO[bytes]:
    """The steps of pyHanko's `async_sign_pdf`, which takes neither our time nor our writer for what comes after."""
    session = signer.init_signing_session(revision, existing_fields_only=True)
    session.system_time = at
    evidence = await session.perform_presign_validation(revision)
    to_be_signed = session.prepare_tbs_document(evidence, RESERVED)
    prepared, output = to_be_signed.digest_tbs_document()
    await to_be_signed.perform_signature(prepared.document_digest, PdfCMSSignedAttributes(signing_time=at))
    return output


async def _stamp_time(output: IO[bytes], clock: ServerClock, checked_against: ValidationContext | None) -> None:
    """Append a time-stamp over the whole file, the evidence of both signatures with it."""
    await PdfTimeStamper(clock, field_name=TIMESTAMP).async_timestamp_pdf(
        _Revision(output),
        DIGEST,
        checked_against,
        bytes_reserved=RESERVED,
        in_place=True,
        dss_settings=EVIDENCE.get_settings_for_ts(),
    )


def seal_public(pdf: bytes, report_id: int, authority: Authority, at: datetime) -> bytes:
    """`pdf`, a public version, with the organisation's seal, behind which nothing may change (PAdES B-LT).

    It has a field, a reason and a certificate of its own, so that nobody takes it for a person's signature.
    Raises `CannotSign`, `NoAuthority`.
    """
    at = at.astimezone(UTC).replace(microsecond=0)
    try:
        return asyncio.run(_seal(signature_fields.prepare_seal(pdf), report_id, authority, at))
    except (PdfError, SigningError) as error:
        raise CannotSign(FAILED) from error


async def _seal(pdf: bytes, report_id: int, authority: Authority, at: datetime) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=SEAL,
        md_algorithm=DIGEST,
        name=authority.organisation,
        reason=SEAL_REASON,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        validation_context=authority.validation_at(at),
        dss_settings=EVIDENCE,
    )
    signer = authority.signer_for(f"{SEALS}{report_id}", authority.organisation, SEAL_TITLE, at=at)
    sealing = PdfSigner(metadata, signer, timestamper=authority.clock_at(at), stamp_style=NoOpStampStyle())
    output = await _append(_Revision(io.BytesIO(pdf)), sealing, at)
    output.seek(0)
    sealed: bytes = output.read()
    return sealed


def _is_first(revision: _Revision, slot: str) -> bool:
    """Whether nobody has signed yet. Raises `CannotSign` where `slot` is none of the document's, or is taken."""
    values = {name: value for name, value, _ in enumerate_sig_fields(revision.prev)}
    if slot not in SLOTS or slot not in values:
        raise CannotSign(NOT_A_SLOT)
    if values[slot] is not None:
        raise CannotSign(TAKEN)
    return not any(value is not None for value in values.values())


def _draw_stamp(revision: _Revision, slot: str, who: SignerInfo, signer: SimpleSigner, at: datetime) -> None:
    """Put the visible signature into the field: a page drawn by Typst, since pyHanko's own stamp breaks PDF/A."""
    field = _field(revision, slot)
    left, bottom, right, top = (float(corner) for corner in field["/Rect"])
    assert signer.signing_cert is not None  # our authority never gives one without
    number = reference(signer.signing_cert.serial_number)
    room = {"width": right - left, "height": top - bottom}
    page = stamp.draw(who.name, who.title, number, at, nature=who.nature, mark=who.mark, **room)
    drawn = revision.import_page_as_xobject(PdfFileReader(io.BytesIO(page)))
    field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): drawn})


def reference(serial_number: int) -> str:
    """The short form of a certificate's number that the stamp prints and the verdict repeats: three groups of four."""
    digits = f"{serial_number:X}".zfill(12)[:12]
    return "-".join(digits[start : start + 4] for start in range(0, 12, 4))


def _lock_on_signing(revision: _Revision, *, other_than: str) -> None:
    """Whoever signs the other field will lock the document; the time-stamp's field stays free, for it comes after.

    Said now, because the first signature lets nothing of a field change but what it holds.
    """
    for slot in SLOTS:
        if slot == other_than:
            continue
        field = _field(revision, slot)
        field["/Lock"] = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/SigFieldLock"),
                generic.pdf_name("/Action"): generic.pdf_name("/Exclude"),
                generic.pdf_name("/Fields"): generic.ArrayObject([generic.TextStringObject(TIMESTAMP)]),
                generic.pdf_name("/P"): generic.NumberObject(MDPPerm.NO_CHANGES.value),
            }
        )


def _field(revision: _Revision, slot: str) -> Any:
    """The dictionary of a field that exists, to be written anew."""
    _, _, found = next(enumerate_sig_fields(revision, with_name=slot))
    revision.mark_update(found)
    return found.get_object()
