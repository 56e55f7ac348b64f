"""What can be done to a log by who owns the machine, and what the verifier that stands alone says of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import create_engine, insert, select, text

from app import create_app
from app.audit import checkpoints, guards, merkle
from app.audit.events import body_of, link, record
from app.audit.models import AuditEvent, Checkpoint
from app.audit.note import Signer, notes_in
from app.content.canonical import canonical
from app.db import db, now
from app.documents import authority
from app.documents.store import Store
from app.people import persons
from app.reports.erasure.persons import erase_events
from app.reports.erasure.texts import erase_list
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from tests.cast import LOG, read_cast
from tests.conftest import SETTINGS, Databases, Postgres
from tests.registers import ENTERED, entered
from tests.workflow.long_story import lived_through
from tests.workflow.outsiders import Thief, ask, copied, kinds, place_of

REPORT = "report:1"
STRANGER = Signer("exemple.ml", bytes(range(1, 33)))
"""Somebody else's key under the log's name."""


@dataclass
class World:
    """A site after a whole story. `kept` is what an auditor wrote down of it, `backup` its database before the end."""

    url: str
    backup: str
    kept: Path
    pdf: Path
    folder: Path
    run: Callable[[str], None] | None

    def attacked(self, does: Callable[[Thief], None] | None = None, url: str = "") -> str:
        """Another such database, after a thief was there; where it is."""
        copy = copied(url or self.url, self.folder, self.run)
        if does:
            Thief.at(copy, does)
        return place_of(copy)


@pytest.fixture(scope="module")
def world(databases: Databases, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A report from draft to publication, sign-ins before and after it, a checkpoint now and then."""
    folder = tmp_path_factory.mktemp("outsiders")
    run = databases.run if isinstance(databases, Postgres) else None
    url = databases.copy()
    files = Store((folder / "files").as_uri())
    app = create_app({**SETTINGS, "DATABASE_URL": url, "KEYS_FOLDER": str(keys)}, databases.folder / "instance")
    with app.app_context():
        entered()
        for name in ("Awa", "Zan"):
            persons.add({"first_name": name, "surname": "TOURE", "email": f"{name}@exemple.ml"}, None)
        _signed_in(258)
        report = lived_through(read_cast(), Sealer(authority.load(keys), files))
        pdf = folder / "report.pdf"
        pdf.write_bytes(files.get(report.signed_hash))
        erase_events([f"people:{ENTERED + 2}"], "Demande de la personne.")
        erase_list(report.id, "attendance", (), "Demande d’un participant.")
        _signed_in(4)
        backup = _let_go(lambda: copied(url, folder, run))
        _signed_in(7)
        kept = folder / "kept.txt"
        kept.write_text("\n".join(db.session.scalars(select(Checkpoint.note).order_by(Checkpoint.size))))
        record("people", "sign_in", None, {"turn": "after all checkpoints"})
        db.session.commit()
        _let_go(lambda: "")
    return World(url, backup, kept, pdf, folder, run)


def _signed_in(times: int) -> None:
    for turn in range(times):
        record("people", "sign_in", None, {"turn": turn})
    checkpoints.advance(LOG, "period", now())
    db.session.commit()


def _let_go(copy: Callable[[], str]) -> str:
    """Nobody may have a database open that is copied."""
    db.session.remove()
    db.engine.dispose()
    return copy()


def found(place: str, stream: str, *arguments: object) -> list[tuple[str, int | None]]:
    """The findings about one stream: kind and event."""
    _, told = ask("verify", place, *arguments)
    return [(each["kind"], each.get("seq")) for each in told["findings"] if each.get("stream") == stream]


def test_the_untouched_copy_passes(world: World) -> None:
    place = world.attacked()
    assert kinds(place) == set()
    assert kinds(place, world.kept) == set()
    code, told = ask("verify", place, "--checkpoint", world.kept, "--jobs", 2)
    assert code == 0 and told["counted"]["reports"] == 1 and told["counted"]["revisions"] > 30
    assert told["counted"]["erased"] == 1 and told["counted"]["erased_texts"] == 1
    assert [remark[:16] for remark in told["remarks"]] == ["1 événement est ", "1 événement est ", "Le dossier des f"]


def test_an_edited_event_is_named(world: World) -> None:
    place = world.attacked(lambda thief: thief.edit("people", 37, '"turn":9', '"turn":99'))
    assert kinds(place) == {"hash"}
    assert found(place, "people") == [("hash", 37)]


