"""Which paragraph or table row of a returned file is which of the file that was given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from app.content.diff import Op, tokens
from app.content.sequences import align, in_order
from app.documents.word.layout import Grid, Par, Piece, Sides
from app.documents.word.markup import contents_name
from app.documents.word.reading import Run, WordParagraph

_LIKE = 0.5
"""Share of words in common from which a paragraph without its bookmark is the one given out, edited."""
_REACH = 40
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\n": " ", "\u2011": "-"})


@dataclass(frozen=True, slots=True)
class GivenParagraph:
    """A paragraph that was given out, or a row of a table with its cells; `names` are the bookmarks it bore."""

    cells: tuple[Par, ...]
    names: frozenset[str]
    row: bool = False

    @property
    def text(self) -> str:
        return " ".join(cell.line.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ReturnedParagraph:
    """A paragraph of the returned file, or a row of a table with one paragraph a column."""

    cells: tuple[WordParagraph, ...]
    row: bool = False
    table: int = -1

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for cell in self.cells for name in cell.bookmarks)

    @property
    def text(self) -> str:
        return " ".join("".join(run.text for run in cell.runs) for cell in self.cells)

    @property
    def standing(self) -> str:
        """What is left when every tracked change is accepted."""
        return " ".join(cell.standing for cell in self.cells)

    @property
    def blank(self) -> bool:
        return not self.text.strip() and not any(cell.extras for cell in self.cells)


def loose(text: str) -> str:
    """`text` with all blanks alike: programs put other ones in the place of ours. As long as before."""
    return text.translate(_BLANKS)


def given(pieces: Iterable[Piece], names: Mapping[int, str]) -> list[GivenParagraph]:
    """What was given out, in order; `names` are the bookmarks by field."""
    units: list[GivenParagraph] = []
    for piece in pieces:
        if isinstance(piece, Grid):
            units += (GivenParagraph(row.cells, _names(row.cells, names), row=True) for row in piece.rows)
        else:
            pars = (*piece.left, *piece.right) if isinstance(piece, Sides) else (piece,)
            units += (
                GivenParagraph((par,), _names((par,), names))
                for par in pars
                if par.line.fields or par.line.text.strip()
            )
    return units


def _names(cells: Sequence[Par], names: Mapping[int, str]) -> frozenset[str]:
    fields = {names[number] for cell in cells for number in cell.line.fields if number in names}
    return frozenset(fields | {contents_name(cell.anchor) for cell in cells if cell.anchor})


def found(paragraphs: Sequence[WordParagraph], units: Sequence[GivenParagraph]) -> list[ReturnedParagraph]:
    """The returned file's paragraphs, those of tables that were given out as rows; blank ones are left out."""
    named = {name for unit in units if unit.row for name in unit.names}
    titles = {_key(unit.text) for unit in units if unit.row and not unit.names}
    joined = list(_joined(paragraphs))
    grids = {
        cell.cell[0]
        for row in _rows(joined)
        for cell in row
        if cell.cell and (named & set(cell.bookmarks) or _key(" ".join(each.standing for each in row)) in titles)
    }
    kept: list[ReturnedParagraph] = []
    for place, group in groupby(
        joined, key=lambda each: each.cell[:2] if each.cell and each.cell[0] in grids else None
    ):
        if place is None:
            kept += (ReturnedParagraph((each,)) for each in group)
        else:
            kept.append(ReturnedParagraph(tuple(_columns(list(group))), row=True, table=place[0]))
    return [each for each in kept if not each.blank or each.row or named & set(each.names)]


def _rows(paragraphs: Iterable[WordParagraph]) -> Iterator[list[WordParagraph]]:
    for place, group in groupby(paragraphs, key=lambda each: each.cell[:2] if each.cell else None):
        if place is not None:
            yield list(group)


def _columns(cells: list[WordParagraph]) -> Iterator[WordParagraph]:
    """One paragraph a column: those of one cell joined by line breaks."""
    for _, group in groupby(cells, key=lambda each: each.cell):
        first, *more = group
        for each in more:
            first = _behind(first, each, Run("\n"))
        yield first


def _joined(paragraphs: Sequence[WordParagraph]) -> Iterator[WordParagraph]:
    """The paragraphs, one whose end was taken out together with the one that follows; one taken out whole by itself."""
    waiting: WordParagraph | None = None
    for each in paragraphs:
        if waiting is not None:
            if waiting.cell == each.cell:
                each = replace(_behind(waiting, each), came=waiting.came, went=each.went)
            else:
                yield waiting
            waiting = None
        if each.went is not None and each.standing.strip() and each.cell is None:
            waiting = each
        else:
            yield each
    if waiting is not None:
        yield waiting


