"""Two people sign one file, in either order, and nothing of it is lost or rewritten."""

from __future__ import annotations

import io
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from app.documents import seal, stamp
from app.documents.authority import NoAuthority
from app.documents.seal import CannotSign
from app.documents.tree import SignatureField
from tests.unit.sealing import AT, FIELDS, ISSA, LATER, SEYDOU, SIGNERS, document, house, signed, verdict_on


@pytest.mark.parametrize("first", ["rapporteur", "chair"])
def test_either_may_sign_first_and_the_file_is_genuine(first: str) -> None:
    verdict = verdict_on(signed(first)[2])
    assert verdict.genuine, verdict.findings
    assert [(found.slot, found.name, found.title) for found in verdict.signatures] == [
        ("rapporteur", ISSA.name, ISSA.title),
        ("chair", SEYDOU.name, SEYDOU.title),
    ]
    times = {found.slot: found.at for found in verdict.signatures}
    assert times == {first: AT, ({"rapporteur", "chair"} - {first}).pop(): LATER}


@pytest.mark.parametrize("first", ["rapporteur", "chair"])
def test_each_signature_only_appends_to_the_file(first: str) -> None:
    ready, once, twice = signed(first)
    assert once.startswith(ready)
    assert twice.startswith(once)


def test_the_first_signature_certifies_and_lets_only_the_other_follow() -> None:
    reader = PdfFileReader(io.BytesIO(signed()[2]))
    first, second, whole = reader.embedded_signatures
    assert (first.field_name, second.field_name, whole.field_name) == ("rapporteur", "chair", "timestamp")
    assert reader.root["/Perms"]["/DocMDP"].get_object() == first.sig_object
    assert first.docmdp_level is not None
    assert first.docmdp_level.name == "FILL_FORMS"
    assert whole.sig_object_type == "/DocTimeStamp"


def test_the_last_signature_locks_all_but_the_field_of_the_time_stamp() -> None:
    second = PdfFileReader(io.BytesIO(signed()[2])).embedded_signatures[1]
    assert second.docmdp_level is not None
    assert second.docmdp_level.name == "NO_CHANGES"
    assert second.fieldmdp is not None
    assert second.fieldmdp.is_locked("rapporteur")
    assert not second.fieldmdp.is_locked("timestamp")


def test_the_file_keeps_what_proves_its_certificates_and_who_stamped_the_time() -> None:
    reader = PdfFileReader(io.BytesIO(signed()[2]))
    kept = DocumentSecurityStore.read_dss(reader)
    assert {cert.subject.native["common_name"] for cert in kept.load_certs()} >= {
        ISSA.name,
        SEYDOU.name,
        "autorité de signature interne",
        "heure du serveur (horloge interne)",
    }
    assert len(kept.crls) >= 2
    attributes = {each["type"].native for each in reader.embedded_signatures[2].signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in attributes


def test_the_metadata_packet_is_never_rewritten() -> None:
    """PDF/A and PDF/UA read it, and pyHanko would write its own."""
    packets = []
    for pdf in (document(), *signed()):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            packets.append(opened.Root.Metadata.read_bytes())
    assert len(set(packets)) == 1
    assert signed()[2].count(b"<x:xmpmeta") <= document().count(b"<x:xmpmeta")


def test_preparing_twice_gives_the_same_bytes() -> None:
    first = seal.prepare(document(), FIELDS)
    time.sleep(1.1)  # a file's identifier may be drawn from the second in which it is written
    assert seal.prepare(document(), tuple(reversed(FIELDS))) == first


def test_fields_are_tagged_named_and_read_where_they_stand() -> None:
    with pikepdf.open(io.BytesIO(signed()[0])) as opened:
        widgets = {str(field.T): field for field in opened.Root.AcroForm.Fields}
        assert {name: str(field.TU) for name, field in widgets.items()} == {
            "rapporteur": "Signature du rapporteur",
            "chair": "Signature du président de séance",
            "timestamp": "Horodatage du document signé (heure du serveur)",
        }
        parents = pikepdf.NumberTree(opened.Root.StructTreeRoot.ParentTree)
        for field in widgets.values():
            element = parents[int(field.StructParent)]
            assert element.S == "/Form"
            assert element.K.Obj.objgen == field.objgen
            assert str(element.Alt) == str(field.TU)
        assert opened.pages[1].obj.Tabs == "/S", "the keyboard goes through them in the order of the structure"
        kinds = [str(child.S) for child in opened.Root.StructTreeRoot.K[0].K]
        assert kinds.index("/Form") < len(kinds) - 1, "the fields stand before the annex, as on the page"
        assert kinds[-1] != "/Form"


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS[:1],
        (FIELDS[0], FIELDS[0]),
        (*FIELDS, SignatureField("witness", 1, 0, 0, 10, 10)),
        (FIELDS[0], SignatureField("rapporteur", 4, 70, 520, 210, 99)),
    ],
)
def test_fields_that_are_not_the_two_signers_are_refused(fields: tuple[SignatureField, ...]) -> None:
    with pytest.raises(ValueError, match=r"signature field|no page"):
        seal.prepare(document(), fields)


