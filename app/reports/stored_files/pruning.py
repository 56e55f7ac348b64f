"""Files of the store that nobody needs: those that nothing names, and attachments that were withdrawn, after some days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.audit.verification import Source
from app.documents.store import ListedFile, Store
from app.reports.models.attachment import Attachment
from app.reports.models.report import Amendment
from app.reports.stored_files.naming import NamedFile, named

NOTHING = "un fichier que rien ne nomme"
_HASH = re.compile(r"\b[0-9a-f]{64}\b")


class OtherDatabase(Exception):
    """The database names no file at all: it is hardly the one that goes with this store."""


@dataclass(frozen=True, slots=True)
class Spare:
    """A file that may go, and what it is."""

    file: ListedFile
    what: str


def spare(source: Source, store: Store, before: datetime) -> Iterator[Spare]:
    """The files last put before that moment that the database and the log can do without, the oldest first.

    A withdrawn attachment counts from when it was withdrawn. The store is listed before the names are read: what has been
    named meanwhile is needed. Raises `OtherDatabase`, `documents.store.Unreachable`.
    """
    old = sorted((each for each in store.listed() if each.at < before), key=lambda each: each.at)
    names = named(source)
    if old and not names:
        raise OtherDatabase
    kept = _withdrawn_since(source, before) | _proposed(source)
    for each in old:
        name = names.get(each.name)
        if each.name not in kept and (name is None or name.let_go):
            yield Spare(each, _said(name))


def _withdrawn_since(source: Source, moment: datetime) -> set[str]:
    return set(source.execute(select(Attachment.file_hash).where(Attachment.withdrawn_at >= moment)).scalars())


def _proposed(source: Source) -> set[str]:
    """What amendments name may come into the text."""
    texts = source.execute(select(Amendment.change_json).where(Amendment.change_json.contains('"file"'))).scalars()
    return {file for text in texts for file in _HASH.findall(text)}


def _said(name: NamedFile | None) -> str:
    return f"{name.said}, retirée" if name is not None else NOTHING
