"""The internal time-stamper: RFC 3161 tokens that say the server's own time, signed on an elliptic curve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce

# An identifier from the UUID arc, ours alone: "the server's own clock, no outside authority".
POLICY = "2.25.138621741923671340178904275629834871043"
DIGEST = "sha256"


class ServerClock(TimeStamper):
    """Answers every request with the time it was made with; pyHanko's own stand-in for tests signs with RSA only."""

    def __init__(
        self,
        certificate: asn1_x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        at: datetime,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.certificate = certificate
        self.key = key
        self.at = at
        # Encoded once: asn1crypto encodes a certificate's names anew, slowly, in every structure that quotes them.
        self.named = cms.CMSAttribute.load(
            simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(certificate)).dump()
        )
        self.identifier = cms.SignerIdentifier.load(
            cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": certificate.issuer, "serial_number": certificate.serial_number}}
            ).dump()
        )

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The granted response to `req`, without leaving the process."""
        content = self._content(req).dump()
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": DIGEST}],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
                "certificates": [self.certificate],  # no other: whatever else stood here, no signature would cover
                "signer_infos": [self._signer_info(content)],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})

    def _content(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        content: dict[str, Any] = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": get_nonce(),
            "gen_time": self.at,
            "tsa": asn1_x509.GeneralName(name="directory_name", value=self.certificate.subject),
        }
        if req["nonce"].native is not None:
            content["nonce"] = req["nonce"]
        return tsp.TSTInfo(content)

    def _signer_info(self, content: bytes) -> cms.SignerInfo:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        signed_attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", digest.finalize()),
                self.named,
            ]
        )
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": self.identifier,
                "digest_algorithm": {"algorithm": DIGEST},
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": signed_attributes,
                "signature": self.key.sign(signed_attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
