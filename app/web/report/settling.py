"""Adopting by hand: the passages of one amendment, what is chosen where words clash, and the president's own wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.content.canonical import clean
from app.content.changes import ClashChoice
from app.content.changes.settling import Spot as Place
from app.reports.amending.deciding import Settlement
from app.reports.models.report import Amendment, Report, ReportPart
from app.reports.pages.amendment_page import AmendedBlock, AmendedField, passages
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.web.guards import me
from app.web.report.cards import alone

REWRITE = "rewrite"
_CHANGED = (
    "Le texte a changé pendant que vous décidiez. Rien n’est perdu : ce que vous avez choisi et écrit est ci-dessous, "
    "à côté du texte d’aujourd’hui. Relisez, puis adoptez."
)
_CLASH = (
    "Le texte a changé depuis que cet amendement a été écrit, aux mêmes mots. "
    "Dites pour chaque passage ce qui doit rester."
)
_CHOOSE = "Choisissez pour chaque passage en concurrence ce qui doit rester."


@dataclass(frozen=True, slots=True)
class Settling:
    """The form: the amendment's passages on revision `base`, and what has been chosen and typed in it so far."""

    passages: tuple[AmendedBlock, ...]
    base: int
    typed: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""

    @property
    def clashing(self) -> bool:
        return any(spot.clash for spot in self.spots)

    @property
    def spots(self) -> list[AmendedField]:
        return [spot for passage in self.passages for spot in passage.spots]

    def text(self, spot: AmendedField) -> str:
        return self.typed.get(f"text:{spot.key}", spot.wanted)

    def choice(self, spot: AmendedField) -> str:
        return self.typed.get(f"choice:{spot.key}", "")

    @property
    def left_over(self) -> list[str]:
        """What was typed for passages that are no longer there."""
        known = {f"text:{spot.key}" for spot in self.spots}
        return [text for name, text in self.typed.items() if name.startswith("text:") and name not in known and text]


def show(report: Report, amendment: Amendment, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """The page on which an amendment is adopted by hand, with what was posted still in it."""
    settling = _settling(report, amendment, sentence)
    page = open_page(report, me())
    card, cards = alone(page, amendment.number)
    found = {"settling": settling, "card": card, "cards": cards, "page": page, "report": report}
    return render_template("amending/settle.html", amendment=amendment, **found), status


def _settling(report: Report, amendment: Amendment, sentence: str = "") -> Settling:
    part = revisions.part_of(report, amendment.part_key)
    current = revisions.current(part)
    found = passages(amendment.part_key, amendment.change_json, current.content_json)
    typed = {name: clean(text) for name, text in request.form.items() if name.startswith(("text:", "choice:"))}
    base = request.form.get("base", current.number, type=int)
    if base != current.number:
        untouched = _offered(part, amendment, base)
        typed = {name: text for name, text in typed.items() if untouched.get(name) != text}
    return Settling(found, current.number, typed, sentence)


def _offered(part: ReportPart, amendment: Amendment, base: int) -> dict[str, str]:
    """What the form made on revision `base` had in its fields before anything was typed."""
    try:
        then = revisions.revision_of(part, base).content_json
    except LookupError:
        return {}
    found = passages(amendment.part_key, amendment.change_json, then)
    return {f"text:{spot.key}": spot.wanted for passage in found for spot in passage.spots}


def posted() -> bool:
    """Whether it is this form that was posted, and not a card's button."""
    return "base" in request.form


def why(report: Report, amendment: Amendment) -> str:
    """Why the words have to be looked at (again)."""
    number = revisions.part_of(report, amendment.part_key).number
    return _CHANGED if posted() and request.form.get("base", type=int) != number else _CLASH


def settlement(report: Report, amendment: Amendment) -> Settlement | None:
    """What the form says, None where a card's button was pressed.

    Raises `steps.NotReady` where a choice is lacking.
    """
    if not posted():
        return None
    settling = _settling(report, amendment)
    base = request.form.get("base", settling.base, type=int)
    choices: dict[Place, ClashChoice] = {}
    texts: dict[Place, str] = {}
    for spot in settling.spots:
        chosen = settling.choice(spot)
        if spot.clash and chosen != REWRITE:
            if chosen in spot.choices:
                choices[spot.block, spot.name] = ClashChoice(chosen)
            elif base == settling.base:
                raise NotReady(_CHOOSE)
        elif spot.clash or settling.text(spot) != spot.wanted:
            texts[spot.block, spot.name] = settling.text(spot)
    return Settlement(base, choices, texts)
