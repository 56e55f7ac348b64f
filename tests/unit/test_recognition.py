"""Files known by their content: what is taken, under which type, and what is not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.documents.recognition import Unknown, by_content
from app.reports.attachments.kinds import KindRefused, kept_name, require_size
from app.reports.models.attachment import AttachmentKind

OFFICE = "application/vnd.openxmlformats-officedocument."


def written(folder: Path, content: bytes) -> Path:
    file = folder / "file"
    file.write_bytes(content)
    return file


def zipped(folder: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(folder / "file", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "file"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"#!AMR\n", "audio/amr"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypmp42\x00", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00", "video/quicktime"),
        (b"\x00\x00\x00\x18ftyp3gp5\x00", "video/3gpp"),
        (b"\x1aE\xdf\xa3\x9f", "video/webm"),
    ],
)
def test_a_file_is_what_it_begins_as_whatever_it_is_called(content: bytes, media_type: str, tmp_path: Path) -> None:
    assert by_content(written(tmp_path, content)).media_type == media_type


def test_an_office_file_is_known_by_the_names_inside_it(tmp_path: Path) -> None:
    for name, kind in (
        ("word/document.xml", "wordprocessingml.document"),
        ("ppt/presentation.xml", "presentationml.presentation"),
    ):
        assert by_content(zipped(tmp_path, **{name: b"<x/>"})).media_type == OFFICE + kind
    text = zipped(tmp_path, mimetype=b"application/vnd.oasis.opendocument.text")
    assert by_content(text).endings == (".odt",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\x90\x00\x03", "aucun des types"),
        (b"\x7fELF", "aucun des types"),
        (b"<html><script>alert(1)</script>", "aucun des types"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "aucun des types"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ancien"),
        (b"PK\x03\x04 and no more", "abîmé"),
        (b"", "aucun des types"),
    ],
)
def test_what_may_run_or_is_unknown_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(Unknown, match=why):
        by_content(written(tmp_path, content))


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "ppt/VBAPROJECT.BIN", "Basic/Standard/Module1.xml", "Scripts/python/a.py"]
)
def test_a_document_with_macros_in_it_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="macros"):
        by_content(zipped(tmp_path, **{"word/document.xml": b"<x/>", name: b"x"}))


def test_a_zip_of_anything_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        by_content(zipped(tmp_path, **{"a.exe": bytes(50_000_000)}))


def test_a_name_is_kept_as_a_name_and_ends_as_its_content_does(tmp_path: Path) -> None:
    pdf = by_content(written(tmp_path, b"%PDF-1.7"))
    assert kept_name("Rapport de mission.PDF", pdf) == "Rapport de mission.PDF"
    assert kept_name("C:\\Users\\Awa\\facture.exe", pdf) == "facture.exe.pdf"
    assert kept_name("../../etc/passwd\r\nX: 1", pdf) == "passwdX: 1.pdf"
    assert kept_name("a" * 300 + ".pdf", pdf).endswith("a.pdf") and len(kept_name("a" * 300 + ".pdf", pdf)) == 120
    assert kept_name("", pdf) == "fichier.pdf"


def test_a_size_beyond_its_kind_s_is_said_with_both_figures() -> None:
    with pytest.raises(KindRefused, match=r"601.Mo.*500 au plus"):
        require_size(AttachmentKind.VIDEO, 630_000_000, 500 << 20)
