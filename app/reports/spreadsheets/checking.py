"""A sheet's lines as rows of a part: what each becomes, and what is wrong with it, line by line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import LIMITS
from app.content.prose import new_id
from app.documents.sheets.reading import Row, Spreadsheet, hours
from app.reports.spreadsheets.columns import Matching, heads_of, plain, zone_of
from app.template import Field, Part, Shape, Zone

# What is put between the texts of columns that go into one field.
_JOINS = {"name": " ", "hours": " – ", "contact": " / ", "body": ", "}
_SERIAL = re.compile(r"0[.,]\d+")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):00")
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One line of the sheet (1 is the first) as a row of the part; `faults` are sentences."""

    number: int
    fields: dict[str, str]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines that hold something. `unmatched`: required fields that no column fills."""

    lines: tuple[CheckedLine, ...]
    unmatched: tuple[Field, ...]

    @property
    def sound(self) -> list[CheckedLine]:
        return [line for line in self.lines if not line.faults]

    @property
    def faulty(self) -> list[CheckedLine]:
        return [line for line in self.lines if line.faults]


def check(sheet: Spreadsheet, matching: Matching, shape: Shape) -> Checked:
    """Every line below the column heads, as a row. Heads that are repeated further down are left out, and blank lines."""
    columns = {field: _in_order(field, matching, sheet) for field in shape.fields}
    wanted = [column for each in columns.values() for column in each]
    heads = sheet.rows[matching.header - 1] if matching.header else ()
    lines = []
    for number, row in enumerate(sheet.rows[matching.header :], start=matching.header + 1):
        said = [column for column in wanted if row[column].strip()]
        if not said or (heads and all(row[column] == heads[column] for column in said)):
            continue
        lines.append(_line(number, row, columns))
    missing = tuple(field for field in shape.fields if field.required and not columns[field])
    return Checked(tuple(lines), missing)


def _in_order(field: Field, matching: Matching, sheet: Spreadsheet) -> list[int]:
    """The columns of a field; first names come before the surname, wherever they stand."""
    columns = matching.columns(field.name)
    if field.name != "name" or len(columns) < 2:
        return columns
    heads = heads_of(sheet, matching.header)
    return sorted(columns, key=lambda column: not plain(heads[column]).startswith("prenom"))


def _line(number: int, row: Row, columns: dict[Field, list[int]]) -> CheckedLine:
    fields: dict[str, str] = {}
    faults: list[str] = []
    for field, places in columns.items():
        cells = list(dict.fromkeys(cell for column in places if (cell := row[column].strip())))
        if field.name == "hours":
            cells = [_hour(cell) for cell in cells]
        text = _JOINS.get(field.name, "\n").join(cells)
        if field.choices and text:
            text, fault = _choice(text, field)
            faults += fault
        if len(text) > LIMITS.characters:
            faults.append(f"{field.label}\u00a0: ce texte est trop long, 200\u202f000 caractères au plus")
        if field.required and not text:
            faults.append(f"il manque\u00a0: {field.label.lower()}")
        fields[field.name] = text
    return CheckedLine(number, fields, tuple(faults))


def _hour(cell: str) -> str:
    """An hour of the day that a spreadsheet counts as a part of it, or writes with its seconds, as it is written here."""
    if _SERIAL.fullmatch(cell):
        minutes = round(float(cell.replace(",", ".")) * _MINUTES_A_DAY) % _MINUTES_A_DAY
        return hours(time(minutes // 60, minutes % 60))
    if clock := _CLOCK.fullmatch(cell):
        return f"{int(clock[1])}h{clock[2]}"
    return cell


def _choice(text: str, field: Field) -> tuple[str, list[str]]:
    """The answer that is meant, whatever its case, accents, gender and number; else a fault."""
    said = plain(text)
    for choice in field.choices:
        known = plain(choice)
        if said in (known, known[:-1], f"{known}s"):
            return str(choice), []
    offered = ", ".join(f"«\u202f{choice}\u202f»" for choice in field.choices)
    return text, [f"{field.label}\u00a0: «\u202f{text[:40]}\u202f» n’est pas une réponse prévue ({offered})"]


def rows_for(lines: Iterable[CheckedLine], part: Part, previous: Content, *, append: bool) -> Content:
    """The part's content with these lines as rows of its grid: behind those it has, or in their place.

    A row that was there before keeps its id, found again by all its texts, else by its first: what is said of who wrote
    which word stays true, and what comes back unchanged is the same.
    """
    zone = zone_of(part)
    here = [block for block in previous if block.zone == zone.key]
    rows = [*here, *(_new(line, zone) for line in lines)] if append else _again(list(lines), zone, here)
    content: list[Block] = []
    for each in part.zones:
        content += rows if each is zone else [block for block in previous if block.zone == each.key]
    return tuple(content)


def _new(line: CheckedLine, zone: Zone) -> Block:
    return Block(new_id(), zone.key, BlockKind.ROW, line.fields)


def _again(lines: Sequence[CheckedLine], zone: Zone, here: Sequence[Block]) -> list[Block]:
    whole: dict[tuple[str, ...], list[Block]] = defaultdict(list)
    assert zone.shape is not None
    names = zone.shape.field_names
    for block in here:
        whole[_texts(block.fields, names)].append(block)
    found: dict[int, Block] = {}
    for at, line in enumerate(lines):
        if same := whole.get(_texts(line.fields, names)):
            found[at] = same.pop(0)
    taken = {block.id for block in found.values()}
    first = next(field.name for field in zone.shape.fields if field.required)
    by_first: dict[str, list[Block]] = defaultdict(list)
    for block in here:
        if block.id not in taken:
            by_first[block.fields.get(first, "").strip()].append(block)
    rows = []
    for at, line in enumerate(lines):
        if at in found:
            rows.append(found[at])
        elif alike := by_first.get(line.fields[first]):
            rows.append(Block(alike.pop(0).id, zone.key, BlockKind.ROW, line.fields))
        else:
            rows.append(_new(line, zone))
    return rows


def _texts(fields: object, names: Sequence[str]) -> tuple[str, ...]:
    assert isinstance(fields, dict)
    return tuple(fields.get(name, "").strip() for name in names)
