"""A report of an invented meeting, long enough to show everything a report may hold."""

from __future__ import annotations

from app.documents.tree import (
    Column,
    Cover,
    Document,
    Heading,
    Items,
    Marker,
    Node,
    Paragraph,
    Signatory,
    SignatureBlock,
    Span,
    Table,
)

WORDS = (
    "Le budget d’une collectivité est l’acte par lequel son conseil prévoit et autorise les recettes et les dépenses "
    "de l’année. Chacun peut en demander la lecture au siège de la collectivité, et chaque dépense engagée doit y "
    "trouver sa ligne. Les services financiers tiennent à jour l’état des recouvrements et le présentent à chaque "
    "session ordinaire. Les habitants réunis autour de cette lecture posent leurs questions dans la langue qu’ils "
    "préfèrent, et les réponses sont résumées en français puis en bamanankan par les facilitateurs."
)


def plain(text: str) -> tuple[Span, ...]:
    return (Span(text),)


def demo(project: bool = False, attendees: int = 40) -> Document:
    """About fourteen pages with forty attendees."""
    cover = Cover(
        organisation="Groupe de Suivi Budgétaire",
        title="Rapport de la séance publique de lecture du budget 2031 du Conseil régional de Bougouni",
        date="14 mars 2031",
        month="Mars 2031",
    )
    return Document(
        cover=cover,
        nodes=(*_meeting(), *_closing(), *_terms(), *_follow_up(), *_programme(), *_attendance(attendees)),
        title="Rapport de la séance de Bougouni (14 mars 2031)",
        project=project,
        reference="BGN-2031-01, version 7",
        keep_together=frozenset({"conclusion"}),
    )


def _meeting() -> tuple[Node, ...]:
    speeches = (
        plain(f"Prenant la parole la première, Madame Oumou KEÏTA a salué l’assistance. {WORDS}"),
        plain(f"Monsieur Zan SANOGO a rappelé l’histoire de ces rencontres. {WORDS}"),
        plain("Monsieur Issa BALLO a déclaré la séance ouverte à 9:30 ; il a souhaité des débats francs !"),
    )
    bureau = (
        (Span("Madame Awa "), Span("DOUMBIA", bold=True), Span(", secrétaire générale du conseil ;")),
        (Span("Monsieur Moussa "), Span("FANÉ", bold=True), Span(", conseiller chargé de la planification.")),
    )
    concerns = ("le calendrier du recouvrement", "l’entretien des forages", "la place des coopératives de femmes")
    return (
        Heading(1, "INTRODUCTION :", "introduction", new_page=True),
        Paragraph(
            (
                Span("L’an deux mille trente et un et le quatorze mars s’est tenue, sous la présidence de "),
                Span("Monsieur Issa BALLO", bold=True),
                Span(", 2"),
                Span("e", superscript=True),
                Span(" vice-président, une séance de lecture du budget. Son nom bamanankan est « sɛbɛn kalan » ; "),
                Span("on y lit, on y demande, on y répond", italic=True),
                Span("."),
            )
        ),
        *(Paragraph(plain(WORDS)) for _ in range(4)),
        Paragraph((Span("Les objectifs spécifiques", bold=True), Span(" :"))),
        Items(Marker.DASH, tuple(plain(f"{concern} est compris de tous ;") for concern in concerns)),
        Heading(1, "I. Cérémonie d’ouverture :", "opening"),
        Paragraph(plain("Trois personnes sont intervenues.")),
        Items(Marker.TICK, speeches),
        Heading(1, "II. Du déroulement des travaux :", "proceedings"),
        Paragraph(plain(WORDS)),
        Heading(2, "2.1. Composition du Bureau :", "bureau"),
        Paragraph((Span("Président", bold=True), Span(" : Monsieur Issa BALLO"))),
        Items(Marker.DASH, bureau),
        Heading(2, "2.2. Méthodologie :", "method"),
        Paragraph(plain(WORDS)),
        Heading(3, "Présentation", "presentation", in_contents=False),
        Items(Marker.NUMBER, tuple(plain(f"{concern.capitalize()}. {WORDS}") for concern in concerns)),
        Heading(1, "III. Recommandations :", "recommendations"),
        Items(Marker.DASH, tuple(plain(f"publier {concern} avant la fin du trimestre ;") for concern in concerns * 2)),
    )


