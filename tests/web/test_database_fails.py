"""The database is full, locked or gone when a form is sent: the answer asks it nothing, and gives back what was typed."""

from __future__ import annotations

import os
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import pysqlite3  # the library that the application has: two of them in one process do not see each other’s locks
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError

from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at

# The package's attribute of this name is the database itself.
database = import_module("app.db")
SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1/parties/conclusion/modifier"
TYPED = (
    "La séance a été levée à treize heures, après la lecture des « 12 500 000 FCFA » du budget & des vœux. " * 300
).strip()
HTMX = {"HX-Request": "true", "HX-Target": "section#part-conclusion"}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"WTF_CSRF_ENABLED": True, "PROPAGATE_EXCEPTIONS": False}


@pytest.fixture
def issa(app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        report_at(Stage.EDITING, cast)
        db.session.commit()
    return sign_in(client, cast.issa)


@pytest.fixture
def form(issa: FlaskClient) -> dict[str, str]:
    """The editor's own fields, with what was typed in its text."""
    return fields(issa.get(PLACE).text, "form[^>]*data-editor") | {"zone-body": TYPED, "do": "save"}


def fields(page: str, form: str = "form") -> dict[str, str]:
    """Names and values of a form, texts and hidden fields."""
    inside = re.search(rf"<{form}.*?</form>", page, re.DOTALL)
    assert inside, page
    named = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside[0])
    named += re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', inside[0], re.DOTALL)
    return {name: unescape(value) for name, value in named}


def conclusion(app: Flask) -> tuple[int, str]:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        found = (revisions.part_of(report, "conclusion").number, content_of(report, "conclusion")[0].text)
        db.session.rollback()
    return found


