"""The parts that the pieces of an old report make, and what of them found no place after all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.content.blocks import Block, BlockKind, Content
from app.content.inline import Span
from app.content.prose import cut, new_id
from app.content.source import markdown
from app.documents.sheets.reading import Spreadsheet
from app.reports.legacy_import.pieces import LegacyPiece
from app.reports.legacy_import.recognising import TARGETS
from app.reports.spreadsheets.checking import check
from app.reports.spreadsheets.columns import guess, guess_header, plain
from app.template import BY_KEY, Function, Status, Zone

_FUNCTION = re.compile(
    r"^\s*((?:vice\s*[-–]?\s*)?pr[ée]sidente?s?(?:\s+de\s+s[ée]ance)?|rapporteure?s?|facilitat(?:eur|rice)s?|"
    r"personnes?\s+ressources?)\s*[:：]\s*(.*)$",
    re.IGNORECASE,
)
_CIVILITY = re.compile(r"^(Monsieur|Madame|Mademoiselle|Mlle|Mme|Mr|M)\b\.?\s*", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,3})\\(?=[.)] )")
_TRAILING = re.compile(r"\s*[;.]?\s*$")
_DONE = {"non fait": Status.NOT_DONE, "fait": Status.DONE, "neant": Status.NOT_DONE}


@dataclass(slots=True)
class Built:
    """Contents by part and zone; `left`: lines of tables that no row could be made of."""

    zones: dict[str, dict[str, Content]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def content(self, key: str, before: Content) -> Content:
        """The part's content: what was found for a zone in the place of what it has, the other zones as they are."""
        found = self.zones[key]
        zones = BY_KEY[key].zones
        kept = {zone.key: tuple(block for block in before if block.zone == zone.key) for zone in zones}
        return tuple(block for zone in zones for block in found.get(zone.key, kept[zone.key]))


def build(pieces: Sequence[LegacyPiece], targets: Sequence[str]) -> Built:
    """The parts of these pieces, each put where its target says; a target that is none of TARGETS puts it nowhere."""
    built = Built()
    by_target: dict[str, list[LegacyPiece]] = {}
    for piece, target in zip(pieces, targets, strict=True):
        if target in TARGETS:
            by_target.setdefault(target, []).append(piece)
    for target, found in by_target.items():
        key, _, name = target.partition("/")
        zone = BY_KEY[key].zone(name)
        content = cut(_prose(found), name) if zone.shape is None else tuple(_rows(found, zone, built))
        if content:
            built.zones.setdefault(key, {})[name] = content
    return built


def _prose(pieces: Sequence[LegacyPiece]) -> str:
    lines: list[str] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is not None and not (before.listed and piece.listed):
            lines.append("")
        lines.append(f"- {_marked(piece)}" if piece.listed else _marked(piece))
    return "\n".join(lines)


def _marked(piece: LegacyPiece) -> str:
    """The piece as Markdown, what would be a mark by accident escaped; a number typed at its head still begins an item."""
    return _NUMBERED.sub(r"\1", markdown(piece.runs or (Span(piece.text),)))


def _rows(pieces: Sequence[LegacyPiece], zone: Zone, built: Built) -> list[Block]:
    assert zone.shape is not None
    rows: list[dict[str, str]] = []
    function = ""
    for piece in pieces:
        if piece.rows:
            rows += _table(piece, zone, built)
        elif zone.shape.key == "bureau":
            function = _member(piece.text, function, rows)
        else:
            name = "text" if "text" in zone.shape.field_names else zone.shape.field_names[0]
            rows.append({name: piece.text})
    if zone.shape.key == "follow_up":
        rows = _once(rows)
    return [Block(new_id(), zone.key, BlockKind.ROW, dict.fromkeys(zone.shape.field_names, "") | row) for row in rows]


def _table(piece: LegacyPiece, zone: Zone, built: Built) -> list[dict[str, str]]:
    """The table's rows, its columns told by their heads, as those of a spreadsheet."""
    assert zone.shape is not None
    sheet = Spreadsheet("", piece.rows)
    matching = guess(sheet, zone.shape, guess_header(sheet, zone.shape))
    required = [each.name for each in zone.shape.fields if each.required]
    rows = []
    taken = {matching.header}
    for line in check(sheet, matching, zone.shape).lines:
        if not all(line.fields[name] for name in required):
            continue
        taken.add(line.number)
        rows.append(_answered(line.fields, zone))
    for number, row in enumerate(piece.rows, start=1):
        if number not in taken and any(row) and row != piece.rows[matching.header - 1]:
            built.left.append(" | ".join(row))
    return rows


def _answered(fields: Mapping[str, str], zone: Zone) -> dict[str, str]:
    """The row, its closed answers known; what is none of them goes to the words beside it."""
    assert zone.shape is not None
    row = dict(fields)
    for each in zone.shape.fields:
        if each.choices and row[each.name] and row[each.name] not in each.choices:
            beside = "execution" if "execution" in row else zone.shape.field_names[0]
            row[beside] = "\n".join(filter(None, [row[beside], row[each.name]]))
            row[each.name] = ""
    if "status" in row and not row["status"]:
        row["status"] = str(_DONE.get(plain(row.get("execution", "")), ""))
    return row


def _once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Each recommendation once: one named among the unmet, and in the annex too, is the annex's, and not done."""
    by_text: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda each: len(each) == 1):  # those of the table first
        known = by_text.setdefault(plain(row["text"]), row)
        if len(row) == 1:
            known["status"] = known.get("status") or str(Status.NOT_DONE)
    return list(by_text.values())


def _member(line: str, function: str, rows: list[dict[str, str]]) -> str:
    """Add who a line of the bureau names; answers with the function that the lines below it are under."""
    said = _FUNCTION.match(line)
    if said is None and rows is not None and plain(line) and _function(line):
        return _function(line)
    if said is not None:
        function = _function(said[1])
        line = said[2]
    if line.strip():
        rows.append({"function": function or "Membre", **_person(line)})
    return function


def _function(words: str) -> str:
    said = plain(words)
    for begins, function in (
        ("vice president", Function.VICE_PRESIDENT),
        ("president", Function.PRESIDENT),
        ("rapporteur", Function.RAPPORTEUR),
        ("facilitat", Function.FACILITATOR),
        ("personne", Function.RESOURCE),
    ):
        if said.startswith(begins) and len(said.split()) <= 4:
            return function.value
    return ""


def _person(line: str) -> dict[str, str]:
    """Civility, names and title of "Monsieur Issa KONE, Conseiller technique". The surname is in capitals, or last."""
    line = _TRAILING.sub("", line.strip())
    civility = _CIVILITY.match(line)
    names, _, title = line[civility.end() if civility else 0 :].partition(",")
    words = names.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1] or words[-1:]
    first = [word for word in words if word not in capitals]
    said = civility[1].lower() if civility else ""
    return {
        "civility": "" if not said else "Monsieur" if said in ("monsieur", "mr", "m") else "Madame",
        "first_name": " ".join(first),
        "surname": " ".join(capitals),
        "title": title.strip(),
    }
