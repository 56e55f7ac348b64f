"""The bank of people who only appear on the demo's attendance lists: names, bodies, telephone numbers nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Attendee:
    civility: str
    first_name: str
    surname: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.surname}"

    @property
    def addressed(self) -> str:
        return f"{self.civility} {self.surname}"


WOMEN = (
    "Aminata",
    "Binta",
    "Djeneba",
    "Fatim",
    "Hadja",
    "Kani",
    "Lala",
    "Maïmouna",
    "Nafissatou",
    "Ramata",
    "Saran",
    "Tata",
    "Yagaré",
)
MEN = (
    "Abdramane",
    "Bourama",
    "Dramane",
    "Fousseyni",
    "Gaoussou",
    "Habib",
    "Kalifa",
    "Lamine",
    "Madou",
    "Nouhoum",
    "Oumar",
    "Seydou",
    "Tidiani",
    "Yaya",
    "Zan",
)
SURNAMES = (
    "BAGAYOKO",
    "BALLO",
    "BAMBA",
    "CAMARA",
    "COULIBALY",
    "DAGNOKO",
    "DEMBELE",
    "DIABATE",
    "DIALLO",
    "DOUMBIA",
    "FOFANA",
    "GOITA",
    "KANTE",
    "KEITA",
    "KONE",
    "MAIGA",
    "MARIKO",
    "NIANG",
    "OUATTARA",
    "SAGARA",
    "SANGARE",
    "SIDIBE",
    "SYLLA",
    "TOGOLA",
    "TOURE",
    "YATTARA",
    "ZERBO",
)
# The first two answer as resource persons. By the categories of the campaign's quotas.
BODIES = (
    "Direction régionale du Trésor",
    "Direction régionale du budget",
    "Direction régionale de l’hydraulique",
    "Direction régionale de la santé",
    "Direction régionale du plan",
    "Direction régionale des impôts",
    "Académie d’enseignement de {ici}",
    "Promotion de la femme, de l’enfant et de la famille",
    "{Conseil}, élu",
    "{Conseil}, commission des finances",
    "Conseil communal de {ici}",
    "Conseil communal, secrétariat général",
    "Collectivités, dans {la}",
    "Collectivités, dans {la_bas}",
    "Collectivités, dans {plus_loin}",
    "Agence de développement régional",
    "Association des femmes maraîchères",
    "Réseau des jeunes pour la redevabilité",
    "Union des coopératives agricoles",
    "Association des parents d’élèves",
    "Association de santé communautaire de {ici}",
    "Comité de gestion scolaire",
    "Association des usagers de l’eau",
    "Organisation de personnes handicapées",
    "Chambre de métiers",
    "Syndicat des transporteurs",
    "Comité de plaidoyer",
    "Radio de proximité",
    "Presse écrite",
    "Télévision, bureau de {ici}",
)


def attendees(session: int, words: dict[str, str], taken: set[str]) -> Iterator[Attendee]:
    """People without end, other ones for each `session` (a number); nobody bears a name that is `taken`."""
    met = set(taken)
    bodies = 0
    for index in count():
        woman = (index + session) % 5 in (1, 3)
        firsts = WOMEN if woman else MEN
        first_name = firsts[(index * 7 + session * 5) % len(firsts)]
        surname = SURNAMES[(index * 11 + session * 4) % len(SURNAMES)]
        if f"{first_name} {surname}" in met:
            continue
        met.add(f"{first_name} {surname}")
        body = BODIES[bodies % len(BODIES)].format_map(words)
        bodies += 1
        yield Attendee("Madame" if woman else "Monsieur", first_name, surname, body)


def telephone(session: int, index: int) -> str:
    """A telephone number of the right length that no network gives."""
    return f"00 00 {(session * 13 + 10) % 100:02} {(index * 17 + 3) % 100:02}"
