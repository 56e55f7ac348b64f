"""Forged by a revision appended to the signed file: what is painted, hidden, added, removed or put otherwise."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields as pyhanko_fields

from tests.unit.forged import Forged, final, revised
from tests.unit.sealing import signed

Writer = IncrementalPdfFileWriter


def pdf_dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(name): value for name, value in entries.items()})


def _array(*items: Any) -> generic.ArrayObject:
    return generic.ArrayObject(items)


def _numbers(*numbers: float) -> generic.ArrayObject:
    return _array(*(generic.FloatObject(number) for number in numbers))


def _page(writer: Writer, number: int = 1) -> generic.DictionaryObject:
    reference, _ = writer.find_page_for_modification(number)
    found: generic.DictionaryObject = reference.get_object()
    writer.update_container(found)
    return found


def _pages(writer: Writer) -> generic.ArrayObject:
    pages = writer.root["/Pages"]
    writer.update_container(pages)
    kids: generic.ArrayObject = pages["/Kids"]
    writer.update_container(kids)
    return kids


def _stream(writer: Writer, data: bytes, **said: Any) -> generic.IndirectObject:
    entries = {pdf_name(f"/{name}"): value for name, value in said.items()}
    return writer.add_object(generic.StreamObject(entries, stream_data=data))


def paint(writer: Writer) -> None:
    """A black line over the text of the second page."""
    writer.add_stream_to_page(1, _stream(writer, b"q 70 700 400 14 re f Q"))


def _whiten(writer: Writer) -> None:
    writer.add_stream_to_page(1, _stream(writer, b"q 1 g 70 680 460 60 re f Q"))


def _other_text(writer: Writer) -> None:
    """The page is drawn from another stream."""
    other = PdfFileReader(io.BytesIO(signed(word="trois")[0]))
    page = other.root["/Pages"]["/Kids"][1].get_object()
    _page(writer)[pdf_name("/Contents")] = _stream(writer, page["/Contents"].data)


def _annotate(writer: Writer, **said: Any) -> None:
    entries = {pdf_name(f"/{name}"): value for name, value in said.items()}
    entries |= {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/F"): generic.NumberObject(4)}
    entries.setdefault(pdf_name("/Rect"), _numbers(70, 690, 470, 720))
    annotation = writer.add_object(generic.DictionaryObject(entries))
    page = _page(writer)
    page[pdf_name("/Annots")] = _array(*page.get("/Annots", _array()), annotation)


def free_text(writer: Writer) -> None:
    """Words laid over the page as a remark that looks like its text."""
    _annotate(writer, Subtype=pdf_name("/FreeText"), Contents=pdf_string("trois"), DA=pdf_string("/Helv 12 Tf 0 g"))


def _rubber_stamp(writer: Writer) -> None:
    _annotate(writer, Subtype=pdf_name("/Stamp"), Name=pdf_name("/Approved"))


def _link(writer: Writer) -> None:
    action = {pdf_name("/S"): pdf_name("/URI"), pdf_name("/URI"): pdf_string("https://exemple.invalid/")}
    _annotate(writer, Subtype=pdf_name("/Link"), A=generic.DictionaryObject(action))


def _page_set(name: str, value: Any) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        _page(writer)[pdf_name(name)] = value

    return change


def _root_set(name: str, value: Callable[[Writer], Any]) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        writer.root[pdf_name(name)] = value(writer)
        writer.update_root()

    return change


def _root_without(name: str) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        del writer.root[name]
        writer.update_root()

    return change


def _page_added(writer: Writer) -> None:
    kids = _pages(writer)
    copy = generic.DictionaryObject(kids[1].get_object())
    kids.append(writer.add_object(copy))
    writer.root["/Pages"][pdf_name("/Count")] = generic.NumberObject(len(kids))


def _page_removed(writer: Writer) -> None:
    kids = _pages(writer)
    del kids[2]
    writer.root["/Pages"][pdf_name("/Count")] = generic.NumberObject(len(kids))


def _pages_reordered(writer: Writer) -> None:
    _pages(writer).reverse()


def _hidden_layer(writer: Writer) -> None:
    """The page's text in a layer that is switched off, another text on top of it."""
    layer = writer.add_object(pdf_dictionary({"/Type": pdf_name("/OCG"), "/Name": pdf_string("Texte")}))
    off = pdf_dictionary({"/OFF": _array(layer), "/Order": _array(layer)})
    writer.root[pdf_name("/OCProperties")] = pdf_dictionary({"/OCGs": _array(layer), "/D": off})
    writer.update_root()
    page = _page(writer)
    resources = generic.DictionaryObject(page["/Resources"])
    resources[pdf_name("/Properties")] = pdf_dictionary({"/Texte": layer})
    page[pdf_name("/Resources")] = resources
    begin, end = _stream(writer, b"/OC /Texte BDC"), _stream(writer, b"EMC")
    page[pdf_name("/Contents")] = _array(begin, page.raw_get("/Contents"), end)


