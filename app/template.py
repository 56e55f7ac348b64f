"""The official template: its parts in order, what each holds, and where its content comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Function(StrEnum):
    """The functions of a session's bureau, as they are printed."""

    PRESIDENT = "Président"
    VICE_PRESIDENT = "Vice-Président"
    RAPPORTEUR = "Rapporteur"
    FACILITATOR = "Facilitateur"
    RESOURCE = "Personne ressource"


class Status(StrEnum):
    """What became of a recommendation."""

    DONE = "réalisée"
    UNDER_WAY = "en cours"
    NOT_DONE = "non réalisée"
    MOOT = "sans objet"


class Consent(StrEnum):
    """Whether those who came agreed that their names, or their faces in a photograph, may be published."""

    GIVEN = "oui"
    REFUSED = "non"


@dataclass(frozen=True, slots=True)
class Field:
    """One named text of a row. `choices` closes the list of answers; `suggestions` only offers some."""

    name: str
    label: str
    long: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one row of a grid holds. `noun` names one row in buttons and messages.

    `uploaded`: its rows come with files; people word them, order them and take them out, and add none by typing.
    """

    key: str
    noun: str
    fields: tuple[Field, ...]
    feminine: bool = False
    uploaded: bool = False

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


SPEECH = Shape(
    "speech",
    "intervention",
    (
        Field("speaker", "Intervenant", hint="N’est pas imprimé : le propos le nomme déjà."),
        Field("text", "Propos rapportés", long=True, required=True),
    ),
    feminine=True,
)
BUREAU = Shape(
    "bureau",
    "membre du bureau",
    (
        Field("function", "Fonction", required=True, suggestions=tuple(Function)),
        Field("civility", "Civilité", suggestions=("Monsieur", "Madame")),
        Field("first_name", "Prénom"),
        Field("surname", "Nom", required=True),
        Field("title", "Titre", long=True),
        Field("body", "Structure"),
    ),
)
POINT = Shape("point", "point", (Field("text", "Point présenté", long=True, required=True),))
CONCERN = Shape(
    "concern",
    "préoccupation",
    (
        Field("text", "Préoccupation", long=True, required=True),
        Field("answer", "Réponse donnée", long=True),
        Field("answered_by", "Répondant"),
    ),
    feminine=True,
)
RECOMMENDATION = Shape(
    "recommendation",
    "recommandation",
    (
        Field("text", "Recommandation", long=True, required=True),
        Field("addressee", "Destinataire", hint="Qui doit agir."),
        Field("deadline", "Échéance"),
        Field("proof", "Preuve attendue", hint="À quoi verra-t-on qu’elle est réalisée."),
        Field("sector", "Secteur"),
    ),
    feminine=True,
)
FOLLOW_UP = Shape(
    "follow_up",
    "recommandation suivie",
    (
        Field("text", "Recommandation", long=True, required=True),
        Field("status", "Statut", choices=tuple(Status)),
        Field("execution", "État d’exécution", long=True),
        Field("observations", "Observations", long=True),
    ),
    feminine=True,
)
SLOT = Shape(
    "slot",
    "séquence",
    (
        Field("hours", "Heures", required=True),
        Field("text", "Intervention", long=True, required=True),
        Field("responsible", "Responsable", long=True),
    ),
    feminine=True,
)
ATTENDEE = Shape(
    "attendee",
    "participant",
    (
        Field("name", "Prénom et nom", required=True),
        Field("body", "Structure / qualité"),
        Field("contact", "Contact"),
        Field("signed", "Émargement"),
        Field(
            "consent",
            "Accord",
            choices=tuple(Consent),
            hint="Pour que le nom paraisse dans la version publique. N’est pas imprimé.",
        ),
    ),
)
PICTURE = Shape(
    "picture",
    "photographie",
    (
        Field("text", "Légende", long=True, required=True),
        Field("credit", "Auteur de la photographie"),
        Field(
            "consent",
            "Les personnes reconnaissables ont donné leur accord",
            choices=tuple(Consent),
            hint="Sans « Oui », la photographie n’est ni imprimée ni montrée aux lecteurs.",
        ),
    ),
    feminine=True,
    uploaded=True,
)
SIGNATORY = Shape(
    "signatory",
    "signataire",
    (
        Field("quality", "Qualité", required=True),
        Field("first_name", "Prénom"),
        Field("surname", "Nom", required=True),
        Field("title", "Titre"),
        Field("body", "Structure"),
    ),
)
SUPERVISION = Shape(
    "supervision",
    "mission",
    (
        Field("territory", "Région", required=True),
        Field("person", "Missionnaire"),
        Field("date", "Date de la rencontre"),
        Field("venue", "Lieu"),
    ),
    feminine=True,
)
QUOTA = Shape(
    "quota",
    "catégorie",
    (
        Field("category", "Qualités des participants", long=True, required=True),
        Field("number", "Nombre", required=True),
    ),
    feminine=True,
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of a part. Without `shape` it is prose in Markdown; with one, a grid of such rows.

    `heading` marks a one-line zone that is printed as a heading of that level; `prefill` is what the zone
    starts with and counts as empty until it is worked on, unless `ready` says that it may stand.
    """

    key: str
    label: str
    shape: Shape | None = None
    required: bool = False
    prefill: str = ""
    heading: int = 0


