"""Old reports made for tests, as they were written before the application: three hands, each with its own habits."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from docx import Document

PROGRAMME = (("Heures", "Interventions", "Responsables"), ("08h30- 09h", "Accueil", "L’équipe"), ("09h", "Fin", ""))
FOLLOW_UP = (
    ("N°", "Recommandations", "Etat d’exécution", "Observations"),
    ("1", "Former les élus.", "non fait", ""),
    ("2", "Publier les comptes.", "Affichés en mairie", "À poursuivre"),
    ("", "", "reste d’une ligne", ""),
)
ATTENDANCE = (("N°", "Prénoms et nom", "Qualité", "Tél."), ("1", "Awa DIOP", "CAFO", "76 45 12 42"))


def saved(document: Any) -> bytes:
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def put_table(document: Any, rows: Iterable[tuple[str, ...]]) -> None:
    rows = list(rows)
    grid = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            grid.cell(at, column).text = text


def _bold(document: Any, text: str) -> None:
    document.add_paragraph().add_run(text).bold = True


def _written(document: Any, head: Callable[[str], None], item: Callable[[str], None], heads: dict[str, str]) -> bytes:
    say = document.add_paragraph
    head("RAPPORT DE L’ATELIER")
    say("Février 2017")
    head(heads["introduction"])
    say("L’atelier s’est tenu à Ségou.")
    head(heads["ceremony"])
    say("Deux interventions l’ont marquée :")
    item("Monsieur BA a souhaité la bienvenue ;")
    item("Madame SANOGO a ouvert les travaux.")
    head(heads["proceedings"])
    say("Un tour de table a eu lieu.")
    head(heads["bureau"])
    say("Le bureau est composé de :")
    say("Président : Monsieur Seydou BA, 2ème Vice-président du Conseil")
    say("Vice - Président : M. Salif KEITA.")
    say("Rapporteurs :")
    item("Mme Awa Nana DIOP, conseillère technique.")
    head(heads["method"])
    say("Elle a été participative.")
    head(heads["presentation"])
    say("Elle a porté sur les points suivants :")
    item("exécution du budget ;")
    say("Les participants ont formulé les préoccupations suivantes :")
    item("le taux de recouvrement ;")
    say("Des réponses ont été apportées.")
    head(heads["recommendations"])
    say("Les participants recommandent de :")
    item("Recenser le patrimoine ;")
    item("Informer les citoyens.")
    say("Une recommandation de l’an passé est restée sans suite :")
    item("Former les élus.")
    head(heads["conclusion"])
    say("Les travaux ont pris fin.")
    say("Fait à Ségou, le 22 février 2017")
    head(heads["terms"])
    say("Contexte et justification :")
    head("I. Objectifs :")
    head("III. Méthodologie de la rencontre :")
    say("Un exposé.")
    head(heads["follow_up"])
    put_table(document, FOLLOW_UP)
    head(heads["programme"])
    put_table(document, PROGRAMME)
    head(heads["attendance"])
    put_table(document, ATTENDANCE)
    say("")
    return saved(document)


def styled() -> bytes:
    """One part of prose and one list, with words in bold, in italics and raised, and signs that Markdown would read."""
    document = Document()
    _bold(document, "INTRODUCTION")
    put_runs(
        document, "Le 2", "^ème", " *Vice-président* a dit ", "*non", ", puis ", "/peut-être ", "et 12 m", "^2", "."
    )
    put_runs(document, "*NB : ", "*/ tout", " est bien.")
    for line in ("1. Un numéro tapé", "# Un signe tapé", "+ Un plus tapé", "C:\\*fichiers*"):
        document.add_paragraph(line)
    put_runs(document, "-\u00a0", "*Un", " point\n- ", "/un autre")
    _bold(document, "Recommandations")
    put_runs(document, "- Tenir la ", "*2", "^ème", " réunion")
    return saved(document)


def put_runs(document: Any, *runs: str) -> None:
    """A paragraph of runs; before one that is bold, in italics or raised stands * , / or ^."""
    paragraph = document.add_paragraph()
    for run in runs:
        style = run[: len(run) - len(run.lstrip("*/^"))]
        made = paragraph.add_run(run[len(style) :])
        made.bold, made.italic = "*" in style or None, "/" in style or None
        made.font.superscript = "^" in style or None


def tidy() -> bytes:
    """Headings by style, lists by style."""
    document = Document()
    heads = {
        "introduction": "INTRODUCTION :",
        "ceremony": "I. Cérémonie d'ouverture :",
        "proceedings": "II. Du déroulement des travaux :",
        "bureau": "2.1. Composition du Bureau :",
        "method": "2.2. Méthodologie :",
        "presentation": "Présentation",
        "recommendations": "III. Recommandations :",
        "conclusion": "IV. Conclusion :",
        "terms": "Annexe n°1: Les termes de référence",
        "follow_up": "Annexe n°2 : niveau de mise en œuvre des recommandations de la précédente rencontre",
        "programme": "Annexe n°3 : Programme de l'atelier",
        "attendance": "Annexe n°4 : La liste de présence",
    }
    return _written(
        document,
        lambda text: document.add_heading(text, 1),
        lambda text: document.add_paragraph(text, style="List Bullet"),
        heads,
    )


def bold() -> bytes:
    """No styles: headings in bold, dashes typed, other numbers and capitals, a table of contents typed by hand."""
    document = Document()
    heads = {
        "introduction": "Introduction",
        "ceremony": "1) LA CEREMONIE D’OUVERTURE",
        "proceedings": "2) DEROULEMENT DES TRAVAUX",
        "bureau": "2-1 Mise en place du bureau",
        "method": "2-2 La méthodologie",
        "presentation": "PRESENTATIONS",
        "recommendations": "3) LES RECOMMANDATIONS",
        "conclusion": "4) CONCLUSION",
        "terms": "ANNEXE I : TDR",
        "follow_up": "Annexe N°2 - Suivi des recommandations",
        "programme": "Annexe N° 3 : Agenda",
        "attendance": "Annexe 4",
    }
    heads["ceremony"] = "1) CEREMONIE D’OUVERTURE"
    for line in ("INTRODUCTION :\t2", "Annexe n°1: Les termes de référence.....\t6", "III. Recommandations\t5"):
        document.add_paragraph(line)
    return _written(
        document, lambda text: _bold(document, text), lambda text: document.add_paragraph(f"- {text}"), heads
    )


def bare() -> bytes:
    """Nothing stands out: headings are lines like others, items have checks before them."""
    document = Document()
    heads = {
        "introduction": "INTRODUCTION",
        "ceremony": "I- Ouverture des travaux",
        "proceedings": "II- Déroulement",
        "bureau": "a) Bureau de séance",
        "method": "b) Méthodologie de travail",
        "presentation": "c) Exposés",
        "recommendations": "III- Recommandation(s)",
        "conclusion": "En conclusion :",
        "terms": "Annexe 1 : Termes de Référence (TDR)",
        "follow_up": "Annexe 2",
        "programme": "Annexe 3 : le programme",
        "attendance": "Annexe 4 : Liste des participants",
    }
    return _written(document, document.add_paragraph, lambda text: document.add_paragraph(f"✓ {text}"), heads)
