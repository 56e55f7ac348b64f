"""What a returned file says, gathered paragraph by paragraph: fields reworded, blocks gone, new ones, amendments decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app import template
from app.content import source
from app.content.blocks import Block, BlockKind, Content
from app.content.diff import Op
from app.content.inline import Span, Spans
from app.content.markdown import strip_marker
from app.content.stretches import line
from app.content.typography import french, legible
from app.documents.word.following import Followed, MarkVerdict, follow, missing
from app.documents.word.layout import CAPTION, Par, Piece, layout
from app.documents.word.pairing import GivenParagraph, ReturnedParagraph, found, given, pair
from app.documents.word.reading import IMAGE, Copy, TrackedBy, WordParagraph
from app.reports.output.grids import executed
from app.reports.word.placing import Placement, placed, under
from app.reports.word.tagging import Tagged

FIXED = "Ce texte vient du modèle, de la campagne ou d’une autre partie\u00a0: il ne se modifie pas dans Word."
NOWHERE = "Ce passage ne se rattache à aucun endroit du rapport où l’on écrit."
STYLE = "Le gras et l’italique ne sont pas repris dans les tableaux et les listes du modèle."
NOT_TEXT = "Les images, les notes de bas de page et les zones de texte ne sont pas reprises de Word."
GONE = "Ce texte du modèle a été retiré du fichier\u00a0; il reste dans le rapport."
NO_PICTURE = (
    "Cette photographie a été retirée du fichier ou remplacée\u00a0: elle reste dans le rapport. "
    "Pour la retirer ou en ajouter une, passez par la partie «\u202fPhotographies\u202f»."
)

BlockKey = tuple[str, str]
"""The part and the id of a block."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What could not be taken over: in which part, why, and its words to be copied."""

    part: template.Part
    why: str
    text: str


@dataclass(slots=True)
class Gathered:
    """`texts`: the new words of changed fields; `marks`: who tracked a block's changes; `untracked`: blocks changed without
    a trace; `order`: the blocks found, in the file's order; `news`: new blocks, each behind what; `verdicts`: by amendment,
    and `wordings` the passages in which it stands; `spots`: by index of the file's paragraphs, where they stand.
    """

    texts: dict[BlockKey, dict[str, Spans]] = field(default_factory=lambda: defaultdict(dict))
    marks: dict[BlockKey, set[TrackedBy]] = field(default_factory=lambda: defaultdict(set))
    untracked: set[BlockKey] = field(default_factory=set)
    order: dict[BlockKey, None] = field(default_factory=dict)
    news: list[tuple[Placement, Block]] = field(default_factory=list)
    verdicts: dict[int, list[MarkVerdict]] = field(default_factory=lambda: defaultdict(list))
    wordings: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    unplaced: list[Unplaced] = field(default_factory=list)
    spots: list[tuple[WordParagraph, Placement]] = field(default_factory=list)


def gather(made: Tagged, bases: Mapping[str, Content], copy: Copy) -> Gathered:
    """Compare `copy` with the document that was given out; `bases` holds what each part was then."""
    pieces = layout(made.document)
    units = [*_cover(made), *given(pieces, made.names)]
    gone = _gone(pieces, copy.paragraphs)
    ours = {piece.picture.file for piece in pieces if isinstance(piece, Par) and piece.picture is not None}
    copies = found([_of_others(each, ours) for each in copy.paragraphs], units)
    gathering = _Gathering(made, bases, units, copies, pair(units, copies), {caption.node for caption in gone})
    gathering.compare()
    gathering.place()
    said = gathering.said
    said.unplaced += (
        Unplaced(gathering.owner(each), NO_PICTURE, each.line.text) for each in gone if each.line.op is Op.EQUAL
    )
    said.unplaced += (Unplaced(template.BY_KEY["cover"], NOT_TEXT, text) for text in copy.extras)
    return said


def _cover(made: Tagged) -> Iterator[GivenParagraph]:
    cover = made.document.cover
    date = f"({cover.date})" if cover.date else ""
    for text in (cover.organisation.upper(), cover.notice.upper(), cover.title.upper(), date, cover.month):
        if text:
            yield GivenParagraph((Par(line((Span(french(legible(text))),)), ""),), frozenset())