class PartKind(StrEnum):
    """Where a part's content comes from."""

    WRITTEN = "written"  # typed by people, zone by zone
    DERIVED = "derived"  # computed from other facts at each reading
    TERMS = "terms"  # taken over from the campaign's terms of reference


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the official template. `heading` is printed as it stands; `level` 0 prints none."""

    key: str
    heading: str
    level: int
    label: str
    zones: tuple[Zone, ...] = ()
    kind: PartKind = PartKind.WRITTEN
    new_page: bool = False
    in_contents: bool = True
    number: str = ""
    optional: bool = False
    personal: bool = False
    """Whether its texts hold personal data: they stand beside their revisions, and can be erased."""

    @property
    def required_zones(self) -> tuple[Zone, ...]:
        return tuple(zone for zone in self.zones if zone.required)

    def zone(self, key: str) -> Zone:
        """The zone of that key. Raises KeyError where the part has none."""
        for zone in self.zones:
            if zone.key == key:
                return zone
        raise KeyError(key)


def _prose(key: str, label: str, prefill: str = "", required: bool = False) -> Zone:
    return Zone(key, label, required=required, prefill=prefill)


def _section(key: str, heading: str, level: int, *rows: Zone) -> tuple[Zone, ...]:
    """A section of the terms of reference: its heading, its prose, then its grids."""
    return (
        Zone(f"{key}_heading", f"Titre de « {heading.rstrip(' :')} »", prefill=heading, heading=level),
        Zone(key, heading.rstrip(" :")),
        *rows,
    )


# The campaign's terms of reference: one document per campaign, annexed to every report.
TERMS_ZONES: tuple[Zone, ...] = (
    Zone("subject", "Objet des rencontres", heading=2),
    Zone("title", "Titre du document", prefill="TERMES DE RÉFÉRENCE", heading=2),
    *_section("context", "Contexte et justification :", 3),
    *_section("objectives", "I. Objectifs :", 3),
    *_section("general_objective", "1.1. Objectif général :", 4),
    *_section("specific_objectives", "II. Objectifs spécifiques/Résultats attendus :", 3),
    *_section("method", "III. Méthodologie de la rencontre :", 3),
    *_section("step_1", "Étape 1 : les préparatifs", 4),
    *_section("step_2", "Étape 2 : la mise en œuvre de l’activité", 4),
    *_section("step_3", "Étape 3 : le rapportage", 4),
    *_section("supervision", "IV. Supervision des débats publics :", 3),
    *_section(
        "steering_committee",
        "4.1 Le Comité de pilotage",
        4,
        Zone("steering_missions", "Missions du Comité de pilotage", SUPERVISION),
    ),
    *_section(
        "programme_staff",
        "4.2 L’équipe technique du programme",
        4,
        Zone("staff_missions", "Missions de l’équipe technique", SUPERVISION),
    ),
    *_section("sponsorship", "V. Parrainage :", 3),
    *_section("media", "VI. Couverture médiatique :", 3),
    *_section("products", "VII. Produits :", 3),
    *_section("participants", "VIII. Participants :", 3, Zone("quotas", "Quotas des participants", QUOTA)),
    *_section("funding", "IX. Financement :", 3),
)

PROGRAMME_ZONE = Zone("slots", "Programme de l’atelier", SLOT, required=True)

PARTS: tuple[Part, ...] = (
    Part("cover", "", 0, "Couverture", kind=PartKind.DERIVED, in_contents=False),
    Part(
        "introduction",
        "INTRODUCTION :",
        1,
        "Introduction",
        (_prose("body", "Introduction", required=True),),
        new_page=True,
        number="",
    ),
    Part(
        "ceremony",
        "I. Cérémonie d’ouverture :",
        1,
        "Cérémonie d’ouverture",
        (
            _prose("lead", "Phrase d’introduction"),
            Zone("speeches", "Interventions", SPEECH, required=True),
        ),
        number="I",
    ),
    Part(
        "proceedings",
        "II. Du déroulement des travaux :",
        1,
        "Déroulement des travaux",
        (_prose("body", "Déroulement des travaux", required=True),),
        number="II",
    ),
    Part(
        "bureau",
        "2.1. Composition du Bureau :",
        2,
        "Composition du Bureau",
        (
            _prose("lead", "Phrase d’introduction", "Le bureau est composé de :"),
            Zone("members", "Membres du bureau", BUREAU, required=True),
        ),
        number="2.1",
    ),
    Part(
        "method",
        "2.2. Méthodologie :",
        2,
        "Méthodologie",
        (_prose("body", "Méthodologie", required=True),),
        number="2.2",
    ),
    Part(
        "presentation",
        "Présentation",
        3,
        "Présentation",
        (
            _prose("lead", "Phrase d’introduction", "La présentation a porté sur les points suivants :"),
            Zone("points", "Points présentés", POINT, required=True),
        ),
        in_contents=False,
    ),
    Part(
        "concerns",
        "",
        0,
        "Préoccupations",
        (
            _prose(
                "lead",
                "Phrase d’introduction",
                "Après la présentation, les participants ont soulevé les préoccupations suivantes :",
            ),
            Zone("concerns", "Préoccupations", CONCERN),
            _prose("closing", "Phrase de clôture"),
        ),
        in_contents=False,
    ),
    Part(
        "recommendations",
        "III. Recommandations :",
        1,
        "Recommandations",
        (
            _prose("lead", "Phrase d’introduction", "Les participants recommandent de :"),
            Zone("recommendations", "Recommandations", RECOMMENDATION, required=True),
        ),
        number="III",
    ),
    Part(
        "unmet",
        "",
        0,
        "Recommandations non satisfaites",
        (_prose("lead", "Phrase d’introduction (laisser vide pour la phrase usuelle)"),),
        in_contents=False,
        optional=True,
    ),
    Part(
        "conclusion",
        "IV. Conclusion :",
        1,
        "Conclusion",
        (_prose("body", "Conclusion", required=True),),
        number="IV",
    ),
    Part(
        "signatures",
        "",
        0,
        "Signatures",
        (Zone("signatories", "Signataires", SIGNATORY, required=True),),
        in_contents=False,
    ),
    Part(
        "terms",
        "Annexe n°1 : Les termes de référence",
        1,
        "Termes de référence",
        TERMS_ZONES,
        kind=PartKind.TERMS,
        new_page=True,
        number="A1",
    ),
    Part(
        "follow_up",
        "Annexe n°2 : Niveau de mise en œuvre des recommandations de la précédente rencontre",
        1,
        "Suivi des recommandations",
        (Zone("rows", "Recommandations de la précédente rencontre", FOLLOW_UP),),
        new_page=True,
        number="A2",
    ),
    Part(
        "programme",
        "Annexe n°3 : Programme de l’atelier",
        1,
        "Programme",
        (PROGRAMME_ZONE,),
        new_page=True,
        number="A3",
    ),
    Part(
        "attendance",
        "Annexe n°4 : La liste de présence",
        1,
        "Liste de présence",
        (Zone("attendees", "Participants", ATTENDEE),),
        new_page=True,
        number="A4",
        personal=True,
    ),
    Part(
        "photographs",
        "Annexe n°5 : Images de la rencontre",
        1,
        "Photographies",
        (Zone("pictures", "Photographies de la rencontre", PICTURE),),
        new_page=True,
        number="A5",
        optional=True,
        personal=True,
    ),
)

BY_KEY: dict[str, Part] = {part.key: part for part in PARTS}
WRITTEN: tuple[Part, ...] = tuple(part for part in PARTS if part.kind is PartKind.WRITTEN)
STORED: tuple[Part, ...] = tuple(part for part in PARTS if part.kind is not PartKind.DERIVED)
PERSONAL: frozenset[str] = frozenset(part.key for part in PARTS if part.personal)
TERMS = BY_KEY["terms"]
PHOTOGRAPHS = BY_KEY["photographs"]

UNMET_ONE = "La recommandation de la rencontre précédente restée sans suite est la suivante :"
UNMET_MANY = "Les recommandations de la rencontre précédente restées sans suite sont les suivantes :"
