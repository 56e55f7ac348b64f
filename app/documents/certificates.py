"""The certificates and revocation lists of the internal authority: what each says and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

Key = ec.EllipticCurvePrivateKey

DESCRIPTION = ObjectIdentifier("2.5.4.13")
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
LONGEST_NAME = 64  # bytes: X.520's upper bound of a common name and of a title, counted as OpenSSL does
LONGEST_DESCRIPTION = 1024  # bytes

AUTHORITY_LIFE = timedelta(days=30 * 365)
SIGNER_LIFE = timedelta(hours=1)
BACKDATED = timedelta(days=1)  # the clock of whoever checks may be behind
SIGNER_BACKDATED = timedelta(minutes=5)


def new_key() -> Key:
    """P-256: RSA of the same strength costs ten times as much for each signature."""
    return ec.generate_private_key(ec.SECP256R1())


def root_certificate(key: Key, organisation: str, since: datetime) -> x509.Certificate:
    """Signed by itself; may stand above one level of authorities."""
    name = _name(organisation, "autorité racine interne")
    builder = _authority(key, name, name, since, path_length=1)
    return builder.sign(key, hashes.SHA256())


def issuing_certificate(
    key: Key, root: x509.Certificate, root_key: Key, organisation: str, since: datetime
) -> x509.Certificate:
    """The authority that issues signers' certificates, and no authorities."""
    builder = _authority(key, _name(organisation, "autorité de signature interne"), root.subject, since, path_length=0)
    return _issued_by(builder, root).sign(root_key, hashes.SHA256())


def timestamp_certificate(
    key: Key, issuing: x509.Certificate, issuing_key: Key, organisation: str, since: datetime
) -> x509.Certificate:
    """For time-stamps and nothing else. Its name says whose clock it is."""
    name = _name(organisation, "heure du serveur (horloge interne)")
    builder = _builder(key, name, issuing.subject, since - BACKDATED, since + AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _issued_by(builder, issuing).sign(issuing_key, hashes.SHA256())


def signer_certificate(
    key: Key, issuing: x509.Certificate, issuing_key: Key, person_ref: str, name: str, title: str, at: datetime
) -> x509.Certificate:
    """A person for one signature at `at`. A title longer than X.520 allows stands whole in the description."""
    parts = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation_of(issuing)),
        x509.NameAttribute(NameOID.COMMON_NAME, _shortened(name) or "Signataire"),
        x509.NameAttribute(NameOID.USER_ID, person_ref),
    ]
    if title.strip():
        parts.append(x509.NameAttribute(NameOID.TITLE, _shortened(title)))
    if len(title.encode()) > LONGEST_NAME:
        parts.append(x509.NameAttribute(DESCRIPTION, _shortened(title, LONGEST_DESCRIPTION)))
    builder = _builder(key, x509.Name(parts), issuing.subject, at - SIGNER_BACKDATED, at + SIGNER_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
    return _issued_by(builder, issuing).sign(issuing_key, hashes.SHA256())


def revocation_list(
    issuer: x509.Certificate, key: Key, since: datetime, until: datetime
) -> x509.CertificateRevocationList:
    """An empty list: signers' certificates end within the hour, and their keys are gone before. Numbered by time."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    builder = builder.last_update(since).next_update(until)
    builder = builder.add_extension(x509.CRLNumber(int(since.timestamp() * 1000)), critical=False)
    builder = builder.add_extension(_issuer_identifier(issuer), critical=False)
    return builder.sign(key, hashes.SHA256())


def _authority(
    key: Key, name: x509.Name, issuer: x509.Name, since: datetime, *, path_length: int
) -> x509.CertificateBuilder:
    builder = _builder(key, name, issuer, since - BACKDATED, since + AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _builder(key: Key, name: x509.Name, issuer: x509.Name, since: datetime, until: datetime) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _issued_by(builder: x509.CertificateBuilder, issuer: x509.Certificate) -> x509.CertificateBuilder:
    return builder.add_extension(_issuer_identifier(issuer), critical=False)


def _issuer_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _shortened(organisation) or "Organisation"),
            x509.NameAttribute(NameOID.COMMON_NAME, _shortened(role)),
        ]
    )


def organisation_of(certificate: x509.Certificate) -> str:
    """The organisation that a certificate names."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def _shortened(text: str, length: int = LONGEST_NAME) -> str:
    """On one line of at most `length` bytes: accented letters take two."""
    text = " ".join(text.split())
    if len(text.encode()) <= length:
        return text
    return text.encode()[: length - len("…".encode())].decode(errors="ignore").rstrip() + "…"
