"""What has become of one paragraph in a returned file: its fields' new words, and each amendment accepted or rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.content.diff import Op
from app.content.inline import Span, Spans
from app.content.stretches import MarkedLine
from app.documents.word.pairing import loose
from app.documents.word.reading import Run, TrackedBy, WordParagraph
from app.documents.word.steps import Signed, steps


class MarkVerdict(StrEnum):
    """What a returned file says of an amendment that was marked in it."""

    PENDING = "pending"  # still marked
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REWORDED = "reworded"  # its words are there otherwise, or partly

    @property
    def label(self) -> str:
        return {
            "pending": "Non tranché",
            "accepted": "Accepté dans le fichier",
            "rejected": "Rejeté dans le fichier",
            "reworded": "Reformulé dans le fichier",
        }[self.value]


_GUESSES = (MarkVerdict.PENDING, MarkVerdict.ACCEPTED, MarkVerdict.REJECTED)


class _Letter(NamedTuple):
    """One letter that was given out. `seen`: whether it stands in the file, the verdicts being what they are; `inserted`
    and `deleted`: with which mark.
    """

    text: str
    field: int
    piece: int
    op: Op
    by: tuple[int, ...]
    seen: bool
    inserted: bool
    deleted: bool
    span: Span


class _Came(NamedTuple):
    text: str
    run: Run


@dataclass(slots=True)
class Followed:
    """`texts`: the new words of the fields that changed; `tracked`: who tracked a change of a field; `untracked`: fields
    changed without a trace; `styled`: those of which bold or italics changed; `fixed`: words of the template changed.
    """

    texts: dict[int, Spans] = field(default_factory=dict)
    tracked: dict[int, set[TrackedBy]] = field(default_factory=dict)
    untracked: set[int] = field(default_factory=set)
    styled: set[int] = field(default_factory=set)
    verdicts: dict[int, MarkVerdict] = field(default_factory=dict)
    fixed: bool = False


def missing(line: MarkedLine) -> Followed:
    """What it says that the paragraph is not in the file any more, and was taken out by no tracked change."""
    if line.op is not Op.EQUAL:
        verdict = MarkVerdict.REJECTED if line.op is Op.INSERT else MarkVerdict.ACCEPTED
        return Followed(verdicts=dict.fromkeys(line.by, verdict))
    voices = (voice for stretch in line.stretches for voice in stretch.by)
    return Followed(
        texts=dict.fromkeys(line.fields, ()),
        untracked=set(line.fields),
        verdicts=dict.fromkeys(voices, MarkVerdict.REWORDED),
        fixed=any(stretch.field == 0 and any(map(str.isalpha, stretch.text)) for stretch in line.stretches),
    )


def follow(line: MarkedLine, paragraph: WordParagraph) -> Followed:
    """The paragraph that came back against the one that was given out."""
    came = [
        _Came(letter, run)
        for run in paragraph.runs
        if run.inserted is None or run.deleted is None
        for letter in run.text
    ]
    verdicts = _weighed(line, came)
    return _Following(line, came, verdicts).run()


def _weighed(line: MarkedLine, came: Sequence[_Came]) -> dict[int, MarkVerdict]:
    """The verdicts by which the paragraph reads most like what came back: each in turn, twice over."""
    voices = list(dict.fromkeys(voice for stretch in line.stretches for voice in stretch.by))
    verdicts = dict.fromkeys(voices, MarkVerdict.PENDING)
    for _ in range(2 if len(voices) > 1 else 1):
        for voice in voices:
            verdicts[voice] = min(_GUESSES, key=lambda guess: _cost(line, came, {**verdicts, voice: guess}))
    return verdicts


def _cost(line: MarkedLine, came: Sequence[_Came], verdicts: Mapping[int, MarkVerdict]) -> int:
    """Letters that differ, and letters that bear another mark than they would."""
    seen = [letter for letter in _letters(line, verdicts) if letter.seen]
    cost = left = right = 0
    for op, count in steps(_given(seen), _returned(came)):
        if op is Op.EQUAL:
            for letter, one in zip(seen[left : left + count], came[right : right + count], strict=True):
                same = letter.inserted == (one.run.inserted is not None)
                cost += not same or letter.deleted != (one.run.deleted is not None)
        else:
            cost += count
        left += 0 if op is Op.INSERT else count
        right += 0 if op is Op.DELETE else count
    return cost


def _given(letters: Sequence[_Letter]) -> list[Signed]:
    return [(loose(letter.text), letter.inserted) for letter in letters]


def _returned(came: Sequence[_Came]) -> list[Signed]:
    return [(loose(each.text), each.run.inserted is not None) for each in came]


def _letters(line: MarkedLine, verdicts: Mapping[int, MarkVerdict]) -> list[_Letter]:
    letters: list[_Letter] = []
    for piece, stretch in enumerate(line.stretches):
        said = [verdicts[voice] for voice in stretch.by]
        seen, inserted, deleted = True, False, False
        if stretch.op is Op.INSERT:
            seen = MarkVerdict.REJECTED not in said
            inserted = MarkVerdict.ACCEPTED not in said
        elif stretch.op is Op.DELETE:
            seen = MarkVerdict.ACCEPTED not in said
            deleted = MarkVerdict.PENDING in said
        span = Span("", stretch.bold, stretch.italic, stretch.superscript)
        letters += (
            _Letter(letter, stretch.field, piece, stretch.op, stretch.by, seen, inserted, deleted, span)
            for letter in stretch.text
        )
    return letters


@dataclass(slots=True)
class _Following:
    """The walk through both texts side by side."""

    line: MarkedLine
    came: Sequence[_Came]
    verdicts: dict[int, MarkVerdict]
    said: Followed = field(default_factory=Followed)
    written: dict[int, list[tuple[str, Span]]] = field(default_factory=dict)
    letters: list[_Letter] = field(default_factory=list)
    at: int = 0

    def run(self) -> Followed:
        self.letters = _letters(self.line, self.verdicts)
        seen = [letter for letter in self.letters if letter.seen]
        right = 0
        for op, count in steps(_given(seen), _returned(self.came)):
            for step in range(count):
                if op is Op.INSERT:
                    self._new(self.came[right + step])
                else:
                    self._known(self._next(), self.came[right + step] if op is Op.EQUAL else None)
            right += 0 if op is Op.DELETE else count
        self._hidden()
        self.said.verdicts = self.verdicts
        touched = {*self.said.tracked, *self.said.untracked, *self.said.styled}
        self.said.texts = {number: _spans(self.written.get(number, [])) for number in touched}
        return self.said

    def _hidden(self) -> None:
        """Words that the file does not show, and that stand in the text until the amendment is decided."""
        while self.at < len(self.letters) and not self.letters[self.at].seen:
            letter = self.letters[self.at]
            if letter.op is not Op.INSERT:
                self._write(letter.field, letter.text, letter.span)
            self.at += 1

    def _next(self) -> _Letter:
        self._hidden()
        self.at += 1
        return self.letters[self.at - 1]

    def _known(self, letter: _Letter, one: _Came | None) -> None:
        """A letter that was given out, and where it stands in what came back: nowhere, if it is gone."""
        if letter.op is not Op.EQUAL:
            if one is None:
                self._reword(letter)
            if letter.op is Op.DELETE:
                self._write(letter.field, letter.text, letter.span)
            return
        if one is None:
            self._touch(letter.field, None, letter.text)
        elif one.run.deleted is not None:
            self._touch(letter.field, one.run.deleted, letter.text)
        else:
            span = Span("", one.run.bold, one.run.italic, one.run.superscript)
            if (
                (span.bold, span.italic) != (letter.span.bold, letter.span.italic)
                and letter.field
                and letter.text.strip()
            ):
                self.said.styled.add(letter.field)
            self._write(letter.field, letter.text, span)

    def _new(self, one: _Came) -> None:
        """A letter that was not given out: in the field of what stands before it, else of what follows."""
        before = self.letters[self.at - 1] if self.at else None
        after = next((letter for letter in self.letters[self.at :] if letter.seen), None)
        if before and after and before.piece == after.piece and before.op is not Op.EQUAL:
            self._reword(before)
            return
        if one.run.deleted is not None:
            return
        number = (before.field if before else 0) or (after.field if after else 0) or self._only
        self._touch(number, one.run.inserted, one.text)
        self._write(number, one.text, Span("", one.run.bold, one.run.italic, one.run.superscript))

    @property
    def _only(self) -> int:
        return self.line.fields[0] if len(self.line.fields) == 1 else 0

    def _touch(self, number: int, mark: TrackedBy | None, text: str) -> None:
        if not number:
            # Rows that are numbered anew say nothing; a figure among words does.
            silent = text.isspace() or (text.isdigit() and self.line.text.strip().isdigit())
            self.said.fixed = self.said.fixed or not silent
        elif mark is None:
            self.said.untracked.add(number)
        else:
            self.said.tracked.setdefault(number, set()).add(mark)

    def _reword(self, letter: _Letter) -> None:
        self.verdicts.update(dict.fromkeys(letter.by, MarkVerdict.REWORDED))

    def _write(self, number: int, text: str, span: Span) -> None:
        if number:
            self.written.setdefault(number, []).append((text, span))


def _spans(letters: Sequence[tuple[str, Span]]) -> Spans:
    """Letters of one style as one span."""
    spans: list[Span] = []
    for text, style in letters:
        last = spans[-1] if spans else None
        if last and (last.bold, last.italic, last.superscript) == (style.bold, style.italic, style.superscript):
            spans[-1] = Span(last.text + text, style.bold, style.italic, style.superscript)
        else:
            spans.append(Span(text, style.bold, style.italic, style.superscript))
    return tuple(spans)
