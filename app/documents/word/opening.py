"""A Word file from outside, opened with care: how large it may grow, no entities, no macros, no password."""

from __future__ import annotations

import posixpath
from hashlib import sha256
from io import BytesIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from lxml import etree

LARGEST_FILE = 25 * 1024 * 1024
LARGEST_PART = 24 * 1024 * 1024
"""Bytes that a part may unpack to: the text of five thousand rows takes a fifth of it as we write them."""
LARGEST_SUM = 100 * 1024 * 1024
MOST_PARTS = 3_000
MOST_RATIO = 250
"""How many times larger than it is packed a large part may be: five thousand rows that are alike make it 80."""
SMALL_PART = 1024 * 1024

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PASSWORD_BIT = 0x1
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = "application/vnd.ms-word."
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

AS_DOCX = (
    "ouvrez-le dans Word ou LibreOffice, enregistrez-le au format «\u202fDocument Word (.docx)\u202f», puis déposez-le."
)
EMPTY = "Ce fichier est vide\u00a0: choisissez le document Word que vous avez modifié."
TOO_LARGE = "Ce fichier est trop lourd\u00a0: 25 Mo au plus. Réduisez ou retirez ses images, puis déposez-le."
TOO_MUCH = "Ce fichier, une fois ouvert, prend une place démesurée\u00a0: il a été refusé. Vérifiez d’où il vient."
LOCKED = (
    "Ce document est protégé par un mot de passe\u00a0: ouvrez-le, retirez la protection (Fichier, Informations, "
    "Protéger le document), enregistrez-le, puis déposez-le."
)
OLD = f"C’est un document de l’ancien format Word (.doc)\u00a0: {AS_DOCX}"
NOT_WORD = f"Ce n’est pas un document Word (.docx), quel que soit son nom\u00a0: {AS_DOCX}"
OTHER_OFFICE = f"C’est un document d’un autre programme ou d’un autre format\u00a0: {AS_DOCX}"
MACROS = (
    "Ce document contient des macros\u00a0: il a été refusé. Enregistrez-le au format «\u202fDocument Word (.docx)\u202f», "
    "sans macros, puis déposez-le."
)
DAMAGED = (
    "Ce document est endommagé ou incomplet\u00a0: il a peut-être été coupé pendant l’envoi. Ouvrez-le pour vérifier qu’il "
    "est entier, puis déposez-le de nouveau."
)
ENTITIES = (
    "Ce document contient des renvois cachés vers d’autres fichiers\u00a0: il a été refusé. Vérifiez d’où il vient."
)


class UnreadableWord(Exception):
    """The file is refused; the message is a French sentence that says why and what to do."""


class Package:
    """The parts of a file that has passed the checks; `main` names the one that holds the text."""

    def __init__(self, zipped: ZipFile) -> None:
        self._zipped = zipped
        self._names = {name.lstrip("/"): name for name in zipped.namelist()}
        self._read = 0
        self.main = self._main()

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part; None where the file has no such part. Raises `UnreadableWord`."""
        if name not in self._names:
            return None
        data = self._bytes(name)
        try:
            root = etree.fromstring(data, _parser())
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise UnreadableWord(TOO_MUCH) from error
            raise UnreadableWord(ENTITIES if b"<!DOCTYPE" in data else DAMAGED) from error
        if root.getroottree().docinfo.doctype:
            raise UnreadableWord(ENTITIES)
        return root

    def related(self, kind: str) -> etree._Element | None:
        """The part that the text names as its `kind`: "styles", "comments"; None where it names none."""
        folder, file = posixpath.split(self.main)
        target = self._target(f"{folder}/_rels/{file}.rels", kind, folder)
        return self.xml(target) if target else None

    def properties(self) -> etree._Element | None:
        """The file's own properties."""
        target = self._target("_rels/.rels", "custom-properties", "")
        return self.xml(target) if target else None

    def images(self) -> dict[str, str]:
        """The SHA-256 of each picture by what the text calls it; without huge ones, and those outside the file."""
        folder, file = posixpath.split(self.main)
        root = self.xml(f"{folder}/_rels/{file}.rels")
        found: dict[str, str] = {}
        for each in root.iter(_RELATION) if root is not None else ():
            name = _resolved(folder, each)
            ours = each.get("Type", "").endswith("/image") and each.get("TargetMode") != "External"
            if ours and name in self._names and self._zipped.getinfo(self._names[name]).file_size <= LARGEST_FILE:
                found[each.get("Id", "")] = sha256(self._bytes(name)).hexdigest()
        return found

    def _target(self, relations: str, kind: str, folder: str) -> str:
        root = self.xml(relations)
        for each in root.iter(_RELATION) if root is not None else ():
            if each.get("Type", "").endswith(f"/{kind}") and each.get("TargetMode") != "External":
                return _resolved(folder, each)
        return ""

    def _main(self) -> str:
        types = self.xml("[Content_Types].xml")
        if types is None:
            raise UnreadableWord(OTHER_OFFICE)
        if any(name.lower().endswith("vbaproject.bin") for name in self._names):
            raise UnreadableWord(MACROS)
        main = self._target("_rels/.rels", "officeDocument", "")
        kinds = {
            each.get("PartName", "").lstrip("/"): each.get("ContentType", "")
            for each in types.iter(f"{_TYPES}Override")
        }
        kind = kinds.get(main, "")
        if kind.startswith(_MACROS):
            raise UnreadableWord(MACROS)
        if kind != _MAIN:
            raise UnreadableWord(OTHER_OFFICE if kind else DAMAGED)
        return main

    def _bytes(self, name: str) -> bytes:
        """The part unpacked, no further than the limits: what the zip says of sizes is not believed."""
        try:
            entry = self._zipped.getinfo(self._names[name])
            most = min(LARGEST_PART, max(SMALL_PART, entry.compress_size * MOST_RATIO))
            with self._zipped.open(entry) as part:
                data = part.read(most + 1)
        except (BadZipFile, ZlibError, EOFError, OSError, NotImplementedError) as error:
            raise UnreadableWord(DAMAGED) from error
        except RuntimeError as error:
            raise UnreadableWord(LOCKED) from error
        self._read += len(data)
        if len(data) > most or self._read > LARGEST_SUM:
            raise UnreadableWord(TOO_MUCH)
        return data


def open_package(data: bytes) -> Package:
    """The file's parts. Raises `UnreadableWord`."""
    if not data:
        raise UnreadableWord(EMPTY)
    if len(data) > LARGEST_FILE:
        raise UnreadableWord(TOO_LARGE)
    if data.startswith(_OLE):
        raise UnreadableWord(LOCKED if _ENCRYPTED in data else OLD)
    if not data.startswith(b"PK"):
        raise UnreadableWord(NOT_WORD)
    try:
        zipped = ZipFile(BytesIO(data))
    except (BadZipFile, OSError, ValueError) as error:
        raise UnreadableWord(DAMAGED) from error
    entries = zipped.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_SUM:
        raise UnreadableWord(TOO_MUCH)
    if any(entry.flag_bits & _PASSWORD_BIT for entry in entries):
        raise UnreadableWord(LOCKED)
    return Package(zipped)


def _resolved(folder: str, relation: etree._Element) -> str:
    return posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
