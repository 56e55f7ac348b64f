"""A passkey's answer counts once, for its own person, at its own site, to a question of ours."""

from __future__ import annotations

import hashlib
import struct

import cbor2
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app.db import db, now
from app.directory.models import Person
from app.people.factors import passkeys
from app.people.factors.models import Passkey
from app.people.factors.passkeys import PasskeySite
from app.people.factors.vault import Vault
from tests.cast import Cast

SITE = PasskeySite("seben.exemple.ml", "https://seben.exemple.ml", "GSB")
VAULT = Vault("s" * 40)


class Device:
    """A device that holds one passkey."""

    def __init__(self, person: Person) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        known = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        self.id = bytes_to_base64url(b"a passkey of " + person.first_name.encode())
        public = bytes_to_base64url(cbor2.dumps(known))
        db.session.add(Passkey(person_id=person.id, credential=self.id, public_key=public, sign_count=0, name="Clé"))
        db.session.flush()

    def answers(self, options: str, origin: str = SITE.origin) -> str:
        challenge = orjson.loads(options)["challenge"]
        said = orjson.dumps({"type": "webauthn.get", "challenge": challenge, "origin": origin})
        shown = hashlib.sha256(SITE.host.encode()).digest() + b"\x05" + struct.pack(">I", 0)
        signature = self.key.sign(shown + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": shown, "signature": signature}
        response = {name: bytes_to_base64url(value) for name, value in parts.items()}
        answer = {"id": self.id, "rawId": self.id, "type": "public-key", "response": response}
        return orjson.dumps({**answer, "clientExtensionResults": {}}).decode()


def asked(person: Person) -> str:
    return passkeys.asking(person, SITE, passkeys.of(person), VAULT, now())


def shows(person: Person, answer: str) -> bool:
    return passkeys.shows(person, answer, SITE, VAULT, now())


@pytest.fixture
def device(world: Flask, cast: Cast) -> Device:
    return Device(cast.issa)


def test_an_answer_counts_and_the_same_one_never_again(cast: Cast, device: Device) -> None:
    answer = device.answers(asked(cast.issa))
    assert shows(cast.issa, answer)
    assert passkeys.of(cast.issa)[0].used_at is not None
    assert not shows(cast.issa, answer)
    assert shows(cast.issa, device.answers(asked(cast.issa)))


def test_an_answer_is_nobody_else_s(cast: Cast, device: Device) -> None:
    assert not shows(cast.seydou, device.answers(asked(cast.issa)))
    assert not shows(cast.seydou, device.answers(asked(cast.seydou)))


def test_a_question_that_is_not_ours_or_was_for_something_else_has_no_answer(cast: Cast, device: Device) -> None:
    foreign = passkeys.asking(cast.issa, SITE, (), Vault("t" * 40), now())
    enrolling = passkeys.enrolling(cast.issa, SITE, VAULT, now())
    for options in (foreign, enrolling):
        assert not shows(cast.issa, device.answers(options))


def test_an_answer_given_to_another_site_or_altered_is_refused(cast: Cast, device: Device) -> None:
    assert not shows(cast.issa, device.answers(asked(cast.issa), "https://seben.exemple.com"))
    told = orjson.loads(device.answers(asked(cast.issa)))
    signature = bytearray(base64url_to_bytes(told["response"]["signature"]))
    signature[-1] ^= 1
    told["response"]["signature"] = bytes_to_base64url(bytes(signature))
    assert not shows(cast.issa, orjson.dumps(told).decode())


@pytest.mark.parametrize(
    "answer", ["{", "[]", "null", '{"id": 1}', '{"response": {"clientDataJSON": "e30"}}', "9" * 30_000]
)
def test_what_is_no_answer_is_refused(answer: str, cast: Cast, device: Device) -> None:
    assert not shows(cast.issa, answer)
