"""The server's keys as second factors need them: secrets enciphered, codes hashed, challenges that tell their age."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

NONCE, STAMP, MAC = 16, 8, 32
CHALLENGE_LIVES = 15 * 60  # seconds


class Vault:
    """Made of the application's SECRET_KEY: another secret makes what was enciphered and hashed worthless."""

    def __init__(self, secret: str) -> None:
        def derived(purpose: bytes) -> bytes:
            return hashlib.sha256(b"factors:" + purpose + b":" + secret.encode()).digest()

        self._cipher = Fernet(base64.urlsafe_b64encode(derived(b"cipher")))
        self._hashing, self._challenging = derived(b"hash"), derived(b"challenge")

    def seal(self, text: str) -> str:
        return self._cipher.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str, lives: int | None = None) -> str | None:
        """What was sealed, `lives` seconds ago at most; None where that is not ours, or too old."""
        try:
            return self._cipher.decrypt(sealed.encode(), ttl=lives).decode()
        except InvalidToken:
            return None

    def hash(self, person_id: int, code: str) -> str:
        """A code that is too short for a plain hash, in 64 hexadecimal digits."""
        return hmac.new(self._hashing, f"{person_id}:{code}".encode(), hashlib.sha256).hexdigest()

    def challenge(self, purpose: str, person_id: int, at: datetime) -> bytes:
        """A challenge for one person and one purpose: nothing is kept of it until it is answered."""
        drawn = secrets.token_bytes(NONCE) + struct.pack(">Q", int(at.timestamp()))
        return drawn + self._mac(drawn, purpose, person_id)

    def is_challenge(self, found: bytes, purpose: str, person_id: int, at: datetime) -> bool:
        """Whether we made this challenge, for this, and lately."""
        drawn, mac = found[: NONCE + STAMP], found[NONCE + STAMP :]
        if len(mac) != MAC or not hmac.compare_digest(mac, self._mac(drawn, purpose, person_id)):
            return False
        made: int = struct.unpack(">Q", drawn[NONCE:])[0]
        return 0 <= int(at.timestamp()) - made <= CHALLENGE_LIVES

    def _mac(self, drawn: bytes, purpose: str, person_id: int) -> bytes:
        return hmac.new(self._challenging, drawn + f"{purpose}:{person_id}".encode(), hashlib.sha256).digest()