def test_an_edited_column_of_an_event_is_named(world: World) -> None:
    place = world.attacked(
        lambda thief: thief.do("UPDATE audit_event SET actor_role = 'chair' WHERE stream = 'report:1' AND seq = 3")
    )
    assert kinds(place) == {"columns"} and found(place, REPORT) == [("columns", 3)]


def test_an_edited_event_with_its_hash_put_right_is_named_by_the_next_and_by_the_tree(world: World) -> None:
    def does(thief: Thief) -> None:
        thief.edit("people", 37, '"turn":9', '"turn":99')
        thief.rehash("people", 37)

    place = world.attacked(does)
    assert kinds(place) == {"link", "node", "rewritten"}
    assert ("link", 38) in found(place, "people")


def _rechained(thief: Thief) -> None:
    thief.edit("people", 37, '"turn":9', '"turn":99')
    thief.rechain("people")


def test_an_edited_event_with_the_whole_chain_put_right_is_placed_by_the_checkpoints(world: World) -> None:
    place = world.attacked(_rechained)
    assert kinds(place) == {"node", "rewritten"}
    _, told = ask("verify", place)
    assert "entre les feuilles n° 0 et n° 286" in told["findings"][0]["sentence"]


def test_with_a_stolen_key_only_a_checkpoint_kept_elsewhere_tells(world: World) -> None:
    def does(thief: Thief) -> None:
        _rechained(thief)
        thief.resign(LOG.signer)

    place = world.attacked(does)
    assert kinds(place) == set()
    assert kinds(place, world.kept) == {"rewritten", "split"}


def test_what_another_key_signed_is_not_the_logs(world: World) -> None:
    def does(thief: Thief) -> None:
        _rechained(thief)
        thief.resign(STRANGER)

    assert kinds(world.attacked(does)) == {"unsigned"}


def test_an_event_taken_out_of_the_middle_leaves_a_gap(world: World) -> None:
    place = world.attacked(lambda thief: thief.do("DELETE FROM audit_event WHERE stream = 'people' AND seq = 45"))
    assert {"gap", "leaf"} <= kinds(place)
    assert ("gap", 45) in found(place, "people")


def test_an_event_taken_out_of_the_middle_and_the_rest_renumbered_is_missed_by_the_tree(world: World) -> None:
    def does(thief: Thief) -> None:
        taken = "(SELECT id FROM audit_event WHERE stream = 'people' AND seq = 45)"
        thief.do(
            f"DELETE FROM leaf WHERE event_id = {taken}", "DELETE FROM audit_event WHERE stream = 'people' AND seq = 45"
        )
        thief.rechain("people")

    def closed(thief: Thief) -> None:
        does(thief)
        thief.renumber_leaves()

    assert kinds(world.attacked(does)) == {"leaf", "node", "rewritten"}
    assert kinds(world.attacked(closed)) == {"cut", "node", "rewritten"}
    assert kinds(world.attacked(closed), world.kept) == {"cut", "node", "rewritten"}


def _cut(thief: Thief) -> None:
    """The last eight sign-ins."""
    last = "stream = 'people' AND seq > 290"
    thief.do(
        f"DELETE FROM leaf WHERE event_id IN (SELECT id FROM audit_event WHERE {last})",
        f"DELETE FROM audit_event WHERE {last}",
    )


def _cut_and_headed(thief: Thief) -> None:
    _cut(thief)
    thief.rechain("people")


def test_an_end_that_was_cut_is_missed_by_its_head_and_by_the_checkpoints(world: World) -> None:
    place = world.attacked(_cut)
    assert kinds(place) == {"cut", "head"}
    assert found(place, "people") == [("head", 290)]
    assert kinds(world.attacked(_cut_and_headed)) == {"cut"}


def test_an_end_that_was_cut_with_the_checkpoints_is_missed_by_who_kept_one(world: World) -> None:
    def does(thief: Thief) -> None:
        _cut_and_headed(thief)
        thief.do("DELETE FROM checkpoint WHERE size > (SELECT count(*) FROM leaf)")

    place = world.attacked(does)
    assert kinds(place) == set()
    assert kinds(place, world.kept) == {"cut"}


def test_an_old_backup_in_the_place_of_the_log_is_known_by_who_kept_a_checkpoint(world: World) -> None:
    place = world.attacked(url=world.backup)
    assert kinds(place) == set()
    assert kinds(place, world.kept) == {"cut"}
    _, told = ask("verify", place, "--checkpoint", world.kept)
    assert "ancienne sauvegarde" in told["findings"][0]["sentence"]