def _gone(pieces: Sequence[Piece], paragraphs: Sequence[WordParagraph]) -> list[Par]:
    """The captions of the photographs that are not in the file any more: their bytes tell which one is which."""
    there = Counter(image for paragraph in paragraphs for image in paragraph.images)
    gone: list[Par] = []
    for piece in pieces:
        if isinstance(piece, Par) and piece.picture is not None and piece.style == CAPTION:
            if not there[piece.picture.file]:
                gone.append(piece)
            there[piece.picture.file] -= 1
    return gone


def _of_others(paragraph: WordParagraph, ours: Container[str]) -> WordParagraph:
    """The paragraph without the photographs of the report itself."""
    others = tuple(image for image in paragraph.images if image not in ours)
    rest = tuple(extra for extra in paragraph.extras if extra != IMAGE)
    return replace(paragraph, images=others, extras=(*rest, *(IMAGE for _ in others)))


@dataclass(slots=True)
class _Gathering:
    made: Tagged
    bases: Mapping[str, Content]
    units: Sequence[GivenParagraph]
    copies: Sequence[ReturnedParagraph]
    pairs: Mapping[int, int]
    gone: Container[int]
    blocks: dict[BlockKey, Block] = field(default_factory=dict)
    said: Gathered = field(default_factory=Gathered)

    def compare(self) -> None:
        """What has become of each paragraph that was given out."""
        self.blocks = {(key, block.id): block for key, content in self.bases.items() for block in content}
        for index, unit in enumerate(self.units):
            copy = self.copies[self.pairs[index]] if index in self.pairs else None
            for at, cell in enumerate(unit.cells):
                if copy is None and cell.node in self.gone:
                    self._take(cell, Followed(verdicts=missing(cell.line).verdicts), None)
                elif copy is None:
                    self._take(cell, missing(cell.line), None)
                else:
                    paragraph = copy.cells[at] if at < len(copy.cells) else WordParagraph(())
                    self._take(cell, follow(cell.line, paragraph), paragraph)

    def _take(self, cell: Par, followed: Followed, paragraph: WordParagraph | None) -> None:
        part = self.owner(cell)
        standing = paragraph.standing if paragraph else ""
        for number, spans in followed.texts.items():
            place = self.made.places[number - 1]
            key = place.part, place.block
            if key not in self.blocks:
                continue
            if self.blocks[key].kind is BlockKind.ROW and followed.styled == {number}:
                self.said.unplaced.append(Unplaced(part, STYLE, standing))
                continue
            self.said.texts[key][place.field] = spans
            self.said.marks[key] |= followed.tracked.get(number, set())
            if number in followed.untracked or number in followed.styled:
                self.said.untracked.add(key)
        for voice, verdict in followed.verdicts.items():
            self.said.verdicts[voice].append(verdict)
            self.said.wordings[voice].append(standing)
        if followed.fixed and not (paragraph is None and self._dropped(cell)):
            why = FIXED if paragraph else GONE
            self.said.unplaced.append(Unplaced(part, why, standing or cell.line.text))
        if paragraph and paragraph.extras:
            self.said.unplaced.append(Unplaced(part, NOT_TEXT, standing))

    def _dropped(self, cell: Par) -> bool:
        """Whether the blocks that stand in a paragraph go with it: then its words of the template are not missed."""
        places = [self.made.places[number - 1] for number in cell.line.fields]
        keys = {(place.part, place.block) for place in places} & self.blocks.keys()
        return bool(keys) and all(
            not _left(
                {name: text for name, text in self.blocks[key].fields.items() if name not in self.said.texts[key]}
            )
            for key in keys
        )

    def owner(self, cell: Par) -> template.Part:
        return template.BY_KEY[self.made.owners[cell.node] if cell.node >= 0 else "cover"]

    def place(self) -> None:
        """Each paragraph that is new where it stands, behind the last one known."""
        unit_of = {at: index for index, at in self.pairs.items()}
        spot = Placement()
        for at, copy in enumerate(self.copies):
            if at in unit_of:
                spot = self._known(self.units[unit_of[at]], spot)
            elif copy.standing.strip():
                spot = self._new(copy, spot)
            elif any(cell.extras for cell in copy.cells):
                self.said.unplaced.append(Unplaced(template.BY_KEY[spot.part], NOT_TEXT, ""))
            self.said.spots += ((cell, spot) for cell in copy.cells)

    def _known(self, unit: GivenParagraph, spot: Placement) -> Placement:
        fields = [self.made.places[number - 1] for cell in unit.cells for number in cell.line.fields]
        for place in fields:
            block = self.blocks.get((place.part, place.block))
            if block is not None:
                self.said.order.setdefault((place.part, place.block))
                return Placement(place.part, block.zone, block.id)
        owner = self.owner(unit.cells[0]).key
        return spot if owner == spot.part else under(owner)

    def _new(self, copy: ReturnedParagraph, spot: Placement) -> Placement:
        made = placed(copy.cells, spot)
        if made is None:
            self.said.unplaced.append(Unplaced(template.BY_KEY[spot.part], NOWHERE, copy.standing))
            return spot
        behind, block = made
        self.said.news.append(made)
        key = behind.part, block.id
        runs = [run for cell in copy.cells for run in cell.runs if run.deleted is None and run.text.strip()]
        self.said.marks[key] |= {run.inserted for run in runs if run.inserted is not None}
        if any(run.inserted is None for run in runs):
            self.said.untracked.add(key)
        if any(cell.extras for cell in copy.cells):
            self.said.unplaced.append(Unplaced(template.BY_KEY[spot.part], NOT_TEXT, copy.standing))
        return Placement(behind.part, block.zone, block.id)


