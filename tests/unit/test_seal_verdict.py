"""What the verdict says of files that are not, or no longer, what two people signed."""

from __future__ import annotations

import hashlib
import io
import subprocess
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from freezegun import freeze_time
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator import ValidationContext

from app.documents import authority, seal, verdict
from app.documents.authority import Authority
from app.documents.seal import SignerInfo
from app.documents.timestamp import ServerClock
from tests.unit.sealing import AT, ISSA, LATER, SEYDOU, document, house, signed, verdict_on

APPENDED = "Des données ont été ajoutées après la dernière signature."


def test_a_published_file_signed_by_both_is_genuine() -> None:
    found = verdict_on(signed()[2])
    assert found.genuine
    assert found.sentence.startswith("Ce document est authentique")
    assert found.findings == ()
    assert all(signature.valid for signature in found.signatures)


def test_a_file_that_was_not_published_is_not_genuine_however_well_signed() -> None:
    found = verdict_on(signed()[2], published=False)
    assert not found.genuine
    assert found.findings == ("Ce fichier n’est, octet pour octet, aucun de ceux qui ont été signés ici.",)
    assert all(signature.valid for signature in found.signatures)


def test_the_hash_asked_about_is_that_of_the_whole_file() -> None:
    asked: list[str] = []
    verdict.examine(signed()[2], lambda digest: not asked.append(digest), house().roots)
    assert asked == [hashlib.sha256(signed()[2]).hexdigest()]


def test_where_publication_is_not_known_the_sentence_says_so() -> None:
    found = verdict_on(signed()[2], published=None)
    assert found.genuine
    assert found.sentence.endswith("sa publication n’a pas été contrôlée.")


def test_ten_years_later_the_verdict_is_the_same() -> None:
    pdf = signed()[2]
    with freeze_time("2036-03-01"):
        assert verdict_on(pdf).genuine


