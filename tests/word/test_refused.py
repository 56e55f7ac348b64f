"""Files that are no Word file, or no honest one: each refused with a sentence that says why and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from app.documents.tree import Cover, Document, Heading
from app.documents.word import opening
from app.documents.word.opening import UnreadableWord
from app.documents.word.reading import read
from app.documents.word.writing import Edition, write
from tests.word.office import MAIN, packed, parts


def honest() -> bytes:
    document = Document(Cover("Groupe", "Rapport", "", ""), (Heading(1, "INTRODUCTION :", "introduction"),), "Rapport")
    return write(document, Edition(datetime(2018, 3, 1, tzinfo=UTC)))


def with_part(name: str, content: bytes) -> bytes:
    return packed({**parts(honest()), name: content})


def declared(what: bytes) -> bytes:
    main = parts(honest())[MAIN]
    head, _, rest = main.partition(b"?>")
    return with_part(MAIN, head + b"?><!DOCTYPE w:document [" + what + b"]>" + rest.replace(b"INTRODUCTION", b"&it;"))


def bomb() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for name, content in parts(honest()).items():
            zipped.writestr(name, content if name != MAIN else b" " * (opening.LARGEST_PART + 1))
    return file.getvalue()


LAUGHS = (
    b'<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY it "&j;">'
)
KINDS = parts(honest())["[Content_Types].xml"]
MACROS = KINDS.replace(
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
)
SHEET = KINDS.replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")

REFUSED = {
    "empty": (b"", opening.EMPTY),
    "html": (b"<!DOCTYPE html><p>Rapport", opening.NOT_WORD),
    "old": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), opening.OLD),
    "password": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        opening.LOCKED,
    ),
    "cut": (honest()[:-300], opening.DAMAGED),
    "not xml": (with_part(MAIN, b"<w:document"), opening.DAMAGED),
    "no kinds": (packed({"content.xml": b"<x/>"}), opening.OTHER_OFFICE),
    "sheet": (with_part("[Content_Types].xml", SHEET), opening.OTHER_OFFICE),
    "macros": (with_part("[Content_Types].xml", MACROS), opening.MACROS),
    "hidden macros": (with_part("word/vbaProject.bin", b"x"), opening.MACROS),
    "outside": (declared(b'<!ENTITY it SYSTEM "file:///etc/passwd">'), opening.ENTITIES),
    "laughs": (declared(LAUGHS), opening.ENTITIES),
    "bomb": (bomb(), opening.TOO_MUCH),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_file_is_refused_with_its_sentence(what: str) -> None:
    data, sentence = REFUSED[what]
    with pytest.raises(UnreadableWord) as refusal:
        read(data)
    assert str(refusal.value) == sentence


def test_a_heavy_file_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_FILE", 100)
    with pytest.raises(UnreadableWord) as refusal:
        read(honest())
    assert str(refusal.value) == opening.TOO_LARGE


def test_an_honest_file_is_read() -> None:
    assert "INTRODUCTION\u00a0:" in [paragraph.standing for paragraph in read(honest()).paragraphs]
