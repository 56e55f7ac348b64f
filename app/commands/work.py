"""The worker: reminders, letters of notices, delivery. Several may run at once; each may be stopped at any moment."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parseaddr
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app import anchoring
from app.audit import checkpoints, once
from app.content.typography import french
from app.db import db, now, reading
from app.documents import tray
from app.documents.store import Store, Unreachable
from app.mail import outbox
from app.mail.delivery import deliver
from app.mail.server import Server, parse
from app.reports.attachments import uploads
from app.reports.notifications import digest
from app.reports.notifications.digest import MailSite
from app.reports.validating import reminders

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds between two rounds
TROUBLE = 30.0  # seconds before the next round when mail server or database did not answer
HOUSEKEEPING = 600.0  # seconds between two looks at deadlines and at what is old


def register(app: Flask) -> None:
    app.cli.add_command(work)


@click.command("work")
@click.option("--once", is_flag=True, help="Fait une fois ce qu’il y a à faire, sans attendre de suite, et finit.")
@click.option("--pause", default=PAUSE, show_default=True, help="Secondes entre deux tours.")
@with_appcontext
def work(once: bool, pause: float) -> None:
    """Envoie le courrier et les rappels, tour après tour, jusqu’au signal de fin. Plusieurs peuvent travailler ensemble."""
    worker = Worker(current_app.config)
    if once:
        worker.look_around()
        worker.anchor()
        worker.post(timedelta(0))
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    if worker.server is None:
        click.echo(french("MAIL_URL est vide : aucun courrier ne part, les notifications restent dans l’application."))
    worker.run(pause)


class Worker:
    """One worker's rounds. The letter in hand is finished before it stops."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.unanchored = ""
        self.server = _server(config)
        self.sender = str(config["MAIL_FROM"] or "")
        self.hostname = urlsplit(config["BASE_URL"]).hostname or "localhost"
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or self.hostname
        self.site = MailSite(config["BASE_URL"], config["ORGANISATION"], domain)
        self.stopping = Event()

    def run(self, pause: float) -> None:
        """Round after round until told to stop; a database that does not answer is waited for."""
        looked = float("-inf")
        self.look()
        while not self.stopping.is_set():
            wait = pause
            try:
                if time.monotonic() - looked >= HOUSEKEEPING:
                    self.look_around()
                    looked = time.monotonic()
                self.anchor()
                if not self.post(digest.SETTLING):
                    wait = max(pause, TROUBLE)
            except DBAPIError:
                log.exception("the database did not answer")
                wait = max(pause, TROUBLE)
            self.stopping.wait(wait)

    def look(self) -> None:
        """Whether the log goes on from the file of checkpoints elsewhere: an old backup shows before anything is due."""
        try:
            found = anchoring.look(self.config)
        except DBAPIError:
            log.exception("the database did not answer")
            return
        finally:
            db.session.remove()
        if found is not None:
            log.error("%s", found.sentence)

    def look_around(self) -> None:
        """Write the reminders that are due, and forget what is old."""
        self.look()
        with transaction():
            found = reminders.waiting(now())
        for report_id in found:
            with transaction():
                reminders.remind(report_id, now())
        with transaction():
            outbox.forget_old(now())
            once.forget_old(now())
        with transaction():
            self._forget_uploads()

    def _forget_uploads(self) -> None:
        try:
            store = Store(self.config["STORE_URL"])
            uploads.forget_old(now(), store)
            tray.sweep(store, now())
        except Unreachable:
            log.exception("pieces of files and trays were not swept")

    def anchor(self) -> None:
        """Sign a checkpoint of the log where one is due; why it cannot be done is said once."""
        token = reading.set(True)
        try:
            reason = checkpoints.due(now())
        finally:
            db.session.remove()
            reading.reset(token)
        if not reason:
            return
        try:
            anchoring.anchor(self.config, reason)
            self.unanchored = ""
        except anchoring.CANNOT as error:
            if str(error) != self.unanchored:
                log.error("no checkpoint was made: %s", error)
            self.unanchored = str(error)
        finally:
            db.session.remove()

    def post(self, settling: timedelta) -> bool:
        """Make letters of notices and deliver what is due; False where the mail server is in trouble."""
        if self.server is None:
            with transaction():
                digest.let_go(now())
            return True
        while self._write(settling):
            pass
        done = deliver(self.server, self.sender, self.hostname, transaction, lambda: not self.stopping.is_set())
        return not done.stopped

    def _write(self, settling: timedelta) -> bool:
        with transaction():
            return digest.write_next(self.site, now(), settling) and not self.stopping.is_set()


@contextmanager
def transaction() -> Iterator[None]:
    """What is done inside is committed at the end, or not at all; nothing is open afterwards."""
    try:
        yield
        db.session.commit()
    finally:
        db.session.remove()


def _server(config: dict[str, Any]) -> Server | None:
    url = config["MAIL_URL"]
    if not url:
        return None
    try:
        return parse(str(url))
    except ValueError as error:
        raise click.ClickException(f"MAIL_URL: {error}") from error
