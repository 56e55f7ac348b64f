"""Where the demo's meetings were held: territories, dates, venues, supervisors, and the words that name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.directory.territories import Level
from app.workshops import wording


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """One territory of the campaign.

    `body` is who holds the budget there, with its article; `areas` are three of its parts, as they read after "dans".
    """

    name: str
    held_on: date
    steering: str
    staff: str
    areas: tuple[str, str, str]
    level: Level = Level.REGION
    town: str = ""
    hall: str = "salle de délibération du Conseil régional"
    venue: str = "Conseil régional"

    @property
    def seat(self) -> str:
        return self.town or self.name

    @property
    def body(self) -> str:
        if self.level is Level.DISTRICT:
            return f"la Mairie {wording.with_de('le ' + self.name)}"
        return f"le Conseil régional {wording.with_de(self.name)}"

    @property
    def presided(self) -> str:
        """What the chair of the meeting is a vice-president or a deputy of, with its article."""
        return "le " + self.name if self.level is Level.DISTRICT else self.body

    @property
    def commission(self) -> str:
        name = f"le {self.name}" if self.level is Level.DISTRICT else self.name
        return f"CRSB {wording.with_de(name)}"

    def words(self) -> dict[str, str]:
        """What stands for the names in braces in the bank of sentences."""
        short = "la Mairie du District" if self.level is Level.DISTRICT else "le Conseil régional"
        land = "le District" if self.level is Level.DISTRICT else "la région"
        named = self.body.split(" ", 1)[1]
        return {
            "Conseil": named[0].upper() + named[1:],
            "le_conseil": short,
            "du_conseil": wording.with_de(short),
            "la_region": land,
            "ici": self.seat,
            "la": self.areas[0],
            "la_bas": self.areas[1],
            "plus_loin": self.areas[2],
        }


def _circles(*names: str) -> tuple[str, str, str]:
    first, second, third = (f"le cercle {wording.with_de(name)}" for name in names)
    return first, second, third


KAYES = DemoPlace(
    "Kayes",
    date(2018, 2, 15),
    "Tiémoko Souleymane SANGARE",
    "Aminata DICKO",
    _circles("Yélimané", "Bafoulabé", "Nioro"),
)
KOULIKORO = DemoPlace(
    "Koulikoro",
    date(2018, 2, 15),
    "Ibrahima KORESSI",
    "Yacouba SAMAKE",
    _circles("Banamba", "Kolokani", "Dioïla"),
)
SIKASSO = DemoPlace(
    "Sikasso",
    date(2018, 2, 22),
    "Famory Jean KAMISSOKO",
    "Ramata SOGOBA",
    _circles("Yorosso", "Kadiolo", "Bougouni"),
)
SEGOU = DemoPlace(
    "Ségou",
    date(2018, 2, 22),
    "Hamidou TRAORE",
    "Aminata DICKO",
    _circles("Macina", "Tominian", "Barouéli"),
)
MOPTI = DemoPlace(
    "Mopti",
    date(2018, 3, 1),
    "Souleymane DEMBELE",
    "Yacouba SAMAKE",
    _circles("Djenné", "Bandiagara", "Ténenkou"),
)
BAMAKO = DemoPlace(
    "District de Bamako",
    date(2018, 3, 7),
    "Tiémoko Souleymane SANGARE",
    "Ramata SOGOBA",
    ("la Commune I", "la Commune IV", "la Commune VI"),
    level=Level.DISTRICT,
    town="Bamako",
    hall="salle de conférence de la Mairie du District",
    venue="Mairie du District",
)
TOMBOUCTOU = DemoPlace(
    "Tombouctou",
    date(2018, 3, 15),
    "Bassidy DIABATE",
    "Aminata DICKO",
    _circles("Diré", "Goundam", "Niafunké"),
)
GAO = DemoPlace(
    "Gao",
    date(2018, 3, 22),
    "Yamadou DIALLO",
    "Yacouba SAMAKE",
    _circles("Ansongo", "Bourem", "Gao"),
)
MENAKA = DemoPlace(
    "Ménaka",
    date(2018, 3, 7),
    "Almoustapha MAIGA",
    "Yacouba SAMAKE",
    _circles("Andéramboukane", "Inékar", "Tidermène"),
)
KIDAL = DemoPlace(
    "Kidal",
    date(2018, 3, 29),
    "Nana COULIBALY",
    "Ramata SOGOBA",
    _circles("Tessalit", "Abeïbara", "Tin-Essako"),
)

PLACES = (KAYES, KOULIKORO, SIKASSO, SEGOU, MOPTI, BAMAKO, TOMBOUCTOU, GAO, MENAKA, KIDAL)
EARLIER = date(2017, 2, 23)
"""The day of the meeting of Ségou in the campaign before."""