def _closing() -> tuple[Node, ...]:
    rapporteur = Signatory(
        "rapporteur",
        "Rapporteur",
        (Span("Moussa "), Span("FANÉ", bold=True)),
        (plain("Conseiller chargé de la planification"), plain("Conseil régional de Bougouni")),
    )
    chair = Signatory(
        "chair",
        "Président de séance",
        (Span("Issa "), Span("BALLO", bold=True)),
        ((Span("2"), Span("e", superscript=True), Span(" vice-président du Conseil régional")),),
    )
    return (
        Heading(1, "IV. Conclusion :", "conclusion"),
        Paragraph(plain("La séance a pris fin à 16:45 par les remerciements du président aux participants.")),
        Paragraph(plain(WORDS)),
        SignatureBlock(rapporteur, chair, "Fait à Bougouni, le 14 mars 2031"),
    )


def _terms() -> tuple[Node, ...]:
    quotas = (("Élus du conseil", "6"), ("Services techniques", "9"), ("Société civile", "14"), ("Presse", "3"))
    return (
        Heading(1, "Annexe n°1 : Les termes de référence", "annex-1", new_page=True),
        Paragraph((Span("TERMES DE RÉFÉRENCE", bold=True),), centred=True),
        Heading(2, "Contexte et justification", "context", in_contents=False),
        *(Paragraph(plain(WORDS)) for _ in range(8)),
        Heading(2, "Méthode", "terms-method", in_contents=False),
        *(Paragraph(plain(WORDS)) for _ in range(7)),
        Heading(2, "Participants", "participants", in_contents=False),
        Table(
            (Column("Catégorie", 3), Column("Nombre", 1, centred=True)), quotas, "Places par catégorie", ("Total", "32")
        ),
    )


def _follow_up() -> tuple[Node, ...]:
    states = ("Réalisée", "En cours", "Non réalisée")
    rows = tuple(
        (str(n), f"Recommandation {n} : {WORDS[: 60 + 25 * n]}", states[n % 3], "Voir l’arrêté affiché." * (n % 2))
        for n in range(1, 14)
    )
    columns = (
        Column("N°", 1, centred=True),
        Column("Recommandations", 7),
        Column("État d’exécution", 3),
        Column("Observations", 4),
    )
    title = "Annexe n°2 : Niveau de mise en œuvre des recommandations de la précédente rencontre"
    return (Heading(1, title, "annex-2", new_page=True), Table(columns, rows, "Suivi des recommandations"))


def _programme() -> tuple[Node, ...]:
    rows = tuple((f"{8 + n}:00 – {8 + n}:45", f"Exposé n°{n} et débats", "Facilitatrice") for n in range(1, 9))
    columns = (Column("Heures", 2, centred=True), Column("Interventions", 5), Column("Responsables", 3))
    return (
        Heading(1, "Annexe n°3 : Programme de l’atelier", "annex-3", new_page=True),
        Table(columns, rows, "Programme"),
    )


def _attendance(count: int) -> tuple[Node, ...]:
    columns = (
        Column("N°", 1, centred=True),
        Column("Prénom et nom", 5),
        Column("Structure / qualité", 5),
        Column("Contact", 3),
        Column("Émargement", 3),
    )
    rows = tuple(
        (str(n), f"Nɛnɛ COULIBALY-{n}", "Association des riverains", "7• •• •• 12", "") for n in range(1, count + 1)
    )
    return (
        Heading(1, "Annexe n°4 : La liste de présence", "annex-4", new_page=True),
        Table(columns, rows, "Liste de présence"),
    )
