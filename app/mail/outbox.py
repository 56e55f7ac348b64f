"""The outbox: letters put in by the caller's transaction, taken out under a lease, and what became of them noted.

No function here ends a transaction: the caller does, and keeps none open while the network is used.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from app.db import db
from app.directory.models import Person
from app.mail.models import Letter

# Longer than any one try may take: whoever has not answered by then is taken for dead.
LEASE = timedelta(minutes=10)
_FIRST_DELAY, _LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=2)
# Doubling from a minute to two hours, then every two hours: some three days.
MOST_ATTEMPTS = 42
KEPT = timedelta(days=90)
LONGEST_SUBJECT = 300
LONGEST_ERROR = 1000


def queue(
    recipient: str,
    subject: str,
    text: str,
    html: str,
    *,
    domain: str,
    at: datetime,
    person_id: int | None = None,
) -> Letter:
    """Put a letter into the outbox, to leave once the caller's transaction is committed.

    `domain` is the right side of its Message-ID, which is drawn here and never again. A subject is one line.
    """
    letter = Letter(
        message_id=f"<{secrets.token_hex(16)}@{domain}>",
        person_id=person_id,
        recipient=recipient,
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        text=text,
        html=html,
        created_at=at,
        due_at=at,
    )
    db.session.add(letter)
    return letter


def claim(at: datetime) -> Letter | None:
    """The letter longest due, under a lease from now on; None where nothing is due.

    A letter in another worker's hand is passed over. The try counts from here, so that a letter which kills its worker is
    given up at last too.
    """
    letter = db.session.scalar(
        select(Letter)
        .where(waiting(), Letter.due_at <= at, or_(Letter.lease_until.is_(None), Letter.lease_until < at))
        .order_by(Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if letter is not None:
        letter.lease_until = at + LEASE
        letter.attempts += 1
        db.session.flush()
    return letter


def waiting() -> ColumnElement[bool]:
    """Neither sent nor given up; written as the index has it."""
    return and_(Letter.sent_at.is_(None), Letter.dead_at.is_(None))


def note_sent(letter: Letter, at: datetime) -> None:
    """The server has taken the letter."""
    db.session.execute(
        update(Letter)
        .where(Letter.id == letter.id, Letter.sent_at.is_(None))
        .values(sent_at=at, dead_at=None, lease_until=None, last_error="")
    )


def note_failure(letter: Letter, error: str, at: datetime) -> None:
    """Try again later, each time after a longer while; after `MOST_ATTEMPTS` the letter is a dead one."""
    if letter.attempts >= MOST_ATTEMPTS:
        note_refusal(letter, error, at)
    else:
        _settle(letter, due_at=at + delay(letter.attempts), lease_until=None, last_error=error[:LONGEST_ERROR])


def note_refusal(letter: Letter, error: str, at: datetime) -> None:
    """The letter will never be taken: it is a dead one, for the coordination to look at."""
    _settle(letter, dead_at=at, lease_until=None, last_error=error[:LONGEST_ERROR])


def delay(attempts: int) -> timedelta:
    """How long to wait after so many tries, give or take a quarter: workers must not come back in step."""
    grown: timedelta = min(_FIRST_DELAY * 2 ** min(attempts - 1, 10), _LONGEST_DELAY)
    jitter: float = random.uniform(0.75, 1.25)
    return grown * jitter


def _settle(letter: Letter, **values: datetime | str | None) -> None:
    """Unless meanwhile another worker took the letter over: then it is for that one to say."""
    db.session.execute(
        update(Letter).where(Letter.id == letter.id, waiting(), Letter.attempts == letter.attempts).values(**values)
    )


def revive(letter_id: int, at: datetime) -> bool:
    """Send a dead letter once more, from the first try on, to the address its person has by now; False where none is dead.

    Its Message-ID stays: should it have arrived after all, it is the same letter.
    """
    held = select(Letter).where(Letter.id == letter_id, Letter.dead_at.is_not(None)).with_for_update()
    letter = db.session.scalar(held)
    if letter is None:
        return False
    person = db.session.get(Person, letter.person_id) if letter.person_id else None
    letter.recipient = (person.email if person else None) or letter.recipient
    letter.dead_at, letter.due_at, letter.attempts, letter.lease_until = None, at, 0, None
    return True


def forget_old(at: datetime) -> None:
    """Letters sent or given up long ago are personal data without a use."""
    db.session.execute(delete(Letter).where(or_(Letter.sent_at < at - KEPT, Letter.dead_at < at - KEPT)))


def longest_waiting(limit: int) -> Sequence[Letter]:
    """The letters that wait, the oldest first."""
    return db.session.scalars(select(Letter).where(waiting()).order_by(Letter.created_at, Letter.id).limit(limit)).all()


def lately_sent(limit: int) -> Sequence[Letter]:
    query = select(Letter).where(Letter.sent_at.is_not(None)).order_by(Letter.sent_at.desc(), Letter.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def dead(limit: int) -> Sequence[Letter]:
    query = select(Letter).where(Letter.dead_at.is_not(None)).order_by(Letter.dead_at.desc(), Letter.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def counts() -> tuple[int, int]:
    """How many letters wait, and how many are dead."""
    found = db.session.execute(
        select(func.count().filter(waiting()), func.count().filter(Letter.dead_at.is_not(None))).where(
            Letter.sent_at.is_(None)
        )
    ).one()
    return found[0], found[1]
