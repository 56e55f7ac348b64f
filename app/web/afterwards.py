"""What is written once an answer has left: by a thread of its own, so that no answer waits for it, nor fails by it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from app.db import db, reading

Work = Callable[[], None]
MOST = 1000
"""What may wait at a time; what comes beyond is told to the keeper alone."""
AGAIN_AFTER = 5.0  # seconds, where the database did not answer
_LATER = (OperationalError, InterfaceError, TimeoutError)


class AfterwardsLine:
    """Works one after the other, each in a transaction of its own. What meets a locked or absent database comes again."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.waiting: deque[tuple[str, Work]] = deque()
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None

    def put(self, told: str, work: Work) -> None:
        """Have `work` done soon; `told` says what it is, for the keeper, should it never be."""
        with self.changed:
            if len(self.waiting) >= MOST:
                self.app.logger.error("too much waits to be written; left out: %s", told)
                return
            self.waiting.append((told, work))
            if self.thread is None:
                # Not a daemon: a worker that is told to stop first writes what waits.
                thread = threading.Thread(target=self._run, name="afterwards")
                thread.start()
                self.thread = thread

    def settled(self, seconds: float) -> bool:
        """Whether nothing waits any more, after so long at most."""
        with self.changed:
            return self.changed.wait_for(lambda: self.thread is None, seconds)

    def _run(self) -> None:
        while True:
            with self.changed:
                if not self.waiting:
                    self.thread = None
                    self.changed.notify_all()
                    return
                told, work = self.waiting[0]
            if self._done(told, work):
                with self.changed:
                    self.waiting.popleft()

    def _done(self, told: str, work: Work) -> bool:
        """False where it is to be tried again."""
        try:
            once(self.app, work)
        except _LATER:
            if threading.main_thread().is_alive():
                self.app.logger.warning("the database does not answer; waits to be written: %s", told)
                threading.main_thread().join(AGAIN_AFTER)
                return False
            self.app.logger.exception("could not be written before the end: %s", told)
        except Exception:
            self.app.logger.exception("could not be written: %s", told)
        return True


def once(app: Flask, work: Work) -> None:
    """`work`, committed."""
    with app.app_context():
        token = reading.set(False)
        try:
            work()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.remove()
            reading.reset(token)


def line(app: Flask, name: str) -> AfterwardsLine:
    """One for each kind of thing: a flood of one kind keeps out none of another."""
    lines: dict[str, AfterwardsLine] = app.extensions.setdefault("afterwards", {})
    return lines.setdefault(name, AfterwardsLine(app))


def put(app: Flask, name: str, told: str, work: Work) -> None:
    found = line(app, name)
    found.put(told, work)
    found.settled(app.config["AFTERWARDS_AWAITED"])
