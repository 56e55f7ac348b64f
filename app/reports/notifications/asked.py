"""What an act asks of a person who is told of it, in French."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app import template
from app.reports.history import taken_out
from app.reports.notifications.refused import REFUSED
from app.workflow import Audience


@dataclass(frozen=True, slots=True)
class News:
    """One act, as its event has it, and what of it concerns the person who is told."""

    act: str
    actor: str
    facts: dict[str, Any]
    person_id: int = 0
    overtaken: tuple[int, ...] = ()
    """Numbers of this person's own amendments that are to be looked at again."""

    @property
    def voted(self) -> bool:
        """Whether this person's vote was carried over into the reading that opens."""
        return self.person_id in self.facts.get("carried", ())


def plain(text: str) -> Callable[[News], str]:
    return lambda news: text


def _review(news: News) -> str:
    if len(news.overtaken) > 1:
        return (
            f"Vos amendements nos\u00a0{', '.join(map(str, news.overtaken[:-1]))} et {news.overtaken[-1]} sont à revoir : "
            "le texte qu’ils touchent a changé. Vous pouvez les retirer ou en proposer d’autres."
        )
    number = f" n°\u00a0{news.overtaken[0]}" if news.overtaken else ""
    return (
        f"Votre amendement{number} est à revoir : le texte qu’il touche a changé. "
        "Vous pouvez le retirer ou en proposer un autre."
    )


def _to_write(news: News) -> str:
    return f"À vous de {'l’y corriger' if 'rectifies' in news.facts else 'le rédiger'}, puis de le soumettre au rapporteur."


def _to_read(news: News) -> str:
    if news.voted:
        return "Votre vote précédent reste acquis ; vous pouvez le changer."
    if news.person_id in news.facts.get("to_confirm", ()):
        why = f" : {changed_since(news.facts['bounded'])}" if news.facts.get("bounded") else ""
        return f"Votre vote précédent est à confirmer sur ce texte{why}."
    return "À vous de le lire, de proposer vos amendements, et de voter."


def _to_look_at(news: News) -> str:
    keys = news.facts.get("parts") or ()
    named = f"Parties à revoir : {', '.join(template.BY_KEY[key].label for key in keys)}. " if keys else ""
    return f"{named}À vous de le reprendre, puis de le transmettre de nouveau."


_TO_ATTEST = plain("Une autre personne que les signataires doit l’attester.")
_TO_CONFIRM = plain("Le texte a changé depuis votre vote : confirmez-le ou changez-le.")
ASKED: dict[tuple[str, Audience], Callable[[News], str]] = {
    ("open", Audience.FACILITATOR): _to_write,
    ("hand_over", Audience.RAPPORTEUR): plain("À vous de l’éditer, puis de le transmettre à la commission."),
    ("return_draft", Audience.FACILITATOR): plain("À vous de le reprendre, puis de le soumettre de nouveau."),
    ("transmit", Audience.COMMISSION): _to_read,
    ("transmit", Audience.OVERTAKEN): _review,
    ("comment", Audience.MENTIONED): plain("Elle s’adresse à vous : une réponse est attendue."),
    ("amend", Audience.RAPPORTEUR): plain("À vous de donner votre avis."),
    ("adopt", Audience.OVERTAKEN): _review,
    ("adopt", Audience.UNDONE): lambda news: taken_out.sentence(news.facts),
    **dict.fromkeys((("adopt", Audience.VOTERS), ("renew_masthead", Audience.VOTERS)), _TO_CONFIRM),
    ("name_proxy", Audience.PROXY): plain("Vous votez aussi en son nom sur ce rapport."),
    ("return_to_rapporteur", Audience.RAPPORTEUR): _to_look_at,
    ("validate", Audience.SIGNATORIES): plain("À vous de signer."),
    ("sign", Audience.SIGNATORIES): plain("À vous de signer à votre tour."),
    ("sign", Audience.COORDINATION): plain("Les deux signatures y sont : à vous de publier le rapport."),
    ("invite", Audience.PRESIDENT): plain(
        "À vous de tirer le code, et de le lui dire vous-même, sans passer par un autre."
    ),
    ("substitute", Audience.SUBSTITUTE): plain("À vous de signer, à la place de la personne nommée."),
    ("file_scan", Audience.COORDINATION): _TO_ATTEST,
    ("file_scan", Audience.FACILITATOR): _TO_ATTEST,
    ("attest", Audience.SIGNATORIES): plain("À vous de signer à votre tour."),
    ("attest", Audience.COORDINATION): plain("Les deux signatures y sont : à vous de publier le rapport."),
    ("refuse_scan", Audience.FILER): plain("À vous d’en déposer un autre."),
    **{("refuse", audience): plain(text) for audience, text in REFUSED.items()},
}


def changed_since(bounded: Iterable[str]) -> str:
    """Why votes that were to stand wait all the same: the parts that bind, by their names."""
    named = (template.BY_KEY[key].label if key in template.BY_KEY else "l’en-tête du rapport" for key in bounded)
    return f"une recommandation, un chiffre, une date ou un nom a changé depuis ({', '.join(named)})"
