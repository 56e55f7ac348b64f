"""The main job on the real report: every hand in turn, in a browser, then the signed PDF is read back line by line."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import template
from app.documents import authority, verdict
from tests.cast import PASSWORD, Cast
from tests.e2e import source
from tests.e2e.conftest import Enter
from tests.e2e.source import Source, bullets, plain
from tests.factories import DEADLINE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not source.FILE.exists(), reason=f"the real report is not at {source.FILE}: it was not tried"),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed (poppler-utils)"),
]


def test_the_real_report_goes_from_empty_draft_to_signed_pdf(
    enter: Enter, cast: Cast, tmp_path: Path, keys: Path
) -> None:
    report = source.read()
    coumba = enter(cast.coumba)
    plan(coumba, report)
    fanta = enter(cast.fanta)
    place = draft(fanta, report)
    old, new = correct(enter(cast.issa), place)
    amended, wording = read_and_amend(enter, cast, place, report)
    pdf = sign_both(enter, cast, place, tmp_path)
    compare(report, pdf, {old: new, amended: wording})
    # In a thread of its own: the browser's driver keeps an event loop in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        roots = authority.load(keys).roots
        found = elsewhere.submit(verdict.examine, pdf.read_bytes(), lambda _: True, roots).result()
    assert found.genuine, found.findings
    assert {each.slot for each in found.signatures if each.valid} == {"rapporteur", "chair"}
    visitor = enter(None)
    visitor.goto("/verifier")
    visitor.get_by_label("Fichier PDF").set_input_files(pdf)
    visitor.get_by_role("button", name="Vérifier le fichier", exact=True).click()
    expect(visitor.get_by_text("Ce document est authentique")).to_be_visible()


# --- Coumba plans


def plan(page: Page, report: Source) -> None:
    title = " ".join(report.cover[1:-2])
    page.goto("/campagnes/nouvelle")
    for label, value in (
        ("Nom de la campagne", "Séances d’information sur les budgets 2018"),
        ("Organisation", report.cover[0]),
        ("Titre des rapports", title),
        ("Année du budget", "2018"),
        ("Premier jour", "2018-02-01"),
        ("Dernier jour", "2018-03-31"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Créer la campagne").click()
    page.wait_for_url("**/campagnes/*")
    campaign = page.url
    for key, text in report.terms.items():
        type_terms(page, f"{campaign}/termes/{key}", key, text, report)
    page.goto(f"{campaign}/programme/modifier")
    paste(page, "slots", report.rows(report.parts["programme"]))
    submit(page, "Enregistrer")
    plan_workshop(page, campaign)


def type_terms(page: Page, place: str, key: str, text: str, report: Source) -> None:
    page.goto(place)
    heading, _, rest = text.partition("\n")
    if key == "title":
        page.locator("#zone-subject").fill(heading)
        page.locator("#zone-title").fill(rest.strip())
    elif key == "media":
        # Heading and text share a line in the source.
        head, _, said = heading.partition(" : ")
        page.locator("#zone-media_heading").fill(f"{head} :")
        page.locator("#zone-media").fill(said)
    else:
        page.locator(f"#zone-{key}_heading").fill(heading)
        page.locator(f"#zone-{key}").fill(report.prose(rest))
    grids = {"steering_committee": "steering_missions", "programme_staff": "staff_missions", "participants": "quotas"}
    if key in grids:
        paste(page, grids[key], report.rows(rest))
    submit(page, "Enregistrer")


def plan_workshop(page: Page, campaign: str) -> None:
    page.goto(f"{campaign}/rencontres/nouvelle")
    choose_territory(page)
    for label, value in (
        ("Date de la rencontre", "2018-02-22"),
        ("Ville", "Ségou"),
        ("Salle ou bâtiment", "Centre de conférences"),
        ("Organisme, avec son article", "le Conseil régional de Ségou"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_label("Rapporteur qui signe").select_option(label="Issa KONE, Conseiller technique")
    page.get_by_label("Président de séance").select_option(label="Seydou BA, Vice-président du Conseil régional")
    page.get_by_role("button", name="Planifier la rencontre").click()
    page.wait_for_url("**/rencontres/*")


def choose_territory(page: Page) -> None:
    link = page.get_by_role("link", name="Ségou")
    if link.count():
        link.first.click()


def paste(page: Page, zone: str, rows: list[list[str]]) -> None:
    """Paste rows into a grid through its "Coller depuis un tableur"."""
    if not rows:
        return
    page.locator(f"#zone-{zone} details.paste summary").click()
    page.locator(f"#paste-{zone}").fill("\n".join("\t".join(row) for row in rows))
    page.locator(f"#zone-{zone} [data-grid-paste]").click()
    expect(page.locator(f"#zone-{zone} [data-grid-rows] [data-row]")).to_have_count(len(rows))


def submit(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


# --- Fanta drafts


def draft(page: Page, report: Source) -> str:
    page.goto("/campagnes")
    page.get_by_role("link", name="Séances d’information sur les budgets 2018").first.click()
    page.get_by_role("link", name="Ségou").first.click()
    page.get_by_role("button", name="Ouvrir le rapport").click()
    page.wait_for_url("**/rapports/*")
    place = page.url
    said = {key: report.paragraphs(key) for key in source.HEADINGS}
    for key in ("introduction", "proceedings", "method", "conclusion"):
        edit(page, key, prose={"body": report.after_heading(key)})
    ceremony = said["ceremony"]
    lead = [line for line in ceremony if not line.startswith("-")]
    edit(page, "ceremony", prose={"lead": lead[0]}, rows={"speeches": [["", text] for text in bullets(ceremony)]})
    edit(page, "bureau", prose={"lead": said["bureau"][0]}, rows={"members": bureau(said["bureau"][1:])}, replace=True)
    draft_debates(page, said["presentation"])
    made = said["recommendations"]
    cut = next(n for n, line in enumerate(made) if n and not line.startswith("-"))
    edit(
        page,
        "recommendations",
        prose={"lead": made[0]},
        rows={"recommendations": [[text] for text in bullets(made[:cut])]},
    )
    edit(page, "unmet", prose={"lead": made[cut]})
    follow(page, report, unmet=bullets(made[cut:])[0])
    sign_names(page, report.parts["signatures"].split("\n"))
    page.goto(place)
    go_past_warnings(page)
    page.locator("#act-hand_over button").click()
    expect(page.locator("#workflow [aria-current=step]")).to_contain_text("Édition")
    return place


def go_past_warnings(page: Page) -> None:
    """The report is printed as it was typed, slips and all: the check names them, and asks why they may stand."""
    page.get_by_label("Pourquoi passer outre").fill("Le rapport est repris tel qu’il a été rédigé.")


def draft_debates(page: Page, lines: list[str]) -> None:
    leads = [n for n, line in enumerate(lines) if not line.startswith("-")]
    first, second, closing = leads
    edit(
        page,
        "presentation",
        prose={"lead": lines[first]},
        rows={"points": [[text] for text in bullets(lines[first:second])]},
    )
    edit(
        page,
        "concerns",
        prose={"lead": lines[second], "closing": lines[closing]},
        rows={"concerns": [[text] for text in bullets(lines[second:closing])]},
    )


def bureau(lines: list[str]) -> list[list[str]]:
    """Function, civility, first name, surname, title of each member."""
    rows, function = [], ""
    for line in lines:
        head, _colon, rest = line.partition(" : ") if " : " in line else line.partition(" :")
        if not line.startswith("-"):
            function = head
            line = rest
        if not line.strip():
            continue
        who, _, title = re.sub(r"^-\s+", "", line).partition(", ")
        civility, *names, surname = who.split()
        rows.append([function, civility, " ".join(names), surname, title.replace("^{", "").replace("}", ""), ""])
    return rows


def follow(page: Page, report: Source, unmet: str) -> None:
    rows = [row[1:] + [""] * (4 - len(row)) for row in report.rows(report.parts["follow_up"])]
    statuses = ["non réalisée" if text == unmet else "" for text, *_ in rows]
    edit(page, "follow_up", rows={"rows": [[row[0], "", row[1], row[2]] for row in rows]}, leave_open=True)
    for n, status in enumerate(statuses):
        if status:
            page.locator(f"[name=zone-rows-{n}-status]").select_option(status)
    save(page, "follow_up")


def sign_names(page: Page, lines: list[str]) -> None:
    half = next(n for n, line in enumerate(lines) if line.startswith("Fait à"))
    rapporteur = [line for line in lines[:half] if line]
    chair = [line for line in lines[half + 1 :] if line]
    rows = []
    for quality, name, *rest in (rapporteur, chair):
        first_name, surname = plain_words(name).split()
        titles = [plain_words(line) for line in rest] + ["", ""]
        rows.append([quality, first_name, surname, titles[0], titles[1]])
    edit(page, "signatures", rows={"signatories": rows}, replace=True)


def plain_words(text: str) -> str:
    return re.sub(r"\^\{([^}]*)\}", r"\1", text).replace("*", "").strip()


def edit(
    page: Page,
    key: str,
    prose: dict[str, str] | None = None,
    rows: dict[str, list[list[str]]] | None = None,
    replace: bool = False,
    leave_open: bool = False,
) -> None:
    """Open the part's editor in its place, type and paste, save."""
    part = page.locator(f"#part-{key}")
    part.hover()
    part.locator("a[data-edit]").click()
    expect(page.locator(f"#part-{key} form.editor")).to_be_visible()
    for zone, text in (prose or {}).items():
        page.locator(f"#zone-{zone}").fill(text)
    for zone, lines in (rows or {}).items():
        if replace:
            remove = page.locator(f"#zone-{zone} [data-grid-rows] [data-grid-remove]")
            for _ in range(remove.count()):
                remove.first.click()
        paste(page, zone, lines)
    if not leave_open:
        save(page, key)


