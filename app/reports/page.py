"""What the report page shows, read in a fixed number of queries whatever the report's size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import not_, select
from sqlalchemy.orm import joinedload

from app import template, workflow
from app.content.blocks import Content
from app.content.canonical import content_bytes
from app.db import db
from app.people import commissions
from app.people.models import Commission, Person, Role
from app.reports import holder, news, returns, standing
from app.reports import roll as rolls
from app.reports.attachments.printed import shown
from app.reports.editing import act_for
from app.reports.holder import Holder
from app.reports.models import Report, ReportPart, Revision, decode
from app.reports.news import Now
from app.reports.papers.overview import Papers, papers_of
from app.reports.personal import erased, version
from app.reports.personal.public import for_readers
from app.reports.proposals import Proposal, proposals_of
from app.reports.rectifying import links
from app.reports.rectifying.links import Links
from app.reports.returns import Return
from app.reports.roll import Roll
from app.reports.seats import Seat, taken
from app.reports.signatures import Signature
from app.reports.threads import Thread, threads
from app.workflow import Act, Facts, Hands, Stage


@dataclass(frozen=True, slots=True)
class PartView:
    """One part as the page shows it, with its current revision's number, hash and stored text."""

    part: template.Part
    number: int
    content_json: str
    content_hash: str
    filled: bool
    open_amendments: int

    @property
    def content(self) -> Content:
        return decode(self.content_json)

    @property
    def missing(self) -> bool:
        return bool(self.part.required_zones) and not self.filled and not self.part.optional


@dataclass(frozen=True, slots=True)
class Button:
    """An act this person may take here; `why_not` says what must hold first."""

    act: Act
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """All that the report page needs."""

    report: Report
    facts: Facts
    hands: Hands
    parts: Sequence[PartView]
    amendments: tuple[Proposal, ...]
    commission: Commission | None
    roll: Roll | None
    seats: Sequence[Seat]
    signatures: Mapping[str, Signature]
    buttons: Sequence[Button]
    now: Now
    holder: Holder
    threads: Sequence[Thread] = ()
    """The observations; none for those who may not see the report's history."""
    links: Links = field(default_factory=Links)
    """The reports that this one rectifies, or that rectify it."""
    returned: Return | None = None
    """What the commission asked for, while the rapporteur has the text back."""
    papers: Papers = field(default_factory=Papers)
    """Papers signed by hand and substitutes; none for those who may not see the report's history."""

    @property
    def contents(self) -> dict[str, Content]:
        return {view.part.key: view.content for view in self.parts}

    @property
    def revisions(self) -> dict[str, int]:
        """The number of each part's current revision, by its key."""
        return {view.part.key: view.number for view in self.parts}

    @property
    def may_write(self) -> bool:
        """Whether this person may change the text here and now."""
        return self.report.stage in (Stage.DRAFTING, Stage.EDITING) and self.may(act_for(self.report.stage))

    def may(self, key: str) -> bool:
        act = workflow.BY_KEY[key]
        return self.report.stage in act.stages and workflow.role_for(act, self.hands) is not None

    @property
    def checked(self) -> bool:
        """Whether the consistency check stands beside the text: as long as the text may still be mended."""
        return self.may_see_history and self.report.stage in (Stage.DRAFTING, Stage.EDITING, Stage.READING)

    @property
    def may_see_history(self) -> bool:
        """Everybody with a part in the report; readers of published reports see the document alone."""
        return bool(self.hands.roles - {Role.READER})

    @property
    def observed(self) -> Mapping[str, int]:
        """How many open threads of observations each part has, by its key."""
        return Counter(thread.part.key for thread in self.threads if thread.open)

    @property
    def moves(self) -> Sequence[Button]:
        """The acts that move the report on, then those that send it back. A paper is attested beside itself."""
        moving = (button for button in self.buttons if button.act.to is not None and button.act.key != "attest")
        return sorted(moving, key=lambda button: button.act.reason)

    def view(self, key: str) -> PartView:
        """The part of that key. Raises LookupError where there is none."""
        for view in self.parts:
            if view.part.key == key:
                return view
        raise LookupError(key)


