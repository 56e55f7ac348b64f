"""Delivering the outbox over SMTP: one connection for many letters, no transaction open while it is used."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.db import now
from app.mail import outbox
from app.mail.models import Letter
from app.mail.server import Server

Transaction = Callable[[], AbstractContextManager[None]]
"""Gives a block in which the database may be used; what it wrote is committed at its end, or undone if it raises."""

log = logging.getLogger(__name__)

_LEAVING = 421  # "service not available, closing the channel": about the server, never about the letter


class LetterRefused(Exception):
    """The server will never take this letter; the message is its reason."""


class Delayed(Exception):
    """Not now. `everything`: the trouble is the server's, and other letters would meet it too."""

    def __init__(self, reason: str, *, everything: bool) -> None:
        super().__init__(reason)
        self.everything = everything


@dataclass(slots=True)
class Round:
    """What came of one round of delivery. `stopped`: the server is in trouble, and letters may still be due."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0
    stopped: bool = False


def deliver(
    server: Server, sender: str, hostname: str, transaction: Transaction, go_on: Callable[[], bool] = lambda: True
) -> Round:
    """Deliver what is due, letter by letter, until nothing is, the server is in trouble, or `go_on` says no.

    `sender` is the From field, `hostname` the name given to the server. A worker that dies between the server's acceptance
    and its note leaves a letter that is sent again when its lease has run out, with the same Message-ID.
    """
    done = Round()
    carrier = Carrier(server, sender, hostname)
    try:
        while not done.stopped and go_on():
            with transaction():
                letter = outbox.claim(now())
            if letter is None:
                break
            _carry(carrier, letter, transaction, done)
    finally:
        carrier.close()
    return done


def _carry(carrier: Carrier, letter: Letter, transaction: Transaction, done: Round) -> None:
    try:
        carrier.carry(letter)
    except LetterRefused as refusal:
        log.warning("letter %s is refused: %s", letter.message_id, refusal)
        done.refused += 1
        with transaction():
            outbox.note_refusal(letter, str(refusal), now())
    except Delayed as trouble:
        log.info("letter %s must wait: %s", letter.message_id, trouble)
        done.delayed += 1
        done.stopped = trouble.everything
        with transaction():
            outbox.note_failure(letter, str(trouble), now())
    else:
        done.sent += 1
        with transaction():
            outbox.note_sent(letter, now())


class Carrier:
    """A connection to the mail server, opened for the first letter and again after it broke."""

    def __init__(self, server: Server, sender: str, hostname: str) -> None:
        self._server = server
        self._sender = sender
        self._hostname = hostname
        self._line: smtplib.SMTP | None = None

    def carry(self, letter: Letter) -> None:
        """Hand one letter over; on return the server has taken it. Raises `LetterRefused` or `Delayed`."""
        try:
            message = compose(letter, self._sender)
        except (ValueError, UnicodeError, IndexError) as error:  # what the email package says of impossible addresses
            raise LetterRefused(f"{type(error).__name__}: {error}") from error
        try:
            self._send(message, letter.recipient)
        except (LetterRefused, Delayed) as outcome:
            if isinstance(outcome, Delayed) and outcome.everything:
                self.close()
            raise

    def _send(self, message: EmailMessage, recipient: str) -> None:
        try:
            self._hand_over(message, recipient)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _answer(code, reply) from error
        except smtplib.SMTPDataError as error:
            raise _answer(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            # Without STARTTLS nothing leaves; an address that needs SMTPUTF8 concerns this letter only.
            if self._line is None:
                raise Delayed(str(error), everything=True) from error
            raise LetterRefused(str(error)) from error
        except smtplib.SMTPResponseException as error:  # greeting, sign-in, sender: all letters' business
            raise Delayed(_said(error.smtp_code, error.smtp_error), everything=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Delayed(f"{type(error).__name__}: {error}", everything=True) from error
        except ValueError as error:  # an address or a header that cannot be written down
            self.close()
            raise LetterRefused(f"{type(error).__name__}: {error}") from error

    def _hand_over(self, message: EmailMessage, recipient: str) -> None:
        """Over the line of the letter before, if it still stands: some servers close it after so many letters."""
        line = self._line if self._line is not None and self._alive(self._line) else None
        used, self._line = line is not None, None
        self._line = line or self._open()
        address = parseaddr(self._sender)[1]
        try:
            self._line.send_message(message, address, [recipient])
        except smtplib.SMTPSenderRefused as error:
            if not used or error.smtp_code != _LEAVING:
                raise
            self._line = None
            self._line = self._open()
            self._line.send_message(message, address, [recipient])

    @staticmethod
    def _alive(line: smtplib.SMTP) -> bool:
        try:
            return line.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.tls:
            context = ssl.create_default_context()
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, self._hostname, timeout=server.timeout, context=context
            )
        else:
            line = smtplib.SMTP(server.host, server.port, self._hostname, timeout=server.timeout)
        try:
            if server.starttls:
                line.starttls(context=ssl.create_default_context())
            if server.user:
                line.login(server.user, server.password)
        except BaseException:
            line.close()
            raise
        return line

    def close(self) -> None:
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._line.close()
            self._line = None


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it travels: plain text, and the same as HTML. Raises ValueError for an address that cannot be one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    # Nobody's holiday notice is to answer this.
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    # Said aloud, so that it passes servers that know seven bits only.
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


def _answer(code: int, reply: bytes | str) -> Exception:
    if code == _LEAVING:
        return Delayed(_said(code, reply), everything=True)
    if code >= 500:
        return LetterRefused(_said(code, reply))
    return Delayed(_said(code, reply), everything=False)


def _said(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(words.split())}"
