"""Every file that the database names is in the store with its hash, or the verification names it."""

from __future__ import annotations

import ast
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.events import record
from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.commands.audit import audit
from app.content.prose import cut
from app.db import db
from app.documents.pictures import Kept
from app.documents.store import Store
from app.reports.attachments import acts as attaching
from app.reports.attachments import photographs
from app.reports.attachments.acts import StoredFile
from app.reports.editing import acts as editing
from app.reports.models.attachment import AttachmentKind
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.stored_files import naming
from app.reports.text.revisions import part_of
from app.template import Consent
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at
from tests.registers import entered
from tests.workflow.long_story import lived_through
from tests.workflow.outsiders import ask, place_of

ROOT = Path(__file__).resolve().parents[2]
SOUND = "Tout concorde.\n"
NO_FILES = {
    "audit_event": {"prev", "hash"},
    "event_private": {"salt"},
    "chain_head": {"hash"},
    "node": {"hash"},
    "checkpoint": {"root"},
    "report": {"text_hash"},
    "report_part": {"content_hash"},
    "revision": {"hash"},
    "revision_private": {"salt"},
    "campaign": {"terms", "programme"},
    "campaign_text": {"hash"},
    "ballot": {"text_hash"},
    "read_mark": {"text_hash"},
    "invitation": {"token_hash", "code_hash"},
    "recovery_code": {"hash"},
    "person": {"fs_uniquifier"},
    "once": {"key"},
    "open_session": {"key"},
    "sign_in_attempt": {"key"},
    "upload_piece": {"hash"},
    "witnessed": {"root"},
}
"""Columns of the length of a hash that name no file of the store: each is here, or says in its `info` what it names."""


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(audit, ["verify", *arguments])
    return result.exit_code, result.output.replace("\u202f", " ").replace("\u00a0", " ")


def file_of(app: Flask, name: str) -> Path:
    path = Path(app.config["STORE_URL"].removeprefix("file://")) / name[:2] / name
    path.chmod(0o644)
    return path


@pytest.fixture
def signed(app: Flask, cast: Cast, desk: Sealer) -> tuple[str, str]:
    """The hashes of the signed PDF of report 1 and of a recording beside it."""
    with app.app_context():
        entered()
        report = report_at(Stage.SIGNED, cast, desk)
        sound = desk.store.put(b"Le discours du maire, vingt minutes.")
        attaching.attach(report, cast.coumba, StoredFile(AttachmentKind.AUDIO, "Discours.mp3", "audio/mpeg", 36, sound))
        db.session.commit()
        return report.signed_hash, sound


def standalone(app: Flask) -> tuple[int, list[str], dict[str, int]]:
    """What the verifier that stands alone finds of files, in French, and what it counts."""
    with app.app_context():
        place = place_of(app.config["DATABASE_URL"])
        db.session.remove()
    folder = app.config["STORE_URL"].removeprefix("file://")
    code, told = ask("verify", place, "--files", folder)
    if told["sound"] is None:
        return code, [told["error"]], {}
    return code, [each["sentence"] for each in told["findings"] if each["kind"] == "file"], told["counted"]


def test_files_that_are_there_and_whole_agree(app: Flask, signed: tuple[str, str]) -> None:
    code, said = run(app)
    assert code == 0 and said.endswith(SOUND)
    assert "Fichiers : 5 intacts sur 5 que la base nomme" in said and "Sans nom" not in said
    code, found, counted = standalone(app)
    assert (code, found) == (0, [])
    assert (counted["files"], counted["named"], counted["extra"]) == (5, 5, 0)