def save(page: Page, key: str) -> None:
    page.locator(f"#part-{key} .editor-foot button.primary").click()
    expect(page.locator(f"#part-{key} form.editor")).to_have_count(0)
    expect(page.locator("#status")).to_contain_text("Enregistré")


# --- Issa edits, the commission reads


def correct(page: Page, place: str) -> tuple[str, str]:
    page.goto(place)
    part = page.locator("#part-conclusion")
    part.hover()
    part.locator("a[data-edit]").click()
    field = page.locator("#zone-body")
    old = field.input_value()
    new = old.replace("ont fin", "ont pris fin")
    assert new != old
    field.fill(new)
    save(page, "conclusion")
    page.get_by_label("À lire par la commission avant le").fill(DEADLINE.isoformat())
    go_past_warnings(page)
    page.locator("#act-transmit button").click()
    expect(page.locator("#workflow [aria-current=step]")).to_contain_text("Lecture CRSB")
    return old, new


def read_and_amend(enter: Enter, cast: Cast, place: str, report: Source) -> tuple[str, str]:
    mariam = enter(cast.mariam)
    mariam.goto(place)
    part = mariam.locator("#part-recommendations")
    part.hover()
    part.locator("a[data-edit]").click()
    field = mariam.locator("[name=zone-recommendations-0-text]")
    old = field.input_value()
    new = old.rstrip(" ;") + " avant la fin de l’année ;"
    field.fill(new)
    mariam.get_by_label("Pourquoi cet amendement").fill("Une échéance rend la recommandation vérifiable.")
    mariam.get_by_role("button", name="Proposer l’amendement").click()
    expect(mariam.locator("#amendment-1")).to_contain_text("avant la fin")
    issa = enter(cast.issa)
    issa.goto(place)
    issa.get_by_text("Donner mon avis").click()
    issa.get_by_label("Favorable", exact=True).check()
    issa.get_by_role("button", name="Enregistrer l’avis").click()
    adama = enter(cast.adama)
    adama.goto(place)
    adama.get_by_role("button", name="Adopter").click()
    expect(adama.locator("#amendment-1")).to_contain_text("Adopté")
    for person in (cast.oumar, cast.binta):
        vote(enter(person), place)
    vote(mariam, place)
    vote(adama, place)
    adama.locator("#act-validate a").click()
    go_past_warnings(adama)
    adama.locator("#act-validate button").click()
    expect(adama.locator("#workflow [aria-current=step]")).to_contain_text("Validé")
    return old, new


