"""The store against the database: every file that is named is there and has its hash; what nobody names is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from app.audit.verification import Finding
from app.content.typography import french
from app.documents.store import Missing, Store, Unreachable
from app.reports.stored_files.naming import NamedFile
from app.workflow import plural

GONE = "{what} manque dans le dossier des fichiers (empreinte {file}…)."
EMPTY = "{what} est vide dans le dossier des fichiers (empreinte {file}…)."
ALTERED = "{what} n’a plus son empreinte ({file}…) : il a été modifié, coupé ou abîmé dans le dossier des fichiers."
CLOSED = (
    "{what} ne se laisse pas lire dans le dossier des fichiers (empreinte {file}…) : voyez les droits de ce fichier."
)
UNREAD = (
    "Le dossier des fichiers ne se laisse pas lire : sur {named}, {unread} non vérifiés. Rétablissez l’accès, puis "
    "recommencez."
)


def check(named: Mapping[str, NamedFile], store: Store, tally: Counter[str]) -> list[Finding]:
    """Hash every file that is named, little of it in memory at a time; an empty list is a sound store.

    The one kind is "file". `tally` counts "files" that are as named, their "bytes", those "let_go" that are no longer
    there, and "extra" ones that nobody names. A store that does not answer is a finding, and ends the check.
    """
    findings: list[Finding] = []
    done = 0
    try:
        store.require_there()
        for file, name in named.items():
            findings += _look(file, name, store, tally)
            done += 1
        tally["extra"] += sum(file not in named for file in store.names())
    except Unreachable:
        if named:
            findings.append(
                _finding(UNREAD.format(unread=len(named) - done, named=plural(len(named), "fichier", "fichiers")), 0)
            )
    return findings


def _look(file: str, name: NamedFile, store: Store, tally: Counter[str]) -> list[Finding]:
    try:
        found, size = store.fingerprint(file)
    except Missing:
        tally["let_go"] += name.let_go
        return [] if name.let_go else [_about(GONE, file, name)]
    except Unreachable:
        store.require_there()  # all of it, or this file alone
        return [_about(CLOSED, file, name)]
    if found != file:
        return [_about(ALTERED if size else EMPTY, file, name)]
    tally["files"] += 1
    tally["bytes"] += size
    return []


def _about(sentence: str, file: str, name: NamedFile) -> Finding:
    said = sentence.format(what=name.said, file=file[:12])
    return _finding(said[0].upper() + said[1:], name.report)


def _finding(sentence: str, report: int) -> Finding:
    return Finding("file", f"report:{report}" if report else "", 0, french(sentence))