def _behind(first: WordParagraph, second: WordParagraph, between: Run | None = None) -> WordParagraph:
    """Both as one paragraph in the first's style."""
    runs = (*first.runs, between) if between and first.runs and second.runs else first.runs
    length = sum(len(run.text) for run in runs)
    comments = ((number, start + length, end + length) for number, start, end in second.comments)
    return replace(
        first,
        runs=(*runs, *second.runs),
        bookmarks=(*first.bookmarks, *second.bookmarks),
        comments=(*first.comments, *comments),
        extras=(*first.extras, *second.extras),
        images=(*first.images, *second.images),
    )


def pair(units: Sequence[GivenParagraph], copies: Sequence[ReturnedParagraph]) -> dict[int, int]:
    """By index of what was given out that of what came back: by its bookmark, else by its words among its neighbours."""
    pairs = _by_bookmark(units, copies)
    _by_equal_words(units, copies, pairs)
    _by_like_words(units, copies, pairs)
    return pairs


def _by_bookmark(units: Sequence[GivenParagraph], copies: Sequence[ReturnedParagraph]) -> dict[int, int]:
    """A bookmark may have slid into the neighbour of a paragraph that is gone: then the words tell whose the place is."""
    owners = {name: index for index, unit in enumerate(units) for name in unit.names}
    texts = {_key(unit.text): index for index, unit in enumerate(units)}
    pairs: dict[int, int] = {}
    claims: list[tuple[float, int, int, int]] = []
    for at, copy in enumerate(copies):
        claimed = dict.fromkeys(owners[name] for name in copy.names if name in owners)
        for rank, index in enumerate(claimed):
            if units[index].row == copy.row:
                claims.append((-likeness(units[index].text, copy.text), rank, at, index))
    taken: set[int] = set()
    for score, _, at, index in sorted(claims):
        stranger = score == 0 and texts.get(_key(copies[at].text), index) != index
        if index not in pairs and at not in taken and not stranger:
            pairs[index] = at
            taken.add(at)
    return pairs


def _by_equal_words(
    units: Sequence[GivenParagraph], copies: Sequence[ReturnedParagraph], pairs: dict[int, int]
) -> None:
    left = [index for index in range(len(units)) if index not in pairs]
    taken = set(pairs.values())
    right = [at for at in range(len(copies)) if at not in taken]
    old = new = 0
    for op, count in align(
        [(units[index].row, _key(units[index].text)) for index in left],
        [(copies[at].row, _key(copies[at].text)) for at in right],
    ):
        if op is Op.EQUAL:
            pairs.update(zip(left[old : old + count], right[new : new + count], strict=True))
        old += 0 if op is Op.INSERT else count
        new += 0 if op is Op.DELETE else count


def _by_like_words(units: Sequence[GivenParagraph], copies: Sequence[ReturnedParagraph], pairs: dict[int, int]) -> None:
    """Best pairs first, each between the same neighbours on both sides."""
    taken = set(pairs.values())
    claims: list[tuple[float, int, int]] = []
    for lefts, rights in _gaps(len(units), len(copies), pairs):
        free = [at for at in rights if at not in taken]
        for rank, index in enumerate(index for index in lefts if index not in pairs):
            for at in free[max(0, rank - _REACH) : rank + _REACH]:
                like = likeness(units[index].text, copies[at].text) if units[index].row == copies[at].row else 0
                if like >= _LIKE:
                    claims.append((-like, index, at))
    for _, index, at in sorted(claims):
        if index not in pairs and at not in taken:
            pairs[index] = at
            taken.add(at)


def _gaps(units: int, copies: int, pairs: Mapping[int, int]) -> Iterator[tuple[range, range]]:
    """What stands between two neighbours paired in order, on both sides."""
    ordered = sorted(pairs)
    still = in_order([pairs[index] for index in ordered])
    left = right = -1
    for index in [each for rank, each in enumerate(ordered) if rank in still]:
        yield range(left + 1, index), range(right + 1, pairs[index])
        left, right = index, pairs[index]
    yield range(left + 1, units), range(right + 1, copies)


def likeness(one: str, other: str) -> float:
    """Twice the words both hold over all they hold: 0 to 1."""
    first, second = _bag(one), _bag(other)
    return 2 * len(first & second) / (len(first) + len(second) or 1)


def _bag(text: str) -> frozenset[tuple[str, int]]:
    seen: dict[str, int] = {}
    for word in tokens(loose(text).casefold()):
        if not word.isspace():
            seen[word] = seen.get(word, 0) + 1
    return frozenset((word, rank) for word, count in seen.items() for rank in range(count))


def _key(text: str) -> str:
    return " ".join(loose(text).split())