def combined(verdicts: Sequence[MarkVerdict]) -> MarkVerdict:
    """What the file says of an amendment, all its passages taken together."""
    kinds = set(verdicts)
    return kinds.pop() if len(kinds) == 1 else MarkVerdict.REWORDED


def rewritten(key: str, base: Content, said: Gathered) -> Content:
    """The part as the file has it, the amendments that were marked in it left aside."""
    blocks = [_reworded(block, said.texts.get((key, block.id), {})) for block in base]
    place = {block.id: at for at, block in enumerate(blocks)}
    for zone in dict.fromkeys(block.zone for block in base):
        wanted = [id for part, id in said.order if part == key and blocks[place[id]].zone == zone]
        slots = sorted(place[id] for id in wanted)
        for slot, block in zip(slots, [blocks[place[id]] for id in wanted], strict=True):
            blocks[slot] = block
    for spot, new in said.news:
        if spot.part == key:
            blocks.insert(_index(blocks, spot, new), new)
    gone = {id for part, id in said.texts if part == key and _empty(place, blocks, id, said.texts[part, id])}
    return tuple(block for block in blocks if block.id not in gone)


def _reworded(block: Block, texts: Mapping[str, Spans]) -> Block:
    fields = dict(block.fields)
    for name, spans in texts.items():
        if block.kind is BlockKind.ROW:
            before = executed(block) if name == "execution" else block.fields.get(name, "").strip()
            after = source.words(spans, before)
        else:
            before = strip_marker(block).strip()
            after = source.words(spans, before) if block.kind is BlockKind.HEADING else source.markdown(spans, before)
        if after != before:
            marker = block.text[: len(block.text) - len(strip_marker(block))] if block.kind is not BlockKind.ROW else ""
            fields[name] = marker + after
    return Block(block.id, block.zone, block.kind, fields)


def _index(blocks: Sequence[Block], spot: Placement, new: Block) -> int:
    if spot.block is not None:
        return next(at for at, block in enumerate(blocks) if block.id == spot.block) + 1
    zones = [zone.key for zone in template.BY_KEY[spot.part].zones]
    rank = zones.index(new.zone)
    return next((at for at, block in enumerate(blocks) if zones.index(block.zone) >= rank), len(blocks))


def _empty(place: Mapping[str, int], blocks: Sequence[Block], id: str, texts: Mapping[str, Spans]) -> bool:
    """Whether nothing that is printed of the block is left."""
    block = next(each for each in blocks if each.id == id)
    if block.kind is not BlockKind.ROW:
        return not strip_marker(block).strip()
    changed = [name for name in texts if not block.fields.get(name, "").strip()]
    return bool(changed) and not _left(block.fields)


def _left(fields: Mapping[str, str]) -> bool:
    """Whether a row says anything by these of its fields."""
    return any(text.strip() and name not in ("function", "status", "speaker") for name, text in fields.items())
