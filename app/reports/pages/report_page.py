"""What the report page shows, read in a fixed number of queries whatever the report's size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app import template, workflow
from app.content.blocks import Content
from app.directory.models import Commission, Person, Role
from app.people import commissions
from app.reports.access import rectified, situation
from app.reports.access import roll as rolls
from app.reports.access.rectified import Links
from app.reports.access.roll import Roll
from app.reports.access.situation import signatures_of
from app.reports.amending.listing import AmendmentRow, proposals_of
from app.reports.comments.threads import Thread, threads
from app.reports.editing.acts import act_for
from app.reports.live import updates
from app.reports.live.updates import Now
from app.reports.models.report import Report
from app.reports.models.signature import Signature
from app.reports.pages import holder
from app.reports.pages.holder import Holder
from app.reports.signing.overview import Papers, papers_of
from app.reports.text import withheld
from app.reports.text.parts import PartView, as_published, part_views
from app.reports.validating import returns
from app.reports.validating.returns import Return
from app.reports.validating.seats import Seat, taken
from app.workflow import Act, Facts, Hands, Stage


@dataclass(frozen=True, slots=True)
class Button:
    """An act this person may take here; `why_not` says what must hold first."""

    act: Act
    why_not: str | None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that the report page needs."""

    report: Report
    facts: Facts
    hands: Hands
    parts: Sequence[PartView]
    amendments: tuple[AmendmentRow, ...]
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


def open_page(report: Report, person: Person) -> ReportPage:
    """Read everything the report page shows to this person."""
    # First of all: what is done meanwhile is told again, rather than never.
    now = updates.look(report, person)
    hands = situation.hands(report, person)
    amendments = proposals_of(report)
    # A first draft is nobody's in the commission yet, and no act on it asks for one.
    concerned = report.reading or report.stage is not Stage.DRAFTING
    commission = commissions.covering(report.workshop.territory) if concerned else None
    roll = rolls.of(report, commission) if concerned else None
    seats = taken(report, commission, roll)
    parts = part_views(report, Counter(each.part_key for each in amendments if each.undecided))
    if not hands.roles - {Role.READER}:
        parts = as_published(parts)
        amendments = tuple(each for each in amendments if each.part_key not in template.PERSONAL)
    signatures = signatures_of(report)
    papers = papers_of(report) if hands.roles - {Role.READER} else Papers()
    around = rectified.of(report, person)
    facts = _facts(report, parts, amendments, roll, seats, signatures)
    public = withheld.stands(report, {view.part.key: view.content for view in parts if view.part.personal})
    facts = replace(facts, rectified_by=around.follower, public=public)
    return ReportPage(
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
    report: Report, hands: Hands, parts: Sequence[PartView], amendments: tuple[AmendmentRow, ...]
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


def _facts(
    report: Report,
    parts: Sequence[PartView],
    amendments: tuple[AmendmentRow, ...],
    roll: Roll | None,
    seats: Sequence[Seat],
    signatures: Mapping[str, Signature],
) -> Facts:
    """The same facts as `situation.facts`, made of what the page has read already."""
    return situation.gathered(
        report,
        missing=tuple(view.part.label for view in parts if view.missing),
        roll=roll,
        ballots=[seat.ballot for seat in seats if seat.ballot],
        undecided=sum(1 for each in amendments if each.undecided),
        signed=frozenset(signatures),
    )
