"""A database in the hands of somebody who may do anything to it, and the verifier that knows only the public key."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from app.audit import guards
from app.audit.events import GENESIS, link
from app.audit.merkle import Builder, leaf_hash
from app.audit.note import Checkpointed, Signer
from app.content import codes
from app.content.canonical import canonical
from tests.cast import LOG

VERIFIER = Path(__file__).resolve().parents[2] / "app" / "audit" / "standalone" / "seben_audit.py"
_numbers = count(1)


def ask(*arguments: object, key: str = str(LOG.signer.verifier)) -> tuple[int, dict[str, Any]]:
    """The verifier's exit code and what it says, run as its own isolated process."""
    given = [str(each) for each in arguments]
    keyed = [] if given[0] in ("prove", "growth") else ["--key", key]
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *given, *keyed, "--json"], capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def kinds(place: str, *checkpoints: Path) -> set[str]:
    """What the verifier finds wrong with a database, by kind; its exit code must agree."""
    code, told = ask("verify", place, *(each for path in checkpoints for each in ("--checkpoint", path)))
    assert code == (1 if told["findings"] else 0) and told["sound"] is (code == 0)
    assert all(finding["sentence"].endswith(".") for finding in told["findings"])
    return {finding["kind"] for finding in told["findings"]}


def copied(url: str, folder: Path, run: Callable[[str], None] | None) -> str:
    """Another database with the same rows, which nobody has open; `run` does a statement on the PostgreSQL server."""
    name = f"outsider{next(_numbers)}"
    if run is None:
        place = folder / f"{name}.sqlite"
        shutil.copy(str(make_url(url).database), place)
        return f"sqlite:///{place}"
    run(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(url).database}"')
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def place_of(url: str) -> str:
    """As the verifier is told of it: a file, or an address."""
    return str(make_url(url).database) if url.startswith("sqlite") else url


@dataclass
class Thief:
    """Does things to a database past every guard, on a connection of its own."""

    connection: Connection

    @classmethod
    def at(cls, url: str, does: Callable[[Thief], None]) -> None:
        """Let a thief do something, and close the door."""
        engine = create_engine(url)
        with engine.begin() as connection:
            guards.remove(connection)
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))  # foreign keys do not hold it up
            does(cls(connection))
        engine.dispose()

    def do(self, *statements: str, **values: object) -> None:
        for statement in statements:
            done = self.connection.execute(text(statement), values)
            assert done.rowcount > 0, statement

    def rows(self, query: str, **values: object) -> list[Any]:
        return list(self.connection.execute(text(query), values))

    def edit(self, stream: str, seq: int, old: str, new: str) -> None:
        """Other words in the body of one event."""
        (row,) = self.rows("SELECT body FROM audit_event WHERE stream = :stream AND seq = :seq", stream=stream, seq=seq)
        assert old in row.body
        body = canonical(orjson.loads(row.body.replace(old, new))).decode()
        self.do(
            "UPDATE audit_event SET body = :body WHERE stream = :stream AND seq = :seq",
            body=body,
            stream=stream,
            seq=seq,
        )

    def rehash(self, stream: str, seq: int) -> None:
        """Make the hash of one event good again."""
        (row,) = self.rows(
            "SELECT prev, body FROM audit_event WHERE stream = :stream AND seq = :seq", stream=stream, seq=seq
        )
        fresh = link(row.prev, row.body.encode())
        self.do(
            "UPDATE audit_event SET hash = :fresh WHERE stream = :stream AND seq = :seq",
            fresh=fresh,
            stream=stream,
            seq=seq,
        )

    def rechain(self, stream: str) -> None:
        """Number, link and hash a whole stream anew, in the order of its numbers, and put its head right."""
        seq, last = 0, GENESIS
        for row in self.rows(
            "SELECT id, seq, body FROM audit_event WHERE stream = :stream ORDER BY seq", stream=stream
        ):
            seq += 1
            body = canonical({**orjson.loads(row.body), "seq": seq})
            fresh = link(last, body)
            self.do(
                "UPDATE audit_event SET seq = :seq, body = :body, prev = :prev, hash = :fresh WHERE id = :id",
                seq=seq, body=body.decode(), prev=last, fresh=fresh, id=row.id,
            )  # fmt: skip
            last = fresh
        self.do(
            "UPDATE chain_head SET seq = :seq, hash = :last WHERE stream = :stream", seq=seq, last=last, stream=stream
        )

    def renumber_leaves(self) -> None:
        """Close the gaps in the tree."""
        for number, row in enumerate(self.rows("SELECT number FROM leaf ORDER BY number")):
            self.connection.execute(
                text("UPDATE leaf SET number = :new WHERE number = :old"), {"new": number, "old": row.number}
            )

    def resign(self, signer: Signer) -> None:
        """Make the tree, its codes and all checkpoints anew, as if nothing had ever been otherwise."""
        events = self.rows(
            "SELECT l.number, e.hash, e.act, e.body FROM leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.number"
        )
        leaves = [leaf_hash(bytes.fromhex(event.hash)) for event in events]
        for event, leaf in zip(events, leaves, strict=True):
            if event.act == "validate":
                code = codes.code_of(orjson.loads(event.body)["facts"]["text_hash"], leaf)
                self.do("UPDATE leaf SET code = :code WHERE number = :number", code=code, number=event.number)
        kept = [
            row for row in self.rows("SELECT size, at, reason FROM checkpoint ORDER BY size") if row.size <= len(leaves)
        ]
        self.connection.execute(text("DELETE FROM checkpoint"))
        self.connection.execute(text("DELETE FROM node"))
        builder = Builder()
        for row in kept:
            builder.extend(leaves[builder.size : row.size])
            self._sign(signer, builder, row.at, row.reason)
        for level, number, made in builder.finished:
            self.do(
                "INSERT INTO node (level, number, hash) VALUES (:level, :number, :made)",
                level=level,
                number=number,
                made=made.hex(),
            )

    def _sign(self, signer: Signer, builder: Builder, at: Any, reason: str) -> None:
        note = signer.sign(str(Checkpointed(signer.name, builder.size, builder.root())))
        self.do(
            "INSERT INTO checkpoint (size, root, note, at, reason) VALUES (:size, :root, :note, :at, :reason)",
            size=builder.size, root=builder.root().hex(), note=note, at=at, reason=reason,
        )  # fmt: skip
