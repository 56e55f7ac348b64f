"""What a notice says of an act, in French: a headline for the subject, sentences, and where on the page the thing stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from app import template
from app.content.typography import french
from app.reports.access import roll
from app.reports.consistency import acknowledged
from app.reports.history import taken_out
from app.reports.models.attachment import AttachmentKind
from app.reports.notifications.asked import ASKED, News, plain
from app.reports.notifications.refused import refused
from app.reports.text.masthead import reworded
from app.workflow import Audience
from app.workshops.wording import day

LONGEST_QUOTE = 300
_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Wording:
    """How an act is told. `anchor` is the element of the report's page where the thing itself stands."""

    headline: Callable[[News], str]
    sentence: Callable[[News], str]
    anchor: Callable[[News], str] = field(default=lambda news: "main")


def headline(news: News) -> str:
    return french(WORDINGS[news.act].headline(news))


def sentence(news: News, audiences: list[Audience]) -> str:
    """What happened, past which warnings, and then what each of the person's parts in it asks for."""
    passed = acknowledged.told(news.facts, quoted)
    asked = [ASKED[news.act, audience](news) for audience in audiences if (news.act, audience) in ASKED]
    return french(" ".join([WORDINGS[news.act].sentence(news), *([passed] if passed else []), *asked]))


def anchor(news: News, audience: Audience) -> str:
    """Where the person is led who is told as one of this audience."""
    if audience is Audience.OVERTAKEN and news.overtaken:
        return f"amendment-{news.overtaken[0]}"
    if news.act in ("file_scan", "refuse_scan", "substitute", "invite", "hand_code"):
        return "papers"
    if audience in (Audience.VOTERS, Audience.PROXY):
        return "commission"
    if audience is Audience.SIGNATORIES or (news.act in ("sign", "attest") and audience is Audience.COORDINATION):
        return "next"
    return WORDINGS[news.act].anchor(news)


def quoted(text: str) -> str:
    """Typed text on one line, cut to `LONGEST_QUOTE` characters."""
    line = " ".join(text.split())
    return f"« {line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1].rstrip() + '…'} »"


def _amendment(news: News) -> str:
    """ "l’amendement n° 3", with the part it is about where the event says so."""
    part = f" ({template.BY_KEY[news.facts['part']].label})" if news.facts.get("part") else ""
    return f"l’amendement n°\u00a0{news.facts['amendment']}{part}"


def _why(news: News) -> str:
    reason = str(news.facts.get("reason") or "").strip()
    return f" : {quoted(reason)}{'' if reason.endswith(_ENDS) else '.'}" if reason else "."


def _until(news: News) -> str:
    return day(date.fromisoformat(news.facts["deadline"]))


def _transmitted(news: News) -> str:
    said = f"{news.actor} a transmis le rapport à la commission, qui le lit jusqu’au {_until(news)}."
    return " ".join(each for each in (said, roll.changed(news.facts)) if each)


def _opinion(news: News) -> str:
    about = _amendment(news)
    if news.facts.get("opinion") == "left":
        said = f"{news.actor} s’en remet à la commission sur {about}"
    else:
        kind = "favorable" if news.facts.get("opinion") == "favourable" else "défavorable"
        said = f"{news.actor} a donné un avis {kind} sur {about}"
    return said + (f" : {quoted(news.facts['text'])}" if news.facts.get("text") else ".")


def _adopted(news: News) -> str:
    modified = ", avec une modification" if news.facts.get("modified") else ""
    return f"{news.actor} a adopté {_amendment(news)}{modified}."


def _opened_title(news: News) -> str:
    return "rectification à rédiger" if "rectifies" in news.facts else "rapport à rédiger"


def _opened(news: News) -> str:
    if "rectifies" not in news.facts:
        return f"{news.actor} a ouvert le rapport."
    return (
        f"{news.actor} a ouvert ce rapport pour rectifier le rapport n°\u00a0{news.facts['rectifies']}{_why(news)} "
        f"À rectifier : {quoted(news.facts['what'])}."
    )


def _on_comment(news: News) -> str:
    return f"observation-{news.facts['thread']}"


def _in_commission(news: News) -> str:
    return "commission"


def _slot(news: News) -> str:
    return "le rapporteur" if news.facts["slot"] == "rapporteur" else "le président de séance"


def _invited(news: News) -> str:
    return f"{news.actor} a tiré le lien par lequel {_slot(news)} lit et signe le rapport sans compte."


def _substituted(news: News) -> str:
    which = "du rapporteur" if news.facts["slot"] == "rapporteur" else "du président de séance"
    if news.facts.get("substitute") is None:
        return f"{news.actor} a mis fin à la suppléance {which} pour la signature."
    return f"{news.actor} a désigné qui signe à la place {which}."


def _says(what: str) -> Callable[[News], str]:
    return lambda news: f"{news.actor} {what}."


def _reasoned(what: str) -> Callable[[News], str]:
    return lambda news: f"{news.actor} {what}{_why(news)}"


def _decided(what: str) -> Callable[[News], str]:
    return lambda news: f"{news.actor} {what} {_amendment(news)}{_why(news)}"


def _title(what: str) -> Callable[[News], str]:
    return lambda news: f"amendement n°\u00a0{news.facts['amendment']}{what}"


