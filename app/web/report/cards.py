"""The cards of the commission's desk beside the sheet: what was asked for in the address, and each card as HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app import template
from app.content.changes import before_after
from app.content.diff import BlockChange
from app.reports import deadline
from app.reports.amending.board import NOTHING, Asked, Board, Card, change, desk, spoken
from app.reports.amending.markup import TextMode
from app.reports.models.report import AmendmentState, Opinion, Report
from app.reports.pages.report_page import ReportPage
from app.template import Part
from app.web.guards import me
from app.web.jinja import once_key

KEPT = ("vue", "auteur", "partie", "etat")
"""What of the report page's address stays when an amendment is decided: the view and the filter."""
_TOKENS = re.compile(r'name="csrf_token" value="[^"]*">\n<input type="hidden" name="once" value="[^"]*"')
_BLANKS = re.compile(r">\s*\n\s*<")


@dataclass(frozen=True, slots=True)
class Face:
    """All that a card shows, to this person: two equal ones are the same card, so it is drawn once."""

    number: int
    key: str
    label: str
    where: str
    passage: str
    author: str
    initials: str
    tone: int
    at: datetime
    state: AmendmentState
    formal: bool
    reason: str
    opinion: Opinion | None
    opinion_text: str
    decision_reason: str
    change_json: str
    place: str
    kept: str
    undecided: bool
    gone: bool
    said: bool
    undone: bool
    late: bool
    own: bool
    decides: bool
    withdraws: bool
    opines: bool

    @property
    def part(self) -> Part | None:
        return template.BY_KEY.get(self.key)

    @property
    def changes(self) -> tuple[BlockChange, ...]:
        return before_after(change(self.change_json))

    @property
    def form(self) -> str:
        return f"amendment-{self.number}"

    def act(self, verb: str) -> str:
        """The address of an act on the amendment, with the card it leads back to."""
        return f"{self.place}/{self.number}/{verb}{self.kept}#amendment-{self.number}"


@dataclass(frozen=True, slots=True)
class Cards:
    """The desk with what its templates need: addresses, and each card drawn for the person before it.

    `acts` are those the reader may take on amendments; `view` is that of the text beside, None where it is not on the page;
    `read` is the report.
    """

    desk: Board
    reader: int
    acts: frozenset[str]
    view: TextMode | None
    report: str
    kept: str
    csrf_token: str
    read: Report

    @property
    def place(self) -> str:
        return f"{self.report}/amendements"

    @property
    def states(self) -> Sequence[AmendmentState]:
        return tuple(AmendmentState)

    def draw(self, card: Card, failed: Mapping[str, Any] | None = None) -> Markup:
        """The card as HTML; `failed` is the form that could not be taken, shown where it is one of the card's."""
        late = deadline.late(self.read, card.amendment.at)
        beside = (self.reader, self.acts, self.view, self.report, self.kept, late)
        form = f"amendment-{card.amendment.number}"
        if failed and failed["form"] in (form, f"{form}-opinion"):
            return Markup(render_template("amending/_card.html", face=_face(card, *beside), failed=failed))
        return Markup("".join([text if text else self._fields() for text in _pieces(card, *beside)]))

    def _fields(self) -> str:
        return f'name="csrf_token" value="{self.csrf_token}">\n<input type="hidden" name="once" value="{once_key()}"'

    def passage(self, card: Card) -> str:
        """Where the card's passage is shown: in the text beside it, or in the view that marks it."""
        return _passage(card, self.view, self.report)

    def seen(self, view: TextMode) -> str:
        """The address of the report page in another view, the filter kept."""
        return f"{self.report}?{urlencode({**kept(), 'vue': view.value})}"

    def spoken(self, numbers: Sequence[int]) -> str:
        return spoken(numbers)


@lru_cache(maxsize=2048)
def _pieces(
    card: Card, reader: int, acts: frozenset[str], view: TextMode | None, report: str, kept: str, late: bool
) -> Sequence[str]:
    """What is shown of the card, found by the card itself; where the text has changed, by all that it shows."""
    return _drawn(_face(card, reader, acts, view, report, kept, late))


def _face(
    card: Card, reader: int, acts: frozenset[str], view: TextMode | None, report: str, kept: str, late: bool
) -> Face:
    amendment = card.amendment
    own = amendment.author_id == reader
    return Face(
        number=amendment.number,
        key=card.part.key,
        label=card.part.label,
        where=card.where,
        passage=_passage(card, view, report),
        author=amendment.author.name,
        initials=amendment.author.initials,
        tone=card.tone,
        at=amendment.at,
        state=amendment.state,
        formal=amendment.formal,
        reason=amendment.reason,
        opinion=amendment.opinion,
        opinion_text=amendment.opinion_text,
        decision_reason=amendment.decision_reason,
        change_json=amendment.change_json,
        place=f"{report}/amendements",
        kept=kept,
        undecided=amendment.undecided,
        gone=card.gone,
        said=card.said,
        undone=card.undone,
        late=late,
        own=own,
        decides="adopt" in acts,
        withdraws=own and "withdraw" in acts,
        opines="opine" in acts and not own,
    )


def _passage(card: Card, view: TextMode | None, report: str) -> str:
    amendment = card.amendment
    marking = TextMode.CHANGES if amendment.undecided else TextMode.ADOPTED
    if card.gone or not (amendment.undecided or amendment.state is AmendmentState.ADOPTED):
        return f"{'' if view else report}#part-{card.part.key}"
    anchor = f"#passage-{amendment.number}"
    return anchor if view in (marking, TextMode.DIFFERENCES) else f"{report}?vue={marking.value}{anchor}"


@lru_cache(maxsize=2048)
def _drawn(face: Face) -> Sequence[str]:
    """The card's HTML, "" where a form's token and key stand, which are new each time."""
    html = _BLANKS.sub(">\n<", render_template("amending/_card.html", face=face, failed=None))
    first, *rest = _TOKENS.split(html)
    return [first, *(piece for text in rest for piece in ("", text))]


def asked() -> Asked:
    """What the address asks to see; what makes no sense is not asked."""
    author = request.args.get("auteur", type=int)
    part, state = request.args.get("partie", ""), request.args.get("etat", "")
    return Asked(author, part if part in template.BY_KEY else "", state if state in tuple(AmendmentState) else "")


def cards_of(page: ReportPage, wanted: Asked, view: TextMode | None) -> Cards:
    """The desk of the page's report, beside its text in `view`."""
    texts = {view.part.key: view.content_json for view in page.parts}
    report = url_for("reports.page", report_id=page.report.id)
    query = urlencode(kept())
    reader = me()
    return Cards(
        desk=desk(page.amendments, texts, reader, wanted),
        reader=reader.id,
        acts=frozenset(act for act in ("adopt", "opine", "withdraw") if page.may(act)),
        view=view,
        report=report,
        kept=f"?{query}" if query else "",
        csrf_token=generate_csrf(),
        read=page.report,
    )


def alone(page: ReportPage, number: int) -> tuple[Card, Cards]:
    """One amendment's card and what its template needs, for the pages it has to itself."""
    cards = cards_of(page, NOTHING, None)
    found = next(card for card in cards.desk.cards if card.amendment.number == number)
    return found, cards


def kept() -> dict[str, Any]:
    return {name: value for name in KEPT if (value := request.args.get(name))}
