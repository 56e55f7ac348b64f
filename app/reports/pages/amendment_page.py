"""One amendment by itself: its texts, what became of it, and what is to be chosen where it is adopted by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app import template
from app.content.blocks import Block, BlockKind
from app.content.changes import BlockEdit, ClashChoice, Outcome, apply, both
from app.content.merge import Clash
from app.reports.amending.board import change, rivals_of
from app.reports.amending.listing import AmendmentRow
from app.reports.history import timeline as history
from app.reports.history.timeline import HistoryLine
from app.reports.models.report import Report, decode
from app.reports.pages.report_page import ReportPage


@dataclass(frozen=True, slots=True)
class AmendedField:
    """One field of a passage. `before`, `now`, `proposed` are whole texts, None where there is no such block.

    `wanted` is what the text would be with the amendment adopted, as far as it can be said; `both` the two texts one after
    the other, where they clash. `touched`: whether the amendment rewords this very field.
    """

    block: str
    name: str
    label: str
    long: bool
    before: str | None
    now: str | None
    proposed: str | None
    wanted: str
    clash: bool
    both: str = ""
    choices: tuple[str, ...] = ()

    @property
    def touched(self) -> bool:
        return self.before != self.proposed or self.clash

    @property
    def overtaken(self) -> bool:
        """Whether the text has changed here since the amendment was written."""
        return self.now != self.before

    @property
    def key(self) -> str:
        """What its fields in a form are named by."""
        return f"{self.block}:{self.name}"


@dataclass(frozen=True, slots=True)
class AmendedBlock:
    """One block that the amendment touches, with its fields."""

    title: str
    spots: tuple[AmendedField, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One amendment: its passages, what was done about it, and its neighbours by number.

    `siblings` were filed with it; `rivals` are to be decided too, and touch the same words.
    """

    amendment: AmendmentRow
    page: ReportPage
    passages: tuple[AmendedBlock, ...]
    lines: Sequence[HistoryLine]
    siblings: Sequence[int]
    rivals: Sequence[int]


def open_dossier(report: Report, page: ReportPage, number: int) -> Dossier | None:
    """The dossier of amendment `number` among those of the page; None where there is no such amendment."""
    amendment = next((each for each in page.amendments if each.number == number), None)
    if amendment is None:
        return None
    texts = {view.part.key: view.content_json for view in page.parts}
    key = amendment.part_key
    return Dossier(
        amendment=amendment,
        page=page,
        passages=passages(key, amendment.change_json, texts[key]) if key in texts else (),
        lines=history.of_amendment(report, number),
        siblings=sorted(
            each.number for each in page.amendments if each.deposit == amendment.deposit and each.number != number
        ),
        rivals=rivals_of(amendment, page.amendments, texts),
    )


def passages(key: str, change_json: str, content_json: str) -> tuple[AmendedBlock, ...]:
    """The passages of a change of part `key`, each as it was, as it stands in the text of the day, as it would be."""
    outcome = apply(change(change_json), decode(content_json))
    now = {block.id: block for block in outcome.current}
    after = {block.id: block for block in outcome.content}
    clashes = {(clash.block_id, clash.field): clash for clash in outcome.clashes}
    return tuple(
        AmendedBlock(
            _title(key, edit), tuple(_spots(key, edit, now.get(edit.id), after.get(edit.id), clashes, outcome))
        )
        for edit in change(change_json).worded
    )


def _title(key: str, edit: BlockEdit) -> str:
    shape = template.BY_KEY[key].zone(edit.block.zone).shape
    noun, feminine = (shape.noun, shape.feminine) if shape else ("passage", False)
    ending = "e" if feminine else ""
    if edit.old is None:
        return f"{noun.capitalize()} ajouté{ending}"
    if edit.new is None:
        return f"{noun.capitalize()} supprimé{ending}"
    return f"{noun.capitalize()} {'déplacé' if edit.moved else 'modifié'}{ending}"


def _spots(
    key: str,
    edit: BlockEdit,
    now: Block | None,
    after: Block | None,
    clashes: Mapping[tuple[str, str], Clash],
    outcome: Outcome,
) -> Iterator[AmendedField]:
    for name, label, long in _fields(key, edit.block):
        clash = clashes.get((edit.id, name))
        before, current, proposed = (_text(block, name) for block in (edit.old, now, edit.new))
        yield AmendedField(
            block=edit.id,
            name=name,
            label=label,
            long=long,
            before=before,
            now=current,
            proposed=proposed,
            wanted=(clash.mine or "") if clash else _text(after, name) or "",
            clash=clash is not None,
            both=(both(outcome, clash) or "") if clash else "",
            choices=_choices(clash) if clash else (),
        )


def _choices(clash: Clash) -> tuple[str, ...]:
    """What can be chosen: both texts only where there are two."""
    two = clash.mine is not None and clash.theirs is not None
    return tuple(choice.value for choice in ClashChoice if two or choice is not ClashChoice.BOTH)


def _fields(key: str, block: Block) -> list[tuple[str, str, bool]]:
    shape = template.BY_KEY[key].zone(block.zone).shape
    if block.kind is not BlockKind.ROW or shape is None:
        return [("text", "", True)]
    return [(field.name, field.label, field.long) for field in shape.fields]


def _text(block: Block | None, name: str) -> str | None:
    return None if block is None else block.fields.get(name, "")
