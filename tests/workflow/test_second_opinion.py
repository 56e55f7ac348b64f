"""Two programs written apart, the application and the verifier that stands alone, say the same of the same database."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine

from app import create_app
from app.audit.standalone import seben_audit
from app.content.canonical import canonical
from app.db import db, engine_options
from app.documents import authority
from app.documents.store import Store
from app.reports.replay.registers.verifying import verify_registers
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from app.workshops.texts.checking import verify_texts
from tests.cast import read_cast
from tests.conftest import SETTINGS, Databases, Postgres
from tests.registers import FORGERIES, HANDS, entered, lived_in
from tests.workflow.long_story import lived_through
from tests.workflow.outsiders import Thief, copied, place_of
from tests.workflow.test_log_replay import FORGED, ROWS

TOLD_BY_THE_CHAIN = {
    "body",
    "columns",
    "hash",
    "link",
    "gap",
    "head",
    "leaf",
    "node",
    "late",
    "date",
    "code",
    "rewritten",
}


class Site:
    """A database with one whole story, and copies of it."""

    def __init__(self, databases: Databases, keys: Path, folder: Path) -> None:
        self.folder = folder
        self.run = databases.run if isinstance(databases, Postgres) else None
        self.url = databases.copy()
        app = create_app(
            {**SETTINGS, "DATABASE_URL": self.url, "KEYS_FOLDER": str(keys)}, databases.folder / "instance"
        )
        with app.app_context():
            entered()
            lived_in(read_cast())
            db.session.commit()
            lived_through(read_cast(), Sealer(authority.load(keys), Store((folder / "files").as_uri())))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def copy(self) -> str:
        return copied(self.url, self.folder, self.run)


@pytest.fixture(scope="module")
def site(databases: Databases, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(databases, keys, tmp_path_factory.mktemp("opinions"))


def by_application(url: str) -> set[tuple[str, str]]:
    """Kind and sentence of each finding about a report or a register."""
    engine = create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        findings = verify_reports(connection) + verify_registers(connection) + verify_texts(connection)
        found = {(each.kind, each.sentence) for each in findings}
    engine.dispose()
    return found


def by_verifier(url: str) -> set[tuple[str, str]]:
    outcome = seben_audit.verify(place_of(url), [], jobs=1)
    return {
        (each.kind, each.sentence) for each in outcome.findings if each.kind not in TOLD_BY_THE_CHAIN | {"unsigned"}
    }


def test_both_are_content_with_what_was_done_by_the_rules(site: Site) -> None:
    url = site.copy()
    assert by_application(url) == by_verifier(url) == set()


def test_both_say_the_same_of_every_row_changed_by_hand(site: Site, subtests: pytest.Subtests) -> None:
    for statement, kind, _ in ROWS + HANDS:
        with subtests.test(statement):
            url = site.copy()
            Thief.at(url, lambda thief, done=statement: thief.do(done.replace(":report", "1")))
            found = by_verifier(url)
            assert {each for each, _ in found} == {kind}
            assert found == by_application(url)


def test_both_say_the_same_of_every_event_that_cannot_have_been(site: Site, subtests: pytest.Subtests) -> None:
    for act, facts, says in [*FORGED, *FORGERIES]:
        with subtests.test(f"{act} {facts}"):
            url = site.copy()
            Thief.at(url, lambda thief, act=act, facts=facts: _forge(thief, act, facts))
            found = by_verifier(url)
            assert any(says in sentence for _, sentence in found)
            assert found == by_application(url)


def _forge(thief: Thief, act: str, facts: dict[str, object]) -> None:
    """Put other facts in the last event of that act, and all the hashes in order again."""
    row = thief.rows("SELECT id, stream, body FROM audit_event WHERE act = :act ORDER BY seq DESC LIMIT 1", act=act)[0]
    told = orjson.loads(row.body)
    told["facts"] |= facts
    thief.do("UPDATE audit_event SET body = :body WHERE id = :id", body=canonical(told).decode(), id=row.id)
    thief.rechain(row.stream)
