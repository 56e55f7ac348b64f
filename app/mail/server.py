"""Where mail leaves by: the setting MAIL_URL, taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `tls`: from the first byte on; `starttls`: asked for, and nothing is sent without it.

    `timeout` is in seconds, for each answer of the server.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False
    timeout: float = TIMEOUT


def parse(url: str) -> Server:
    """`smtp://user:password@host:587?starttls=1`, `smtps://host`; user and password percent-encoded.

    Raises ValueError with an English sentence for what is not such an address, and for a password that would travel in
    the clear.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(
            "it reads smtp://host:25, smtp://user:password@host:587?starttls=1 or smtps://user:password@host"
        )
    if unknown := options.keys() - {"starttls", "timeout"}:
        raise ValueError(f"unknown option {sorted(unknown)[0]}")
    tls, starttls = parts.scheme == "smtps", options.get("starttls", "0") == "1"
    if parts.password and not (tls or starttls):
        raise ValueError(
            "it has a password but neither smtps:// nor ?starttls=1: the password would travel in the clear"
        )
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587 if starttls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
        timeout=float(options.get("timeout", TIMEOUT)),
    )
