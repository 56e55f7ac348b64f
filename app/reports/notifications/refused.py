"""What a refusal to sign means to each of those who are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.workflow import Audience

REFUSED: dict[Audience, str] = {
    Audience.PRESIDENT: "À vous de reprendre la lecture avec la commission.",
    Audience.VOTERS: "Les votes sont annulés : la commission votera de nouveau.",
    Audience.VOIDED: (
        "Votre signature ne vaut plus. Si la commission valide de nouveau le rapport, il vous sera de nouveau présenté."
    ),
    Audience.RELEASED: (
        "Votre signature n’est plus demandée. Si la commission valide de nouveau le rapport, elle le sera de nouveau."
    ),
    Audience.FACILITATOR: "La commission reprend la lecture ; rien n’est attendu de vous.",
    Audience.COORDINATION: (
        "Les codes remis et les papiers en attente ne servent plus : prévenez les signataires sans compte."
    ),
}


def refused(actor: str, why: str, facts: Mapping[str, Any]) -> str:
    """What happened, by the facts that the log has of it; `why` ends the first sentence."""
    voided = " La signature déjà donnée est annulée." if facts.get("voided") else ""
    return f"{actor} a refusé de signer ; le rapport revient à la commission{why}{voided}"
