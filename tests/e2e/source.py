"""The real report, read from the folder beside the project and cut into what people type into which field."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDER = Path(os.environ.get("SEBEN_SOURCES", Path(__file__).resolve().parents[3] / "shared" / "sources"))
FILE = FOLDER / "rapport-segou-2018.txt"

# The headings of the report's body in order, by the words that open their lines.
HEADINGS = {
    "introduction": "INTRODUCTION :",
    "ceremony": "I. Cérémonie",
    "proceedings": "II. Du déroulement",
    "bureau": "2.1. Composition",
    "method": "2.2. Méthodologie",
    "presentation": "Présentation",
    "recommendations": "III. Recommandations :",
    "conclusion": "IV. Conclusion :",
    "signatures": "Rapporteur\n",
    "terms": "Annexe n°1",
    "follow_up": "Annexe n°2",
    "programme": "Annexe n°3",
    "attendance": "Annexe n°4",
}
# The headings of the terms of reference, likewise.
TERMS = {
    "title": "SEANCES",
    "context": "Contexte et Justification",
    "objectives": "I. Objectifs",
    "general_objective": "1.1. Objectif",
    "specific_objectives": "II. Objectifs",
    "method": "III. Méthodologie",
    "step_1": "Etape1",
    "step_2": "Etape 2",
    "step_3": "Etape 3",
    "supervision": "IV. Supervision",
    "steering_committee": "4.1 ",
    "programme_staff": "4.2 ",
    "sponsorship": "V. Parrainage",
    "media": "VI. Couverture",
    "products": "VII. Produit",
    "participants": "VIII. Participants",
    "funding": "IX. Financement",
}


def _cut(text: str, openings: dict[str, str]) -> dict[str, str]:
    """The stretches of the text, each from the line that opens it to the next one."""
    places, at = [], 0
    for key, opening in openings.items():
        at = re.compile(rf"^{re.escape(opening)}", re.MULTILINE).search(text, at).start()  # type: ignore[union-attr]
        places.append((key, at))
        at += 1
    ends = [place for _, place in places[1:]] + [len(text)]
    return {key: text[start:end].strip("\n") for (key, start), end in zip(places, ends, strict=True)}


@dataclass(frozen=True)
class Source:
    """The report's text."""

    text: str

    @cached_property
    def cover(self) -> list[str]:
        return [line.strip("* ") for line in self.text.split("Table des matières")[0].split("\n") if line.strip()]

    @cached_property
    def contents(self) -> list[str]:
        """The headings that the contents list, without their page numbers."""
        block = self.text.split("Table des matières")[1].split("\nINTRODUCTION :\n\n")[0]
        return [re.sub(r"[.\s]*\d+$", "", line) for line in block.split("\n") if line.strip()]

    @cached_property
    def body(self) -> str:
        return "INTRODUCTION :\n\n" + self.text.split("\nINTRODUCTION :\n\n", 1)[1]

    @cached_property
    def parts(self) -> dict[str, str]:
        return _cut(self.body, HEADINGS)

    @cached_property
    def terms(self) -> dict[str, str]:
        return _cut(self.parts["terms"], TERMS)

    def after_heading(self, key: str) -> str:
        return self.parts[key].split("\n", 1)[1].strip("\n") if "\n" in self.parts[key] else ""

    def paragraphs(self, key: str) -> list[str]:
        return [line for line in self.after_heading(key).split("\n") if line.strip()]

    def rows(self, text: str) -> list[list[str]]:
        """The rows of the tables in a stretch, headers left out."""
        rows = [line.split("\t") for line in text.split("\n") if "\t" in line]
        return [row for row in rows if row[0] not in ("Région", "Qualités des Participants", "N°", "Heures", "Total")]

    def prose(self, text: str) -> str:
        """A stretch without its tables."""
        return "\n".join(line for line in text.split("\n") if "\t" not in line).strip("\n")


def read() -> Source:
    return Source(FILE.read_text("utf-8").replace("\r\n", "\n"))


def bullets(lines: list[str]) -> list[str]:
    return [re.sub(r"^-\s+(✓\s+)?", "", line) for line in lines if line.startswith("-")]


def plain(text: str) -> str:
    """A line without its marks and without any space: what is compared with the PDF."""
    text = re.sub(r"\^\{([^}]*)\}", r"\1", text).replace("*", "")
    text = re.sub(r"^-\s+(✓\s*)?", "", text.strip())
    return re.sub(r"[\s\u00a0\u202f\u200b\u2060]+", "", text)
