"""Word files as another program leaves them: edited in their XML as Word does, or passed through LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AWA = {f"{W}author": "Awa DIOP", f"{W}date": "2018-03-01T09:00:00Z", f"{W}id": "9001"}
MAIN = "word/document.xml"


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return file.getvalue()


def main_of(data: bytes) -> etree._Element:
    return etree.fromstring(parts(data)[MAIN])


def edited(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    """The file with its text changed as `change` does."""
    files = parts(data)
    root = etree.fromstring(files[MAIN])
    change(root)
    return packed({**files, MAIN: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)})


def words_of(paragraph: etree._Element) -> str:
    return "".join(each.text or "" for each in paragraph.iter(f"{W}t", f"{W}delText"))


def paragraph(root: etree._Element, words: str) -> etree._Element:
    """The one paragraph outside the contents that holds these words."""
    (found,) = (each for each in root.iter(f"{W}p") if words in words_of(each) and not _in_contents(each))
    return found


def retyped(old: str, new: str) -> Callable[[etree._Element], None]:
    """Words put in the place of others without a trace."""

    def change(root: etree._Element) -> None:
        (text,) = (each for each in root.iter(f"{W}t") if old in (each.text or "") and not _in_contents(each))
        text.text = text.text.replace(old, new)

    return change


def _in_contents(element: etree._Element) -> bool:
    return next(element.iterancestors(f"{W}sdtContent"), None) is not None


def tracked(old: str, new: str) -> Callable[[etree._Element], None]:
    """The same with the changes tracked, by Awa: the run cut in three, as Word does it."""

    def change(root: etree._Element) -> None:
        (text,) = (each for each in root.iter(f"{W}t") if old in (each.text or "") and not _in_contents(each))
        run = text.getparent()
        before, _, after = (text.text or "").partition(old)
        pieces = [_run(run, before)] if before else []
        pieces += [_wrapped("del", _run(run, old, "delText"))] if old else []
        pieces += [_wrapped("ins", _run(run, new))] if new else []
        pieces += [_run(run, after)] if after else []
        for piece in pieces:
            run.addprevious(piece)
        run.getparent().remove(run)

    return change


def _run(like: etree._Element, words: str, tag: str = "t") -> etree._Element:
    run = etree.Element(f"{W}r")
    style = like.find(f"{W}rPr")
    if style is not None:
        run.append(etree.fromstring(etree.tostring(style)))
    text = etree.SubElement(run, f"{W}{tag}")
    text.text = words
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _wrapped(tag: str, run: etree._Element) -> etree._Element:
    element = etree.Element(f"{W}{tag}", AWA)
    element.append(run)
    return element


def added_behind(words: str, new: str) -> Callable[[etree._Element], None]:
    """A new paragraph behind another, in its style, without a trace."""

    def change(root: etree._Element) -> None:
        before = paragraph(root, words)
        made = etree.Element(f"{W}p")
        style = before.find(f"{W}pPr")
        if style is not None:
            made.append(etree.fromstring(etree.tostring(style)))
        made.append(_run(before, new))
        before.addnext(made)

    return change


def removed(words: str) -> Callable[[etree._Element], None]:
    """A whole paragraph taken out without a trace."""

    def change(root: etree._Element) -> None:
        found = paragraph(root, words)
        found.getparent().remove(found)

    return change


def settled(accept: bool, author: str = "") -> Callable[[etree._Element], None]:
    """Every tracked change, or those of one author, accepted or rejected as Word does it."""

    def change(root: etree._Element) -> None:
        for tag in ("ins", "del"):
            for mark in [each for each in root.iter(f"{W}{tag}") if author in ("", each.get(f"{W}author"))]:
                _settle(mark, keep=(tag == "ins") is accept)

    return change


def _settle(mark: etree._Element, *, keep: bool) -> None:
    parent = mark.getparent()
    if parent.tag == f"{W}trPr":
        row = parent.getparent()
        parent.remove(mark)
        if not keep:
            row.getparent().remove(row)
        return
    if parent.tag == f"{W}rPr":
        whole = parent.getparent().getparent()
        parent.remove(mark)
        if not keep:
            whole.getparent().remove(whole)
        return
    if keep:
        for run in mark:
            for text in run.iter(f"{W}delText"):
                text.tag = f"{W}t"
            mark.addprevious(run)
    parent.remove(mark)


def without_bookmarks(root: etree._Element) -> None:
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for each in list(root.iter(f"{W}{tag}")):
            each.getparent().remove(each)


def in_pieces(root: etree._Element) -> None:
    """Runs cut in two, as spelling checks leave them, with the marks of a sitting."""
    for text in list(root.iter(f"{W}t")):
        words, run = text.text or "", text.getparent()
        if len(words) > 6 and run.find(f"{W}fldChar") is None and len(run.findall(f"{W}t")) == 1:
            run.set(f"{W}rsidR", "00A1B2C3")
            run.addprevious(_run(run, words[: len(words) // 2]))
            text.text = words[len(words) // 2 :]
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def through_libreoffice(data: bytes, folder: Path, form: str = "docx") -> bytes:
    """The file opened and saved by LibreOffice; skips where it is not installed."""
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not installed (Debian: libreoffice-writer): not tried")
    folder.mkdir(exist_ok=True)
    source = folder / "given.docx"
    source.write_bytes(data)
    out = folder / "out"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    filters = {"docx": "docx:MS Word 2007 XML", "fodt": "fodt"}
    command = ["soffice", profile, "--headless", "--convert-to", filters[form], "--outdir", str(out), str(source)]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    return (out / f"given.{form}").read_bytes()


def plain(text: str) -> str:
    """`text` with ordinary blanks."""
    return re.sub(r"\s+", " ", text).strip()
