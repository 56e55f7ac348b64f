"""Old reports: recognised in whatever hand they are written, put into the parts, their recommendations followed up."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from flask import Flask

from app.content.blocks import Content
from app.content.inline import spans
from app.content.markdown import plain
from app.content.prose import join
from app.db import db
from app.documents.word.opening import UnreadableWord
from app.reports.legacy_import import taking
from app.reports.legacy_import.building import Built, build
from app.reports.legacy_import.pieces import LegacyPiece, read_old
from app.reports.legacy_import.recognising import LEFT, NOWHERE, recognise
from app.reports.models.report import Origin
from app.reports.replay.verifying import verify_report
from app.reports.steps import NotReady
from app.reports.text import prefill
from app.reports.text.imported import are_old
from app.reports.text.revisions import current, part_of
from app.template import STORED
from app.workflow import Stage
from app.workshops.models import Workshop
from tests.cast import Cast
from tests.factories import opened, the_workshop
from tests.olden import old

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "sources" / "rapport-segou-2018.txt"


def built_of(data: bytes) -> tuple[Built, list[str]]:
    """What comes of a file as it is recognised, and the texts that are not."""
    pieces = read_old(data).pieces
    targets = recognise(pieces)
    return build(pieces, targets), [
        piece.text for piece, target in zip(pieces, targets, strict=True) if target == NOWHERE
    ]


def column(content: Content, name: str) -> list[str]:
    return [block.fields[name] for block in content]


def check_whole(built: Built) -> None:
    zones = built.zones
    assert join(zones["introduction"]["body"]) == "L’atelier s’est tenu à Ségou."
    assert join(zones["ceremony"]["lead"]) == "Deux interventions l’ont marquée :"
    assert column(zones["ceremony"]["speeches"], "text")[1] == "Madame SANOGO a ouvert les travaux."
    assert join(zones["proceedings"]["body"]) == "Un tour de table a eu lieu."
    assert [
        tuple(row.fields[name] for name in ("function", "civility", "first_name", "surname", "title"))
        for row in zones["bureau"]["members"]
    ] == [
        ("Président", "Monsieur", "Seydou", "BA", "2ème Vice-président du Conseil"),
        ("Vice-Président", "Monsieur", "Salif", "KEITA", ""),
        ("Rapporteur", "Madame", "Awa Nana", "DIOP", "conseillère technique"),
    ]
    assert join(zones["method"]["body"]) == "Elle a été participative."
    assert column(zones["presentation"]["points"], "text") == ["exécution du budget ;"]
    assert column(zones["concerns"]["concerns"], "text") == ["le taux de recouvrement ;"]
    assert join(zones["concerns"]["closing"]) == "Des réponses ont été apportées."
    assert column(zones["recommendations"]["recommendations"], "text") == [
        "Recenser le patrimoine ;",
        "Informer les citoyens.",
    ]
    assert "sans suite" in join(zones["unmet"]["lead"])
    assert join(zones["conclusion"]["body"]) == "Les travaux ont pris fin."
    assert [
        (row.fields["text"], row.fields["status"], row.fields["execution"]) for row in zones["follow_up"]["rows"]
    ] == [
        ("Former les élus.", "non réalisée", "non fait"),
        ("Publier les comptes.", "", "Affichés en mairie"),
    ]
    assert column(zones["programme"]["slots"], "hours") == ["08h30- 09h", "09h"]
    assert [dict(row.fields)["contact"] for row in zones["attendance"]["attendees"]] == ["76 45 12 42"]
    assert built.left == [" |  | reste d’une ligne | "]


@pytest.mark.parametrize("hand", [old.tidy, old.bold, old.bare])
def test_every_part_is_found_in_whatever_hand_it_is_written(hand: Callable[[], bytes]) -> None:
    built, rest = built_of(hand())
    check_whole(built)
    assert "Février 2017" in rest and "Fait à Ségou, le 22 février 2017" in rest
    assert not any("Méthodologie de la rencontre" in text for text in rest), "the terms are the campaign’s own"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_same_is_found_in_a_doc_that_libreoffice_made_a_docx(tmp_path: Path) -> None:
    (tmp_path / "ancien.docx").write_bytes(old.bold())
    (tmp_path / "mis.docx").write_bytes(old.styled())
    converted(tmp_path, "doc", "ancien.docx", "mis.docx")
    converted(tmp_path, "docx", "ancien.doc", "mis.doc")
    check_whole(built_of((tmp_path / "ancien.docx").read_bytes())[0])
    check_styled(built_of((tmp_path / "mis.docx").read_bytes())[0])
    converted(tmp_path, "odt", "ancien.docx")
    for name, sentence in (("ancien.doc", "l’ancien format"), ("ancien.odt", "d’un autre programme")):
        with pytest.raises(UnreadableWord, match=sentence):
            read_old((tmp_path / name).read_bytes())


def converted(folder: Path, kind: str, *names: str) -> None:
    """The files as LibreOffice saves them in another format, beside them."""
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    order = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(folder)]
    subprocess.run([*order, *(str(folder / name) for name in names)], check=True, capture_output=True, timeout=180)


def test_nothing_is_lost_on_the_way() -> None:
    pieces = read_old(old.bare()).pieces
    targets = recognise(pieces)
    built = build(pieces, ["introduction/body" if target in (NOWHERE, LEFT) else target for target in targets])
    said = " ".join(
        text
        for zones in built.zones.values()
        for rows in zones.values()
        for row in rows
        for text in row.fields.values()
    )
    for piece in pieces:
        if not piece.rows and not piece.text.startswith(("Président", "Vice", "Rapporteurs", "Mme")):
            assert piece.text in said


STYLED = (
    "Le 2ème \\*Vice-président\\* a dit **non**, puis *peut-être* et 12 m^{2}.\n\n**NB :** ***tout*** est bien.\n\n"
    "1. Un numéro tapé\n\n\\# Un signe tapé\n\n+ Un plus tapé\n\nC:\\\\\\*fichiers\\*\n\n- **Un** point\n- *un autre*"
)


def check_styled(built: Built) -> None:
    introduction = built.zones["introduction"]["body"]
    assert join(introduction) == STYLED
    printed = spans(introduction[0].text)
    assert [span.text for span in printed if span.superscript] == ["ème", "2"]
    assert "*Vice-président*" in plain(introduction[0].text), "its own stars print as they were typed"
    assert column(built.zones["recommendations"]["recommendations"], "text") == ["Tenir la 2ème réunion"]


def test_bold_italics_and_raised_endings_are_kept_in_prose_and_rows_stay_plain() -> None:
    check_styled(built_of(old.styled())[0])
    pieces = read_old(old.styled()).pieces
    assert tuple(LegacyPiece.from_json(json.loads(json.dumps(piece.to_json()))) for piece in pieces) == pieces


def test_a_table_put_into_prose_keeps_its_lines_apart() -> None:
    (piece,) = (piece for piece in read_old(old.tidy()).pieces if piece.rows and "Accueil" in piece.text)
    built = build([piece], ["introduction/body"])
    assert "Responsables\n08h30- 09h | Accueil" in plain(join(built.zones["introduction"]["body"]))


def test_an_old_report_becomes_revisions_that_say_where_they_come_from(world: Flask, cast: Cast) -> None:
    report = opened(cast)
    built, _ = built_of(old.tidy())
    taken = taking.take(report, built, taking.numbers(report), "ab" * 32, cast.fanta)
    assert len(taken.saved) == 13 and not taken.collided
    assert current(part_of(report, "recommendations")).origin is Origin.IMPORT
    assert current(part_of(report, "attendance")).plain_json == ""
    db.session.commit()
    assert verify_report(db.session, report.id) == []
    with pytest.raises(NotReady, match="Rien n’est à reprendre"):
        taking.take(report, Built(), taking.numbers(report), "ab" * 32, cast.fanta)


def test_its_open_recommendations_enter_the_follow_up_of_the_next_meeting(world: Flask, cast: Cast) -> None:
    report = opened(cast)
    following = later(the_workshop())
    assert prefill.open_recommendations(following) == []
    taking.take(report, built_of(old.tidy())[0], taking.numbers(report), "ab" * 32, cast.fanta)
    assert report.stage is Stage.DRAFTING and are_old([report.id]) == {report.id}
    assert column(tuple(prefill.open_recommendations(following)), "text") == [
        "Former les élus.",
        "Publier les comptes.",
        "Recenser le patrimoine ;",
        "Informer les citoyens.",
    ]


def test_a_draft_that_was_typed_is_still_followed_up_by_nothing(world: Flask, cast: Cast) -> None:
    from tests.factories import written

    written(opened(cast), cast.fanta)
    assert prefill.open_recommendations(later(the_workshop())) == []


def later(workshop: Workshop) -> Workshop:
    """A meeting of the same territory a year later; it is no row."""
    return Workshop(territory_id=workshop.territory_id, held_on=workshop.held_on + timedelta(days=365))


@pytest.mark.skipif(not REAL.exists(), reason="the real report is not beside this folder")
def test_the_real_report_is_found_whole() -> None:
    built, _rest = built_of(real_report())
    expected = {part.key for part in STORED} - {"terms", "signatures", "photographs"}
    assert set(built.zones) == expected - {"attendance"} | ({"attendance"} & set(built.zones))
    sizes = {key: {zone: len(rows) for zone, rows in zones.items()} for key, zones in built.zones.items()}
    assert sizes["ceremony"] == {"lead": 1, "speeches": 3}
    assert sizes["bureau"]["members"] == 6
    assert sizes["presentation"]["points"] == 4 and sizes["concerns"]["concerns"] == 13
    assert sizes["recommendations"]["recommendations"] == 5
    assert sizes["follow_up"]["rows"] == 13 and sizes["programme"]["slots"] == 12
    assert column(built.zones["bureau"]["members"], "function").count("Personne ressource") == 2
    said = " ".join(REAL.read_text("utf-8").split())
    for block in (*built.zones["introduction"]["body"], *built.zones["conclusion"]["body"]):
        assert block.text.strip("*").replace("2ème", "2^{ème}") in said, "words and marks as they were"
    assert "ème" in [span.text for span in spans(join(built.zones["conclusion"]["body"])) if span.superscript]
    assert "2ème Vice-président" in column(built.zones["bureau"]["members"], "title")[0]


def real_report() -> bytes:
    """The report's text as a Word file in its styles: lines with tabs as tables, headings in bold."""
    document = Document()
    rows: list[tuple[str, ...]] = []
    for line in [*REAL.read_text("utf-8").splitlines(), ""]:
        cells = tuple(line.split("\t"))
        table = (len(cells) > 1 and ":\t" not in line and not line[-1].isdigit()) or (rows and len(cells) > 1)
        if table:
            rows.append(cells)
            continue
        if rows and line.strip():
            width = max(map(len, rows))
            old.put_table(document, [row + ("",) * (width - len(row)) for row in rows])
            rows = []
        if line.strip():
            item = line.startswith("- ")
            runs = spans(line.removeprefix("- ").strip())
            text = "".join(run.text for run in runs)
            paragraph = document.add_paragraph(style="List Bullet" if item else None)
            for run in runs:
                made = paragraph.add_run(run.text)
                made.bold = run.bold or (not item and len(text) < 60 and text.endswith(":"))
                made.italic, made.font.superscript = run.italic, run.superscript
    return old.saved(document)
