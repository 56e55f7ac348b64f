"""Files that are something else: of another kind, locked, or another PDF around or beside ours."""

from __future__ import annotations

import io

import pikepdf

from app.documents import verdict
from tests.unit.forged import Forged, final, rebuilt
from tests.unit.sealing import document, signed


def _archive() -> bytes:
    return b"PK\x03\x04\x14\x00\x06\x00 word/document.xml"


def _around() -> bytes:
    """A document of somebody else's that carries ours as an attachment."""

    def carry(other: pikepdf.Pdf) -> None:
        other.attachments["rapport-signe.pdf"] = final()

    return rebuilt(carry, document("trois"))


def _pages_of_ours() -> bytes:
    """Our pages put into a new document, and the fields of the signatures with them."""
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(final())) as ours, pikepdf.new() as other:
        other.add_pages_from(ours)
        other.save(saved)
    return saved.getvalue()


def _drawn_in_another() -> bytes:
    """Each page of ours drawn as a figure on a page of another document: all is seen, the stamps too."""
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(final())) as ours, pikepdf.new() as other:
        for page in ours.pages:
            blank = other.add_blank_page(page_size=(595, 842))
            blank.add_overlay(page)
        other.save(saved)
    return saved.getvalue()


def _signature_without_file() -> bytes:
    """Another text whose signature fields hold the values of ours."""

    def lend(other: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(final())) as ours:
            values = {str(field.T): field.V for field in ours.Root.AcroForm.Fields}
            for field in other.Root.AcroForm.Fields:
                field.V = other.copy_foreign(ours.make_indirect(values[str(field.T)]))

    return rebuilt(lend, signed(word="trois")[0])


def _locked(**how: str) -> bytes:
    return rebuilt(lambda _: None, encryption=pikepdf.Encryption(**how))


OTHERS: Forged = {
    "nothing at all": lambda: b"",
    "one blank": lambda: b" ",
    "a page of the web": lambda: b"<!doctype html><title>Rapport</title>",
    "a Word file": _archive,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(64),
    "a header and nothing more": lambda: b"%PDF-1.7\n%%EOF\n",
    "a file of sixty megabytes": lambda: b"%PDF-1.7\n" + bytes(verdict.LARGEST + 1),
    "a draft that nobody signed": document,
    "the file to be signed": lambda: signed()[0],
    "a password to open it": lambda: _locked(owner="clé", user="clé"),
    "a password to change it": lambda: _locked(owner="clé", user=""),
    "ours attached to another": _around,
    "our pages in another document": _pages_of_ours,
    "our pages drawn in another document": _drawn_in_another,
    "our signatures lent to another text": _signature_without_file,
}

REBUILT: Forged = {
    "saved anew": lambda: rebuilt(lambda _: None),
    "saved anew for the web": lambda: rebuilt(lambda _: None, linearize=True),
    "saved anew for programmers": lambda: rebuilt(lambda _: None, qdf=True),
    "saved anew in packed objects": lambda: rebuilt(
        lambda _: None, object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "the signatures flattened into the pages": lambda: rebuilt(_flatten),
    "a signature field renamed": lambda: rebuilt(lambda d: _rename(d)),
    "one page of it": lambda: rebuilt(lambda d: d.pages.__delitem__(slice(1, None))),
    "without what is attached": lambda: rebuilt(lambda d: d.Root.__delitem__("/AF")),
}


def _flatten(document: pikepdf.Pdf) -> None:
    document.flatten_annotations()
    for page in document.pages:
        page.obj.Annots = pikepdf.Array()


def _rename(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm.Fields[0].T = pikepdf.String("Directeur")
