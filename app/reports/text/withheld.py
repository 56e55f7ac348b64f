"""What of a published report its readers do not get, and whether its public version still says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app import template
from app.content.blocks import Content
from app.reports.models.report import Report
from app.reports.text import erased
from app.reports.text.photographs import shown
from app.template import Consent

MASKED: Mapping[str, str] = {
    "contacts": "les contacts de la liste de présence",
    "names": "les noms des participants qui n’ont pas voulu être nommés",
    "photographs": "les photographies prises sans l’accord de qui s’y trouve",
    "attendance_erased": "la liste de présence, dont le texte a été effacé",
    "photographs_erased": "les photographies, dont le texte a été effacé",
}
"""What may be left out, by the word the log has for it."""


ERASED: Mapping[str, str] = {key: f"{key}_erased" for key in sorted(template.PERSONAL)}


def masked(contents: Mapping[str, Content]) -> list[str]:
    """What of these texts, as they stand, readers do not get: words of `MASKED`, in its order."""
    found = set(_masked(contents))
    return [word for word in MASKED if word in found]


def _masked(contents: Mapping[str, Content]) -> Iterator[str]:
    yield from gone(contents)
    for block in contents.get("attendance", ()):
        if block.fields.get("consent") == Consent.REFUSED:
            yield "names"
        elif block.fields.get("contact"):
            yield "contacts"
    if any(not shown(block) for block in contents.get("photographs", ())):
        yield "photographs"


def gone(contents: Mapping[str, Content]) -> set[str]:
    """Of which parts about persons the text has been erased: words of `MASKED`."""
    return {word for key, word in ERASED.items() if erased.told_by(contents.get(key, ()))}


def stands(report: Report, contents: Mapping[str, Content]) -> bool:
    """Whether the report has a public version, and no text that it shows has been erased since."""
    return bool(report.public_hash) and gone(contents) <= set(report.public_masked.split())


def what_is_masked(words: Sequence[str]) -> str:
    """Those words as a sentence."""
    named = [MASKED[word] for word in words if word in MASKED]
    return f"Y sont masqués : {' ; '.join(named)}." if named else "Rien n’y est masqué."