# --- The faults, all of them real


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """Not a page more may be added to the database's file."""

    def limit(connection: Any, record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    with app.app_context():
        fill(app)
        engine = db.engine
        engine.dispose()
        # Before the guards of the log forbid such orders.
        event.listen(engine, "connect", limit, insert=True)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


def fill(app: Flask) -> None:
    """Leave no free page in the file."""
    with closing(pysqlite3.connect(path(app))) as file:
        file.execute("VACUUM")


def path(app: Flask) -> Path:
    return Path(make_url(app.config["DATABASE_URL"]).database or "")


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Another program writes, and does not end."""
    if app.config["DATABASE_URL"].startswith("sqlite"):
        with closing(pysqlite3.connect(path(app), isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
        return
    other = create_engine(app.config["DATABASE_URL"])
    with other.connect() as connection:
        connection.execute(text("LOCK TABLE report, revision IN ACCESS EXCLUSIVE MODE"))
        yield
        connection.rollback()
    other.dispose()


@contextmanager
def gone(app: Flask) -> Iterator[None]:
    """A folder stands in the place of the database's file; PostgreSQL takes no more connections."""
    with app.app_context():
        engine = db.engine
        kind = engine.dialect.name
        engine.dispose()
    if kind == "sqlite":
        here = path(app)
        away = here.with_suffix(".away")
        here.rename(away)
        here.mkdir()
        yield
        here.rmdir()
        away.rename(here)
        return
    url = make_url(app.config["DATABASE_URL"])
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'))
        yield
        connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true'))
    admin.dispose()


@contextmanager
def paused(app: Flask) -> Iterator[None]:
    """The server's processes are stopped: it takes what it is asked, and says nothing."""
    with app.app_context():
        folder = Path(db.session.scalar(text("SHOW data_directory")) or "")
        db.session.rollback()
    main = int((folder / "postmaster.pid").read_text().split()[0])
    processes = [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@contextmanager
def failing_commit(app: Flask) -> Iterator[None]:
    """All statements are taken; then the file may grow no more, or the server cuts the connection, and the commit fails."""
    with app.app_context():
        engine = db.engine
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def stop(connection: Connection) -> None:
        if engine.dialect.name == "sqlite":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
            return
        (process,) = connection.execute(text("SELECT pg_backend_pid()")).one()
        admin = create_engine(app.config["DATABASE_URL"], isolation_level="AUTOCOMMIT")
        with admin.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({process}, 2000)"))
        admin.dispose()

    def go_on(context: Any) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    event.listen(engine, "commit", stop)
    event.listen(engine, "handle_error", go_on)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        event.remove(engine, "commit", stop)
        event.remove(engine, "handle_error", go_on)
        engine.dispose()


Fault = Callable[[Flask], Any]


@pytest.fixture(params=[full, locked, gone, failing_commit], ids=["full", "locked", "gone", "at the commit"])
def fault(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Fault:
    if request.param is full and not app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("a PostgreSQL server cannot be filled without filling the machine's disk")
    if request.param is locked:
        quicken(app, monkeypatch)
    made: Fault = request.param
    return made


def quicken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waiting, in less time."""
    monkeypatch.setattr(database, "PATIENCE", 0.4)
    with app.app_context():
        engine = db.engine
        engine.dispose()
        if engine.dialect.name == "sqlite":
            event.listen(engine, "do_connect", lambda *given: given[3].update(timeout=0.2))


# --- What is answered


def test_a_save_that_fails_gives_back_what_was_typed_and_counts_once_when_sent_again(
    app: Flask, issa: FlaskClient, form: dict[str, str], fault: Fault
) -> None:
    before = conclusion(app)
    with fault(app):
        answer = issa.post(PLACE, data=form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Rien n’a été enregistré" in answer.text
        assert "Se déconnecter" not in answer.text
        again = fields(answer.text)
        assert again["zone-body"] == TYPED
        assert again["once"] == form["once"]
        assert again["base"] == form["base"]
    assert conclusion(app) == before
    for _ in range(2):
        assert issa.post(PLACE, data=again).status_code == 303
    assert conclusion(app) == (before[0] + 1, TYPED)


def test_the_answer_asks_the_broken_database_nothing(
    app: Flask, issa: FlaskClient, form: dict[str, str], fault: Fault
) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    with fault(app):
        failed: list[int] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            asked.append(statement)

        event.listen(engine, "handle_error", lambda context: failed.append(len(asked)))
        event.listen(engine, "before_cursor_execute", note)
        assert issa.post(PLACE, data=form).status_code == 503
        event.remove(engine, "before_cursor_execute", note)
    if failed:
        assert len(asked) == failed[0]


def test_htmx_gets_one_sentence_and_leaves_its_page_alone(
    issa: FlaskClient, app: Flask, form: dict[str, str], fault: Fault
) -> None:
    with fault(app):
        answer = issa.post(PLACE, data=form, headers=HTMX)
    assert answer.status_code == 503
    assert answer.headers["HX-Reswap"] == "none"
    assert answer.text.startswith('<p class="error" role="alert">')
    assert len(answer.data) < 200


def test_a_page_that_cannot_be_read_says_so_in_french(issa: FlaskClient, app: Flask) -> None:
    with gone(app):
        answer = issa.get("/rapports/1")
        assert answer.status_code == 503
        assert "Cette page ne peut pas être lue pour l’instant" in answer.text
    assert issa.get("/rapports/1").status_code == 200


def test_reading_goes_on_while_the_database_is_full_or_locked(issa: FlaskClient, app: Flask) -> None:
    if not app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("here a table is locked against reading too")
    for each in (full, locked):
        with each(app):
            assert issa.get("/rapports/1").status_code == 200


def test_a_locked_database_is_answered_for_within_eight_seconds_to_all_who_wait(
    app: Flask, issa: FlaskClient, form: dict[str, str]
) -> None:
    assert database.PATIENCE < 8
    if not app.config["DATABASE_URL"].startswith("sqlite"):
        return
    # Another writer of ours holds the line: what is left of the wait is all that the next one has.
    with app.app_context():
        engine = db.engine
        until = time.monotonic() - 1
        with engine.connect() as first, engine.connect() as second:
            first.begin()
            with pytest.raises(OperationalError, match="locked"):
                database._enter_queue(second, f"{path(app)}.queue", until)
            first.rollback()
    assert issa.post(PLACE, data=form).status_code == 303


def test_a_server_that_says_nothing_is_given_up_and_asked_again_later(
    app: Flask, issa: FlaskClient, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("SQLite has no server")
    assert (database.SILENCE, database.CONNECTING) == (8, 3)
    monkeypatch.setattr(database, "SILENCE", 0.5)
    monkeypatch.setattr(database, "CONNECTING", 2)
    with paused(app):
        answer = issa.post(PLACE, data=form)
        assert answer.status_code == 503
        assert fields(answer.text)["zone-body"] == TYPED
        assert issa.get("/rapports/1").status_code == 503
    assert issa.post(PLACE, data=form).status_code == 303
    assert conclusion(app)[1] == TYPED


def test_what_another_site_posts_is_not_written_into_a_page_of_ours(issa: FlaskClient, app: Flask) -> None:
    with gone(app):
        answer = issa.post(PLACE, data={"zone-body": TYPED, "csrf_token": "faux"})
    assert answer.status_code in (422, 503)
    assert TYPED[:30] not in unescape(answer.text)


def test_a_password_never_comes_back(client: FlaskClient, app: Flask) -> None:
    token = fields(client.get("/connexion").text)["csrf_token"]
    data = {"csrf_token": token, "email": "issa@exemple.ml", "password": "un secret bien gardé"}
    with gone(app):
        answer = client.post("/connexion", data=data)
    assert answer.status_code == 503
    assert "un secret bien gardé" not in answer.text
    assert "issa@exemple.ml" not in answer.text


def test_the_session_tells_of_no_change_that_has_not_come_about(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    """The view has said « Amendement n° 1 déposé. » before the commit fails."""
    with app.app_context():
        report_at(Stage.READING, cast)
        db.session.commit()
    mariam = sign_in(client, cast.mariam)
    place = "/rapports/1/parties/conclusion/amender"
    form = fields(mariam.get(place).text, "form[^>]*data-editor") | {"zone-body": TYPED, "do": "save"}

    with failing_commit(app):
        answer = mariam.post(place, data=form)
    assert answer.status_code == 503
    assert "déposé" not in mariam.get("/rapports/1").text
    assert "Amendement n°\u00a01 déposé" in mariam.post(place, data=fields(answer.text), follow_redirects=True).text
