"""The internal certification authority: a folder of keys and certificates, and what it issues for one signature."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.certificates import (
    Key,
    issuing_certificate,
    new_key,
    organisation_of,
    revocation_list,
    root_certificate,
    signer_certificate,
    timestamp_certificate,
)
from app.documents.timestamp import ServerClock

FOLDER = "authority"
COMMAND = "flask authority create"
CRL_LIFE = timedelta(days=7)
CRL_MARGIN = timedelta(days=1)
EARLIER = timedelta(minutes=10)  # clocks of several servers differ

NONE = (
    "Aucune autorité de signature n’existe encore sur ce serveur\u00a0: "
    "créez-la par la commande «\u202f{command}\u202f»."
)
DAMAGED = (
    "L’autorité de signature de ce serveur est incomplète ou illisible ({name}). "
    "Rétablissez-la depuis une sauvegarde\u202f; à défaut, écartez son dossier "
    "et créez-en une nouvelle par la commande «\u202f{command}\u202f»."
)
EXISTS = "Une autorité de signature existe déjà sur ce serveur\u00a0: elle n’est jamais remplacée."
OUT_OF_TIME = "L’autorité de signature n’est valable que du {since:%d/%m/%Y} au {until:%d/%m/%Y} (UTC)."


class NoAuthority(Exception):
    """There is no usable authority; the message is a French sentence that names the command."""


class AuthorityExists(Exception):
    """`create` never overwrites an authority; the message is a French sentence."""


@dataclass(eq=False, slots=True)
class Authority:
    """Root, issuing authority and time-stamper of one organisation. Holds private keys: never print or pickle it."""

    folder: Path
    root: x509.Certificate
    issuing: x509.Certificate
    timestamping: x509.Certificate
    root_key: Key = field(repr=False)
    issuing_key: Key = field(repr=False)
    timestamping_key: Key = field(repr=False)
    lists: dict[str, x509.CertificateRevocationList] = field(default_factory=dict, repr=False)

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """What `verdict.examine` trusts."""
        return (_asn1(self.root),)

    @property
    def organisation(self) -> str:
        """Whose authority it is, as its certificates say."""
        return organisation_of(self.issuing)

    def signer_for(self, person_ref: str, name: str, title: str, *, at: datetime | None = None) -> SimpleSigner:
        """A signer for one signature: a fresh key that is never stored, and a certificate for one hour from `at` (now).

        `person_ref` says who it is without doubt (our own reference), `name` and `title` are what people read.
        Raises `NoAuthority` where `at` lies outside the authority's own validity.
        """
        at = self._within_validity(at or datetime.now(UTC))
        key = new_key()
        certificate = signer_certificate(key, self.issuing, self.issuing_key, person_ref, name, title, at)
        return SimpleSigner(_asn1(certificate), _asn1_key(key), self._chain())

    def clock_at(self, at: datetime) -> ServerClock:
        """A time-stamper that says `at`, the server's own time."""
        return ServerClock(_asn1(self.timestamping), self.timestamping_key, at)

    def validation_at(self, at: datetime) -> ValidationContext:
        """What certificates issued here are checked against at `at`: our root, and revocation lists fresh at `at`."""
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=[_asn1(self.issuing), _asn1(self.timestamping)],
            crls=[asn1_crl.CertificateList.load(found.public_bytes(Encoding.DER)) for found in self.fresh_lists(at)],
            moment=at,
            revocation_mode="require",
        )

    def fresh_lists(self, at: datetime) -> tuple[x509.CertificateRevocationList, x509.CertificateRevocationList]:
        """The revocation lists of root and issuing authority, issued anew where they do not well cover `at`."""
        return (
            self._fresh_list("root", self.root, self.root_key, at),
            self._fresh_list("issuing", self.issuing, self.issuing_key, at),
        )

    def _fresh_list(
        self, name: str, issuer: x509.Certificate, key: Key, at: datetime
    ) -> x509.CertificateRevocationList:
        kept = self.lists.get(name)
        if kept is not None and _covers(kept, at):
            return kept
        issued = revocation_list(issuer, key, at - EARLIER, at + CRL_LIFE)
        if kept is None or issued.last_update_utc > kept.last_update_utc:
            self.lists[name] = issued
            with suppress(OSError):  # keys may well be kept read-only: the list on disk is a copy for others
                _replace(self.folder / f"{name}.crl", issued.public_bytes(Encoding.PEM))
        return issued

    def _chain(self) -> SimpleCertificateStore:
        store = SimpleCertificateStore()
        store.register(_asn1(self.issuing))
        return store

    def _within_validity(self, at: datetime) -> datetime:
        since, until = self.issuing.not_valid_before_utc, self.issuing.not_valid_after_utc
        if not since <= at <= until - timedelta(hours=1):
            raise NoAuthority(OUT_OF_TIME.format(since=since, until=until))
        return at