@pytest.mark.parametrize("part", range(16))
def test_a_single_changed_byte_is_found_without_knowing_the_hash(part: int) -> None:
    """Anywhere in the file: one byte in the middle of each sixteenth."""
    pdf = bytearray(signed()[2])
    pdf[len(pdf) * (2 * part + 1) // 32] ^= 0x01
    assert not verdict_on(bytes(pdf), published=None).genuine


@pytest.mark.parametrize("slot", ["rapporteur", "chair", "timestamp"])
def test_what_is_hidden_in_the_room_left_beside_a_signature_is_found(slot: str) -> None:
    pdf = bytearray(signed()[2])
    _, start, end, _ = _byte_range(bytes(pdf), slot)
    assert pdf[end - 3 : end - 1] == b"00"
    pdf[end - 3 : end - 1] = b"41"
    assert start < end
    assert not verdict_on(bytes(pdf), published=None).genuine


@pytest.mark.parametrize("more", [b"\n", b"%\n", b"\0" * 100])
def test_bytes_after_the_last_signature_are_found(more: bytes) -> None:
    found = verdict_on(signed()[2] + more, published=None)
    assert not found.genuine
    assert APPENDED in found.findings


def test_a_line_painted_over_a_page_is_found_though_a_viewer_calls_it_valid(tmp_path: Path) -> None:
    painted = _painted(signed()[2])
    found = verdict_on(painted, published=None)
    assert not found.genuine
    assert APPENDED in found.findings
    assert "Le document a été modifié après la signature du président de séance." in found.findings
    (tmp_path / "painted.pdf").write_bytes(painted)
    viewer = subprocess.run(["pdfsig", tmp_path / "painted.pdf"], capture_output=True, text=True, check=False).stdout
    assert viewer.count("Signature is Valid") == 2


@pytest.mark.forges
def test_a_line_painted_between_the_two_signatures_is_found() -> None:
    """By whoever had the authority sign the changed file: the first signature does not allow it."""
    changed = _painted(signed()[1])
    twice = seal.sign(changed, "chair", SEYDOU, house(), LATER, last=True)
    found = verdict_on(twice, published=None)
    assert "Le document a été modifié après la signature du rapporteur." in found.findings
    assert [signature.valid for signature in found.signatures] == [False, True]


@pytest.mark.parametrize("first", ["rapporteur", "chair"])
def test_a_file_cut_back_to_its_first_signature_is_not_a_finished_report(first: str) -> None:
    found = verdict_on(signed(first)[1], published=None)
    assert not found.genuine
    assert found.sentence.startswith("Ce document n’est pas un rapport définitif")
    assert [signature.valid for signature in found.signatures] == [True]
    assert len(found.findings) == 2


def test_a_file_cut_back_to_before_its_time_stamp_is_not_a_finished_report() -> None:
    twice = signed()[2]
    *_, start, length = _byte_range(twice, "chair")
    found = verdict_on(twice[: start + length], published=None)
    assert [signature.valid for signature in found.signatures] == [True, True]
    assert found.findings == ("La signature d’horodatage manque.",)


def test_a_file_that_nobody_signed_is_not_a_finished_report() -> None:
    for pdf in (document(), signed()[0]):
        found = verdict_on(pdf)
        assert found.sentence.startswith("Ce document n’est pas un rapport définitif")
        assert found.signatures == ()


@pytest.mark.parametrize("slot", ["rapporteur", "chair"])
def test_a_signature_carried_over_from_another_report_is_found(slot: str) -> None:
    ours, theirs = signed(word="seize")[2], signed(word="trois")[2]
    _, start, end, _ = _byte_range(ours, slot)
    _, from_start, from_end, _ = _byte_range(theirs, slot)
    assert end - start == from_end - from_start
    found = verdict_on(ours[:start] + theirs[from_start:from_end] + ours[end:], published=None)
    assert not found.genuine
    assert not next(signature for signature in found.signatures if signature.slot == slot).valid


def test_the_signatures_of_another_authority_are_not_trusted() -> None:
    other = house("Groupe imposteur")
    once = seal.sign(signed()[0], "rapporteur", ISSA, other, AT, last=False)
    twice = seal.sign(once, "chair", SEYDOU, other, LATER, last=True)
    found = verdict_on(twice, published=None)
    assert not found.genuine
    assert [signature.valid for signature in found.signatures] == [False, False]
    assert "La signature du rapporteur n’a pas été délivrée par l’autorité de cette organisation." in found.findings
    assert verdict.examine(twice, None, other.roots).genuine


def test_one_signature_of_another_authority_is_enough_to_refuse() -> None:
    twice = seal.sign(signed()[1], "chair", SEYDOU, house("Groupe imposteur"), LATER, last=True)
    found = verdict_on(twice, published=None)
    assert not found.genuine
    assert [signature.valid for signature in found.signatures] == [True, False]


class Listless(Authority):
    """Signs without a revocation list."""

    def validation_at(self, at: datetime) -> ValidationContext:
        known = [authority._asn1(self.issuing)]
        return ValidationContext(trust_roots=list(self.roots), other_certs=known, moment=at)


class Trusting(Authority):
    """Takes the time from a clock that is not ours, and keeps evidence of both."""

    def clock_at(self, at: datetime) -> ServerClock:
        return house("Groupe imposteur").clock_at(at)

    def validation_at(self, at: datetime) -> ValidationContext:
        both = (house(), house("Groupe imposteur"))
        return ValidationContext(
            trust_roots=[root for each in both for root in each.roots],
            other_certs=[authority._asn1(each.issuing) for each in both],
            crls=[found.public_bytes(Encoding.DER) for each in both for found in each.fresh_lists(at)],
            moment=at,
        )


def test_a_signature_without_its_revocation_lists_is_not_trusted() -> None:
    found = verdict_on(_signed_by(_like(house(), Listless)), published=None)
    assert "La signature du rapporteur n’a pas été délivrée par l’autorité de cette organisation." in found.findings


def test_another_clock_than_the_servers_is_not_trusted() -> None:
    found = verdict_on(_signed_by(_like(house(), Trusting)), published=None)
    assert "La signature du rapporteur ne porte pas d’heure du serveur digne de foi." in found.findings
    assert [signature.valid for signature in found.signatures] == [False, False]


@pytest.mark.forges
def test_a_revision_that_no_signature_closes_is_found() -> None:
    once = seal.sign(_painted(signed()[0]), "rapporteur", ISSA, house(), AT, last=False)
    found = verdict_on(seal.sign(once, "chair", SEYDOU, house(), LATER, last=True), published=None)
    assert found.findings == ("Le document a été révisé en dehors de ses signatures.",)


def test_one_person_under_two_names_does_not_make_two_signatures() -> None:
    again = SignerInfo("I. KONE", SEYDOU.title, ISSA.person_ref)
    found = verdict_on(seal.sign(signed()[1], "chair", again, house(), LATER, last=True))
    assert not found.genuine
    assert found.findings == ("Les deux signatures sont de la même personne.",)


def test_a_foreign_signature_field_is_named() -> None:
    with pikepdf.open(io.BytesIO(signed()[2])) as opened:
        opened.Root.AcroForm.Fields[0].T = pikepdf.String("Directeur")
        saved = io.BytesIO()
        opened.save(saved)
    found = verdict_on(saved.getvalue(), published=None)
    assert "Le document porte une signature étrangère au rapport («\u202fDirecteur\u202f»)." in found.findings


@pytest.mark.parametrize(
    ("pdf", "sentence"),
    [
        (b"", "Le fichier est vide."),
        (b"PK\x03\x04 a Word file", "Ce fichier n’est pas un document PDF."),
        (b"%PDF-1.7\nnothing follows", "Ce document est incomplet ou endommagé"),
        (signed()[2][: len(signed()[2]) // 2], "Ce document est incomplet ou endommagé"),
        (b"%PDF-" + bytes(verdict.LARGEST), "Ce fichier est trop lourd"),
    ],
    ids=["empty", "word", "header", "half", "huge"],
)
def test_what_cannot_be_read_gets_a_clear_sentence(pdf: bytes, sentence: str) -> None:
    found = verdict_on(pdf)
    assert not found.genuine
    assert found.sentence.startswith(sentence)


def test_a_file_behind_a_password_gets_a_clear_sentence() -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(document())) as opened:
        opened.save(saved, encryption=pikepdf.Encryption(owner="clé", user="clé"))
    assert verdict_on(saved.getvalue()).sentence.startswith("Ce document est protégé par un mot de passe")


def test_a_file_of_countless_revisions_is_refused_before_they_are_compared() -> None:
    pdf = document()
    for _ in range(verdict.MOST_REVISIONS + 1):
        pdf = _painted(pdf)
    assert verdict_on(pdf).findings == ("Le document a été révisé en dehors de ses signatures.",)


def _like(ours: Authority, kind: type[Authority]) -> Authority:
    return kind(**{each.name: getattr(ours, each.name) for each in fields(ours)})


def _signed_by(who: Authority) -> bytes:
    once = seal.sign(signed()[0], "rapporteur", ISSA, who, AT, last=False)
    return seal.sign(once, "chair", SEYDOU, who, LATER, last=True)


def _byte_range(pdf: bytes, slot: str) -> tuple[int, int, int, int]:
    """Start, end of the first part; start, length of the second: what signature `slot` covers."""
    found = {each.field_name: each for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures}[slot]
    start, until, after, length = (int(part) for part in found.byte_range)
    return start, until, after, length


def _painted(pdf: bytes) -> bytes:
    """`pdf` with a black line over the text of its second page, appended as any editor would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    line = writer.add_object(generic.StreamObject(stream_data=b"q 70 700 400 14 re f Q"))
    writer.add_stream_to_page(min(1, int(writer.root["/Pages"]["/Count"]) - 1), line)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(("second", "same"), [("paper:17:9", True), ("paper:42:9", False)])
def test_a_paper_counts_for_who_signed_it_not_for_who_attests_it(second: str, same: bool) -> None:
    issa = SignerInfo("Issa KONE", "Rapporteur", "17")
    seydou = SignerInfo("Seydou BA", "", second, "À la main", attester="Fanta")
    once = seal.sign(signed()[0], "rapporteur", issa, house(), AT, last=False)
    both = seal.sign(once, "chair", seydou, house(), LATER, last=True)
    found = verdict_on(both)
    assert (found.findings == (verdict.SAME_PERSON,)) == same and found.genuine != same
    assert [(each.name, each.attester) for each in found.signatures] == [("Issa KONE", ""), ("Seydou BA", "Fanta")]