def test_the_whole_store_moved_away_is_no_agreement(app: Flask, signed: tuple[str, str]) -> None:
    folder = Path(app.config["STORE_URL"].removeprefix("file://"))
    folder.rename(folder.with_name("elsewhere"))
    code, said = run(app)
    assert code == 1 and "Tout concorde" not in said
    assert "– Le dossier des fichiers ne se laisse pas lire : sur 5 fichiers, 5 non vérifiés." in said
    assert not folder.exists(), "verifying makes nothing"
    assert standalone(app)[:2] == (1, [f"Il n’y a pas de dossier {folder}\u00a0: 5 fichiers n’ont pas été vérifiés."])
    folder.mkdir()
    code, said = run(app)
    assert code == 1 and "Anomalies : 5." in said
    assert "– Le PDF signé du rapport 1 manque dans le dossier des fichiers" in said
    code, found, _ = standalone(app)
    assert code == 1 and len(found) == 5


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (Path.unlink, "manque dans le dossier des fichiers"),
        (lambda path: path.write_bytes(b""), "est vide"),
        (lambda path: os.truncate(path, path.stat().st_size - 1), "coupé ou abîmé"),
        (lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]), "modifié"),
    ],
    ids=["missing", "empty", "truncated", "altered"],
)
def test_one_file_that_is_not_what_was_stored_is_named(
    app: Flask, signed: tuple[str, str], spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(file_of(app, signed[0]))
    code, said = run(app)
    assert code == 1 and "Anomalies : 1." in said and "Fichiers : 4 intacts sur 5" in said
    assert "– Le PDF signé du rapport 1" in said and sentence in said
    code, found, _ = standalone(app)
    assert code == 1 and len(found) == 1 and "Le PDF signé du rapport 1" in found[0] and sentence in found[0]


def test_a_withdrawn_file_may_be_gone_but_not_be_another(app: Flask, cast: Cast, signed: tuple[str, str]) -> None:
    path = file_of(app, signed[1])
    path.unlink()
    assert "– La pièce jointe n° 1 du rapport 1 manque" in run(app)[1]
    with app.app_context():
        attaching.withdraw(db.session.get_one(Report, 1), 1, cast.coumba)
        db.session.commit()
    code, said = run(app)
    assert code == 0 and "Retirés, et qui ne sont plus là : 1 fichier." in said
    assert standalone(app)[:2] == (0, [])
    path.write_bytes(b"Un autre discours.")
    assert run(app)[0] == 1 and standalone(app)[0] == 1


def test_what_nobody_names_is_counted_and_what_is_under_way_is_not(app: Flask, signed: tuple[str, str]) -> None:
    store = Store(app.config["STORE_URL"])
    store.put(b"Un fichier Word dont rien ne fut repris.")
    store.objects.put("tray/1-1/list.json", b"{}")
    code, said = run(app)
    assert code == 0 and "Sans nom dans la base : 1 fichier." in said
    assert standalone(app)[2]["extra"] == 1


def test_photographs_are_named_until_their_text_is_erased(app: Flask, cast: Cast) -> None:
    with app.app_context():
        store = Store(app.config["STORE_URL"])
        entered()
        report = report_at(Stage.EDITING, cast)
        first = Kept(store.put(b"first"), store.put(b"small first"), 1600, 1200)
        photographs.add(report, cast.issa, [first], Consent.GIVEN)
        photographs.add(report, cast.issa, [Kept(store.put(b"second"), store.put(b"small"), 1600, 1200)], Consent.GIVEN)
        db.session.commit()
    file_of(app, first.file).unlink()
    assert "– Une photographie du rapport 1 manque" in run(app)[1]
    assert "Une photographie du rapport 1 manque" in standalone(app)[1][0]


def test_a_word_file_that_was_taken_over_is_named_by_the_log_and_one_only_read_is_not(app: Flask, cast: Cast) -> None:
    with app.app_context():
        entered()
        report = report_at(Stage.DRAFTING, cast)
        for file, old in (("a" * 64, False), ("b" * 64, True)):
            added = cut(f"Repris du fichier {file[:3]}.", content_of(report, "introduction")[0].zone)
            content = (*content_of(report, "introduction"), *added)
            number = part_of(report, "introduction").number
            editing.save_part(report, "introduction", number, content, cast.fanta, file=file, old=old)
        db.session.commit()
    (app_found,) = [line for line in run(app)[1].splitlines() if line.startswith("–")]
    assert app_found.startswith("– Le dossier des fichiers ne se laisse pas lire : sur 1 fichier")
    Store(app.config["STORE_URL"])
    assert "– Un fichier Word repris du rapport 1 manque" in run(app)[1] and len(standalone(app)[1]) == 1


def test_minutes_of_an_earlier_validation_are_still_wanted(app: Flask, cast: Cast, desk: Sealer) -> None:
    """The row names the last ones; the log those before."""
    with app.app_context():
        entered()
        report = report_at(Stage.VALIDATED, cast, desk)
        record("report:1", "validate", None, {"minutes": "c" * 64})
        assert "c" * 64 in naming.named(db.session.connection())
        assert report.minutes_hash != "c" * 64


def test_everything_that_the_long_story_puts_into_the_store_is_named(world: Flask, cast: Cast, desk: Sealer) -> None:
    """A new file that nothing names would stand here as one too many."""
    lived_through(cast, desk)
    found = naming.named(db.session.connection())
    unnamed = set(desk.store.names()) - found.keys()
    assert unnamed == set()
    hashes = {
        (event.act, fact)
        for event in db.session.scalars(select(AuditEvent))
        for fact, value in orjson.loads(event.body)["facts"].items()
        if isinstance(value, str) and desk.store.exists(value)
    }
    assert hashes <= {(act, fact) for act, facts in naming.FACTS.items() for fact in facts}


def test_without_looking_at_files_it_does_not_say_that_all_agrees(app: Flask, signed: tuple[str, str]) -> None:
    code, said = run(app, "--no-files")
    assert code == 0 and "Tout concorde" not in said
    assert "les fichiers n’ont pas été vérifiés (--no-files)" in said
    with app.app_context():
        db.session.remove()
    told = ask("verify", place_of(app.config["DATABASE_URL"]))[1]
    assert any("--files" in remark for remark in told["remarks"])


def test_every_column_that_could_hold_a_hash_says_whether_it_names_a_file(world: Flask) -> None:
    hashes = {
        (table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        if getattr(column.type, "length", None) == 64 or column.name.endswith("_hash")
    }
    named = {(column.table.name, column.name) for column in naming.columns()}
    others = {(table, column) for table, columns in NO_FILES.items() for column in columns}
    assert hashes - named == {each for each in others if each in hashes}
    assert not named & others


def test_both_verifiers_know_the_same_columns_and_facts(world: Flask) -> None:
    assert {(table, column) for table, column, *_ in seben_audit.STORED} == {
        (column.table.name, column.name) for column in naming.columns()
    }
    assert {(table, column): gone for table, column, _, _, gone in seben_audit.STORED if gone} == {
        (column.table.name, column.name): column.info[naming.LET_GO]
        for column in naming.columns()
        if naming.LET_GO in column.info
    }
    assert seben_audit.STORED_FACTS == naming.FACTS


PUTS = {
    "app/reports/validating/acts.py": 1,  # minutes_hash, and the fact "minutes"
    "app/reports/signing/acts.py": 2,  # final_hash; file_hash of the signature, in the end signed_hash
    "app/reports/signing/publication.py": 1,  # public_hash, and the fact "public"
    "app/reports/attachments/acts.py": 1,  # file_hash of the attachment
    "app/reports/signing/paper/filing.py": 2,  # final_hash and file_hash of the scan
    "app/reports/signing/substituting.py": 1,  # document_hash
    "app/documents/pictures.py": 2,  # a photograph and its thumbnail, in a row of the text
    "app/web/report/word.py": 1,  # the fact "file" of what was taken over
    # Before the write begins, what the write then names:
    "app/web/report/validating.py": 1,
    "app/web/report/publication.py": 1,
    "app/web/report/signing.py": 1,
    "app/web/report/substituting.py": 1,
    "app/web/report/depositing.py": 2,
}


def test_whoever_puts_a_file_into_the_store_is_known_here() -> None:
    found: dict[str, int] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        place = str(path.relative_to(ROOT))
        if place.startswith(
            ("app/demo/", "app/documents/store.py", "app/documents/tray.py", "app/documents/pieces.py")
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("put", "put_file")
                and ast.unparse(node.func.value) not in ("afterwards", "found")  # the queue of what is noted later
            ):
                found[place] = found.get(place, 0) + 1
    assert found == PUTS, "say in the model's info, or in naming.FACTS, which file this is"


class _Bucket(BaseHTTPRequestHandler):
    """As much of S3 as is needed to read: objects, and one list of them."""

    objects: ClassVar[dict[str, bytes]] = {}

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/bucket").strip("/")
        if "list-type" in self.path:
            rows = "".join(
                f"<Contents><Key>{key}</Key><LastModified>2026-03-01T10:00:00.000Z</LastModified>"
                f"<Size>{len(data)}</Size><ETag>x</ETag></Contents>"
                for key, data in self.objects.items()
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()
        elif path in self.objects:
            body = self.objects[path]
        else:
            self.send_response(404)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT")
        self.send_header("ETag", '"x"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "somewhere",
    }.items():
        monkeypatch.setenv(name, value)
    yield server
    server.shutdown()
    server.server_close()


def test_a_store_like_s3_is_read_through_and_one_that_does_not_answer_is_said(
    app: Flask, signed: tuple[str, str], bucket: ThreadingHTTPServer
) -> None:
    folder = Path(app.config["STORE_URL"].removeprefix("file://"))
    _Bucket.objects = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in folder.glob("??/*")}
    _Bucket.objects["ff/" + "f" * 64] = b"extra"
    app.config["STORE_URL"] = "s3://bucket"
    code, said = run(app)
    assert code == 0 and "Fichiers : 5 intacts sur 5" in said and "Sans nom dans la base : 1 fichier." in said
    key = f"{signed[0][:2]}/{signed[0]}"
    _Bucket.objects[key] = _Bucket.objects[key][:-1]
    assert "– Le PDF signé du rapport 1" in run(app)[1]
    bucket.shutdown()
    bucket.server_close()
    code, said = run(app)
    assert (
        code == 1 and "ne se laisse pas lire : sur 5 fichiers, 5 non vérifiés" in said and "Tout concorde" not in said
    )
