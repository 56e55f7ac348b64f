"""Forged by signing: by another authority, by certificates that do not hold, without what ours have, or between ours."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator import ValidationContext

from app.documents import authority, certificates, seal
from app.documents.authority import Authority
from app.documents.timestamp import ServerClock
from tests.unit.forged import Forged, revised
from tests.unit.forged.updates import empty_signature_field, free_text, paint
from tests.unit.sealing import AT, ISSA, LATER, SEYDOU, SIGNERS, house, signed

IMPOSTOR = "Groupe imposteur"


def like(ours: Authority, kind: type[Authority]) -> Authority:
    return kind(**{each.name: getattr(ours, each.name) for each in fields(ours)})


def _twice(who: Authority, then: Authority | None = None) -> bytes:
    once = seal.sign(signed()[0], "rapporteur", ISSA, who, AT, last=False)
    return seal.sign(once, "chair", SEYDOU, then or who, LATER, last=True)


class _Careless(Authority):
    """Signs without asking whether its certificates hold; what is checked later is what the file keeps."""

    before = timedelta(0)

    def validation_at(self, at: datetime) -> ValidationContext:
        return Authority.validation_at(self, at - self.before)


class _Expired(_Careless):
    before = timedelta(hours=5)

    def signer_for(self, person_ref: str, name: str, title: str, *, at: datetime | None = None) -> SimpleSigner:
        assert at is not None
        return Authority.signer_for(self, person_ref, name, title, at=at - self.before)


class _Early(_Expired):
    """Certificates of tomorrow."""

    before = timedelta(hours=-5)


class _Revoked(Authority):
    """Takes the certificate back a quarter of an hour after it was issued, and signs with it half an hour later."""

    def signer_for(self, person_ref: str, name: str, title: str, *, at: datetime | None = None) -> SimpleSigner:
        assert at is not None
        signer = Authority.signer_for(self, person_ref, name, title, at=at - timedelta(minutes=45))
        assert signer.signing_cert is not None
        self.lists = {**self.lists, "serial": signer.signing_cert.serial_number}  # type: ignore[dict-item]
        return signer

    def validation_at(self, at: datetime) -> ValidationContext:
        since = at - timedelta(minutes=40)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issuing.subject)
        builder = builder.last_update(since - timedelta(minutes=4)).next_update(at + timedelta(days=7))
        if "serial" in self.lists:
            taken = x509.RevokedCertificateBuilder().serial_number(int(self.lists["serial"]))  # type: ignore[call-overload]
            builder = builder.add_revoked_certificate(taken.revocation_date(at - timedelta(minutes=30)).build())
        builder = builder.add_extension(x509.CRLNumber(int(at.timestamp() * 1000)), critical=False)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.issuing_key.public_key())
        listed = builder.add_extension(identifier, critical=False).sign(self.issuing_key, hashes.SHA256())
        root, _ = Authority.fresh_lists(self, since)
        lists = [asn1_crl.CertificateList.load(each.public_bytes(Encoding.DER)) for each in (root, listed)]
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=[authority._asn1(self.issuing), authority._asn1(self.timestamping)],
            crls=lists,
            moment=since,
            revocation_mode="require",
        )


class _Listless(Authority):
    """Signs without a revocation list."""

    def validation_at(self, at: datetime) -> ValidationContext:
        known = [authority._asn1(self.issuing)]
        return ValidationContext(trust_roots=list(self.roots), other_certs=known, moment=at)


class _Stale(Authority):
    """Keeps a revocation list that had run out."""

    def validation_at(self, at: datetime) -> ValidationContext:
        self.lists = {}
        return Authority.validation_at(self, at - timedelta(days=30))

    def signer_for(self, person_ref: str, name: str, title: str, *, at: datetime | None = None) -> SimpleSigner:
        assert at is not None
        key = certificates.new_key()
        old = certificates.signer_certificate(
            key, self.issuing, self.issuing_key, person_ref, name, title, at - timedelta(days=30)
        )
        since, until = at - timedelta(days=31), at + timedelta(days=1)
        made = _anew(old, old.issuer, key, self.issuing_key, since, until)
        return SimpleSigner(authority._asn1(made), authority._asn1_key(key), self._chain())


def _trusting(clock: Callable[[datetime], ServerClock]) -> Authority:
    """Takes the time from another clock, and keeps evidence of both authorities."""

    class Trusting(Authority):
        def clock_at(self, at: datetime) -> ServerClock:
            return clock(at)

        def validation_at(self, at: datetime) -> ValidationContext:
            both = (house(), house(IMPOSTOR))
            return ValidationContext(
                trust_roots=[root for each in both for root in each.roots],
                other_certs=[authority._asn1(found) for each in both for found in (each.issuing, each.timestamping)],
                crls=[found.public_bytes(Encoding.DER) for each in both for found in each.fresh_lists(at)],
                moment=at,
            )

    return like(house(), Trusting)


Issued = Callable[[Authority, datetime], tuple[x509.Certificate, certificates.Key]]


def _with_certificate(make: Issued) -> bytes:
    """Both signatures given with a certificate made otherwise, by somebody who trusts it."""

    class Odd(Authority):
        def signer_for(self, person_ref: str, name: str, title: str, *, at: datetime | None = None) -> SimpleSigner:
            assert at is not None
            certificate, key = make(self, at)
            odd = authority._asn1(certificate)
            trusted.append(odd)
            return SimpleSigner(odd, authority._asn1_key(key), self._chain())

        def validation_at(self, at: datetime) -> ValidationContext:
            return ValidationContext(
                trust_roots=[*self.roots, *trusted],
                other_certs=[authority._asn1(self.issuing), authority._asn1(self.timestamping)],
                crls=[found.public_bytes(Encoding.DER) for found in self.fresh_lists(at)],
                moment=at,
            )

    trusted: list[Any] = []
    return _twice(like(house(), Odd))


def _bare(pdf: bytes, slot: str, signer: SimpleSigner, clock: ServerClock | None, digest: str = "sha256") -> bytes:
    """A signature as pyHanko alone would give it: without kept evidence."""
    metadata = PdfSignatureMetadata(
        field_name=slot,
        subfilter=SigSeedSubFilter.PADES,
        certify=slot == "rapporteur",
        docmdp_permissions=MDPPerm.FILL_FORMS,
        md_algorithm=digest,
    )
    made = PdfSigner(metadata, signer, timestamper=clock)
    output = asyncio.run(made.async_sign_pdf(seal._Revision(io.BytesIO(pdf)), existing_fields_only=True))
    return bytes(output.getbuffer())


def _by_ours(digest: str = "sha256", timed: bool = True) -> bytes:
    """Both signatures by certificates of ours, as pyHanko alone would give them."""
    pdf = signed()[0]
    for slot, at in (("rapporteur", AT), ("chair", LATER)):
        who = SIGNERS[slot]
        signer = house().signer_for(who.person_ref, who.name, who.title, at=at)
        pdf = _bare(pdf, slot, signer, house().clock_at(at) if timed else None, digest)
    return pdf


def _self_signed(ours: Authority, at: datetime) -> tuple[x509.Certificate, certificates.Key]:
    """It says all that ours say, and who issued it is itself."""
    key = certificates.new_key()
    made = certificates.signer_certificate(key, ours.issuing, key, str(at), "Issa KONE", "", at)
    return _anew(made, made.subject, key, key, made.not_valid_before_utc, made.not_valid_after_utc), key


def _anew(
    made: x509.Certificate,
    issuer: x509.Name,
    key: certificates.Key,
    issuer_key: certificates.Key,
    since: datetime,
    until: datetime,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(issuer, made.subject, key.public_key(), made.serial_number)
    builder = builder.not_valid_before(since).not_valid_after(until)
    for extension in made.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier) or issuer != made.subject:
            builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _by_a_person(ours: Authority, at: datetime) -> tuple[x509.Certificate, certificates.Key]:
    """Issued with the certificate of a person, as if that were an authority."""
    above, key = certificates.new_key(), certificates.new_key()
    person = certificates.signer_certificate(above, ours.issuing, ours.issuing_key, "person:17", "Issa KONE", "", at)
    return certificates.signer_certificate(key, person, above, "person:42", "Seydou BA", "", at), key


def _of_a_false_issuer(ours: Authority, at: datetime) -> tuple[x509.Certificate, certificates.Key]:
    """It names our authority, and is signed by another key."""
    key, other = certificates.new_key(), certificates.new_key()
    return certificates.signer_certificate(key, ours.issuing, other, "person:17", "Issa KONE", "", at), key


def _between(change: Callable[[Any], None]) -> bytes:
    """Changed after the first signature, then signed by the second person all the same."""
    return seal.sign(revised(change, signed()[1]), "chair", SEYDOU, house(), LATER, last=True)


def _before(change: Callable[[Any], None]) -> bytes:
    """Changed by an appended revision after it was made ready, then signed by both."""
    once = seal.sign(revised(change, signed()[0]), "rapporteur", ISSA, house(), AT, last=False)
    return seal.sign(once, "chair", SEYDOU, house(), LATER, last=True)


def _chair(**who: str) -> bytes:
    return seal.sign(signed()[1], "chair", replace(SEYDOU, **who), house(), LATER, last=True)


def _crosswise() -> bytes:
    """Each of the two in the other's place."""
    once = seal.sign(signed()[0], "rapporteur", SEYDOU, house(), AT, last=False)
    return seal.sign(once, "chair", ISSA, house(), LATER, last=True)


