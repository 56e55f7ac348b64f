"""The text of a part as it stands, and the same put otherwise."""

from __future__ import annotations

from dataclasses import replace

from app.content.blocks import Block, BlockKind, Content
from app.content.typography import french
from app.reports.models.report import Report
from app.reports.text import revisions


def current(report: Report, key: str) -> Content:
    return revisions.current(revisions.part_of(report, key)).content


def added(content: Content, sentence: str) -> Content:
    """The content with a sentence more at the end of its last paragraph."""
    last = max(index for index, block in enumerate(content) if block.kind is BlockKind.PARAGRAPH)
    longer = replace(content[last], fields={**content[last].fields, "text": f"{content[last].text} {french(sentence)}"})
    return (*content[:last], longer, *content[last + 1 :])


def reworded(content: Content, old: str, new: str) -> Content:
    """The content with one stretch of text put otherwise; a row left without a word goes.

    Raises LookupError where the stretch is not there.
    """
    changed = tuple(_put(block, french(old), french(new)) for block in content)
    if changed == content:
        raise LookupError(old)
    return tuple(block for block in changed if block.kind is not BlockKind.ROW or any(block.fields.values()))


def _put(block: Block, old: str, new: str) -> Block:
    return replace(block, fields={name: text.replace(old, new) for name, text in block.fields.items()})
