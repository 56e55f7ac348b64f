"""A workbook from outside, looked over before it is read: its kind, how large it would grow, entities, macros, password."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SUM = 60 * 1024 * 1024
"""Bytes of XML that a workbook may unpack to."""
MOST_RATIO = 250
"""How many times larger than it is packed a large part may be."""
SMALL_PART = 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 5_000
"""Rows of one part of a report (`content.canonical.LIMITS.rows`)."""
MOST_LINES = MOST_ROWS + 100
"""Lines of a sheet: a title and some blanks may stand around the rows."""
MOST_COLUMNS = 100

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PASSWORD_BIT = 0x1
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

AS_WORKBOOK = (
    "ouvrez-le dans Excel ou LibreOffice, enregistrez-le au format «\u202fClasseur Excel (.xlsx)\u202f», puis "
    "déposez-le."
)
EMPTY_FILE = "Ce fichier est vide\u00a0: choisissez le tableur qui contient vos lignes."
TOO_LARGE = (
    "Ce fichier est trop lourd\u00a0: 10 Mo au plus. Copiez la seule liste dans un nouveau classeur, puis déposez-le."
)
TOO_MUCH = (
    "Ce fichier, une fois ouvert, prend une place démesurée\u00a0: il a été refusé. Copiez la seule liste dans un nouveau "
    "classeur, puis déposez-le."
)
TOO_MANY_ROWS = (
    "Une feuille de ce fichier dépasse 5\u202f000 lignes, le plus que puisse compter une partie d’un rapport. Copiez la "
    "seule liste utile dans un nouveau classeur, puis déposez-le."
)
TOO_MANY_COLUMNS = (
    "Une feuille de ce fichier dépasse 100 colonnes. Copiez la seule liste utile dans un nouveau classeur, puis "
    "déposez-le."
)
LOCKED = (
    "Ce classeur est protégé par un mot de passe\u00a0: ouvrez-le, retirez le mot de passe (Fichier, Informations, Protéger "
    "le classeur), enregistrez-le, puis déposez-le."
)
OLD = f"C’est un classeur de l’ancien format Excel (.xls)\u00a0: {AS_WORKBOOK}"
MACROS = (
    "Ce classeur contient des macros\u00a0: il a été refusé. Enregistrez-le au format «\u202fClasseur Excel (.xlsx)\u202f», "
    "sans macros, puis déposez-le."
)
OTHER = f"Ce n’est pas un tableur .xlsx, .ods ou .csv, quel que soit son nom\u00a0: {AS_WORKBOOK}"
WEB_PAGE = f"C’est une page Web ou un fichier XML, bien que son nom dise autre chose\u00a0: {AS_WORKBOOK}"
DAMAGED = (
    "Ce fichier est endommagé ou incomplet\u00a0: il a peut-être été coupé pendant l’envoi. Ouvrez-le pour vérifier qu’il "
    "est entier, puis déposez-le de nouveau."
)
ENTITIES = (
    "Ce classeur contient des renvois cachés vers d’autres fichiers\u00a0: il a été refusé. Vérifiez d’où il vient."
)

# A cell of a sheet that holds something, with its address; and the rows that a sheet of LibreOffice says to be repeated.
_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*?\s)?r=[\"']([A-Z]{1,4})(\d{1,9})[\"'][^<>]*(?<!/)>")
_ODD_OR_FAR = re.compile(rb"<c[\t\r\n]|:c[\t\r\n>]|<c r=\"(?:[A-Z]{3}|[D-Z][A-Z]|C[W-Z]|[A-Z]{1,2}[0-9]{5}|[^A-Z])")
_PLAIN_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^<>]*)?(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^<>]*?\s)?r=[\"'](\d{1,9})[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\bt=[\"']e[\"']")
_REPEATED = re.compile(rb"number-(rows|columns)-repeated=[\"']([^\"']*)[\"']([^<>]*)>")
_SAID = re.compile(rb"<(?:\w+:)?p[\s>]|[\w-]+:value-type=")
_TABLE_END = re.compile(rb"</(?:\w+:)?table>")


class UnreadableSheet(Exception):
    """The file is refused; the message is a French sentence that says why and what to do."""


def is_workbook(data: bytes) -> bool:
    """Whether this is a workbook rather than plain text. Raises `UnreadableSheet` for what is neither."""
    if not data:
        raise UnreadableSheet(EMPTY_FILE)
    if len(data) > LARGEST_FILE:
        raise UnreadableSheet(TOO_LARGE)
    if data.startswith(_OLE):
        raise UnreadableSheet(LOCKED if _ENCRYPTED in data else OLD)
    if data.startswith(b"PK"):
        return True
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnreadableSheet(WEB_PAGE)
    if data.startswith((b"%PDF", b"{\\rtf")):
        raise UnreadableSheet(OTHER)
    return False


def inspect(data: bytes) -> int:
    """Look a workbook over before anything reads it; answers how many of its cells hold an error of calculation.

    Every part of XML is unpacked once, no further than the limits: what the zip says of sizes is not believed.
    Raises `UnreadableSheet`.
    """
    try:
        with ZipFile(BytesIO(data)) as zipped:
            return _inspect(zipped)
    except (BadZipFile, ZlibError, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableSheet(DAMAGED) from error
    except RuntimeError as error:
        raise UnreadableSheet(LOCKED) from error


def _inspect(zipped: ZipFile) -> int:
    entries = zipped.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MOST_PARTS or len(names) < len(entries):
        raise UnreadableSheet(TOO_MUCH if len(entries) > MOST_PARTS else DAMAGED)
    if any(entry.flag_bits & _PASSWORD_BIT for entry in entries):
        raise UnreadableSheet(LOCKED)
    if any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in names):
        raise UnreadableSheet(MACROS)
    excel = "xl/workbook.xml" in names
    if not excel and not _is_ods(zipped, names):
        raise UnreadableSheet(OTHER)
    errors = read = 0
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        part = _unpacked(zipped, entry, LARGEST_SUM - read)
        read += len(part)
        errors += _look(entry.filename.lower(), part, excel)
    return errors


def _is_ods(zipped: ZipFile, names: set[str]) -> bool:
    if "mimetype" not in names or "content.xml" not in names:
        return False
    with zipped.open("mimetype") as part:
        return part.read(100).strip().startswith(_ODS)


def _unpacked(zipped: ZipFile, entry: ZipInfo, most: int) -> bytes:
    most = min(most, max(SMALL_PART, entry.compress_size * MOST_RATIO))
    with zipped.open(entry) as part:
        data = part.read(most + 1)
    if len(data) > most:
        raise UnreadableSheet(TOO_MUCH)
    return data


def _look(name: str, part: bytes, excel: bool) -> int:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSheet(ENTITIES)
    if name == "[content_types].xml" and b"macroEnabled" in part:
        raise UnreadableSheet(MACROS)
    if name == "meta-inf/manifest.xml" and b"encryption-data" in part:
        raise UnreadableSheet(LOCKED)
    if excel and name.startswith("xl/worksheets/") and name.endswith(".xml"):
        return _look_at_sheet(part)
    if not excel and name == "content.xml":
        _look_at_repeats(part)
    return 0


def _look_at_sheet(part: bytes) -> int:
    """A reader makes room for the whole rectangle up to the farthest cell: one alone at the end would fill the memory."""
    if _is_usual(part):
        return len(_ERROR.findall(part)) if b't="e"' in part else 0
    farthest, widest = 0, b""
    cells = _CELL.findall(part)
    for column, row in cells:
        farthest = max(farthest, int(row))
        widest = max(widest, column, key=lambda each: (len(each), each))
    if len(cells) < len(_PLAIN_CELL.findall(part)):  # cells without an address stand where their row says
        farthest = max([farthest, *(int(row) for row in _ROW.findall(part))])
    check_size(farthest, _column_number(widest))
    return len(_ERROR.findall(part))


def _is_usual(part: bytes) -> bool:
    """Whether each cell is written as Excel does, its address first, and none stands far away: one quick look."""
    alike = part.count(b"<c ") + part.count(b"<c>") == part.count(b'<c r="') and b":c " not in part
    return alike and not _ODD_OR_FAR.search(part)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def check_size(lines: int, columns: int) -> None:
    """Raises `UnreadableSheet` for a sheet over the limits."""
    if lines > MOST_LINES:
        raise UnreadableSheet(TOO_MANY_ROWS)
    if columns > MOST_COLUMNS:
        raise UnreadableSheet(TOO_MANY_COLUMNS)


def _look_at_repeats(part: bytes) -> None:
    """Empty rows and cells repeated to the sheet's end are usual; texts repeated beyond the limits are no list."""
    for match in _REPEATED.finditer(part):
        what, count, rest = match.groups()
        if not count.isdigit() or len(count) > 9:
            raise UnreadableSheet(DAMAGED)
        if what == b"columns":
            if int(count) > MOST_COLUMNS and (_SAID.search(match[0]) or _before_says(part, match.start())):
                raise UnreadableSheet(TOO_MANY_COLUMNS)
            continue
        if int(count) > MOST_LINES:
            start = match.end() if not rest.endswith(b"/") else match.start()
            end = _TABLE_END.search(part, start)
            if _SAID.search(part, start, end.start() if end else len(part)):
                raise UnreadableSheet(TOO_MANY_ROWS)


def _before_says(part: bytes, at: int) -> bool:
    """Whether the cell's tag says of a value before the place `at`."""
    return bool(_SAID.search(part, part.rfind(b"<", 0, at), at))
