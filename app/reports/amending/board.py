"""The commission's desk: every amendment as a card where its passage stands, those that collide in one frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from app import template
from app.content.blocks import Block, BlockKind
from app.content.changes import Change, collisions, lasts
from app.content.changes.applying import overtaken, said
from app.content.markdown import plain, strip_marker
from app.directory.models import Person
from app.reports.amending.listing import AmendmentRow, Author
from app.reports.models.report import AmendmentState, decode
from app.template import Part

_ORDER = {part.key: index for index, part in enumerate(template.STORED)}
TONES = 4
"""Colours of authors. They only help to find one's way: an author is always named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the desk is asked to show: those of one author, of one part, in one state; None and "" stand for all."""

    author: int | None = None
    part: str = ""
    state: str = ""

    def wants(self, amendment: AmendmentRow) -> bool:
        return (
            self.author in (None, amendment.author_id)
            and self.part in ("", amendment.part_key)
            and self.state in ("", amendment.state.value)
        )

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Asked()


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """An amendment on the desk. `where` names its passage in the part; `gone`: nothing of it is left in the text; `said`:
    the text says already what it asks for; `undone`: it was adopted, and its words are not in the text any more.

    The same text and amendments have the very same cards: each is equal to itself alone, so that it is quickly found.
    """

    amendment: AmendmentRow
    part: Part
    where: str
    order: tuple[int, ...]
    tone: int
    gone: bool
    said: bool
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Cards that are decided with an eye on each other; most stand alone."""

    cards: tuple[Card, ...]

    @property
    def rival(self) -> bool:
        return len(self.cards) > 1

    @property
    def numbers(self) -> list[int]:
        return [card.amendment.number for card in self.cards]


@dataclass(frozen=True, slots=True)
class Board:
    """The cards as asked for: frames to be decided in the order of the text, then those decided, by number."""

    frames: tuple[Frame, ...]
    decided: tuple[Card, ...]
    asked: Asked
    authors: tuple[Author, ...]
    parts: tuple[Part, ...]
    formal: tuple[int, ...]
    """The numbers of those of form alone that could be adopted together by the person before the desk."""
    total: int

    @property
    def cards(self) -> list[Card]:
        return [*(card for frame in self.frames for card in frame.cards), *self.decided]

    @property
    def shown(self) -> int:
        return len(self.cards)


def desk(
    amendments: tuple[AmendmentRow, ...], texts: Mapping[str, str], person: Person, asked: Asked = NOTHING
) -> Board:
    """The desk of `amendments`; `texts` holds the stored text of each part there is, by key. The same for the same."""
    concerned = {each.part_key for each in amendments}
    return _desk(amendments, tuple((key, text) for key, text in texts.items() if key in concerned), person.id, asked)


@lru_cache(maxsize=64)
def _desk(
    amendments: tuple[AmendmentRow, ...], stored: tuple[tuple[str, str], ...], person: int, asked: Asked
) -> Board:
    texts = dict(stored)
    tones, concerned = tones_of(amendments), {each.part_key for each in amendments}
    cards = [card_of(each, texts.get(each.part_key), tones[each.author_id]) for each in amendments]
    waiting = sorted((card for card in cards if card.amendment.undecided), key=lambda card: card.order)
    frames = _frames(waiting, texts)
    return Board(
        frames=tuple(frame for frame in frames if any(asked.wants(card.amendment) for card in frame.cards)),
        decided=tuple(card for card in cards if not card.amendment.undecided and asked.wants(card.amendment)),
        asked=asked,
        authors=tuple({each.author_id: each.author for each in amendments}.values()),
        parts=tuple(part for part in template.STORED if part.key in concerned),
        formal=tuple(sorted(number for frame in frames for number in _plain(frame, texts, person))),
        total=len(cards),
    )


def _plain(frame: Frame, texts: Mapping[str, str], person: int) -> Iterator[int]:
    """The number of a card that stands alone, of form only, and applies to the text as it stands: as `adopting.plain`."""
    amendment = frame.cards[0].amendment
    if frame.rival or not amendment.formal or amendment.state is not AmendmentState.OPEN:
        return
    stored = texts.get(amendment.part_key)
    if amendment.author_id == person or stored is None or frame.cards[0].said:
        return
    if not _overtaken(amendment.change_json, stored):
        yield amendment.number


def rivals_of(amendment: AmendmentRow, amendments: Iterable[AmendmentRow], texts: Mapping[str, str]) -> list[int]:
    """The numbers of those still to be decided that touch the same words as this one, which is too."""
    if not amendment.undecided or amendment.part_key not in texts:
        return []
    waiting = [each for each in amendments if each.undecided and each.part_key == amendment.part_key]
    changes = tuple((each.number, each.change_json) for each in sorted(waiting, key=lambda each: each.number))
    pairs = _collisions(changes, texts[amendment.part_key])
    return sorted({number for pair in pairs if amendment.number in pair for number in pair} - {amendment.number})


def tones_of(amendments: Iterable[AmendmentRow]) -> dict[int, int]:
    """A tone for each author by id, the same on every page of the report."""
    order = dict.fromkeys(each.author_id for each in sorted(amendments, key=lambda each: each.number))
    return {author: index % TONES for index, author in enumerate(order)}


def card_of(amendment: AmendmentRow, content_json: str | None, tone: int) -> Card:
    """The card of an amendment to a part that reads `content_json`; None where the report has it no longer."""
    part = template.BY_KEY.get(amendment.part_key) or Part(amendment.part_key, "", 0, "Partie disparue", ())
    if content_json is None or not part.zones:
        return Card(amendment, part, "Passage disparu", (0, len(_ORDER), 0, amendment.number), tone, True, False)
    where, place, gone = _passage(part.key, amendment.change_json, content_json)
    done = amendment.undecided and _said(amendment.change_json, content_json)
    undone = amendment.state is AmendmentState.ADOPTED and not _lasts(amendment.change_json, content_json)
    return Card(amendment, part, where, _order(amendment, part, place), tone, gone, done, undone)


def _order(amendment: AmendmentRow, part: Part, place: int) -> tuple[int, ...]:
    """As the text goes, those put off behind the others."""
    return int(amendment.state is AmendmentState.DEFERRED), _ORDER[part.key], place, amendment.number


def _frames(waiting: Sequence[Card], texts: Mapping[str, str]) -> list[Frame]:
    """Cards that collide together, each frame where its first card stands."""
    by_part: dict[str, list[Card]] = {}
    for card in waiting:
        by_part.setdefault(card.part.key, []).append(card)
    together: dict[int, list[int]] = {}
    for key, cards in by_part.items():
        for first, second in _collisions(_changes_of(cards), texts.get(key, "[]")):
            _join(together, first, second)
    frames: dict[int, list[Card]] = {}
    for card in waiting:
        number = card.amendment.number
        frames.setdefault(min(together.get(number, [number])), []).append(card)
    return [Frame(tuple(cards)) for cards in frames.values()]


def _join(together: dict[int, list[int]], first: int, second: int) -> None:
    """Put two numbers, and all that stand with either, in one list that all of them share."""
    one, other = together.setdefault(first, [first]), together.setdefault(second, [second])
    if one is not other:
        one += other
        together.update(dict.fromkeys(other, one))


def _changes_of(cards: Sequence[Card]) -> tuple[tuple[int, str], ...]:
    waiting = (card.amendment for card in cards)
    return tuple((each.number, each.change_json) for each in sorted(waiting, key=lambda each: each.number))


@lru_cache(maxsize=256)
def _collisions(changes: tuple[tuple[int, str], ...], content_json: str) -> tuple[tuple[int, int], ...]:
    return collisions({number: change(stored) for number, stored in changes}, decode(content_json))


@lru_cache(maxsize=4096)
def _overtaken(change_json: str, content_json: str) -> bool:
    return overtaken(change(change_json), decode(content_json))


@lru_cache(maxsize=4096)
def _said(change_json: str, content_json: str) -> bool:
    return said(change(change_json), decode(content_json))


@lru_cache(maxsize=4096)
def _lasts(change_json: str, content_json: str) -> bool:
    return lasts(change(change_json), decode(content_json))


@lru_cache(maxsize=4096)
def change(change_json: str) -> Change:
    """The change stored as `change_json`."""
    return Change.from_json(orjson.loads(change_json))


def _passage(key: str, change_json: str, content_json: str) -> tuple[str, int, bool]:
    """Of a change of part `key`: its passage in words, its place in the text, and whether nothing of it is left."""
    labels = _labels(key, content_json)
    edits = change(change_json).worded
    touched = [edit.id for edit in edits if edit.old is not None]
    here = [labels[id] for id in touched if id in labels]
    if here:
        return here[0][0], here[0][1], False
    if touched:
        return "Passage disparu", len(labels), True
    edit = edits[0]
    near = [*edit.place.run, *edit.place.left] if edit.place else []
    before = next((labels[id] for id in near if id in labels), None)
    if before is None:
        return _new(key, edit.block) + " au début", 0, False
    return f"{_new(key, edit.block)} après {_small(before[0])}", before[1], False


def _new(key: str, block: Block) -> str:
    shape = template.BY_KEY[key].zone(block.zone).shape
    if shape is None:
        return "Nouveau passage"
    return f"{'Nouvelle' if shape.feminine else 'Nouveau'} {shape.noun}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


@lru_cache(maxsize=256)
def _labels(key: str, content_json: str) -> dict[str, tuple[str, int]]:
    """By block id how a reader finds it in the part, the row or paragraph by its number, and its place."""
    part = template.BY_KEY[key]
    labels: dict[str, tuple[str, int]] = {}
    heading, counts = "", dict[str, int]()
    for index, block in enumerate(decode(content_json)):
        zone = part.zone(block.zone)
        if block.kind is BlockKind.HEADING:
            heading, counts[zone.key] = plain(strip_marker(block)).strip(), 0
            labels[block.id] = (f"Titre « {heading} »", index)
            continue
        counts[zone.key] = counts.get(zone.key, 0) + 1
        noun = zone.shape.noun.capitalize() if zone.shape else "Paragraphe"
        under = f", sous « {heading} »" if heading and zone.shape is None else ""
        labels[block.id] = (f"{noun} {counts[zone.key]}{under}", index)
    return labels


def undecided(amendments: Iterable[AmendmentRow], asked: Asked) -> tuple[AmendmentRow, ...]:
    """Those still to be decided among the ones asked for, by number."""
    return tuple(sorted((each for each in amendments if each.undecided and asked.wants(each)), key=lambda a: a.number))


def spoken(numbers: Sequence[int]) -> str:
    """ "4, 5 et 6"."""
    *most, last = (str(number) for number in numbers)
    return f"{', '.join(most)} et {last}" if most else last
