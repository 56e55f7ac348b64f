"""Guessing at passwords, slowed down: failed sign-ins are counted per account, per address and per known device.

Somebody who guesses has to wait longer and longer. The owner of the account does not: who signed in before on this
device (or from this address) is counted apart from strangers, so that nobody can shut another person out by failing on
purpose.
"""

from __future__ import annotations

import ipaddress
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
# How far the clocks of two servers may differ. What is stamped later than that was written before our clock was set back.
SKEW = timedelta(minutes=1)
# Of the 64 digits of a key the first half is the account's, so that its counters are found without naming it.
_HALF = 32


def _beginning(*whose: str) -> str:
    return digest(canonical([*whose]))[:_HALF]


NETWORKS = _beginning("network")


class SignInAttempt(Base):
    """One counter. `key` is a hash: what people type into the wrong field by mistake is not kept in clear.

    `succeeded` says that a sign-in went through under this key: the device or address is the account's own.
    """

    __tablename__ = "sign_in_attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    succeeded: Mapped[bool] = mapped_column(default=False)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class AttemptOrigin(NamedTuple):
    """Which account is tried, from which network address, and the device's own secret ("" for an unknown device)."""

    account: str
    address: str
    device: str

    @property
    def keys(self) -> dict[str, str]:
        """The counter of each kind that this origin may fall under."""
        near, own = network(self.address), _beginning("account", self.account)
        kinds = {
            "pair": own + digest(canonical(["pair", near]))[:_HALF],
            "address": NETWORKS + digest(canonical(["address", near]))[:_HALF],
            "account": own + digest(canonical(["account"]))[:_HALF],
        }
        if self.device:
            kinds["device"] = own + digest(canonical(["device", self.device]))[:_HALF]
        return kinds


def network(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, for who has one address there has all that begin so."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))


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


def check(origin: AttemptOrigin) -> None:
    """Raises `TooManyAttempts` where it is too early. For a first look, before the costly comparison of hashes."""
    rows = db.session.scalars(select(SignInAttempt).where(SignInAttempt.key.in_(origin.keys.values()))).all()
    _check(_concerned(origin, {row.key: row for row in rows}), now())


def settle(origin: AttemptOrigin, right: bool) -> list[str]:
    """Count a try whose password was right or wrong. Answers which counters this one has brought to their limit.

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
    return [kind for kind, row in sorted(concerned.items()) if not right and row.failures == FREE[kind]]


def clear(account: str | None) -> None:
    """Forget the failures of this account, of whoever made them; with None, of all.

    Which network the account was tried from stands nowhere, so what networks and visitors have counted is forgotten too.
    """
    query = select(SignInAttempt).where(SignInAttempt.failures > 0).order_by(SignInAttempt.key).with_for_update()
    if account is not None:
        whose = (NETWORKS, _beginning("account", account))
        query = query.where(or_(*(SignInAttempt.key.startswith(each) for each in whose)))
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    for row in rows:
        row.failures = 0
    db.session.flush()


def known(origin: AttemptOrigin) -> bool:
    """Whether somebody came into this account on this very device before."""
    key = origin.keys.get("device")
    row = db.session.get(SignInAttempt, key) if key else None
    return row is not None and row.succeeded


def trust(origin: AttemptOrigin) -> None:
    """Take device and address for the account's own, as after a sign-in: its holder chose the password there."""
    moment = now()
    _trust(origin, _held(origin, moment), moment)
    db.session.flush()


def admit(purpose: str, address: str, most: int, window: timedelta) -> None:
    """Raises `TooManyVisits` where this address has come `most` times within the window that runs."""
    row = db.session.get(SignInAttempt, _visits(purpose, address), populate_existing=True)
    moment = now()
    if row is not None and row.failures >= most and _runs(row, window, moment):
        raise TooManyVisits(int((min(row.last_at, moment) + window - moment).total_seconds()) + 1)


def count(purpose: str, address: str, window: timedelta) -> None:
    """One visit more by this address; the first after a window begins another."""
    key, moment = _visits(purpose, address), now()
    row = _locked([key], moment)[key]
    if row.failures == 0 or not _runs(row, window, moment):
        row.failures, row.last_at = 0, moment
    row.failures += 1
    db.session.flush()
    _forget(moment)


def _visits(purpose: str, address: str) -> str:
    return NETWORKS + digest(canonical(["visits", purpose, network(address)]))[:_HALF]


def _runs(row: SignInAttempt, window: timedelta, moment: datetime) -> bool:
    return row.last_at - SKEW <= moment < row.last_at + window


def _trust(origin: AttemptOrigin, rows: dict[str, SignInAttempt], moment: datetime) -> None:
    for kind, key in origin.keys.items():
        if kind in ("device", "pair"):
            rows[key].failures, rows[key].succeeded, rows[key].last_at = 0, True, moment


def _held(origin: AttemptOrigin, moment: datetime) -> dict[str, SignInAttempt]:
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


def _concerned(origin: AttemptOrigin, rows: dict[str, SignInAttempt]) -> dict[str, SignInAttempt]:
    """The counters that speak for this origin: its own where it is known, else those of strangers."""
    found = {kind: rows[key] for kind, key in origin.keys.items() if key in rows}
    for own in ("device", "pair"):
        if own in found and found[own].succeeded:
            return {own: found[own]}
    return {kind: row for kind, row in found.items() if kind != "device"}


def _check(concerned: dict[str, SignInAttempt], moment: datetime) -> None:
    left = max((_left(kind, row, moment) for kind, row in concerned.items()), default=timedelta(0))
    if left > timedelta(0):
        raise TooManyAttempts(int(left.total_seconds()) + 1)


def _left(kind: str, row: SignInAttempt, moment: datetime) -> timedelta:
    """How long still, never longer than `LONGEST_WAIT`. A stamp of a clock that was set back since keeps nobody waiting:
    the next try is let through, and is stamped anew."""
    if row.last_at > moment + SKEW:
        return timedelta(0)
    return min(row.last_at, moment) + _wait(kind, _failures(row, moment)) - moment


def _wait(kind: str, failures: int) -> timedelta:
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(beyond, 20)))


def _failures(row: SignInAttempt, moment: datetime) -> int:
    return row.failures if moment - row.last_at < FAILURES_FORGOTTEN_AFTER else 0


def _forget(moment: datetime) -> None:
    """Counters that no longer matter go, so that the table stays small however long somebody guesses.

    Stamps of a clock that was set back become recent ones, or they would never grow old; whoever waited has waited.
    """
    ahead = select(SignInAttempt).where(SignInAttempt.last_at > moment + SKEW).with_for_update(skip_locked=True)
    for row in db.session.scalars(ahead.execution_options(populate_existing=True)):
        row.last_at = moment - LONGEST_WAIT
    db.session.flush()
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