def create(folder: Path, organisation: str, *, since: datetime | None = None) -> Authority:
    """Make the authority of `organisation` under `folder`, valid from `since` (now), and return it.

    It appears in one rename, whole or not at all; private keys are readable by their owner only.
    Raises `AuthorityExists` where there is one.
    """
    since = since or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / FOLDER
    if target.exists():
        raise AuthorityExists(EXISTS)
    root_key, issuing_key, timestamping_key = new_key(), new_key(), new_key()
    root = root_certificate(root_key, organisation, since)
    issuing = issuing_certificate(issuing_key, root, root_key, organisation, since)
    timestamping = timestamp_certificate(timestamping_key, issuing, issuing_key, organisation, since)
    staging = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder))
    authority = Authority(staging, root, issuing, timestamping, root_key, issuing_key, timestamping_key)
    for name, certificate, key in _parts(authority):
        _write(staging / f"{name}.key", _key_bytes(key), 0o600)
        _write(staging / f"{name}.crt", certificate.public_bytes(Encoding.PEM), 0o644)
    authority.fresh_lists(max(since, datetime.now(UTC)))
    try:
        staging.rename(target)
    except OSError as error:
        shutil.rmtree(staging)
        raise AuthorityExists(EXISTS) from error
    authority.folder = target
    return authority


def load(folder: Path) -> Authority:
    """The authority kept under `folder`, its revocation lists fresh. Raises `NoAuthority`."""
    kept = folder / FOLDER
    if not kept.is_dir():
        raise NoAuthority(NONE.format(command=COMMAND))
    (root, root_key), (issuing, issuing_key), (timestamping, timestamping_key) = (
        _read_part(kept, name) for name in ("root", "issuing", "timestamping")
    )
    lists = _read_lists(kept)
    authority = Authority(kept, root, issuing, timestamping, root_key, issuing_key, timestamping_key, lists)
    authority.fresh_lists(datetime.now(UTC))
    return authority


def _read_part(kept: Path, name: str) -> tuple[x509.Certificate, Key]:
    """A certificate and its own private key."""
    try:
        certificate = x509.load_pem_x509_certificate((kept / f"{name}.crt").read_bytes())
        key = load_pem_private_key((kept / f"{name}.key").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("not the key of this certificate")
    except (OSError, ValueError, TypeError) as error:
        raise NoAuthority(DAMAGED.format(name=name, command=COMMAND)) from error
    return certificate, key


def _read_lists(kept: Path) -> dict[str, x509.CertificateRevocationList]:
    """The lists that can be read: a missing or damaged one is only issued anew."""
    found = {}
    for name in ("root", "issuing"):
        try:
            found[name] = x509.load_pem_x509_crl((kept / f"{name}.crl").read_bytes())
        except (OSError, ValueError):
            continue
    return found


def _parts(authority: Authority) -> tuple[tuple[str, x509.Certificate, Key], ...]:
    return (
        ("root", authority.root, authority.root_key),
        ("issuing", authority.issuing, authority.issuing_key),
        ("timestamping", authority.timestamping, authority.timestamping_key),
    )


def _covers(found: x509.CertificateRevocationList, at: datetime) -> bool:
    until = found.next_update_utc
    return until is not None and found.last_update_utc <= at <= until - CRL_MARGIN


def _key_bytes(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    """Another process may be reading: the new content takes the place of the old in one rename."""
    beside = path.with_name(f".{path.name}-{os.getpid()}-{os.urandom(4).hex()}")
    _write(beside, content, 0o644)
    beside.replace(path)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _asn1_key(key: Key) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
