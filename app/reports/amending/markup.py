"""One text in five views: as transmitted, with the amendments, the passages that change, what was adopted, as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.content.blocks import Block, BlockKind, Content
from app.content.changes import BlockEdit, BlockPlace, Change, apply
from app.content.changes.applying import wording
from app.content.diff import Op, PieceState, compare
from app.content.markdown import heading_level, strip_marker
from app.content.marks import MarkedPiece, Pieces, is_marked, layered, marked, overlaid, shifted, tidied, whole
from app.documents.tree import Heading, Items, Node, Paragraph, Picture, SignatureBlock, Table


class TextMode(StrEnum):
    """What of the text's reading is shown; the value stands in the page's address."""

    ORIGINAL = "original"  # as the rapporteur transmitted it
    CHANGES = "amendements"  # as it stands, with what is proposed
    DIFFERENCES = "differences"  # the passages that change, alone
    ADOPTED = "adopte"  # from the original to what stands, with what was adopted
    FINAL = "final"  # as it stands, and as it is printed

    @property
    def label(self) -> str:
        return {
            "original": "Original",
            "amendements": "Avec les amendements",
            "differences": "Différences",
            "adopte": "Adopté",
            "final": "Final",
        }[self.value]


_SPOKEN = ("text", "surname", "name")
"""The fields in which a row's marks are looked for first: those that are printed of every shape of row."""


def proposed(content: Content, changes: Sequence[tuple[int, Change]], each: bool = False) -> Content:
    """`content` with the changes marked where they stand, each by its number: words, whole blocks and moves.

    Read with what is taken out it is `content`. A change whose passage is gone shows nothing. With `each`, every mark
    names all who made it (see `app.content.marks.marked`).
    """
    marking = _Proposals(content, each)
    for number, change in changes:
        for edit in change.worded:
            marking.take(number, edit, change.zones)
    return marking.content


class _Proposals:
    """What is proposed for each block of a text."""

    def __init__(self, content: Content, each: bool) -> None:
        self._shown = content
        self._each = each
        self._here = {block.id: block for block in content}
        self._rewordings: dict[str, list[tuple[int, Block]]] = {}
        self._removals: dict[str, list[int]] = {}
        self._additions: dict[str, int] = {}
        self._moved: set[str] = set()

    def take(self, number: int, edit: BlockEdit, zones: tuple[str, ...]) -> None:
        now = self._here.get(edit.id)
        if edit.old is None:
            if now is None and edit.new is not None and edit.id not in self._additions:
                self._add(number, edit.new, edit.place, zones)
        elif now is None:
            return
        elif edit.new is None:
            self._removals.setdefault(edit.id, []).append(number)
        else:
            self._reword(number, edit, now, zones)

    def _reword(self, number: int, edit: BlockEdit, now: Block, zones: tuple[str, ...]) -> None:
        wanted = wording(edit, now)[0] or edit.block
        if not edit.moved and _alike(wanted, now):
            self._rewordings.setdefault(now.id, []).append((number, wanted))
            return
        self._removals.setdefault(now.id, []).append(number)
        place = edit.place or BlockPlace()
        copy = replace(wanted, id=f"{now.id}-{number}")
        self._add(number, copy, place if edit.moved else replace(place, run=(now.id,)), zones)
        if edit.moved:
            self._moved |= {now.id, copy.id}

    def _add(self, number: int, block: Block, place: BlockPlace | None, zones: tuple[str, ...]) -> None:
        self._additions[block.id] = number
        self._shown = apply(Change((BlockEdit(None, block, place or BlockPlace()),), zones), self._shown).content

    @property
    def content(self) -> Content:
        return tuple(self._marked(block) for block in self._shown)

    def _marked(self, block: Block) -> Block:
        rewordings = self._rewordings.get(block.id, ())
        wordings = {
            name: [(number, _read(wanted).get(name, "")) for number, wanted in rewordings]
            for name in dict.fromkeys(name for each in (block, *(new for _, new in rewordings)) for name in _read(each))
        }
        texts = {name: marked(overlaid(_read(block).get(name, ""), wordings[name]), self._each) for name in wordings}
        moved, each = block.id in self._moved, self._each
        if block.id in self._additions:
            return _written(
                block, texts, lambda text: whole(text, Op.INSERT, (self._additions[block.id],), moved, each)
            )
        if voices := self._removals.get(block.id):
            return _written(block, texts, lambda text: whole(text, Op.DELETE, voices, moved, each))
        return _written(block, texts)


def _alike(one: Block, other: Block) -> bool:
    """Whether both are printed in one way, so that a difference in words can be shown inside."""
    return (one.zone, one.kind, heading_level(one)) == (other.zone, other.kind, heading_level(other))


