"""Checking the tree: leaves without gaps, the root recomputed from the events, compared with every checkpoint there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import exists, select

from app.audit import restorations
from app.audit.checkpoints import LONGEST_TRANSACTION
from app.audit.merkle import Builder, leaf_hash
from app.audit.models import AuditEvent, Checkpoint, Leaf
from app.audit.note import BadNote, Checkpointed, Verifier, checkpoint
from app.audit.restorations import Restoration
from app.audit.verification import Finding, Source

BATCH = 5_000
NOTHING = b"\0" * 32
ELSEWHERE = "gardé ailleurs"
Wanted = dict[int, list[tuple[bytes, str]]]
"""For each size the roots that are said of it, and by whom."""


def verify_tree(
    source: Source, known: Sequence[Verifier], kept: Iterable[Checkpointed] = (), tally: Counter[str] | None = None
) -> list[Finding]:
    """Check the tree against the events, and all checkpoints against the tree; an empty list is a sound one.

    `kept` are checkpoints that others kept, their signatures checked already. Kinds: "leaf", "checkpoint". `tally` counts
    "leaves" and "checkpoints". Reads only, one pass.
    """
    tally = Counter() if tally is None else tally
    findings: list[Finding] = []
    stored = source.execute(
        select(Checkpoint.size, Checkpoint.root, Checkpoint.note, Checkpoint.at).order_by(Checkpoint.size)
    ).all()
    tally["checkpoints"] += len(stored)
    wanted: Wanted = {}
    for row in stored:
        findings += _signed(row, known)
        wanted.setdefault(row.size, []).append((bytes.fromhex(row.root), "enregistré ici"))
    for head in kept:
        wanted.setdefault(head.size, []).append((head.root, ELSEWHERE))
    findings += _walked(source, wanted, tally, restorations.declared(source))
    if stored:
        findings += _left_out(source, stored[-1].at)
    return findings


def _signed(row: Any, known: Sequence[Verifier]) -> Iterator[Finding]:
    try:
        head = checkpoint(row.note, known)
    except BadNote:
        yield _finding(f"Le point de contrôle de {row.size} événements ne porte pas la signature du journal.")
        return
    if (head.size, head.root.hex()) != (row.size, row.root):
        yield _finding(f"Le point de contrôle de {row.size} événements ne dit pas ce qui en a été signé.")


def _walked(source: Source, wanted: Wanted, tally: Counter[str], declared: Sequence[Restoration]) -> Iterator[Finding]:
    """The root at each wanted size; what disagrees first tells from which checkpoint on the log was rewritten.

    What is kept elsewhere of a history that a declared restoration left is counted ("left_behind"), and no finding.
    """
    builder = Builder()
    stops = sorted(size for size in wanted if size)
    pending: list[bytes] = []
    last_good = 0
    for number, event_hash in _leaves(source):
        tally["leaves"] += 1
        expected = builder.size + len(pending)
        if number != expected:
            yield Finding(
                "leaf", "", 0, f"La feuille n° {expected} de l’arbre manque : la suivante est la n° {number}."
            )
            return
        if event_hash is None:
            yield Finding("leaf", "", 0, f"L’événement de la feuille n° {number} de l’arbre a disparu.")
        pending.append(_leaf(event_hash))
        if (stops and number + 1 == stops[0]) or len(pending) == BATCH:
            builder.extend(pending)
            builder.finished.clear()
            pending.clear()
        if stops and number + 1 == stops[0]:
            size, root = stops.pop(0), builder.root()
            wrong = [
                where for said, where in wanted[size] if said != root and not _left(size, said, where, declared, tally)
            ]
            for where in wrong:
                yield _finding(
                    f"Le point de contrôle de {size} événements, {where}, n’est pas celui du journal : un événement a été "
                    f"modifié, ôté ou ajouté entre le n° {last_good} et le n° {size - 1} de l’arbre."
                )
            last_good = last_good if wrong else size
    count = builder.size + len(pending)
    for size in stops:
        for said, where in wanted[size]:
            if _left(size, said, where, declared, tally):
                continue
            yield _finding(
                f"Un point de contrôle {where} compte {size} événements, le journal n’en a plus que {count}."
            )


def _left(size: int, root: bytes, where: str, declared: Sequence[Restoration], tally: Counter[str]) -> bool:
    if where != ELSEWHERE or restorations.covering(declared, Checkpointed("", size, root)) is None:
        return False
    tally["left_behind"] += 1
    return True


def _leaves(source: Source) -> Iterator[tuple[int, str | None]]:
    query = (
        select(Leaf.number, AuditEvent.hash)
        .join(AuditEvent, AuditEvent.id == Leaf.event_id, isouter=True)
        .order_by(Leaf.number)
    )
    for row in source.execute(query, execution_options={"yield_per": BATCH}):
        yield row.number, row.hash


def _leaf(event_hash: str | None) -> bytes:
    try:
        return leaf_hash(bytes.fromhex(event_hash or ""))
    except ValueError:
        return NOTHING


def _left_out(source: Source, last: Any) -> Iterator[Finding]:
    """An event that claims to be much older than the last checkpoint, and is in no tree, was put in afterwards."""
    query = (
        select(AuditEvent.stream, AuditEvent.seq)
        .where(AuditEvent.at < last - LONGEST_TRANSACTION, ~exists().where(Leaf.event_id == AuditEvent.id))
        .order_by(AuditEvent.id)
    )
    for row in source.execute(query):
        sentence = (
            f"L’événement {row.seq} de « {row.stream} » se dit plus ancien que le dernier point de contrôle, "
            "mais n’est dans aucun : il a été ajouté après coup."
        )
        yield Finding("leaf", row.stream, row.seq, sentence)


def _finding(sentence: str) -> Finding:
    return Finding("checkpoint", "", 0, sentence)
