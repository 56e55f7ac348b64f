"""Reading what the editor posts: zones of prose and grids of rows, and the grid's own buttons.

A zone of prose arrives as `zone-<zone>`; a grid's rows as `zone-<zone>-<n>-<field>` with `zone-<zone>-<n>-id`; the button
pressed in a grid as `grid`, "add:<zone>", "remove:<zone>:<n>", "up:<zone>:<n>", "down:<zone>:<n>" or "paste:<zone>" with the
rows in `paste-<zone>`, cells parted by tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.content.blocks import FILE, Block, BlockKind, Content
from app.content.canonical import LIMITS, clean
from app.content.prose import cut, new_id
from app.template import Shape, Zone

Form = Mapping[str, str]


def read_zones(form: Form, zones: Iterable[Zone], previous: Content) -> Content:
    """The content posted for these zones. Blocks keep the ids they have in `previous`; rows left empty are dropped."""
    return tuple(block for zone in zones for block in read_zone(form, zone, previous))


def read_zone(form: Form, zone: Zone, previous: Content) -> Content:
    """The content posted for one zone; a zone that was not on the form keeps its `previous` content."""
    known = tuple(block for block in previous if block.zone == zone.key)
    if zone.shape is not None:
        if f"zone-{zone.key}-grid" not in form:
            return known
        return tuple(row for row in read_rows(form, zone, known) if any(row.fields.values()))
    if f"zone-{zone.key}" not in form:
        return known
    text = clean(form[f"zone-{zone.key}"])
    if zone.heading:
        return _heading(text, zone, known)
    return cut(text, zone.key, known)


def _heading(text: str, zone: Zone, known: Content) -> Content:
    line = " ".join(text.split())
    if not line:
        return ()
    return (Block(known[0].id if known else new_id(), zone.key, BlockKind.HEADING, {"text": line}),)


def read_rows(form: Form, zone: Zone, known: Content) -> list[Block]:
    """The rows posted for a grid, in order, empty ones too. Of uploaded rows those that are known, with their files."""
    assert zone.shape is not None
    pattern = re.compile(rf"zone-{re.escape(zone.key)}-(\d{{1,6}})-id")
    numbers = sorted(int(match[1]) for name in form if (match := pattern.fullmatch(name)))
    before = {block.id: block.fields for block in known}
    rows, seen = [], set()
    for n in numbers:
        row_id = form[f"zone-{zone.key}-{n}-id"]
        if row_id not in before or row_id in seen:
            if zone.shape.uploaded:
                continue
            row_id = new_id()
        seen.add(row_id)
        fields = _fields(form, zone.shape, f"zone-{zone.key}-{n}-")
        if row_id in before:  # a field that came to the template since, and was left empty, is no change
            fields = {name: text for name, text in fields.items() if text or name in before[row_id]}
        if zone.shape.uploaded:
            fields[FILE] = before[row_id][FILE]
        rows.append(Block(row_id, zone.key, BlockKind.ROW, fields))
    return rows


def _fields(form: Form, shape: Shape, prefix: str) -> dict[str, str]:
    fields = {}
    for field in shape.fields:
        value = clean(form.get(prefix + field.name, ""))
        fields[field.name] = value if not field.choices or value in field.choices else ""
    return fields


def rearranged(form: Form, zones: Iterable[Zone], previous: Content) -> Content:
    """The content posted, after the grid button that was pressed: a row added, removed, moved, or rows pasted in."""
    button, _, rest = form.get("grid", "").partition(":")
    zone_key, _, position = rest.partition(":")
    content: list[Block] = []
    for zone in zones:
        if zone.key != zone_key or zone.shape is None:
            content += read_zone(form, zone, previous)
            continue
        known = tuple(block for block in previous if block.zone == zone.key)
        rows = read_rows(form, zone, known)
        content += _press(button, rows, int(position) if position.isdecimal() else -1, zone, form)
    return tuple(content)


def _press(button: str, rows: list[Block], at: int, zone: Zone, form: Form) -> list[Block]:
    assert zone.shape is not None
    here = 0 <= at < len(rows)
    if button in ("add", "paste") and zone.shape.uploaded:
        return rows
    if button == "add":
        rows.append(blank(zone))
    elif button == "remove" and here:
        del rows[at]
    elif button == "up" and here and at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    elif button == "down" and here and at + 1 < len(rows):
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    elif button == "paste":
        kept = [row for row in rows if any(row.fields.values())]
        return [*kept, *pasted(clean(form.get(f"paste-{zone.key}", "")), zone)]
    return rows


def blank(zone: Zone) -> Block:
    """An empty row of a grid."""
    assert zone.shape is not None
    return Block(new_id(), zone.key, BlockKind.ROW, dict.fromkeys(zone.shape.field_names, ""))


def pasted(text: str, zone: Zone) -> list[Block]:
    """Rows from cells copied out of a spreadsheet: one line a row, cells parted by tabs.

    A first cell that only numbers the lines is left out when the cells outnumber the fields; cells beyond the last field are
    added to it.
    """
    assert zone.shape is not None
    names = zone.shape.field_names
    rows = []
    for line in text.split("\n")[: LIMITS.rows]:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > len(names) and cells[0].rstrip(".").isdecimal():
            cells = cells[1:]
        cells[len(names) - 1 :] = [" ".join(cells[len(names) - 1 :])] if len(cells) >= len(names) else []
        if any(cells):
            rows.append(
                Block(new_id(), zone.key, BlockKind.ROW, dict(zip(names, [*cells, *[""] * len(names)], strict=False)))
            )
    return rows
