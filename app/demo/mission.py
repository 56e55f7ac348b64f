"""The supervisor's report of a mission, as a Word file to be attached to the report of the meeting."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from app.content.inline import text_spans
from app.content.typography import french
from app.demo.sessions import Session
from app.directory.models import Person
from app.documents.store import Store
from app.documents.tree import Cover, Document, Heading, Items, Marker, Node, Paragraph
from app.documents.word import writing
from app.reports.attachments import acts as attaching
from app.reports.attachments.acts import StoredFile
from app.reports.attachments.kinds import MEGABYTE
from app.reports.models.attachment import AttachmentKind
from app.workshops import wording

SEEN = (
    "L’invitation, le budget et son résumé sur deux pages étaient affichés huit jours avant la séance.",
    "La séance a commencé avec trente-cinq minutes de retard ; le programme a néanmoins été tenu.",
    "Les chiffres ont été donnés en français, puis repris en bamanankan.",
    "Chaque recommandation a été lue à haute voix avec son destinataire et son échéance.",
)
ADVICE = (
    "Réserver la sonorisation la veille : le second micro a manqué pendant les débats.",
    "Faire circuler la liste de présence avant la pause, pour qu’aucun nom ne manque.",
)
FOLLOWED = "Je suivrai, avec l’équipe technique, les recommandations qui ont une échéance avant l’hivernage."


def stored(session: Session, supervisor: Person, store: Store) -> StoredFile:
    """The file looked at as any other is, and put into the store."""
    with tempfile.TemporaryDirectory(prefix="seben-demo-") as folder:
        file = Path(folder) / "mission.docx"
        file.write_bytes(_written(session, supervisor))
        name = f"Rapport de mission, {session.place.name}, {wording.day(session.held_on)}.docx"
        return attaching.receive(file, name, AttachmentKind.MISSION_REPORT, MEGABYTE, store)


def _written(session: Session, supervisor: Person) -> bytes:
    where, day = session.place.name, wording.day(session.held_on)
    title = f"Rapport de mission : rencontre de\u00a0{where}"
    nodes: tuple[Node, ...] = (
        Heading(1, french(title), "mission", in_contents=False),
        _said(f"{supervisor.name}, {supervisor.title}. Séance du {day}, {session.place.hall}, {where}."),
        Heading(2, "Ce que j’ai constaté", "seen", in_contents=False),
        _listed(SEEN),
        Heading(2, "Ce que je conseille pour la prochaine rencontre", "advice", in_contents=False),
        _listed(ADVICE),
        _said(FOLLOWED),
    )
    cover = Cover(supervisor.body, title, day, wording.month_and_year(session.held_on))
    made_on = datetime.combine(session.held_on + timedelta(days=1), time(9), UTC)
    return writing.write(Document(cover, nodes, title, compact=True), writing.Edition(made_on))


def _said(text: str) -> Paragraph:
    return Paragraph(text_spans(french(text)))


def _listed(texts: tuple[str, ...]) -> Items:
    return Items(Marker.DASH, tuple(text_spans(french(text)) for text in texts))
