"""What was typed into a form: read field by field, and refused in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.content.canonical import clean
from app.content.typography import french
from app.workshops import wording


class InvalidEntries(Exception):
    """Some fields cannot be kept as typed. `errors` holds a sentence for each, by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = {field: french(sentence) for field, sentence in errors.items()}
        super().__init__(" ".join(self.errors.values()))


class OutdatedForm(Exception):
    """Somebody else saved since the form was opened: nothing is kept until a person has chosen.

    `differences` holds, for each field of a form that differs, what was typed and what stands.
    """

    def __init__(self, typed: Mapping[str, Any] | None = None, stands: Mapping[str, Any] | None = None) -> None:
        super().__init__("Une autre personne a enregistré entre-temps.")
        pairs = {field: (value, (stands or {}).get(field)) for field, value in (typed or {}).items()}
        self.differences = {field: (mine, theirs) for field, (mine, theirs) in pairs.items() if mine != theirs}


class Entries:
    """One form being read. A field that was not sent has its value in `kept`; `errors` gathers what is wrong."""

    def __init__(self, typed: Mapping[str, str], kept: Mapping[str, Any] | None = None) -> None:
        self.typed = typed
        self.kept = kept or {}
        self.errors: dict[str, str] = {}

    def line(self, field: str, most: int, missing: str = "") -> str:
        """One line of at most `most` characters; `missing` is the sentence where it must not be empty."""
        text = " ".join(clean(self._raw(field)).split())
        if not text and missing:
            self.errors[field] = missing
        if len(text) > most:
            self.errors[field] = (
                f"Ce texte est trop long : {_figure(len(text))} caractères, pour {_figure(most)} au plus."
            )
        return text

    def day(self, field: str, missing: str) -> date:
        """A date, typed in figures or in words. Where there is none, an error and the earliest date."""
        kept = self.kept.get(field)
        if field not in self.typed and isinstance(kept, date):
            return kept
        text = self.line(field, 100, missing)
        found = wording.read_day(text)
        if text and found is None:
            self.errors.setdefault(field, "Cette date n’existe pas ; écrivez-la ainsi : 22/02/2018.")
        return found or date.min

    def number(self, field: str, least: int, most: int, missing: str) -> int:
        """A whole number from `least` to `most`; where there is none, an error and `least`."""
        text = self.line(field, 100, missing)
        figures = text if text.isascii() and text.isdigit() else ""
        if figures and least <= int(figures) <= most:
            return int(figures)
        self.errors.setdefault(field, f"Écrivez un nombre en chiffres, de {least} à {most}.")
        return least

    def settle(self) -> None:
        """Raises `InvalidEntries` if anything was wrong."""
        if self.errors:
            raise InvalidEntries(self.errors)

    def _raw(self, field: str) -> str:
        found = self.typed.get(field)
        return str(self.kept.get(field) or "") if found is None else found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What differs, for the log: field to old and new value, dates in ISO 8601."""
    return {
        field: {"old": plain(before.get(field)), "new": plain(value)}
        for field, value in after.items()
        if before.get(field) != value
    }


def plain(value: Any) -> Any:
    """A value as the log keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