def _read(block: Block) -> Mapping[str, str]:
    """The words of a block by field, without the marker of a block of prose."""
    return block.words if block.kind is BlockKind.ROW else {"text": strip_marker(block)}


def _written(block: Block, texts: Mapping[str, str], sign: Callable[[str], str] | None = None) -> Block:
    """The block with these marked texts; `sign` is set on one of them, for all."""
    texts = dict(texts)
    if sign is not None:
        spoken = next((name for name in (*_SPOKEN, *texts) if texts.get(name, "").strip()), "text")
        texts[spoken] = sign(texts.get(spoken, ""))
    if block.kind is not BlockKind.ROW:
        marker = block.text[: len(block.text) - len(strip_marker(block))]
        texts["text"] = marker + texts.get("text", "")
    return replace(block, fields={**block.fields, **texts})


@dataclass(slots=True)
class _Layers:
    """One block from version to version: the pieces of its fields, and the revisions it came, went or was moved by."""

    block: Block
    pieces: dict[str, Pieces]
    came: int = 0
    gone: int = 0
    moved: int = 0

    def follow(self, block: Block, revision: int) -> None:
        for name in {**self.pieces, **_read(block)}:
            self.pieces[name] = layered(self.pieces.get(name, ()), _read(block).get(name, ""), revision)
        self.block, self.gone = block, 0

    def marked(self) -> Block:
        if self.gone:
            texts = {name: _without_added(pieces) for name, pieces in self.pieces.items()}
            return _written(self.block, texts, lambda text: whole(text, Op.DELETE, (self.gone,)))
        texts = {name: marked(tidied(pieces)) for name, pieces in self.pieces.items()}
        if self.came:
            return _written(self.block, texts, lambda text: whole(text, Op.INSERT))
        if self.moved:
            return _written(self.block, texts, lambda text: shifted(text, self.moved))
        return _written(self.block, texts)


def _without_added(pieces: Pieces) -> str:
    return marked([MarkedPiece(Op.EQUAL, piece.text) for piece in pieces if piece.op is not Op.INSERT])


def adopted(versions: Sequence[tuple[int, Content]]) -> Content:
    """The last of `versions` (revision, content) with what has changed since the first marked, by its revision.

    Read with what was taken out it is the first, with what was put in the last. What came and went is not shown.
    """
    (_, original), *later = versions
    known = {block.id: _fresh(block) for block in original}
    shown = original
    for revision, content in later:
        here = {block.id: block for block in content}
        order: list[str] = []
        for change in compare(shown, content):
            layers = known.get(change.id)
            block = here.get(change.id)
            if layers is None:
                known[change.id] = _fresh(here[change.id], revision)
            elif block is not None:
                layers.follow(block, revision)
                layers.moved = revision if change.state is PieceState.MOVED else layers.moved
            elif layers.came:
                del known[change.id]
                continue
            elif not layers.gone:
                layers.gone = revision
            order.append(change.id)
        shown = tuple(known[id].block for id in order)
    return tuple(known[block.id].marked() for block in shown)


def _fresh(block: Block, revision: int = 0) -> _Layers:
    op, by = (Op.INSERT, (revision,)) if revision else (Op.EQUAL, ())
    return _Layers(
        block, {name: (MarkedPiece(op, text, by),) for name, text in _read(block).items() if text}, came=revision
    )


def changed(nodes: Iterable[Node]) -> Iterator[Node]:
    """Of marked nodes the passages that bear a mark, each under its headings; of lists and tables the marked rows."""
    pending: list[Heading] = []
    for node in nodes:
        if isinstance(node, Heading):
            pending = [heading for heading in pending if heading.level < node.level] + [node]
            if not is_marked(node.text):
                continue
            yield from pending
            pending = []
            continue
        kept = list(_changed(node))
        if kept:
            yield from pending
            pending = []
        yield from kept


def _changed(node: Node) -> Iterator[Node]:
    if isinstance(node, Items):
        for index, item in enumerate(node.items):
            if _any_marked(span.text for span in item):
                yield replace(node, items=(item,), start=node.start + index)
    elif isinstance(node, Table):
        rows = tuple(row for row in node.rows if _any_marked(row))
        if rows:
            yield replace(node, rows=rows, total=None)
    elif isinstance(node, Paragraph):
        if _any_marked(span.text for span in node.spans):
            yield node
    elif isinstance(node, Picture):
        if _any_marked(span.text for span in node.caption):
            yield node
    elif isinstance(node, SignatureBlock):
        sides = (node.left, node.right)
        if _any_marked(span.text for side in sides for line in (side.name, *side.lines) for span in line):
            yield node


def _any_marked(texts: Iterable[str]) -> bool:
    return any(is_marked(text) for text in texts)
