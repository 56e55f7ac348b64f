"""The check as a person sees it: the findings by part, each with its place, and what they mean for passing the report on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import select

from app import template, workflow
from app.content.blocks import Content
from app.db import db
from app.directory.models import Person
from app.reports.access import situation
from app.reports.consistency import acknowledged
from app.reports.consistency.checking import case_of, contents_of
from app.reports.consistency.commitments import CommitmentShare, meter
from app.reports.consistency.rules import RuleFinding, check
from app.reports.models.report import Report, ReportPart
from app.reports.pages import report_page
from app.workflow import Hands


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its place in the editor of its part: the element's name there."""

    finding: RuleFinding
    anchor: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one part, of which revision `number` was looked at."""

    part: template.Part
    number: int
    shown: Sequence[ShownFinding]


@dataclass(frozen=True, slots=True)
class Survey:
    """All of it. `button` is the act that passes the report on, where it is this person's to take."""

    findings: Sequence[RuleFinding]
    groups: Sequence[Group]
    meter: Sequence[CommitmentShare]
    may_write: bool
    button: report_page.Button | None

    @property
    def blocking(self) -> Sequence[RuleFinding]:
        return [finding for finding in self.findings if finding.blocking]


def survey(report: Report, person: Person) -> Survey:
    """Run the check for this person."""
    contents = contents_of(report)
    case = case_of(report, contents)
    findings = check(case)
    hands = situation.hands(report, person)
    return Survey(
        findings=findings,
        groups=_groups(report, findings, contents),
        meter=meter(case),
        may_write=any(
            report.stage in act.stages and workflow.role_for(act, hands)
            for act in (workflow.BY_KEY["draft"], workflow.BY_KEY["edit"])
        ),
        button=_button(report, hands, findings),
    )


def _groups(report: Report, findings: Sequence[RuleFinding], contents: Mapping[str, Content]) -> list[Group]:
    rows = db.session.execute(select(ReportPart.key, ReportPart.number).where(ReportPart.report_id == report.id))
    numbers = dict(rows.all())
    return [
        Group(part, numbers[part.key], [ShownFinding(each, _anchor(each, contents[part.key])) for each in found])
        for part, found in groupby(findings, key=lambda each: each.part)
    ]


def _anchor(finding: RuleFinding, content: Content) -> str:
    """Where the editor has the field: "zone-rows-2-status", or the whole zone's text or grid."""
    slip = finding.slip
    zone = f"zone-{slip.zone}"
    if finding.part.zone(slip.zone).shape is None:
        return zone
    rows = [block.id for block in content if block.zone == slip.zone]
    return f"{zone}-{rows.index(slip.block)}-{slip.field}" if slip.block in rows else zone


def _button(report: Report, hands: Hands, findings: Sequence[RuleFinding]) -> report_page.Button | None:
    """The act that passes the report on from its stage, with what stands in its way."""
    act = next((act for act in workflow.ACTS if act.checked and report.stage in act.stages), None)
    if act is None or workflow.role_for(act, hands) is None:
        return None
    facts = replace(situation.facts(report), blocking=acknowledged.blocking(findings))
    return report_page.Button(act, workflow.unmet(act, facts))