def _back_dated(thief: Thief, seq: int) -> None:
    """A sign-in of last year, written today, as event `seq`."""
    at = now().replace(year=now().year - 1)
    (last,) = thief.rows("SELECT hash FROM audit_event WHERE stream = 'people' AND seq = :seq", seq=seq - 1)
    thief.connection.exec_driver_sql(
        f"UPDATE audit_event SET seq = seq + 10000 WHERE stream = 'people' AND seq >= {seq}"
    )
    body = body_of("people", seq, at, None, "", "sign_in", {"turn": "long ago"})
    row = {"stream": "people", "seq": seq, "at": at, "actor_role": "", "act": "sign_in", "body": body.decode()}
    thief.connection.execute(insert(AuditEvent), [{**row, "prev": last.hash, "hash": link(last.hash, body)}])
    thief.rechain("people")


def test_a_back_dated_event_at_the_end_is_named(world: World) -> None:
    place = world.attacked(lambda thief: _back_dated(thief, 300))
    assert kinds(place) == {"date", "late"}
    assert set(found(place, "people")) == {("date", 300), ("late", 300)}


def test_a_back_dated_event_in_the_middle_is_in_no_tree(world: World) -> None:
    place = world.attacked(lambda thief: _back_dated(thief, 55))
    assert kinds(place) == {"date", "late", "node", "rewritten"}
    assert {("date", 55), ("late", 55)} <= set(found(place, "people"))


def test_two_events_that_changed_places_are_named(world: World) -> None:
    def bodies(thief: Thief) -> None:
        first, second = (
            row.body
            for row in thief.rows(
                "SELECT body FROM audit_event WHERE stream = 'people' AND seq IN (65, 66) ORDER BY seq"
            )
        )
        for seq, body in ((65, second), (66, first)):
            thief.do("UPDATE audit_event SET body = :body WHERE stream = 'people' AND seq = :seq", body=body, seq=seq)

    def rows(thief: Thief) -> None:
        thief.do(
            "UPDATE audit_event SET seq = 100065 WHERE stream = 'people' AND seq = 65",
            "UPDATE audit_event SET seq = 65 WHERE stream = 'people' AND seq = 66",
            "UPDATE audit_event SET seq = 66 WHERE stream = 'people' AND seq = 100065",
        )

    def leaves(thief: Thief) -> None:
        thief.do(
            "UPDATE leaf SET number = 100040 WHERE number = 40",
            "UPDATE leaf SET number = 40 WHERE number = 41",
            "UPDATE leaf SET number = 41 WHERE number = 100040",
        )

    assert kinds(world.attacked(bodies)) == {"columns", "hash"}
    assert kinds(world.attacked(rows)) == {"columns", "link"}
    assert kinds(world.attacked(leaves)) == {"node", "rewritten"}


def _everything(thief: Thief) -> None:
    """Another end of an amendment, in the log and in the rows."""
    (row,) = thief.rows("SELECT seq FROM audit_event WHERE stream = 'report:1' AND act = 'reject' ORDER BY seq LIMIT 1")
    thief.edit(REPORT, row.seq, "Ce n’est pas le ton d’un rapport.", "Personne n’en voulait.")
    thief.do(
        "UPDATE amendment SET decision_reason = 'Personne n’en voulait.' WHERE decision_reason LIKE 'Ce n’est pas le ton%'"
    )
    thief.rechain(REPORT)


def test_a_log_that_was_rewritten_as_a_whole_is_known_by_who_kept_a_checkpoint(world: World) -> None:
    def stolen(thief: Thief) -> None:
        _everything(thief)
        thief.resign(LOG.signer)

    def without(thief: Thief) -> None:
        _everything(thief)
        thief.resign(STRANGER)
        thief.do("DELETE FROM checkpoint")

    assert kinds(world.attacked(_everything)) == {"code", "rewritten"}
    assert kinds(world.attacked(stolen)) == set()
    assert kinds(world.attacked(stolen), world.kept) == {"rewritten", "split"}
    assert kinds(world.attacked(without)) == set()
    assert kinds(world.attacked(without), world.kept) == {"removed", "rewritten"}


LIVE = [
    ("UPDATE report SET stage = 'reading'", "report"),
    ("UPDATE report_part SET number = 1 WHERE key = 'method'", "part"),
    ("UPDATE revision SET content_json = replace(content_json, 'débats', 'combats') WHERE number = 2", "revision"),
    ("UPDATE revision SET author_id = 7 WHERE number = 2 AND part_id = 5", "revision"),
    ("UPDATE amendment SET state = 'adopted' WHERE number = 3", "amendment"),
    ("UPDATE comment SET text = 'Rien à dire.' WHERE number = 1", "comment"),
    ("UPDATE ballot SET choice = 'approve' WHERE choice = 'object'", "ballot"),
    ("DELETE FROM proxy", "proxy"),
    ("DELETE FROM read_mark", "read_mark"),
    ("UPDATE signature SET void = (1 = 1)", "signature"),
]


