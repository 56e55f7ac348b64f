"""A paper coming back page by page: what was uploaded is kept in a tray until all of it is there."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pikepdf

from app.db import now
from app.directory.models import Person
from app.documents.scanning import binding
from app.documents.scanning.codes import PageCode
from app.documents.scanning.reading import MOST_PAGES, ScanFile, read_pages
from app.documents.store import Store
from app.documents.tray import Tray
from app.reports.models.report import Report
from app.reports.proofs.anchors import anchor_of
from app.reports.signing.paper.filing import Paper
from app.reports.signing.paper.sorting import Order, PaperPage, Wanted, sort
from app.reports.text import masthead


@dataclass(frozen=True, slots=True)
class Deposited:
    """What has come so far, in order; `refused` has a French sentence for each file that was not taken."""

    order: Order
    refused: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        return [*self.refused, *self.order.sentences]


def tray_of(report_id: int, person: Person, store: Store) -> Tray:
    """Each person has a tray for each report."""
    return Tray(store, f"{report_id}-{person.id}")


def wanted_of(report: Report, final: bytes) -> Wanted:
    """The paper that is asked for, which has the pages of the file `final`. Raises `anchors.NotAnchored`."""
    anchor = anchor_of(report)
    with pikepdf.open(io.BytesIO(final)) as document:
        return Wanted(report.id, anchor.version, anchor.code, len(document.pages))


def begun(tray: Tray) -> Deposited | None:
    """What lies in the tray; None where nothing does. Raises `documents.store.Unreachable`."""
    told = tray.read(now())
    return Deposited(sort(_leaves(told), Wanted(**told["wanted"]))) if told else None


def take_in(
    tray: Tray, wanted: Wanted, uploads: Sequence[ScanFile], by_hand: Mapping[str, int], removed: Collection[str]
) -> Deposited:
    """Add the pages of these files to the tray, and put pages where somebody says they belong, or take them out.

    Pages of another report or text and those that came twice do not stay. Raises `documents.store.Unreachable`.
    """
    before = [
        replace(leaf, by_hand=by_hand.get(leaf.key, leaf.by_hand))
        for leaf in _leaves(tray.read(now()))
        if leaf.key not in removed
    ]
    found = read_pages(uploads, 2 * MOST_PAGES - len(before))
    pictures = {uuid4().hex: sheet for sheet in found.sheets}
    fresh = [PaperPage(key, sheet.file, sheet.place, sheet.code) for key, sheet in pictures.items()]
    order = sort([*before, *fresh], wanted)
    kept = [*order.there.values(), *order.unread]
    told = {"wanted": _plain(wanted), "leaves": [_told(leaf) for leaf in kept]}
    tray.keep(told, {leaf.key: pictures[leaf.key].picture for leaf in kept if leaf.key in pictures})
    return Deposited(order, found.refused)


def bound(deposit: Deposited, tray: Tray, report: Report, title: str, final: bytes, made_on: datetime) -> Paper:
    """The whole paper in one file. Raises `documents.pdf.RenderingFailed`, `documents.store.Unreachable`."""
    order = deposit.order
    pictures = [tray.picture(order.there[page].key) for page in range(1, order.wanted.pages + 1)]
    author = masthead.of(report).organisation
    file = binding.bind(pictures, title, author, f"Rapport n° {report.id}, exemplaire signé sur papier", made_on)
    return Paper(file, order.wanted.pages, order.by_hand, final, report.text_hash)


def _leaves(told: Mapping[str, Any]) -> list[PaperPage]:
    return [
        PaperPage(
            each["key"],
            each["file"],
            each["place"],
            PageCode(**each["code"]) if each["code"] else None,
            each["by_hand"],
        )
        for each in told.get("leaves", ())
    ]


def _told(leaf: PaperPage) -> dict[str, Any]:
    code = _plain(leaf.code) if leaf.code else None
    return {"key": leaf.key, "file": leaf.file, "place": leaf.place, "code": code, "by_hand": leaf.by_hand}


def _plain(it: Wanted | PageCode) -> dict[str, Any]:
    return {name: getattr(it, name) for name in it.__slots__}
