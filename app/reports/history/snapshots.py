"""The moments of a report's life: after each human act, which revision each of its parts was at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.content.blocks import Block
from app.db import db
from app.documents.attached import attached
from app.reports.history.comparing import Compared, against, between
from app.reports.history.timeline import HistoryLine, events_of, folded, line_of
from app.reports.models.report import Report
from app.workflow import BY_KEY, Stage

CHOICES = 200
"""Moments in a list to choose from: the newest, and every one before at which the report moved on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """After the act `line` (a burst of saves counts as one): the stage, and the number of each part's revision.

    `step` counts from 1; `seq` is the number of the act's last event.
    """

    step: int
    line: HistoryLine
    stage: Stage
    numbers: Mapping[str, int]

    @property
    def seq(self) -> int:
        return self.line.seq

    @property
    def moves(self) -> bool:
        """Whether the act is one that moves the report from stage to stage."""
        return BY_KEY[self.line.act].to is not None


def moments(report: Report) -> list[Snapshot]:
    """All of them, the first first; one query, of events alone."""
    rows = db.session.execute(events_of(report)).all()
    lines = list(folded([line_of(row) for row in rows]))[::-1]
    found: list[Snapshot] = []
    numbers: dict[str, int] = {}
    for step, line in enumerate(lines, start=1):
        for each in line.saves[::-1] or (line,):
            numbers = {**numbers, **made(each.facts)}
        found.append(Snapshot(step, line, Stage(line.facts["to"]), numbers))
    return found


def made(facts: Mapping[str, Any]) -> dict[str, int]:
    """The revisions that an event made: those say so by who wrote their words."""
    parts = facts.get("parts")
    found = {key: int(each["number"]) for key, each in parts.items()} if isinstance(parts, dict) else {}
    if "runs" in facts:
        found[facts["part"]] = int(facts["number"])
    return found


def at(found: Sequence[Snapshot], seq: int) -> Snapshot:
    """The moment that event `seq` belongs to. Raises LookupError before the first and after the last."""
    for moment in found:
        if seq <= moment.seq:
            if seq < 1:
                break
            return moment
    raise LookupError(seq)


def to_choose_from(found: Sequence[Snapshot], *chosen: Snapshot) -> list[Snapshot]:
    """The newest, those at which the report moved on, and those chosen; newest first."""
    last = len(found) - CHOICES
    return [each for each in reversed(found) if each.step > last or each.moves or each in chosen]


def validated(found: Sequence[Snapshot]) -> Snapshot | None:
    """The last validation; None where there was none, or the text was given back since without being signed."""
    return next((each for each in reversed(found) if each.line.act == "validate"), None)


def signed(found: Sequence[Snapshot]) -> Snapshot | None:
    """The last signature after the last validation."""
    start = validated(found)
    signatures = [each for each in found if start and each.step > start.step and each.line.act in ("sign", "attest")]
    return signatures[-1] if signatures else None


@dataclass(frozen=True, slots=True)
class Vouched:
    """What became of the text between the commission's validation and the last signature.

    `since`: the parts that differ between the two; `in_file`: those whose text in the signed file is not what was
    validated, None where no file could be read. `sound` says that the text validated is the one signed.
    """

    validation: Snapshot
    signature: Snapshot | None
    since: Sequence[Compared]
    in_file: Sequence[Compared] | None

    @property
    def sound(self) -> bool:
        return not self.since and not self.in_file


def vouched(report: Report, found: Sequence[Snapshot], file: Callable[[], bytes]) -> Vouched | None:
    """The comparison; None where nothing has been validated. `file` fetches the signed PDF, where one is expected."""
    start = validated(found)
    if start is None:
        return None
    end = signed(found)
    since = between(report.id, start.numbers, (end or found[-1]).numbers)
    return Vouched(start, end, since, _in_file(report, start, file) if end else None)


def _in_file(report: Report, start: Snapshot, file: Callable[[], bytes]) -> Sequence[Compared] | None:
    try:
        told = attached(file())
        contents = {key: tuple(Block.from_json(block) for block in blocks) for key, blocks in told["parts"].items()}
        salts = {key: str(salt) for key, salt in dict(told.get("salts", {})).items()}
    except (LookupError, TypeError, ValueError, OSError):
        return None
    return against(report.id, start.numbers, contents, salts)
