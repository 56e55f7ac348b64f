"""A mail server of one's own, which takes letters, refuses them, keeps silent or hangs up, as the test wants."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

TAKES = "250 OK"
DROPS = "drops"  # hangs up when half of the letter has come
HANGS = "hangs"  # never answers
FORGETS = "forgets"  # takes the letter and hangs up before saying so

DSN = {"user": "seben", "password": "s3cret & long"}


class Postman:
    """What arrived, and how the next letters are answered: `on_recipient` and `on_data`, by address or for all ("")."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.on_recipient: dict[str, str] = {}
        self.on_data: dict[str, str] = {}
        self.while_receiving: Callable[[], None] = lambda: None
        self.signed_in: list[bool] = []
        self.encrypted: list[bool] = []

    def arrived(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(message["Message-ID"]) for message in self.received)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.on_recipient.get(address, self.on_recipient.get("", TAKES))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answer_to(envelope)
        if answer == HANGS:
            await asyncio.sleep(60)
        if answer in (TAKES, FORGETS):
            await asyncio.get_running_loop().run_in_executor(None, self.while_receiving)
            message = email.message_from_bytes(envelope.content or b"", policy=default)
            self.received.append(message)
            self.signed_in.append(session.authenticated is True)
            self.encrypted.append(session.ssl is not None)
        if answer == FORGETS:
            server.transport.abort()
        return answer

    def answer_to(self, envelope: Envelope) -> str:
        return self.on_data.get(envelope.rcpt_tos[0], self.on_data.get("", TAKES))


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.answer_to(self.envelope) != DROPS:
            return await super().smtp_DATA(arg)
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def at_work(postman: Postman, port: int = 0, **options: Any) -> Iterator[int]:
    """The server listens; gives its port."""
    controller = _Controller(postman, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


def asks_to_sign_in(context: ssl.SSLContext) -> dict[str, Any]:
    """Options of a server that wants STARTTLS first, then user and password."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            DSN["user"].encode(),
            DSN["password"].encode(),
        )
        return AuthResult(success=right, handled=False)

    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": check}


@contextmanager
def silence() -> Iterator[int]:
    """A port at which calls are taken and nobody speaks."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield listening.getsockname()[1]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