@pytest.mark.parametrize(("statement", "kind"), LIVE)
def test_a_row_changed_without_the_log_is_named_with_its_report(world: World, statement: str, kind: str) -> None:
    place = world.attacked(lambda thief: thief.do(statement))
    assert kinds(place) == {kind}
    assert {each for each, _ in found(place, REPORT)} == {kind}


REGISTERS = [
    ("UPDATE \"grant\" SET role = 'coordination' WHERE person_id = 1", "grant", "people", {4, None}),
    ("UPDATE campaign SET budget_year = 2019", "campaign", "campaign:1", {1}),
    ("UPDATE workshop SET chair_id = 2", "workshop", "campaign:1", {2}),
    ("UPDATE territory SET parent_id = 1, path = '/1/2/' WHERE id = 2", "territory", "people", {2}),
    ("UPDATE commission SET quorum = 1", "commission", "people", {25}),
    (
        'INSERT INTO "grant" (person_id, role, given_at) SELECT 2, \'coordination\', given_at FROM "grant" WHERE id = 1',
        "grant",
        "people",
        {None},
    ),
    ('DELETE FROM "grant" WHERE person_id = 4', "grant", "people", {10}),
    ("UPDATE person SET email = 'voleur@exemple.ml' WHERE id = 1", "person", "people", {3}),
]


@pytest.mark.parametrize(("statement", "kind", "stream", "events"), REGISTERS)
def test_a_register_changed_without_the_log_is_named_with_the_event_that_knew_better(
    world: World, statement: str, kind: str, stream: str, events: set[int | None]
) -> None:
    place = world.attacked(lambda thief: thief.do(statement))
    assert kinds(place) == {kind}
    assert set(found(place, stream)) == {(kind, seq) for seq in events}
    _, told = ask("verify", place)
    assert "exemple.ml" not in " ".join(each["sentence"] for each in told["findings"])


PRIVATE = [
    "UPDATE event_private SET payload = replace(payload, 'Awa', 'Ami')",
    "DELETE FROM event_private",
    "UPDATE event_private SET event_id = 1 WHERE payload LIKE '%Awa%'",
    "UPDATE event_private SET event_id = 99999 WHERE payload LIKE '%Awa%'",
]


@pytest.mark.parametrize("statement", PRIVATE)
def test_personal_data_beside_the_log_that_are_not_as_sealed_are_named(world: World, statement: str) -> None:
    assert kinds(world.attacked(lambda thief: thief.do(statement))) == {"private"}


LISTS = [
    "UPDATE revision_private SET content_json = replace(content_json, 'Awa', 'Ami')",
    "UPDATE revision_private SET salt = replace(salt, substr(salt, 1, 1), 'g')",
    "UPDATE revision_private SET salt = substr(salt, 1, 62)",
    "DELETE FROM revision_private",
    "UPDATE revision_private SET revision_id = 3 WHERE revision_id = (SELECT max(revision_id) FROM revision_private)",
    "UPDATE revision_private SET revision_id = 99999 WHERE revision_id = (SELECT max(revision_id) FROM revision_private)",
    "UPDATE revision SET content_json = '[]' WHERE content_json = ''",
    "INSERT INTO revision_private (revision_id, salt, content_json) "
    "SELECT id, hash, '[]' FROM revision WHERE content_json = '' ORDER BY id LIMIT 1",
]


@pytest.mark.parametrize("statement", LISTS)
def test_a_list_beside_its_revision_that_is_not_as_sealed_is_named(world: World, statement: str) -> None:
    place = world.attacked(lambda thief: thief.do(statement))
    assert kinds(place) == {"revision"}


def test_the_site_itself_says_the_same_of_a_list_that_was_tampered_with(world: World) -> None:
    for statement in LISTS:
        engine = create_engine(copied(world.url, world.folder, world.run))
        with engine.connect() as connection:
            tally: Counter[str] = Counter()
            assert verify_reports(connection, tally) == [] and tally["erased_texts"] == 1
            guards.remove(connection)
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            assert connection.execute(text(statement)).rowcount > 0
            assert {finding.kind for finding in verify_reports(connection)} == {"revision"}, statement
            connection.rollback()
        engine.dispose()


