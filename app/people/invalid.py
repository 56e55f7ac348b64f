"""What a form about people is refused with: one French sentence beside each field at fault."""

from __future__ import annotations

from app.content.typography import french, legible


class Invalid(Exception):
    """The values cannot be taken; `errors` holds a sentence per field, under "" what concerns the form as a whole."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = {field: french(sentence) for field, sentence in errors.items()}
        super().__init__(" ".join(self.errors.values()))


class SavedMeanwhile(Exception):
    """Somebody saved the same thing meanwhile; `now` holds what stands there, by field."""

    def __init__(self, now: dict[str, str]) -> None:
        super().__init__("Cette fiche a été enregistrée par une autre personne pendant que vous la modifiiez.")
        self.now = now


class Forbidden(Exception):
    """Outside the territory this person coordinates."""

    def __init__(
        self, sentence: str = "Cette fiche dépasse la collectivité dont vous assurez la coordination."
    ) -> None:
        super().__init__(french(sentence))


def one_line(text: str) -> str:
    """What was typed into a one-line field, as it is stored: legible letters, single spaces, none at the ends."""
    return " ".join(legible(text).split())
