"""What the meeting asked and was asked: recommendations that somebody can carry out, concerns that were answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app import template
from app.content.blocks import Block
from app.reports.consistency.case import Case, Inconsistency, in_row
from app.reports.consistency.language import levelled, listed, plural, words

DETAILS = ("addressee", "deadline", "proof", "sector")
"""What makes a recommendation one that can be followed, beside what is to be done."""

_OPENING_WORDS = 8
_INFINITIVE = re.compile(
    r"[a-z]+(?:er|ir|endre|ondre|indre|oudre|ettre|attre|uire|crire|suivre|clure|ompre|aitre|croire)|(?:re)?(?:lire|dire|faire)"
)
# Nouns that end as verbs do, and begin recommendations that have none.
_NOUNS = frozenset(
    {
        "atelier",
        "avenir",
        "cahier",
        "chantier",
        "courrier",
        "dernier",
        "dossier",
        "fevrier",
        "fichier",
        "financier",
        "foncier",
    }
    | {
        "hiver",
        "janvier",
        "loisir",
        "loyer",
        "metier",
        "papier",
        "particulier",
        "premier",
        "quartier",
        "regulier",
        "souvenir",
    }
)
_ANSWERED = re.compile(r"\brepon\w*|\beclairci\w*|\bapaise\w*|\bdoutes\b")


def _rows(case: Case) -> list[Block]:
    rows = case.rows("recommendations", "recommendations")
    return [row for row in rows if row.fields.get("text", "").strip()]


def unaddressed(case: Case) -> Iterator[Inconsistency]:
    """Recommendations that name nobody who should act."""
    rows = _rows(case)
    lacking = [rank for rank, row in enumerate(rows, start=1) if not row.fields.get("addressee", "").strip()]
    if lacking:
        counted = plural(len(lacking), "recommandation", "recommandations")
        yield in_row("recommendations", rows[lacking[0] - 1], "addressee", counted=counted, which=listed(lacking))


def verbless(case: Case) -> Iterator[Inconsistency]:
    """A recommendation that does not say what is to be done."""
    for rank, row in enumerate(_rows(case), start=1):
        text = row.fields["text"]
        if not _has_verb(text):
            yield in_row("recommendations", row, "text", number=str(rank))


def _has_verb(text: str) -> bool:
    opening = words(text)[:_OPENING_WORDS]
    return bool({"que", "qu"} & set(opening[:2])) or any(
        _INFINITIVE.fullmatch(word) and word not in _NOUNS for word in opening
    )


@dataclass(frozen=True, slots=True)
class CommitmentShare:
    """How many of the recommendations say one thing."""

    label: str
    said: int
    total: int


def meter(case: Case) -> list[CommitmentShare]:
    """What the recommendations say, thing by thing: an action, an addressee, a deadline, a proof, a sector."""
    rows = _rows(case)
    shape = template.RECOMMENDATION
    labels: Mapping[str, str] = {each.name: each.label for each in shape.fields}
    shares = [CommitmentShare("Action", sum(_has_verb(row.fields["text"]) for row in rows), len(rows))]
    for name in DETAILS:
        shares.append(
            CommitmentShare(labels[name], sum(bool(row.fields.get(name, "").strip()) for row in rows), len(rows))
        )
    return shares if rows else []


def unanswered(case: Case) -> Iterator[Inconsistency]:
    """Concerns without an answer, where no sentence says that they were answered together."""
    rows = [row for row in case.rows("concerns", "concerns") if row.fields.get("text", "").strip()]
    lacking = [rank for rank, row in enumerate(rows, start=1) if not row.fields.get("answer", "").strip()]
    together = any(_ANSWERED.search(levelled(block.text)) for block in case.prose("concerns", "closing"))
    if lacking and not together:
        counted = plural(len(lacking), "préoccupation", "préoccupations")
        yield in_row("concerns", rows[lacking[0] - 1], "answer", counted=counted, which=listed(lacking))
