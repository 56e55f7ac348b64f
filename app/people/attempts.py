"""Guessing at passwords, slowed down: failed sign-ins are counted per account, per address and per known device.

Somebody who guesses has to wait longer and longer. The owner of the account does not: who signed in before on this
device (or from this address) is counted apart from strangers, so that nobody can shut another person out by failing on
purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import String, and_, delete, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.content.canonical import canonical, digest
from app.db import Base, Moment, db, now

# Failures that cost nothing yet. An address can be a whole office behind one router.
FREE = {"device": 10, "pair": 5, "address": 30, "account": 50}
FIRST_WAIT = timedelta(seconds=15)  # doubles with each failure
LONGEST_WAIT = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(days=1)
DEVICES_FORGOTTEN_AFTER = timedelta(days=180)


class SignInAttempt(Base):
    """One counter. `key` is a hash: what people type into the wrong field by mistake is not kept in clear.

    `succeeded` says that a sign-in went through under this key: the device or address is the account's own.
    """

    __tablename__ = "sign_in_attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    succeeded: Mapped[bool] = mapped_column(default=False)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Origin(NamedTuple):
    """Which account is tried, from which network address, and the device's own secret ("" for an unknown device)."""

    account: str
    address: str
    device: str

    @property
    def keys(self) -> dict[str, str]:
        """The counter of each kind that this origin may fall under."""
        kinds = {
            "pair": ["pair", self.account, self.address],
            "address": ["address", self.address],
            "account": ["account", self.account],
        }
        if self.device:
            kinds["device"] = ["device", self.account, self.device]
        return {kind: digest(canonical(parts)) for kind, parts in kinds.items()}


class TooManyAttempts(Exception):
    """The person must wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Trop d’essais ont échoué. Attendez {_in_words(seconds)}, puis réessayez.")
        self.seconds = seconds


class TooManyVisits(TooManyAttempts):
    """Too much was asked from one address without an account."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.args = (f"Trop de vérifications depuis votre réseau. Attendez {_in_words(seconds)}, ou connectez-vous.",)


def check(origin: Origin) -> None:
    """Raises `TooManyAttempts` where it is too early. For a first look, before the costly comparison of hashes."""
    rows = db.session.scalars(select(SignInAttempt).where(SignInAttempt.key.in_(origin.keys.values()))).all()
    _check(_concerned(origin, {row.key: row for row in rows}), now())


def settle(origin: Origin, right: bool) -> None:
    """Count a try whose password was right or wrong.

    The counters are held meanwhile, so tries sent at the same moment are judged one after the other; those beyond the
    limit raise `TooManyAttempts`, were the password right or not. A failure counts once the transaction is committed.
    """
    moment = now()
    rows = _held(origin, moment)
    concerned = _concerned(origin, rows)
    _check(concerned, moment)
    if right:
        _trust(origin, rows, moment)
    else:
        for row in concerned.values():
            row.failures, row.last_at = _failures(row, moment) + 1, moment
    db.session.flush()
    _forget(moment)


def trust(origin: Origin) -> None:
    """Take device and address for the account's own, as after a sign-in: its holder chose the password there."""
    moment = now()
    _trust(origin, _held(origin, moment), moment)
    db.session.flush()


def admit(purpose: str, address: str, most: int, window: timedelta) -> None:
    """Raises `TooManyVisits` where this address has come `most` times within the window that runs."""
    row = db.session.get(SignInAttempt, _visits(purpose, address), populate_existing=True)
    moment = now()
    if row is not None and row.failures >= most and moment < row.last_at + window:
        raise TooManyVisits(int((row.last_at + window - moment).total_seconds()) + 1)


def count(purpose: str, address: str, window: timedelta) -> None:
    """One visit more by this address; the first after a window begins another."""
    key, moment = _visits(purpose, address), now()
    row = _locked([key], moment)[key]
    if row.failures == 0 or moment >= row.last_at + window:
        row.failures, row.last_at = 0, moment
    row.failures += 1
    db.session.flush()
    _forget(moment)


def _visits(purpose: str, address: str) -> str:
    return digest(canonical(["visits", purpose, address]))


def _trust(origin: Origin, rows: dict[str, SignInAttempt], moment: datetime) -> None:
    for kind, key in origin.keys.items():
        if kind in ("device", "pair"):
            rows[key].failures, rows[key].succeeded, rows[key].last_at = 0, True, moment


def _held(origin: Origin, moment: datetime) -> dict[str, SignInAttempt]:
    return _locked(origin.keys.values(), moment)


def _locked(wanted: Iterable[str], moment: datetime) -> dict[str, SignInAttempt]:
    """These counters, made where missing; in one order everywhere, so that no two requests block each other."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    keys = sorted(wanted)
    fresh = [{"key": key, "failures": 0, "succeeded": False, "last_at": moment} for key in keys]
    db.session.execute(dialect.insert(SignInAttempt).values(fresh).on_conflict_do_nothing())
    held = select(SignInAttempt).where(SignInAttempt.key.in_(keys)).order_by(SignInAttempt.key).with_for_update()
    rows = db.session.scalars(held.execution_options(populate_existing=True)).all()
    return {row.key: row for row in rows}


def _concerned(origin: Origin, rows: dict[str, SignInAttempt]) -> dict[str, SignInAttempt]:
    """The counters that speak for this origin: its own where it is known, else those of strangers."""
    found = {kind: rows[key] for kind, key in origin.keys.items() if key in rows}
    for own in ("device", "pair"):
        if own in found and found[own].succeeded:
            return {own: found[own]}
    return {kind: row for kind, row in found.items() if kind != "device"}


def _check(concerned: dict[str, SignInAttempt], moment: datetime) -> None:
    until = max((row.last_at + _wait(kind, _failures(row, moment)) for kind, row in concerned.items()), default=moment)
    if until > moment:
        raise TooManyAttempts(int((until - moment).total_seconds()) + 1)


def _wait(kind: str, failures: int) -> timedelta:
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(beyond, 20)))


def _failures(row: SignInAttempt, moment: datetime) -> int:
    return row.failures if moment - row.last_at < FAILURES_FORGOTTEN_AFTER else 0


def _forget(moment: datetime) -> None:
    """Counters that no longer matter go, so that the table stays small however long somebody guesses."""
    db.session.execute(
        delete(SignInAttempt)
        .where(
            or_(
                and_(not_(SignInAttempt.succeeded), SignInAttempt.last_at < moment - FAILURES_FORGOTTEN_AFTER),
                SignInAttempt.last_at < moment - DEVICES_FORGOTTEN_AFTER,
            )
        )
        .execution_options(synchronize_session=False)
    )


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} seconde{'s' if seconds > 1 else ''}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
