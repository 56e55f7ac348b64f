"""The empty signature fields of a PDF, tagged for screen readers, laid before anyone signs."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, Object, Pdf, String

from app.documents.tree import SignatureField

SLOTS = ("rapporteur", "chair")
TIMESTAMP = "timestamp"
SEAL = "public_seal"
"""The field of the organisation’s seal on a public version, which has no other."""
SPOKEN = {
    "rapporteur": "Signature du rapporteur",
    "chair": "Signature du président de séance",
    TIMESTAMP: "Horodatage du document signé (heure du serveur)",
    SEAL: "Cachet de l’organisation sur la version publique ; ce n’est pas une signature",
}
PRINTED_AND_LOCKED = 4 | 128
SIGNATURES_AND_APPEND_ONLY = 3
DEEPEST = 60  # a structure tree deeper than this is not one of ours


def prepare(pdf: bytes, fields: Sequence[SignatureField]) -> bytes:
    """`pdf` (tagged, PDF/A) with one empty signature field for each slot, and one for the time-stamp of the whole.

    They are laid before the first signature, because afterwards only what they hold may change. The result is as
    conformant as `pdf`, and the same arguments give the same bytes. Raises `ValueError` where a slot is missing,
    named twice or off the page, or the document is not tagged or has a form already.
    """
    if sorted(field.slot for field in fields) != sorted(SLOTS):
        raise ValueError(f"one signature field for each of {SLOTS}, not {[field.slot for field in fields]}")
    in_order = sorted(fields, key=lambda field: (field.page, SLOTS.index(field.slot)))
    return _laid(pdf, [*in_order, SignatureField(TIMESTAMP, in_order[-1].page, 0, 0, 0, 0)])


def prepare_seal(pdf: bytes) -> bytes:
    """`pdf` (tagged, PDF/A) with the one empty field, seen by no eye, of the organisation's seal. Raises as `prepare`."""
    return _laid(pdf, [SignatureField(SEAL, 1, 0, 0, 0, 0)])


def _laid(pdf: bytes, fields: Sequence[SignatureField]) -> bytes:
    with Pdf.open(io.BytesIO(pdf)) as document:
        if Name.StructTreeRoot not in document.Root or Name.AcroForm in document.Root:
            raise ValueError("signature fields are laid once, in a tagged document")
        widgets = [_lay(document, field) for field in fields]
        document.Root.AcroForm = document.make_indirect(
            Dictionary(Fields=Array(widgets), SigFlags=SIGNATURES_AND_APPEND_ONLY)
        )
        saved = io.BytesIO()
        document.save(
            saved,
            deterministic_id=True,
            fix_metadata_version=False,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return saved.getvalue()


def _lay(document: Pdf, field: SignatureField) -> Object:
    """The field and its only widget in one dictionary, on its page and in the structure tree."""
    if not 1 <= field.page <= len(document.pages):
        raise ValueError(f"no page {field.page} in a document of {len(document.pages)} pages")
    page = document.pages[field.page - 1].obj
    widget = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(field.slot),
            TU=String(SPOKEN[field.slot]),
            F=PRINTED_AND_LOCKED,
            P=page,
            Rect=_rectangle(field),
        )
    )
    if field.width and field.height:
        widget.AP = Dictionary(N=_blank(document, field))
    if Name.Annots not in page:
        page.Annots = Array()
    page.Annots.append(widget)
    _tag(document, widget, page)
    return widget


def _rectangle(field: SignatureField) -> Array:
    corners = (field.x, field.y, field.x + field.width, field.y + field.height)
    return Array([round(corner, 2) for corner in corners])


def _blank(document: Pdf, field: SignatureField) -> Object:
    """PDF/A wants an appearance even where there is nothing to see yet."""
    blank = document.make_stream(b"")
    blank.Type, blank.Subtype = Name.XObject, Name.Form
    blank.BBox = Array([0, 0, round(field.width, 2), round(field.height, 2)])
    return blank


def _tag(document: Pdf, widget: Object, page: Object) -> None:
    """A Form element that points at the widget and is found from it by its number in the parent tree."""
    tree = document.Root.StructTreeRoot
    parents = NumberTree(tree.ParentTree)
    number = max([int(tree.get(Name.ParentTreeNextKey, 0)), *(key + 1 for key in parents)])
    parent, position = _place(document, page)
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=parent,
            Pg=page,
            Alt=widget.TU,
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page),
        )
    )
    parent.K.insert(position, element)
    widget.StructParent = number
    parents[number] = element
    tree.ParentTreeNextKey = number + 1


def _place(document: Pdf, page: Object) -> tuple[Object, int]:
    """The document's element, and where among its children a reader who has come to the end of `page` would be."""
    tree = document.Root.StructTreeRoot
    top = tree.K[0] if isinstance(tree.K, Array) else tree.K
    if not isinstance(top.K, Array):
        top.K = Array([top.K])
    numbers = {each.obj.objgen: number for number, each in enumerate(document.pages)}
    here = numbers[page.objgen]
    for position, child in enumerate(top.K):
        first = _first_page(child, numbers, DEEPEST)
        if first is not None and first > here:
            return top, position
    return top, len(top.K)


def _first_page(element: Object, numbers: dict[tuple[int, int], int], depth: int) -> int | None:
    """The page, counted from 0, on which an element of the structure begins; None where it has no content."""
    if not isinstance(element, Dictionary) or depth == 0:
        return None
    if Name.Pg in element:
        return numbers.get(element.Pg.objgen)
    kids = element.get(Name.K, Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        first = _first_page(kid, numbers, depth - 1)
        if first is not None:
            return first
    return None
