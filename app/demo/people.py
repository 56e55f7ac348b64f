"""The demo's people: a cast for every role, three for the whole country and eight in each territory."""

from __future__ import annotations

from dataclasses import dataclass

from app.content.typography import french
from app.demo.bank.names import NAMES
from app.demo.places import PLACES, SEGOU, SIKASSO, DemoPlace
from app.directory.models import Role
from app.directory.territories import Level
from app.people import persons
from app.workshops.wording import folded

PASSWORD = "rapport-2018-demo"
DOMAIN = "demo.ml"


@dataclass(frozen=True, slots=True)
class Character:
    """One person of the demo. `place` is None for who has the role everywhere; without an address, there is no account."""

    role: Role
    civility: str
    first_name: str
    surname: str
    title: str
    body: str
    email: str
    place: DemoPlace | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.surname}"

    @property
    def addressed(self) -> str:
        """As a report names somebody at the second mention: "Madame KEITA"."""
        return f"{self.civility} {self.surname}"

    @property
    def has_account(self) -> bool:
        return bool(self.email)

    def form(self) -> dict[str, str]:
        """What is typed into the form of a new person."""
        return {
            persons.WITHOUT_ACCOUNT: "" if self.has_account else "oui",
            "civility": self.civility,
            "first_name": self.first_name,
            "surname": self.surname,
            "email": self.email,
            "title": french(self.title),
            "body": french(self.body),
        }


# In this order in each territory below.
SEATS = (
    Role.FACILITATOR,
    Role.RAPPORTEUR,
    Role.PRESIDENT,
    Role.CHAIR,
    Role.MEMBER,
    Role.MEMBER,
    Role.MEMBER,
    Role.MEMBER,
)
FACILITATOR, RAPPORTEUR, PRESIDENT, CHAIR, *MEMBERS = range(len(SEATS))
# Titles by seat, for a man and for a woman.
TITLES = (
    ("Chef du service financier", "Cheffe du service financier"),
    ("Conseiller en planification", "Conseillère en planification"),
    ("Président de la CRSB", "Présidente de la CRSB"),
    ("Premier vice-président", "Première vice-présidente"),
    ("Représentant des jeunes", "Représentante des femmes"),
    ("Président d’association de santé", "Présidente d’association de santé"),
    ("Délégué des comités de gestion scolaire", "Déléguée des comités de gestion scolaire"),
    ("Chargé de plaidoyer", "Chargée de plaidoyer"),
)
# Seats whose holder belongs to the body that holds the budget; the others sit for civil society.
OF_THE_BODY = frozenset({0, 1, 3})
CIVIL = {
    2: "Commission régionale de suivi budgétaire",
    4: "Conseil de la jeunesse",
    5: "Fédération locale des ASACO",
    6: "Coordination des CGS",
    7: "Comité de plaidoyer",
}
WOMEN_CIVIL = {4: "Coordination des associations féminines"}

# Ségou is the visitor's first stop: its people are found by what they do.
BY_ROLE: dict[int, str] = {0: "facilitateur", 1: "rapporteur", 2: "president", 3: "seance", 4: "membre"}

# Has no account, and is invited to sign by a code.
INVITED = (SIKASSO, CHAIR)

COORDINATION = Character(
    Role.COORDINATION,
    "Madame",
    "Mariétou",
    "NIMAGA",
    "Coordinatrice nationale",
    "Groupe de Suivi Budgétaire",
    f"coordination@{DOMAIN}",
)
SUPERVISOR = Character(
    Role.SUPERVISOR,
    "Monsieur",
    "Hamidou",
    "TRAORE",
    "Membre du comité de pilotage",
    "Groupe de Suivi Budgétaire",
    f"superviseur@{DOMAIN}",
)
READER = Character(
    Role.READER,
    "Madame",
    "Sira",
    "KAMISSOKO",
    "Journaliste",
    "Radio communautaire",
    f"lecteur@{DOMAIN}",
)
NATIONAL = (COORDINATION, SUPERVISOR, READER)


def cast_of(place: DemoPlace) -> tuple[Character, ...]:
    """The eight people of a territory, in the order of SEATS."""
    return tuple(_character(place, seat, entry) for seat, entry in enumerate(NAMES[place.name]))


def everybody() -> tuple[Character, ...]:
    """The whole cast: those of the country, then Ségou, then the other territories in the campaign's order."""
    others = [place for place in PLACES if place is not SEGOU]
    return (*NATIONAL, *(each for place in (SEGOU, *others) for each in cast_of(place)))


def _character(place: DemoPlace, seat: int, entry: str) -> Character:
    sex, rest = entry.split(" ", 1)
    first_name, surname = rest.rsplit(" ", 1)
    woman = sex == "F"
    return Character(
        role=SEATS[seat],
        civility="Madame" if woman else "Monsieur",
        first_name=first_name,
        surname=surname,
        title=_title(place, seat, woman),
        body=_body(place, seat, woman),
        email=_email(place, seat, first_name, surname),
        place=place,
    )


def _title(place: DemoPlace, seat: int, woman: bool) -> str:
    if SEATS[seat] is Role.CHAIR and place.level is Level.DISTRICT:
        return "Première adjointe au maire" if woman else "Premier adjoint au maire"
    return TITLES[seat][woman]


def _body(place: DemoPlace, seat: int, woman: bool) -> str:
    if seat in OF_THE_BODY:
        body = place.body.split(" ", 1)[1]
        return body[0].upper() + body[1:]
    return WOMEN_CIVIL.get(seat, CIVIL[seat]) if woman else CIVIL[seat]


def _email(place: DemoPlace, seat: int, first_name: str, surname: str) -> str:
    if (place, seat) == INVITED:
        return ""
    if place is SEGOU and seat in BY_ROLE:
        return f"{BY_ROLE[seat]}@{DOMAIN}"
    plain = [folded(name).replace(" ", "-") for name in (first_name, surname)]
    return f"{plain[0]}.{plain[1]}@{DOMAIN}"
