"""An edited copy of a report brought back: what changed in it, by whom, what it says of amendments, what has no place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app import template
from app.content import changes
from app.content.blocks import Block, Content
from app.content.changes import Change, before_after
from app.content.diff import BlockChange
from app.documents.sandbox.reading import read_word
from app.documents.word.following import MarkVerdict
from app.documents.word.reading import Copy, TrackedBy
from app.reports.amending.listing import AmendmentRow
from app.reports.history.comparing import texts_at
from app.reports.models.report import UNDECIDED, Report, decode
from app.reports.text.parts import PartView
from app.reports.word import manifest
from app.reports.word.comments import Observation, observations
from app.reports.word.gathering import Gathered, Unplaced, combined, gather, rewritten
from app.reports.word.making import proposals
from app.reports.word.manifest import Foreign, Manifest
from app.reports.word.tagging import tag
from app.workflow import SETTLED, Stage

OTHER_REPORT = (
    "Ce fichier est la copie d’un autre rapport\u00a0: ouvrez cet autre rapport pour l’y déposer, "
    "ou choisissez le bon fichier."
)
UNKNOWN_TEXT = (
    "Ce fichier a été fait sur un texte que le rapport ne connaît pas\u00a0: téléchargez de nouveau le rapport en Word, "
    "reportez-y vos modifications, puis déposez-le."
)


class ChangeState(StrEnum):
    """Where a change of the file stands beside the text of the day."""

    NEW = "new"
    THERE = "there"  # the text says so already, or it has been proposed
    CLASH = "clash"  # the text has changed since at the same place


@dataclass(frozen=True, slots=True)
class ReturnedChange:
    """One change of the file: `key` names it in forms; `by` tracked it; `untracked`: it was made without a trace."""

    key: str
    part: template.Part
    change: Change
    by: Sequence[TrackedBy]
    untracked: bool
    state: ChangeState

    @property
    def shown(self) -> tuple[BlockChange, ...]:
        return before_after(self.change)


@dataclass(frozen=True, slots=True)
class Decided:
    """An amendment that was marked in the file, what the file says of it, and how the passages read there."""

    amendment: AmendmentRow
    verdict: MarkVerdict
    wordings: Sequence[str]

    @property
    def open(self) -> bool:
        return self.amendment.undecided


@dataclass(frozen=True, slots=True)
class Returned:
    """`bases`: the text of each part when the file was given out; `numbers`: of which revision it is."""

    numbers: Mapping[str, int]
    bases: Mapping[str, Content]
    passages: Sequence[ReturnedChange]
    decided: Sequence[Decided]
    observations: Sequence[Observation]
    unplaced: Sequence[Unplaced]

    @property
    def parts(self) -> list[tuple[template.Part, list[ReturnedChange]]]:
        """The parts that changed, in the template's order, each with its passages."""
        return [
            (part, found)
            for part in template.STORED
            if (found := [passage for passage in self.passages if passage.part.key == part.key])
        ]

    def content(self, key: str, chosen: Sequence[str] | None = None) -> Content:
        """The part as it was given out with these passages made in it, all of them without `chosen`."""
        content = self.bases[key]
        for passage in self.passages:
            if passage.part.key == key and (chosen is None or passage.key in chosen):
                content = changes.apply(passage.change, content).content
        return content


def open_copy(
    report: Report, copy: Copy, key: bytes, parts: Sequence[PartView], amendments: Sequence[AmendmentRow], reader: int
) -> Returned:
    """What the file says, beside the text as `parts` have it; `reader` is the id of the person who brings it.

    Raises `slip.Foreign`.
    """
    found = manifest.read(copy.properties, key)
    if found.report != report.id:
        raise Foreign(OTHER_REPORT)
    bases = _bases(report, found)
    shown = [each for each in amendments if each.number in found.amendments]
    made = tag(report, bases, found.numbers, proposals(shown), project=report.stage not in SETTLED)
    said = gather(made, bases, copy)
    return Returned(
        found.numbers,
        bases,
        list(_passages(said, bases, parts, _filed(amendments, reader) if report.stage is Stage.READING else None)),
        _decided(said, shown),
        observations(report, copy, said),
        _in_order(said.unplaced),
    )


def check(report: Report, data: bytes, key: bytes) -> Copy:
    """The file, where it is a copy of this report. Raises `documents.word.opening.Unreadable` and `slip.Foreign`."""
    copy = read_word(data)
    found = manifest.read(copy.properties, key)
    if found.report != report.id:
        raise Foreign(OTHER_REPORT)
    _bases(report, found)
    return copy


def _bases(report: Report, found: Manifest) -> dict[str, Content]:
    texts = texts_at(report.id, found.numbers)
    if texts.keys() != found.numbers.keys():
        raise Foreign(UNKNOWN_TEXT)
    return {key: decode(text) for key, text in texts.items()}


def _passages(
    said: Gathered, bases: Mapping[str, Content], parts: Sequence[PartView], filed: set[object] | None
) -> Iterator[ReturnedChange]:
    for view in parts:
        key = view.part.key
        base = bases.get(key)
        if base is None or view.part.kind is not template.PartKind.WRITTEN:
            continue
        current = view.content
        for index, change in enumerate(changes.cut(base, rewritten(key, base, said))):
            marks = {mark for id in change.blocks for mark in said.marks.get((key, id), ())}
            yield ReturnedChange(
                f"{key}-{index}",
                view.part,
                change,
                sorted(marks, key=lambda mark: (mark.author, mark.at)),
                not marks or any((key, id) in said.untracked for id in change.blocks),
                _state(change, current, filed),
            )


def _state(change: Change, current: Content, filed: set[object] | None) -> ChangeState:
    """`filed`: what the person has proposed already, where changes are proposed and not made."""
    outcome = changes.apply(change, current)
    if outcome.idle or (filed is not None and _words(change) in filed):
        return ChangeState.THERE
    return ChangeState.CLASH if filed is None and (outcome.clashes or outcome.gone) else ChangeState.NEW


def _filed(amendments: Sequence[AmendmentRow], reader: int) -> set[object]:
    return {
        _words(Change.parse(each.change_json))
        for each in amendments
        if each.author_id == reader and each.state in UNDECIDED
    }


def _words(change: Change) -> object:
    """What a change says, new blocks told by their words."""
    return tuple((edit.old.id if edit.old else "", _said(edit.new), edit.moved) for edit in change.worded)


def _said(block: Block | None) -> object:
    return None if block is None else (block.zone, block.kind, tuple(sorted(block.words.items())))


def _decided(said: Gathered, shown: Sequence[AmendmentRow]) -> list[Decided]:
    return [
        Decided(
            each, combined(said.verdicts[each.number]), [text for text in said.wordings[each.number] if text.strip()]
        )
        for each in shown
        if said.verdicts.get(each.number)
    ]


def _in_order(unplaced: Sequence[Unplaced]) -> list[Unplaced]:
    """In the template's order, each once."""
    order = [part.key for part in template.PARTS]
    return sorted(dict.fromkeys(unplaced), key=lambda each: order.index(each.part.key))
