"""Annex 5 as it is printed: which photographs, and what stands under each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.content.blocks import FILE, Block
from app.content.inline import Span, text_spans
from app.documents.pictures import kept
from app.documents.tree import Picture
from app.template import Consent


def shown(block: Block) -> bool:
    """Whether a photograph is printed, and readers see it: those who can be recognised in it have agreed."""
    return block.fields.get("consent") == Consent.GIVEN


def pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    """The photographs that are printed, numbered in their order."""
    for count, block in enumerate(filter(shown, blocks), start=1):
        said, credit = block.fields.get("text", "").strip(), block.fields.get("credit", "").strip()
        picture = kept(block.fields[FILE])
        name = f"Photographie {count}"
        caption = (Span(f"{name} : " if said else name, bold=True), *text_spans(said))
        yield Picture(
            picture.file,
            picture.thumbnail,
            picture.width,
            picture.height,
            (*caption, *((Span(f" ({credit})", italic=True),) if credit else ())),
            said or f"{name} de la rencontre, sans légende",
        )
