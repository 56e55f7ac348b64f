"""What somebody who writes waits while a Word file of 150 kB that unpacks to 50 MB is brought. Run: python -m bench.foreign

Ends by itself: a writer that waits for a minute has waited too long.
"""

from __future__ import annotations

import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.web.account import sessions
from app.workflow import Stage
from bench._world import World
from tests.cast import session_of
from tests.olden import old
from tests.word.office import MAIN, packed, parts

BAR = 0.25
"""Seconds."""
LONGEST = 60.0
UNPACKED = 50_000_000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="seben-bench-") as folder:
        app = World(Path(folder)).app
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            report = db.session.scalars(select(Report).where(Report.stage == Stage.DRAFTING)).first()
            assert report is not None
            facilitator = db.session.get_one(Person, report.workshop.facilitator_id)
            place, secret = f"/rapports/{report.id}/ancien-rapport", session_of(app, facilitator)
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session[sessions.SECRET] = secret
        attack = threading.Thread(target=_bring, args=(client, place), daemon=True)
        attack.start()
        longest = 0.0
        while attack.is_alive() and longest < LONGEST:
            time.sleep(0.02)
            began = time.perf_counter()
            with app.app_context():
                try:
                    db.session.execute(text("UPDATE report SET stage = stage WHERE id = 0"))
                except Exception as error:
                    print(f"the writer gave up: {type(error).__name__}")
                db.session.rollback()
            longest = max(longest, time.perf_counter() - began)
        print(f"a writer waited {longest:.2f} s at most, bar {BAR} s: {'kept' if longest <= BAR else 'missed'}")


def _bring(client: FlaskClient, place: str) -> None:
    files = parts(old.bold())
    head, end, rest = files[MAIN].rpartition(b"</w:body>")
    data = packed({**files, MAIN: head + b"<w:p/>" * (UNPACKED // 6) + end + rest})
    began = time.perf_counter()
    answer = client.post(
        place, data={"file": (BytesIO(data), "a.docx"), "do": "preview"}, content_type="multipart/form-data"
    )
    spent = time.perf_counter() - began
    print(
        f"{len(data) // 1000} kB, {UNPACKED // 1_000_000} MB unpacked: answered {answer.status_code} in {spent:.1f} s"
    )


if __name__ == "__main__":
    main()