def _shadow(hide: Callable[[Any], None], show: Callable[[Any], None]) -> bytes:
    """Something is prepared before the signatures, and brought out after them."""
    return revised(show, _before(hide))


RESIGNED: Forged = {
    "another authority of the same people": lambda: _twice(house(IMPOSTOR)),
    "another authority under our own name": lambda: _twice(_namesake()),
    "one signature of another authority": lambda: _twice(house(), house(IMPOSTOR)),
    "certificates that had run out": lambda: _twice(like(house(), _Expired)),
    "certificates that did not hold yet": lambda: _twice(like(house(), _Early)),
    "certificates that had been taken back": lambda: _twice(like(house(), _Revoked)),
    "no revocation lists kept": lambda: _twice(like(house(), _Listless)),
    "revocation lists that had run out": lambda: _twice(like(house(), _Stale)),
    "certificates signed by themselves": lambda: _with_certificate(_self_signed),
    "certificates issued by a person": lambda: _with_certificate(_by_a_person),
    "certificates of a false issuer": lambda: _with_certificate(_of_a_false_issuer),
    "a weak digest (SHA-1)": lambda: _by_ours("sha1"),
    "no time-stamps in the signatures": lambda: _by_ours(timed=False),
    "no kept evidence": _by_ours,
    "time-stamps of another clock": lambda: _twice(_trusting(house(IMPOSTOR).clock_at)),
    "time-stamps from before the signatures": lambda: _twice(
        _trusting(lambda at: house().clock_at(at - timedelta(days=20)))
    ),
    "time-stamps from long after the signatures": lambda: _twice(
        _trusting(lambda at: house().clock_at(at + timedelta(days=20)))
    ),
    "a line painted between the two signatures": lambda: _between(paint),
    "a remark laid over between the two signatures": lambda: _between(free_text),
    "a field added between the two signatures": lambda: _between(empty_signature_field),
    "a line painted before the signatures, in a revision": lambda: _before(paint),
    "hidden before the signatures, shown after": lambda: _shadow(free_text, paint),
    "the same person twice": lambda: _chair(person_ref=ISSA.person_ref, name=ISSA.name),
    "the same person under two names": lambda: _chair(person_ref=ISSA.person_ref),
}  # fmt: skip

KNOWN_BY_HASH: Forged = {
    "an older version, signed by both": lambda: signed(word="trois")[2],
    "the same text, signed again by both": lambda: signed("chair")[2],
    "each of the two in the other's place": _crosswise,
    "another person in the chair's place": lambda: _chair(person_ref="person:99", name="Modibo SY"),
    "other words for how it was signed": lambda: _chair(nature="Signature qualifiée"),
}
"""Signed by our own authority, and sound in themselves: only the list of files that were signed here tells."""


def _namesake() -> Authority:
    """An authority that calls itself what ours is called."""
    return authority.create(Path(tempfile.mkdtemp()), "Groupe d’essai", since=datetime(2026, 1, 1, tzinfo=UTC))