def test_a_document_is_prepared_once() -> None:
    with pytest.raises(ValueError, match="once"):
        seal.prepare(signed()[0], FIELDS)


def test_a_slot_is_signed_once() -> None:
    with pytest.raises(CannotSign, match="déjà signé"):
        seal.sign(signed()[1], "rapporteur", ISSA, house(), LATER, last=True)


@pytest.mark.parametrize("slot", ["witness", "timestamp"])
def test_a_slot_that_is_no_persons_is_refused(slot: str) -> None:
    with pytest.raises(CannotSign, match="pas d’emplacement"):
        seal.sign(signed()[0], slot, ISSA, house(), AT, last=False)


def test_what_is_no_readable_pdf_is_refused_in_french() -> None:
    with pytest.raises(CannotSign, match="rien n’a été enregistré"):
        seal.sign(signed()[0][:2000], "chair", SEYDOU, house(), AT, last=False)


def test_a_signature_before_the_authority_existed_is_refused() -> None:
    with pytest.raises(NoAuthority, match="n’est valable que du 31/12/2025"):
        seal.sign(signed()[0], "chair", SEYDOU, house(), datetime(2018, 2, 22, tzinfo=UTC), last=False)


def test_where_the_other_signs_on_paper_the_only_electronic_signature_locks_the_file() -> None:
    alone = seal.sign(signed()[0], "chair", SEYDOU, house(), AT, last=True)
    certified, whole = PdfFileReader(io.BytesIO(alone)).embedded_signatures
    assert certified.docmdp_level is not None
    assert certified.docmdp_level.name == "NO_CHANGES"
    assert whole.field_name == "timestamp"
    assert verdict_on(alone).findings == ("La signature du rapporteur manque.",)


def test_the_stamp_says_who_in_what_quality_when_and_what_kind_of_signature(tmp_path: Path) -> None:
    page = tmp_path / "stamp.pdf"
    page.write_bytes(stamp.draw(SEYDOU.name, SEYDOU.title, "4F2A-99C1-0D3E", AT, width=210, height=99))
    text = subprocess.run(["pdftotext", "-layout", page, "-"], capture_output=True, text=True, check=True).stdout
    for said in (
        SEYDOU.name,
        SEYDOU.title,
        "Signature électronique interne (non qualifiée)",
        "Le 1er mars 2026 à 09 h 30 UTC (heure du serveur)",
        "Réf. 4F2A-99C1-0D3E",
    ):
        assert said in text
    assert "certifié" not in text


def test_a_stamp_of_very_long_words_stays_within_its_field(tmp_path: Path) -> None:
    page = tmp_path / "stamp.pdf"
    page.write_bytes(stamp.draw("D" * 200, "représentant " * 30, "4F2A-99C1-0D3E", AT, width=210, height=99))
    text = subprocess.run(["pdftotext", page, "-"], capture_output=True, text=True, check=True).stdout
    assert "Réf. 4F2A-99C1-0D3E" in text
    with pikepdf.open(page) as opened:
        assert len(opened.pages) == 1


def test_the_longest_names_and_places_that_can_be_stand_whole_on_the_stamp(tmp_path: Path) -> None:
    name = "Abdoulaye " * 8 + "Y" * 80
    title = f"pour {name}, " + "conseiller " * 18 + "dernier"
    nature = (
        f"Signature manuscrite ; numérisation attestée conforme par {name} ; original conservé : {'salle ' * 19}bout"
    )
    page = tmp_path / "stamp.pdf"
    drawn = stamp.draw(f"P.O. {name}", title, "4F2A-99C1-0D3E", AT, width=210, height=99, nature=nature)
    page.write_bytes(drawn)
    text = subprocess.run(["pdftotext", page, "-"], capture_output=True, text=True, check=True).stdout
    assert "dernier" in text and "bout" in text and "Réf. 4F2A-99C1-0D3E" in text


def test_the_stamp_bears_the_reference_that_the_verdict_gives() -> None:
    """The print on paper leads to the signature in the file."""
    reader = PdfFileReader(io.BytesIO(signed()[2]))
    serials = {found.field_name: found.signer_cert.serial_number for found in reader.embedded_signatures[:2]}
    references = {found.slot: found.reference for found in verdict_on(signed()[2]).signatures}
    assert references == {slot: seal.reference(serial) for slot, serial in serials.items()}


def test_a_visible_signature_fills_its_field_after_signing() -> None:
    with pikepdf.open(io.BytesIO(signed()[0])) as before, pikepdf.open(io.BytesIO(signed()[2])) as after:
        for slot in SIGNERS:
            blank = next(field for field in before.Root.AcroForm.Fields if str(field.T) == slot).AP.N
            drawn = next(field for field in after.Root.AcroForm.Fields if str(field.T) == slot).AP.N
            assert blank.read_bytes() == b""
            assert b"BT" in drawn.read_bytes()
            assert [float(side) for side in drawn.BBox] == [0, 0, 210, 99]
