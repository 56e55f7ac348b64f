"""What an uploaded sheet would make of a part, and its saving by the ordinary door."""

from __future__ import annotations

from dataclasses import dataclass

from app.content.blocks import Content
from app.directory.models import Person
from app.documents.sheets.opening import MOST_ROWS
from app.documents.sheets.reading import Book, Spreadsheet
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.spreadsheets.checking import Checked, check, rows_for
from app.reports.spreadsheets.columns import Matching, guess, guess_header, zone_of
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.template import Part, Shape

NO_ROWS = "Aucune ligne à reprendre\u00a0: choisissez une autre feuille, la ligne des titres, ou les colonnes."
FAULTY = (
    "Des lignes sont à corriger\u00a0: corrigez-les dans votre tableur et déposez-le de nouveau, ou cochez «\u202fReprendre "
    "sans ces lignes\u202f»."
)
TOO_MANY = "Cela ferait {rows} lignes, et une partie en compte 5\u202f000 au plus\u00a0: retirez-en du tableur."


def shape_of(part: Part) -> Shape:
    """The shape of the rows that spreadsheets fill."""
    shape = zone_of(part).shape
    assert shape is not None
    return shape


@dataclass(frozen=True, slots=True)
class SheetUpload:
    """A file before a part: the sheet chosen of it, how its columns are matched, and what its lines become."""

    part: Part
    book: Book
    chosen: int
    matching: Matching
    checked: Checked

    @property
    def sheet(self) -> Spreadsheet:
        return self.book.sheets[self.chosen]


def fullest(book: Book, part: Part) -> int:
    """The sheet that names the most fields in its column heads; the first of those that name as many."""
    shape = shape_of(part)

    def named(at: int) -> int:
        sheet = book.sheets[at]
        return len(set(guess(sheet, shape, guess_header(sheet, shape)).fields) - {""})

    return max(range(len(book.sheets)), key=named)


def open_upload(
    part: Part, book: Book, chosen: int | None = None, header: int | None = None, fields: tuple[str, ...] | None = None
) -> SheetUpload:
    """The upload as it was chosen to be read; what was not chosen, or makes no sense, is guessed."""
    shape = shape_of(part)
    at = chosen if chosen is not None and 0 <= chosen < len(book.sheets) else fullest(book, part)
    sheet = book.sheets[at]
    line = header if header is not None and 0 <= header <= len(sheet.rows) else guess_header(sheet, shape)
    matching = guess(sheet, shape, line)
    if fields is not None and len(fields) == len(sheet.rows[0]):
        known = set(shape.field_names)
        matching = Matching(line, tuple(name if name in known else "" for name in fields))
    return SheetUpload(part, book, at, matching, check(sheet, matching, shape))


def content_with(upload: SheetUpload, previous: Content, *, append: bool, leave: bool) -> Content:
    """The part's content with the upload's rows; `leave`: without its faulty lines.

    Raises `steps.NotReady` with a sentence where there are no rows, too many, or faults that nobody agreed to leave.
    """
    checked = upload.checked
    if checked.unmatched:
        names = ", ".join(f"«\u202f{field.label}\u202f»" for field in checked.unmatched)
        raise NotReady(f"Choisissez la colonne qui donne {names}\u00a0: cela ne peut pas manquer.")
    if checked.faulty and not leave:
        raise NotReady(FAULTY)
    if not checked.sound:
        raise NotReady(NO_ROWS)
    content = rows_for(checked.sound, upload.part, previous, append=append)
    if (rows := sum(block.zone == zone_of(upload.part).key for block in content)) > MOST_ROWS or len(
        content
    ) > MOST_ROWS:
        raise NotReady(TOO_MANY.format(rows=f"{rows:,}".replace(",", "\u202f")))
    return content


def take(
    report: Report, upload: SheetUpload, base: int, person: Person, *, append: bool, leave: bool
) -> tuple[editing.Saved, int]:
    """Save the part with the upload's rows on top of revision `base`; answers with what came of it, and how many rows.

    Raises `steps.NotReady`, LookupError for an unknown revision, and what `editing.save_part` raises.
    """
    key = upload.part.key
    previous = revisions.revision_of(revisions.part_of(report, key), base).content
    content = content_with(upload, previous, append=append, leave=leave)
    return editing.save_part(report, key, base, content, person), len(upload.checked.sound)
