"""The write-once store: what is put comes back the same, or the damage is named."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.documents import store as store_settings
from app.documents.store import Damaged, Missing, Store, Unreachable

REPORT = b"%PDF-1.7 the signed report of Issa and Seydou"
HASH = hashlib.sha256(REPORT).hexdigest()

WRITES_UNTIL_KILLED = """
import os, sys
from app.documents.store import Store
store = Store(sys.argv[1])
while True:
    print(store.put(os.urandom(2_000_000)), flush=True)
"""


@pytest.fixture(params=["path", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    folder = tmp_path / "dépôt des fichiers"
    return Store({"path": str(folder), "file": folder.as_uri(), "memory": "memory:///"}[request.param])


def test_what_is_put_is_found_under_its_own_hash(store: Store) -> None:
    assert not store.exists(HASH)
    assert store.put(REPORT) == HASH
    assert store.exists(HASH)
    assert store.get(HASH) == REPORT


def test_putting_the_same_file_twice_keeps_one(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    kept = tmp_path / HASH[:2] / HASH
    store.put(REPORT)
    before = kept.stat()
    assert store.put(REPORT) == HASH
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]


def test_a_file_is_kept_read_only(tmp_path: Path) -> None:
    Store(str(tmp_path)).put(REPORT)
    assert (tmp_path / HASH[:2] / HASH).stat().st_mode & 0o222 == 0


def test_a_damaged_file_is_refused_and_mended_by_putting_it_again(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.put(REPORT)
    kept = tmp_path / HASH[:2] / HASH
    kept.chmod(0o644)
    kept.write_bytes(REPORT[:-1])
    with pytest.raises(Damaged, match="endommagé"):
        store.get(HASH)
    assert store.put(REPORT) == HASH
    assert store.get(HASH) == REPORT


def test_a_missing_file_is_said_to_be_missing(store: Store) -> None:
    with pytest.raises(Missing, match="n’est pas dans le dépôt"):
        store.get(HASH)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", HASH.upper(), HASH + "0", HASH + "\n", "ab/" + HASH])
def test_a_name_that_is_no_hash_leads_nowhere(store: Store, name: str) -> None:
    store.put(REPORT)
    assert not store.exists(name)
    with pytest.raises(Missing):
        store.get(name)


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    (tmp_path / HASH[:2]).write_text("a file where the folder should be")
    with pytest.raises(Unreachable, match="rien n’a été enregistré"):
        store.put(REPORT)


def test_a_writer_killed_at_any_moment_leaves_every_acknowledged_file_whole_and_no_half_one(tmp_path: Path) -> None:
    for moment in (0.05, 0.11, 0.23):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip()]
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        store = Store(str(tmp_path))
        for name in acknowledged:
            assert len(store.get(name)) == 2_000_000
        for file in tmp_path.rglob("*"):
            if file.is_file() and "#" not in file.name:
                assert len(store.get(file.name)) == 2_000_000


def test_a_large_file_is_kept_by_its_path_as_a_small_one_is_and_read_in_pieces(store: Store, tmp_path: Path) -> None:
    film = os.urandom(9_000_000)
    (tmp_path / "film").write_bytes(film)
    name = store.put_file(tmp_path / "film")
    assert name == hashlib.sha256(film).hexdigest()
    assert store.size(name) == len(film)
    assert b"".join(store.pieces(name, 0, len(film))) == store.get(name) == film
    assert b"".join(store.pieces(name, 300_000, 900_001)) == film[300_000:900_001]
    assert store.put_file(tmp_path / "film") == name
    with pytest.raises(Missing):
        store.pieces(HASH, 0, 1)


def test_a_damaged_large_file_is_mended_by_putting_it_again(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "kept"))
    (tmp_path / "film").write_bytes(REPORT)
    store.put_file(tmp_path / "film")
    kept = tmp_path / "kept" / HASH[:2] / HASH
    assert kept.stat().st_mode & 0o222 == 0
    kept.chmod(0o644)
    kept.write_bytes(b"x" * len(REPORT))
    assert store.put_file(tmp_path / "film") == HASH
    assert store.get(HASH) == REPORT


def test_a_store_that_takes_the_call_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_settings.CLIENT["timeout"] == "8s", "within ten seconds, with all that goes before"
    monkeypatch.setattr(store_settings, "CLIENT", {"connect_timeout": "300ms", "timeout": "300ms"})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = {
            "AWS_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "somewhere",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        far = Store("s3://reports/kept")
        for asked in (lambda: far.put(REPORT), lambda: far.get(HASH), lambda: far.exists(HASH)):
            with pytest.raises(Unreachable):
                asked()