def test_an_act_that_nobody_knows_is_named_as_such(world: World) -> None:
    def does(thief: Thief) -> None:
        (row,) = thief.rows("SELECT seq, hash FROM chain_head WHERE stream = 'report:1'")
        facts = {"report": 1, "from": "published", "to": "published"}
        at = now()
        body = body_of(REPORT, row.seq + 1, at, None, "", "bless", facts)
        fresh = link(row.hash, body)
        told = {"stream": REPORT, "seq": row.seq + 1, "at": at, "actor_role": "", "act": "bless"}
        thief.connection.execute(insert(AuditEvent), [{**told, "body": body.decode(), "prev": row.hash, "hash": fresh}])
        thief.do("UPDATE chain_head SET seq = seq + 1, hash = :fresh WHERE stream = 'report:1'", fresh=fresh)

    assert kinds(world.attacked(does)) == {"act"}


@pytest.fixture
def proof(world: World, tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "proof.json"
    assert ask("prove", world.attacked(), REPORT, "--out", path)[0] == 0
    told: dict[str, Any] = json.loads(path.read_text())
    assert checked(told, tmp_path) == set()
    return told


def checked(proof: dict[str, Any], folder: Path) -> set[str]:
    path = folder / "checked.json"
    path.write_text(json.dumps(proof))
    code, told = ask("check-proof", path)
    assert code == bool(told["findings"])
    return {finding["kind"] for finding in told["findings"]}


def test_a_forged_proof_is_refused(proof: dict[str, Any], tmp_path: Path) -> None:
    event = proof["event"]
    told = orjson.loads(event["body"])
    told["facts"]["approvals"] = 99
    body = canonical(told).decode()
    own = link(event["prev"], body.encode())
    forged = {**event, "body": body}
    assert checked({**proof, "event": forged}, tmp_path) == {"hash", "leaf", "proof"}
    complete = {**proof, "event": {**forged, "hash": own}, "leaf": merkle.leaf_hash(bytes.fromhex(own)).hex()}
    assert checked(complete, tmp_path) == {"proof"}
    assert checked({**proof, "path": [*proof["path"][:-1], "00" * 32]}, tmp_path) == {"proof"}
    assert checked({**proof, "index": proof["index"] + 1}, tmp_path) == {"proof"}
    text = proof["checkpoint"].split("\n\n")[0] + "\n"
    assert checked({**proof, "checkpoint": STRANGER.sign(text)}, tmp_path) == {"unsigned"}


def test_two_auditors_who_are_shown_two_histories_find_out(world: World, tmp_path: Path) -> None:
    def other(thief: Thief) -> None:
        _rechained(thief)
        thief.resign(LOG.signer)

    one, two = world.attacked(), world.attacked(other)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for place, state in ((one, first), (two, second)):
        code, told = ask("witness", place, "--state", state)
        assert code == 0 and told["witness"].startswith("témoin exemple.ml ")
        assert ask("compare", state, state)[0] == 0
    code, told = ask("compare", first, second)
    assert code == 1 and [finding["kind"] for finding in told["findings"]] == ["split"]
    assert witnessed(two, first) == ["split"]


def witnessed(source: object, state: Path, *arguments: object) -> list[str]:
    """What a witness holds against it; whatever it refuses leaves its state as it was."""
    before = state.read_bytes()
    code, told = ask("witness", source, "--state", state, *arguments)
    assert code == bool(told["findings"])
    assert not code or state.read_bytes() == before
    return [finding["kind"] for finding in told["findings"]]


def test_a_witness_goes_along_with_a_log_that_grows_and_with_no_other(world: World, tmp_path: Path) -> None:
    def other(thief: Thief) -> None:
        _rechained(thief)
        thief.resign(LOG.signer)

    state, growth, note = (tmp_path / name for name in ("state.json", "growth.json", "note.txt"))
    old = world.attacked(url=world.backup)
    assert ask("witness", old, "--state", state)[0] == 0
    size = json.loads(state.read_text())["kept"][-1].split("\n")[1]
    assert witnessed(world.attacked(other), state) == ["rewritten"]
    note.write_text(notes_in(world.kept.read_text())[-1])
    assert ask("witness", note, "--state", state)[0] == 2, "without a proof nothing shows that it goes on"
    assert ask("growth", world.attacked(), size, _size(note), "--out", growth)[0] == 0
    forged = tmp_path / "forged.json"
    told = json.loads(growth.read_text())
    forged.write_text(json.dumps({**told, "path": ["00" * 32, *told["path"][1:]]}))
    assert witnessed(note, state, "--proof", forged) == ["rewritten"]
    assert witnessed(note, state, "--proof", growth) == []
    assert witnessed(old, state) == ["cut"]
    assert witnessed(world.attacked(), state) == []


def _size(note: Path) -> str:
    return note.read_text().split("\n")[1]