def _undone(news: News) -> str:
    part = template.BY_KEY[news.facts["part"]].label
    return f"{news.actor} a modifié la partie « {part} ». {taken_out.sentence(news.facts)}"


def _on_undone(news: News) -> str:
    return f"amendment-{news.facts['taken_out'][0]}"


def _on_amendment(news: News) -> str:
    return f"amendment-{news.facts['amendment']}"


WORDINGS: dict[str, Wording] = {
    "open": Wording(_opened_title, _opened),
    "hand_over": Wording(plain("rapport soumis au rapporteur"), _says("a soumis le rapport au rapporteur")),
    "return_draft": Wording(
        plain("rapport renvoyé au facilitateur"), _reasoned("a renvoyé le rapport au facilitateur")
    ),
    "transmit": Wording(
        lambda news: f"lecture ouverte jusqu’au {_until(news)}",
        _transmitted,
    ),
    "comment": Wording(
        plain("nouvelle observation"),
        lambda news: f"{news.actor} a écrit une observation sur « {template.BY_KEY[news.facts['part']].label} ».",
        _on_comment,
    ),
    "resolve": Wording(plain("observation réglée"), _says("a marqué une observation comme réglée"), _on_comment),
    "reopen": Wording(plain("observation rouverte"), _says("a rouvert une observation"), _on_comment),
    "amend": Wording(
        _title(" à examiner"),
        lambda news: f"{news.actor} a proposé {_amendment(news)}{_why(news)}",
        _on_amendment,
    ),
    "opine": Wording(_title(" : avis du rapporteur"), _opinion, _on_amendment),
    "adopt": Wording(_title(" : adoption"), _adopted, _on_amendment),
    **dict.fromkeys(taken_out.SAVING, Wording(plain("amendement adopté, puis retiré"), _undone, _on_undone)),
    "reject": Wording(_title(" : rejet"), _decided("a rejeté"), _on_amendment),
    "defer": Wording(_title(" : décision réservée"), _decided("a réservé"), _on_amendment),
    "lapse": Wording(
        _title(" : caducité"),
        lambda news: f"{news.actor} a constaté la caducité de {_amendment(news)} : le passage n’existe plus.",
        _on_amendment,
    ),
    "withdraw": Wording(_title(" : retrait"), _decided("a retiré"), _on_amendment),
    "name_proxy": Wording(plain("procuration reçue"), _says("vous a donné procuration"), _in_commission),
    "end_proxy": Wording(plain("procuration reprise"), _says("a repris sa procuration"), _in_commission),
    "renew_masthead": Wording(plain("en-tête modifié"), lambda news: f"{news.actor} {reworded(news.facts, quoted)}."),
    "extend": Wording(
        lambda news: f"lecture prolongée jusqu’au {_until(news)}",
        lambda news: f"{news.actor} a prolongé la lecture de la commission jusqu’au {_until(news)}{_why(news)}",
    ),
    "return_to_rapporteur": Wording(
        plain("rapport renvoyé au rapporteur"), _reasoned("a renvoyé le rapport au rapporteur")
    ),
    "validate": Wording(plain("rapport validé"), _says("a validé le rapport au nom de la commission")),
    "sign": Wording(plain("rapport signé"), _says("a signé le rapport")),
    "refuse": Wording(plain("signature refusée"), lambda news: refused(news.actor, _why(news), news.facts)),
    "invite": Wording(plain("code de signature à remettre"), _invited),
    "hand_code": Wording(
        plain("code de signature remis"),
        lambda news: f"{news.actor} a tiré le code par lequel {_slot(news)} signe sans compte.",
    ),
    "substitute": Wording(plain("signature par suppléance"), _substituted),
    "file_scan": Wording(
        plain("exemplaire signé sur papier à attester"), _says("a déposé un exemplaire du rapport signé sur papier")
    ),
    "attest": Wording(
        plain("signature sur papier attestée"),
        lambda news: (
            f"{news.actor} a attesté conforme un exemplaire signé sur papier ; "
            f"l’original est conservé : {news.facts['kept_at']}."
        ),
    ),
    "refuse_scan": Wording(
        plain("exemplaire papier refusé"), _reasoned("a refusé l’exemplaire signé sur papier que vous avez déposé")
    ),
    "publish": Wording(plain("rapport publié"), _says("a publié le rapport")),
    "rectify": Wording(
        plain("rectification en cours"),
        lambda news: (
            f"{news.actor} a ouvert le rapport n°\u00a0{news.facts['rectified_by']} pour rectifier celui-ci, qui "
            f"reste publié tel quel jusqu’à la publication de l’autre{_why(news)}"
        ),
    ),
    "abandon": Wording(plain("rectification abandonnée"), _reasoned("a abandonné la rectification")),
    "attach": Wording(
        plain("fichier joint au rapport"),
        lambda news: (
            f"{news.actor} a joint un fichier au rapport : {AttachmentKind(news.facts['kind']).label.lower()} "
            f"(pièce n°\u00a0{news.facts['attachment']})."
        ),
        lambda news: "attachments",
    ),
    "withdraw_attachment": Wording(
        plain("pièce jointe retirée"),
        lambda news: f"{news.actor} a retiré la pièce jointe n°\u00a0{news.facts['attachment']}.",
        lambda news: "attachments",
    ),
}