def _field(writer: Writer, slot: str = "chair") -> generic.DictionaryObject:
    found = next(field for field in writer.root["/AcroForm"]["/Fields"] if field.get_object()["/T"] == slot)
    field: generic.DictionaryObject = found.get_object()
    writer.update_container(field)
    return field


def _field_set(name: str, value: Callable[[Writer], Any], slot: str = "chair") -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        _field(writer, slot)[pdf_name(name)] = value(writer)

    return change


def _other_stamp(writer: Writer) -> Any:
    box = _numbers(0, 0, 210, 99)
    form = {"Type": pdf_name("/XObject"), "Subtype": pdf_name("/Form"), "BBox": box}
    return pdf_dictionary({"/N": _stream(writer, b"q 1 g 0 0 210 99 re f Q", **form)})


def _value_of(slot: str) -> Callable[[Writer], Any]:
    return lambda writer: _field(writer, slot).raw_get("/V")


def _field_unsigned(writer: Writer) -> None:
    del _field(writer)["/V"]


def _field_removed(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    writer.update_container(form)
    form[pdf_name("/Fields")] = _array(*(each for each in form["/Fields"] if each.get_object()["/T"] != "chair"))


def _field_twice(writer: Writer) -> None:
    """A second field of the same name that holds the rapporteur's value."""
    form = writer.root["/AcroForm"]
    copy = generic.DictionaryObject(_field(writer, "rapporteur"))
    copy[pdf_name("/T")] = pdf_string("chair")
    fields = form["/Fields"]
    writer.update_container(form)
    form[pdf_name("/Fields")] = _array(*fields, writer.add_object(copy))


def _text_field(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    writer.update_container(form)
    field = {"/FT": pdf_name("/Tx"), "/T": pdf_string("Montant"), "/V": pdf_string("12 000 000"),
             "/Type": pdf_name("/Annot"), "/Subtype": pdf_name("/Widget"), "/Rect": _numbers(70, 690, 470, 720),
             "/P": writer.root["/Pages"]["/Kids"].raw_get(1)}  # fmt: skip
    form[pdf_name("/Fields")] = _array(*form["/Fields"], writer.add_object(pdf_dictionary(field)))


def empty_signature_field(writer: Writer) -> None:
    pyhanko_fields.append_signature_field(
        writer, pyhanko_fields.SigFieldSpec("Directeur", on_page=1, box=(9, 9, 99, 60))
    )


def _attachment(name: str, data: bytes) -> Callable[[Writer], None]:
    """`data` under this name in the list of attachments; a viewer shows the last."""

    def change(writer: Writer) -> None:
        kept = _stream(writer, data, Type=pdf_name("/EmbeddedFile"))
        said = {"/Type": pdf_name("/Filespec"), "/F": pdf_string(name), "/UF": pdf_string(name),
                "/EF": pdf_dictionary({"/F": kept, "/UF": kept})}  # fmt: skip
        file = writer.add_object(pdf_dictionary(said))
        names = pdf_dictionary({"/Names": _array(pdf_string(name), file)})
        writer.root[pdf_name("/Names")] = pdf_dictionary({"/EmbeddedFiles": names})
        writer.update_root()

    return change


def _script(writer: Writer) -> Any:
    return writer.add_object(pdf_dictionary({"/S": pdf_name("/JavaScript"), "/JS": pdf_string("this.print()")}))


def _described(writer: Writer) -> None:
    packet = writer.root["/Metadata"]
    packet._data = packet.data.replace("d’essai".encode(), "corrigé".encode())
    packet._encoded_data = None
    writer.update_container(packet)


def _titled(writer: Writer) -> None:
    writer.set_info(writer.add_object(pdf_dictionary({"/Title": pdf_string("Compte rendu corrigé")})))


def _outline(writer: Writer) -> None:
    first = writer.root["/Outlines"]["/First"]
    first[pdf_name("/Title")] = pdf_string("Décision")
    writer.update_container(first)


def _spoken(writer: Writer) -> None:
    """What a screen reader says of the whole."""
    top = writer.root["/StructTreeRoot"]["/K"]
    top = top[0].get_object() if isinstance(top, generic.ArrayObject) else top.get_object()
    top[pdf_name("/ActualText")] = pdf_string("La séance est levée à trois heures.")
    writer.update_container(top)


def _font_swapped(writer: Writer) -> None:
    """The page's letters are read and drawn by another table."""
    fonts = _page(writer)["/Resources"]["/Font"]
    font = next(iter(fonts.values())).get_object()
    font[pdf_name("/ToUnicode")] = _stream(writer, b"begincmap endcmap")
    writer.update_container(font)


def _evidence_other(writer: Writer) -> None:
    kept = writer.root["/DSS"]
    kept[pdf_name("/CRLs")] = _array()
    writer.update_container(kept)


def _plain(number: int, body: bytes, trailer: bytes = b"") -> bytes:
    """A revision written by hand: object `number` anew, in a table of its own."""
    pdf = final()
    reader = PdfFileReader(io.BytesIO(pdf))
    at = len(pdf)
    said = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    last = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    root = reader.root_ref
    ends = b"trailer\n<< /Size 9999 /Root %d 0 R /Prev %d %s>>\nstartxref\n%d\n%%%%EOF\n"
    return pdf + said + table + ends % (root.idnum, last, trailer, at + len(said))


def _content_number() -> int:
    reader = PdfFileReader(io.BytesIO(final()))
    return int(reader.root["/Pages"]["/Kids"][1].get_object().raw_get("/Contents").idnum)


def _many(writer_times: int) -> bytes:
    pdf = final()
    for _ in range(writer_times):
        pdf = revised(paint, pdf)
    return pdf


UPDATES: Forged = {
    "a revision that changes nothing": lambda: revised(lambda writer: writer.update_root()),
    "a line painted over": lambda: revised(paint),
    "a passage painted white": lambda: revised(_whiten),
    "a page drawn from another text": lambda: revised(_other_text),
    "two revisions more": lambda: _many(2),
    "words laid over as a remark": lambda: revised(free_text),
    "a rubber stamp": lambda: revised(_rubber_stamp),
    "a link that leads elsewhere": lambda: revised(_link),
    "a page turned round": lambda: revised(_page_set("/Rotate", generic.NumberObject(180))),
    "a page cropped": lambda: revised(_page_set("/CropBox", _numbers(0, 0, 595, 400))),
    "a page without its text": lambda: revised(_page_set("/Contents", _array())),
    "a page that acts when it is opened": lambda: revised(
        lambda writer: _page(writer).__setitem__(pdf_name("/AA"), pdf_dictionary({"/O": _script(writer)}))
    ),
    "a page added": lambda: revised(_page_added),
    "a page removed": lambda: revised(_page_removed),
    "the pages in another order": lambda: revised(_pages_reordered),
    "a text hidden in a layer": lambda: revised(_hidden_layer),
    "another visible stamp": lambda: revised(_field_set("/AP", _other_stamp)),
    "a stamp moved away": lambda: revised(_field_set("/Rect", lambda _: _numbers(0, 0, 1, 1))),
    "a stamp that is hidden": lambda: revised(_field_set("/F", lambda _: generic.NumberObject(2))),
    "a field called otherwise": lambda: revised(_field_set("/T", lambda _: pdf_string("Directeur"))),
    "a field without its lock": lambda: revised(_field_set("/Lock", lambda _: generic.NullObject())),
    "a slot that holds the other's signature": lambda: revised(_field_set("/V", _value_of("rapporteur"))),
    "a time-stamp's slot that holds a person's": lambda: revised(_field_set("/V", _value_of("chair"), "timestamp")),
    "a signature taken out of its field": lambda: revised(_field_unsigned),
    "a signature field taken out": lambda: revised(_field_removed),
    "two fields of one name": lambda: revised(_field_twice),
    "a form field with a sum": lambda: revised(_text_field),
    "an empty field for one more signature": lambda: revised(empty_signature_field),
    "the form taken out": lambda: revised(_root_without("/AcroForm")),
    "the lock on changes taken out (DocMDP)": lambda: revised(_root_without("/Perms")),
    "the kept evidence taken out": lambda: revised(_root_without("/DSS")),
    "the kept evidence emptied": lambda: revised(_evidence_other),
    "the attached source replaced": lambda: revised(_attachment("donnees.json", b'{"parts":{}}')),
    "a file attached": lambda: revised(_attachment("annexe.txt", b"Annexe")),
    "a program": lambda: revised(
        _root_set("/Names", lambda writer: pdf_dictionary(
            {"/JavaScript": pdf_dictionary({"/Names": _array(pdf_string("a"), _script(writer))})}))
    ),
    "an action on opening": lambda: revised(_root_set("/OpenAction", _script)),
    "another page to begin with": lambda: revised(
        _root_set("/OpenAction", lambda w: _array(w.root["/Pages"]["/Kids"].raw_get(2), pdf_name("/Fit")))
    ),
    "another description (XMP)": lambda: revised(_described),
    "another title": lambda: revised(_titled),
    "another line in the outline": lambda: revised(_outline),
    "another text for screen readers": lambda: revised(_spoken),
    "another language": lambda: revised(_root_set("/Lang", lambda _: pdf_string("en"))),
    "other page numbers": lambda: revised(_root_set("/PageLabels", lambda _: pdf_dictionary({"/Nums": _array()}))),
    "another table of letters in a font": lambda: revised(_font_swapped),
    "another edition of the format": lambda: revised(_root_set("/Version", lambda _: pdf_name("/1.4"))),
    "an object written anew by hand": lambda: _plain(_content_number(), b"<< /Length 0 >>\nstream\n\nendstream"),
    "an object freed by hand": lambda: _plain(_content_number(), b"null"),
    "a table beside the table (hybrid)": lambda: _plain(_content_number(), b"null", b"/XRefStm 15 "),
    "a new root written by hand": lambda: _plain(9000, b"<< /Type /Catalog >>"),
}  # fmt: skip