def vote(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_label("J’approuve").check()
    page.get_by_role("button", name="Voter").click()
    expect(page.locator("#commission .seats")).to_contain_text("Approuve")


def sign_both(enter: Enter, cast: Cast, place: str, folder: Path) -> Path:
    for person in (cast.issa, cast.seydou):
        page = enter(person)
        page.goto(place)
        page.get_by_role("link", name="Lire et signer").click()
        page.locator("label[for=way-electronic]").click()
        page.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
        page.get_by_role("button", name="Signer ce document").click()
        page.wait_for_url("**/rapports/*")
    expect(page.locator("#workflow [aria-current=step]")).to_contain_text("Signé")
    with page.expect_download() as download:
        page.get_by_role("link", name="Rapport signé (PDF)").click()
    pdf = folder / "rapport.pdf"
    download.value.save_as(pdf)
    return pdf


# --- The PDF read back


def pages_of(pdf: Path) -> list[str]:
    """The text of each page in the order it was written, without foot lines and without spaces."""
    raw = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = []
    for number, page in enumerate(raw.split("\f")[:-1], start=1):
        lines = [
            line for line in page.split("\n") if not re.fullmatch(rf"Rapport n° \d+ {number} \S{{19}}", line.strip())
        ]
        pages.append(plain(" ".join(lines)))
    return pages


def fold(text: str) -> str:
    """Without accents, capitals and marks: how the template's own fixed words are compared."""
    bare = unicodedata.normalize("NFD", text.replace("’", "'").replace(".", "").casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


FIXED = {
    fold(plain(text))
    for text in (
        *(part.heading for part in template.PARTS if part.heading),
        *(zone.prefill for zone in template.TERMS.zones if zone.heading),
        "N°", "Recommandations", "Etat d'exécution", "Observations", "Heures", "Interventions", "Responsables", "Région",
        "Missionnaire", "Date de la rencontre", "Lieu", "Qualités des Participants", "Nombre", "Total",
    )
}  # fmt: skip


def compare(report: Source, pdf: Path, changed: dict[str, str]) -> None:
    pages = pages_of(pdf)
    cover, contents, body = pages[0], pages[1], "".join(pages[2:])
    for line in report.cover:
        assert plain(line) in cover, line
    compare_contents(report, contents, pages)
    text, at, missing = body, 0, []
    for line in report.body.split("\n"):
        for old, new in changed.items():
            line = line.replace(old, new) if old and old in line else line
        cells = [cell for cell in line.split("\t") if cell.strip()]
        if line.startswith("Rapporteur\t") or in_signatures(report, line):
            missing += [cell for cell in cells if plain(cell) not in text]
            continue
        for cell in cells:
            found = find(text, cell, at)
            if found < 0:
                missing.append(cell)
            else:
                at = found
    assert not missing, f"{len(missing)} lines of the source are not in the PDF: {missing[:5]}"


def find(text: str, cell: str, at: int) -> int:
    """Where the cell ends in the text from `at` on; -1 where it is not."""
    wanted = plain(cell)
    place = text.find(wanted, at)
    if place >= 0:
        return place + len(wanted)
    if fold(wanted) in FIXED:
        # Folding keeps no offsets: walk along until the folded words meet.
        for start in range(at, len(text)):
            if fold(text[start]) == fold(wanted[0])[:1] and fold(text[start : start + len(wanted) + 8]).startswith(
                fold(wanted)
            ):
                return start + len(wanted) - 2
    return -1


def in_signatures(report: Source, line: str) -> bool:
    return bool(line.strip()) and line in report.parts["signatures"].split("\n")


def compare_contents(report: Source, contents: str, pages: list[str]) -> None:
    """Every heading stands in the contents with the number of the page it is really on."""
    listed = [part for part in template.PARTS if part.heading and part.in_contents and not part.optional]
    assert len(listed) == len(report.contents)
    for part, line in zip(listed, report.contents, strict=True):
        heading = plain(part.heading)
        assert fold(plain(line)).replace(":", "") == fold(heading).replace(":", "")
        real = next(number for number, page in enumerate(pages, start=1) if number > 2 and heading in page)
        printed = re.search(re.escape(heading) + r"[.·]*(\d+?)(?=\D|$|\d\.)", contents)
        assert printed, heading
        assert contents[printed.start(1) :].startswith(str(real)), (heading, real)
