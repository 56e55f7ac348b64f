"""Files beside a report over HTTP: in one go or in pieces, sent back whole or by ranges, to whom they may be."""

from __future__ import annotations

import hashlib
import http.client
import io
import logging
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app import create_app
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Person
from app.reports.models.attachment import Attachment
from app.reports.replay.verifying import verify_reports
from app.web import files
from app.web.files import PIECE
from app.workflow import Stage
from tests.cast import Cast
from tests.conftest import SETTINGS
from tests.factories import opened, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + os.urandom(6_000_000)
PDF = b"%PDF-1.7\n%mission\n"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"LARGEST_VIDEO": 7, "LARGEST_DOCUMENT": 1}


@pytest.fixture
def draft(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = opened(cast)
        db.session.commit()
        return report.id


@pytest.fixture
def fanta(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, cast.fanta)


def place(report_id: int, rest: str = "") -> str:
    return f"/rapports/{report_id}/pieces-jointes{rest}"


def attach(client: FlaskClient, report_id: int, kind: str, name: str, content: bytes, **more: str) -> TestResponse:
    data = {"kind": kind, "file": (io.BytesIO(content), name), **more}
    return client.post(place(report_id), data=data)


def begin(client: FlaskClient, report_id: int, size: int = len(FILM), kind: str = "video") -> TestResponse:
    fields = {"kind": kind, "name": "film.mp4", "size": str(size), "mark": "1700"}
    return client.post(place(report_id, "/envois"), data=fields)


def headers(start: int, piece: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Upload-Offset": str(start),
        "Upload-Hash": hashlib.sha256(piece).hexdigest(),
    }


def send(client: FlaskClient, where: str, start: int, end: int) -> TestResponse:
    piece = FILM[start:end]
    return client.post(where, data=piece, headers=headers(start, piece))


def finish(
    client: FlaskClient, where: str, declared: str = hashlib.sha256(FILM).hexdigest(), **more: str
) -> TestResponse:
    return client.post(f"{where}/joindre", data={"sha256": declared, **more})


def kept(app: Flask) -> list[tuple[str, str, int]]:
    with app.app_context():
        assert verify_reports(db.session) == []
        return [(row.name, row.media_type, row.size) for row in db.session.scalars(select(Attachment))]


def stored_files(app: Flask) -> int:
    folder = Path(app.config["STORE_URL"].removeprefix("file://"))
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_plain_form_attaches_a_file_once_which_is_listed_and_saved_under_its_name(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    for _ in range(2):
        answer = attach(fanta, draft, "mission_report", "Mission à Ségou.pdf", PDF, once="only once")
        assert answer.location == place(draft, "#piece-1")
    assert kept(app) == [("Mission à Ségou.pdf", "application/pdf", len(PDF))]
    page = fanta.get(place(draft))
    assert "Mission à Ségou.pdf" in page.text
    assert page.headers["Content-Security-Policy"].endswith("; media-src 'self'")
    file = fanta.get(place(draft, "/1"))
    assert file.data == PDF
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Mission%20%C3%A0%20S%C3%A9gou.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert fanta.get(place(draft, "/1?lire")).headers["Content-Disposition"].startswith("attachment")
    history = fanta.get(f"/rapports/{draft}/historique").text
    assert "a joint le fichier" in history and "Mission à Ségou.pdf" in history


def docm() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("word/vbaProject.bin", "x")
    return into.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "content", "why"),
    [
        ("mission_report", "rapport.pdf", b"<html><script>alert(1)</script>", "accepte PDF, DOCX ou ODT"),
        ("other", "logo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "aucun des types"),
        ("slides", "presentation.pdf", b"MZ\x90\x00", "aucun des types"),
        ("mission_report", "rapport.docx", docm(), "macros"),
        ("mission_report", "film.pdf", FILM[:900], "n’en est pas un"),
        ("mission_report", "long.pdf", PDF + bytes(1_100_000), "1 au plus"),
        ("mission_report", "vide.pdf", b"", "vide"),
        ("", "rapport.pdf", PDF, "Dites ce que c’est"),
    ],
)
def test_what_may_not_be_attached_is_refused_with_a_sentence_and_not_stored(
    app: Flask, fanta: FlaskClient, draft: int, kind: str, name: str, content: bytes, why: str
) -> None:
    answer = attach(fanta, draft, kind, name, content)
    assert answer.status_code == 422 and why in answer.text
    assert kept(app) == [] and stored_files(app) == 0


def test_a_film_sent_in_pieces_is_attached_when_the_last_is_there(app: Flask, fanta: FlaskClient, draft: int) -> None:
    begun = begin(fanta, draft).json
    assert begun is not None and (begun["received"], begun["until"]) == (0, len(FILM))
    early = finish(fanta, begun["place"])
    assert early.status_code == 422 and "Il manque encore" in early.json["sentence"]
    there = {"received": 4_000_000, "until": len(FILM)}
    assert send(fanta, begun["place"], 0, 4_000_000).json == there
    assert send(fanta, begun["place"], 0, 4_000_000).json == there  # its answer was lost: sent again
    spoilt = fanta.post(begun["place"], data=b"x", headers=headers(4_000_000, b"y"))
    assert (spoilt.status_code, spoilt.json) == (422, there)
    assert begin(fanta, draft).json["received"] == 4_000_000
    assert fanta.get(begun["place"]).json == {**there, "size": len(FILM)}
    assert send(fanta, begun["place"], 4_000_000, len(FILM)).json == {"received": len(FILM), "until": len(FILM)}
    for undeclared in ("", "deadbeef"):
        answer = finish(fanta, begun["place"], undeclared)
        assert answer.status_code == 422 and "L’empreinte manque" in answer.json["sentence"]
    other = finish(fanta, begun["place"], "0" * 64)
    assert other.status_code == 422 and "Rien n’est joint" in other.json["sentence"] and len(other.json["pieces"]) == 2
    assert kept(app) == []
    done = finish(fanta, begun["place"], once="the key")
    assert done.json == {"place": place(draft, "#piece-1")}
    done.close()  # as a server does once it has answered
    # The answer was lost too: the same form again leads to the same place, and attaches nothing more.
    assert finish(fanta, begun["place"], once="the key").location == place(draft, "#piece-1")
    assert kept(app) == [("film.mp4", "video/mp4", len(FILM))]
    with app.app_context():
        body = db.session.scalar(select(AuditEvent.body).where(AuditEvent.act == "attach"))
        assert orjson.loads(body)["facts"]["file"] == hashlib.sha256(FILM).hexdigest()
    assert stored_files(app) == 1, "its pieces are gone"
    assert list(Path(app.config["UPLOADS_FOLDER"]).iterdir()) == []
    assert fanta.get(begun["place"]).status_code == 422


@pytest.fixture
def servers(app: Flask, databases: Any, tmp_path: Path) -> list[Flask]:
    """Two of them with one database and one store, and a folder of their own each."""
    shared = {name: app.config[name] for name in ("DATABASE_URL", "STORE_URL", "KEYS_FOLDER", "LARGEST_VIDEO")}
    made = [
        create_app({**SETTINGS, **shared, "UPLOADS_FOLDER": str(tmp_path / name)}, databases.folder / "instance")
        for name in ("first", "second")
    ]
    return made


def test_two_servers_that_share_no_folder_take_pieces_in_turn_and_attach_the_very_file(
    app: Flask, servers: list[Flask], cast: Cast, sign_in: SignIn, draft: int
) -> None:
    """The film was attached with holes of zero bytes, and a 200."""
    first, second = (sign_in(each.test_client(), cast.fanta) for each in servers)
    where = begin(first, draft).json["place"]
    for client, start in ((first, 0), (second, 2_000_000), (second, 4_000_000)):
        assert send(client, where, start, min(start + 2_000_000, len(FILM))).status_code == 200
    assert begin(second, draft).json["received"] == 6_000_000, "another day, at the other server"
    assert send(first, where, 6_000_000, len(FILM)).status_code == 200
    assert finish(second, where).json == {"place": place(draft, "#piece-1")}
    assert kept(app) == [("film.mp4", "video/mp4", len(FILM))]
    assert first.get(place(draft, "/1")).data == FILM
    for each in servers:
        assert not any(Path(each.config["UPLOADS_FOLDER"]).glob("**/*"))


def test_a_piece_that_is_lost_in_the_store_is_asked_for_again_and_nothing_is_attached_before(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    where = begin(fanta, draft).json["place"]
    for start in (0, 3_000_000):
        send(fanta, where, start, min(start + 3_000_000, len(FILM)))
    send(fanta, where, 6_000_000, len(FILM))
    lost = next(Path(app.config["STORE_URL"].removeprefix("file://")).glob("uploads/*/*3000000-*"))
    lost.unlink()
    answer = finish(fanta, where, once="the key")
    assert answer.status_code == 422 and "seuls les morceaux en défaut repartiront" in answer.json["sentence"]
    assert [(start, length) for start, length, there in answer.json["pieces"] if not there] == [(3_000_000, 3_000_000)]
    assert kept(app) == []
    assert send(fanta, where, 3_000_000, 6_000_000).status_code == 200
    assert finish(fanta, where, once="the key").json == {"place": place(draft, "#piece-1")}
    assert fanta.get(place(draft, "/1")).data == FILM


def test_a_piece_sent_otherwise_again_and_again_fills_nothing(app: Flask, fanta: FlaskClient, draft: int) -> None:
    where = begin(fanta, draft).json["place"]
    send(fanta, where, 0, 1_000_000)
    for turn in range(4):
        piece = FILM[:16] + bytes([turn]) * 999_984
        fanta.post(where, data=piece, headers=headers(0, piece)).close()
    assert stored_files(app) == 1
    assert fanta.get(where).json["received"] == 1_000_000


def test_a_page_from_before_hashes_is_told_to_load_anew(fanta: FlaskClient, draft: int) -> None:
    where = begin(fanta, draft).json["place"]
    old = {"Upload-Offset": "0", "Upload-Checksum": f"{zlib.crc32(FILM[:9]):08x}"}
    answer = fanta.post(where, data=FILM[:9], headers=old)
    assert answer.status_code == 422 and "rechargez-la" in answer.json["sentence"] and "received" not in answer.json


def test_what_is_too_large_or_wrong_is_refused_before_it_is_sent(fanta: FlaskClient, draft: int) -> None:
    answer = begin(fanta, draft, 300 << 20)
    assert answer.status_code == 422 and "300\u00a0Mo" in answer.json["sentence"]
    where = begin(fanta, draft, kind="slides", size=900).json["place"]
    assert "n’en est pas un" in send(fanta, where, 0, 900).json["sentence"]
    assert fanta.post(where, data=bytes(5 << 20), headers=headers(0, b"")).status_code == 413


def test_a_file_is_sent_by_ranges_and_none_of_them_holds_a_thread_for_long(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    where = begin(fanta, draft).json["place"]
    for start in (0, 4_000_000):
        send(fanta, where, start, min(start + 4_000_000, len(FILM)))
    finish(fanta, where)
    film = place(draft, "/1?lire")

    def asked(value: str, **more: str) -> TestResponse:
        return fanta.get(
            film, headers={"Range": value, **{name.replace("_", "-"): each for name, each in more.items()}}
        )

    whole = fanta.get(film)
    assert whole.status_code == 200 and hashlib.sha256(whole.data).digest() == hashlib.sha256(FILM).digest()
    assert (whole.headers["Accept-Ranges"], whole.content_length) == ("bytes", len(FILM))
    assert whole.headers["Content-Disposition"] == "inline"
    some = asked("bytes=100-299")
    assert (some.status_code, some.data) == (206, FILM[100:300])
    assert some.headers["Content-Range"] == f"bytes 100-299/{len(FILM)}"
    assert asked("bytes=-50").data == FILM[-50:]
    open_ended = asked("bytes=1000-")
    assert open_ended.data == FILM[1000 : 1000 + PIECE]  # what follows is for the next request
    assert asked(f"bytes={len(FILM)}-").status_code == 416
    assert asked("bytes=0-9", If_Range=whole.headers["ETag"]).status_code == 206
    assert asked("bytes=0-9", If_Range='"another"').status_code == 200
    assert asked("bytes=9-0").status_code == 200 and asked("lines=0-9").status_code == 200
    assert fanta.get(film, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert len(FILM) > files.PIECE


def test_a_withdrawn_file_is_named_and_no_longer_sent(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    attach(sign_in(client, cast.fanta), draft, "other", "Liste.pdf", PDF)
    assert client.post(place(draft, "/1/retirer")).location == place(draft)
    assert client.get(place(draft, "/1")).status_code == 404
    page = client.get(place(draft)).text
    assert "<s>Liste.pdf</s>" in page and "Retiré par Fanta COULIBALY" in page
    assert kept(app) == [("Liste.pdf", "application/pdf", len(PDF))]


def test_readers_of_a_published_report_see_no_file_beside_it(
    app: Flask, client: FlaskClient, cast: Cast, desk: Any, sign_in: SignIn
) -> None:
    with app.app_context():
        report_id = report_at(Stage.PUBLISHED, cast, desk).id
        db.session.commit()
    attach(sign_in(client, cast.salif), report_id, "mission_report", "Mission.pdf", PDF)
    assert client.get(place(report_id, "/1")).status_code == 200
    sign_in(client, cast.lamine)
    assert [client.get(place(report_id, rest)).status_code for rest in ("", "/1")] == [404, 404]
    assert "pieces-jointes" not in client.get(f"/rapports/{report_id}").text


@pytest.fixture
def server(app: Flask) -> Iterator[tuple[str, int]]:
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield "127.0.0.1", serving.server_port
    serving.shutdown()
    thread.join(5)


def test_a_link_that_drops_in_the_middle_of_a_piece_leaves_nothing_of_it_and_the_next_goes_on(
    app: Flask, fanta: FlaskClient, draft: int, server: tuple[str, int]
) -> None:
    where = begin(fanta, draft).json["place"]
    assert send(fanta, where, 0, 1_000_000).status_code == 200
    cookie = "; ".join(f"{each.key}={each.value}" for each in fanta._cookies.values())
    piece = FILM[1_000_000:3_000_000]
    for cut in (500_000, 0):
        with socket.create_connection(server) as line:
            lines = {
                **headers(1_000_000, piece),
                "Host": "localhost",
                "Cookie": cookie,
                "Content-Length": str(len(piece)),
            }
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            line.sendall(f"POST {where} HTTP/1.1\r\n{head}\r\n".encode() + piece[:cut])
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # cut off, not closed
        assert fanta.get(where).json == {"received": 1_000_000, "until": len(FILM), "size": len(FILM)}
    real = http.client.HTTPConnection(*server)
    real.request("POST", where, piece, {**headers(1_000_000, piece), "Cookie": cookie})
    assert orjson.loads(real.getresponse().read()) == {"received": 3_000_000, "until": len(FILM)}
    for start in (3_000_000, 5_000_000):
        send(fanta, where, start, min(start + 2_000_000, len(FILM)))
    if (received := fanta.get(where).json["received"]) < len(FILM):
        send(fanta, where, received, len(FILM))
    assert finish(fanta, where).status_code == 200
    assert kept(app) == [("film.mp4", "video/mp4", len(FILM))]
    assert fanta.get(place(draft, "/1")).data == FILM