def open_page(report: Report, person: Person) -> Page:
    """Read everything the report page shows to this person."""
    # First of all: what is done meanwhile is told again, rather than never.
    now = news.look(report, person)
    hands = standing.hands(report, person)
    amendments = proposals_of(report)
    # A first draft is nobody's in the commission yet, and no act on it asks for one.
    concerned = report.reading or report.stage is not Stage.DRAFTING
    commission = commissions.covering(report.workshop.territory) if concerned else None
    roll = rolls.of(report, commission) if concerned else None
    seats = taken(report, commission, roll)
    parts = part_views(report, amendments)
    if not hands.roles - {Role.READER}:
        parts = as_published(parts)
        amendments = tuple(each for each in amendments if each.part_key not in template.PERSONAL)
    signatures = signatures_of(report)
    papers = papers_of(report) if hands.roles - {Role.READER} else Papers()
    around = links.of(report, person)
    facts = _facts(report, parts, amendments, roll, seats, signatures)
    public = version.stands(report, {view.part.key: view.content for view in parts if view.part.personal})
    facts = replace(facts, rectified_by=around.follower, public=public)
    return Page(
        report=report,
        facts=facts,
        hands=hands,
        parts=parts,
        amendments=amendments,
        commission=commission,
        roll=roll,
        seats=seats,
        signatures=signatures,
        buttons=buttons(facts, hands),
        now=now,
        holder=holder.of(report, commission, frozenset(signatures), papers.substitutes),
        threads=_threads(report, hands, parts, amendments),
        links=around,
        returned=returns.last(report) if report.stage is Stage.EDITING else None,
        papers=papers,
    )


def _threads(
    report: Report, hands: Hands, parts: Sequence[PartView], amendments: tuple[Proposal, ...]
) -> Sequence[Thread]:
    if not hands.roles - {Role.READER}:
        return ()
    return threads(report, {view.part.key: view.content_json for view in parts}, amendments)


def buttons(facts: Facts, hands: Hands) -> list[Button]:
    """The acts these hands may take at this stage, in the table's order, each with what stands in its way."""
    return [
        Button(act, workflow.barred(act, hands) or workflow.unmet(act, facts))
        for act in workflow.ACTS
        if facts.stage in act.stages and act.concerns(facts.rectifying) and workflow.role_for(act, hands)
    ]


def part_views(report: Report, amendments: Sequence[Proposal] = ()) -> list[PartView]:
    """The report's stored parts in the template's order, each with its current content: one query, two where one is gone."""
    rows = db.session.execute(
        select(ReportPart.key, ReportPart.number, ReportPart.filled, Revision.hash, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id)
    ).all()
    stored = {row.key: row for row in rows}
    texts = erased.stated(report.id, {(row.key, row.number): row.content_json for row in rows})
    waiting: dict[str, int] = {}
    for amendment in amendments:
        if amendment.undecided:
            waiting[amendment.part_key] = waiting.get(amendment.part_key, 0) + 1
    return [
        PartView(part, row.number, texts[part.key, row.number], row.hash, row.filled, waiting.get(part.key, 0))
        for part in template.STORED
        if (row := stored.get(part.key))
    ]


def as_published(parts: Sequence[PartView]) -> list[PartView]:
    """The parts as readers of published reports see them: the attendance list masked, and no photograph without the
    consent of those in it. Who works on the report sees them whole.
    """
    return [_FOR_READERS[view.part.key](view) if view.part.key in _FOR_READERS else view for view in parts]


def _masked(view: PartView) -> PartView:
    return replace(view, content_json=for_readers(view.content_json))


def _with_consent(view: PartView) -> PartView:
    agreed = tuple(block for block in view.content if shown(block))
    return replace(view, content_json=content_bytes(agreed).decode("utf-8"))


_FOR_READERS: dict[str, Callable[[PartView], PartView]] = {
    "attendance": _masked,
    "photographs": _with_consent,
}


def signatures_of(report: Report) -> dict[str, Signature]:
    """The signatures that stand on the report's final file, by slot."""
    if not report.final_hash:
        return {}
    rows = db.session.scalars(
        select(Signature)
        .where(Signature.report_id == report.id, Signature.final_hash == report.final_hash, not_(Signature.void))
        .options(joinedload(Signature.person), joinedload(Signature.attester))
        .order_by(Signature.id)
    )
    return {signature.slot.value: signature for signature in rows}


def _facts(
    report: Report,
    parts: Sequence[PartView],
    amendments: tuple[Proposal, ...],
    roll: Roll | None,
    seats: Sequence[Seat],
    signatures: Mapping[str, Signature],
) -> Facts:
    """The same facts as `standing.facts`, made of what the page has read already."""
    return standing.gathered(
        report,
        missing=tuple(view.part.label for view in parts if view.missing),
        roll=roll,
        ballots=[seat.ballot for seat in seats if seat.ballot],
        undecided=sum(1 for each in amendments if each.undecided),
        signed=frozenset(signatures),
    )
