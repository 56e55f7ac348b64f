"""What each meeting of the demo was about: which sentences of the bank its report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.demo import places, proposals, remarks
from app.demo.places import DemoPlace
from app.demo.proposals import DemoProposal
from app.demo.remarks import DemoRemark
from app.template import Status


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting to report on. `concerns`, `recommendations` and `follow_ups` name sentences as "theme.rank".

    `number` gives each report its own turn of phrase, `added` is the sentence the rapporteur adds to the proceedings,
    `remarks` and `proposals` are the observations and amendments of its commission; `carried` answers for the
    recommendations that annex 2 takes over from the meeting before, in its order; `illustrations` are the captions of the
    pictures in annex 5, as many as `picturing` draws.
    """

    number: int
    place: DemoPlace
    held_on: date
    present: int = 0
    concerns: str = ""
    recommendations: str = ""
    follow_ups: str = ""
    added: str = ""
    carried: tuple[tuple[Status, str, str], ...] = ()
    remarks: tuple[DemoRemark, ...] = ()
    proposals: tuple[DemoProposal, ...] = ()
    illustrations: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        return self.held_on.year


SEGOU_BEFORE = Session(
    number=0,
    place=places.SEGOU,
    held_on=places.EARLIER,
    present=34,
    concerns="eau.1 sante.0 pistes.1 recettes.1 communication.0",
    recommendations="eau.1 sante.1 pistes.1 communication.1 recettes.1",
    follow_ups="eau.0 recettes.1 education.2 sante.3",
    added="Les délégations des cercles ont été placées au premier rang.",
    illustrations=(
        "Illustration : la salle pendant la présentation du budget, la tribune sous la banderole de la rencontre.",
        "Illustration : un délégué des cercles pose sa question au micro ; les réponses sont notées à la tribune.",
        "Illustration : deux participants lisent les recommandations notées au tableau, avant leur adoption.",
    ),
)
KAYES = Session(
    number=1,
    place=places.KAYES,
    held_on=places.KAYES.held_on,
    present=36,
    concerns="sante.2 recettes.0 eau.2 pistes.2 communication.3 education.3",
    recommendations="sante.2 recettes.0 eau.2 pistes.2 communication.3",
    follow_ups="education.0 assainissement.1 pistes.2 communication.0",
    added="Les questions de la diaspora, reçues par écrit, ont été lues au début des débats.",
    proposals=proposals.KAYES,
)
KOULIKORO = Session(
    number=2,
    place=places.KOULIKORO,
    held_on=places.KOULIKORO.held_on,
    present=31,
    concerns="education.0 pistes.0 assainissement.1 eau.3 recettes.2",
    recommendations="education.0 pistes.3 assainissement.1 eau.3 recettes.2 communication.0",
    follow_ups="eau.1 sante.0 recettes.2 education.1",
    added="Un résumé du budget sur deux pages a été distribué à l’assistance.",
    proposals=proposals.KOULIKORO,
)
SIKASSO = Session(
    number=3,
    place=places.SIKASSO,
    held_on=places.SIKASSO.held_on,
    present=38,
    concerns="education.2 sante.1 eau.0 communication.2 pistes.3",
    recommendations="education.2 sante.1 eau.0 communication.2",
    follow_ups="pistes.0 communication.1 assainissement.2",
    added="Les groupements de femmes ont demandé et obtenu un temps de parole réservé.",
    proposals=proposals.SIKASSO,
)
SEGOU = Session(
    number=4,
    place=places.SEGOU,
    held_on=places.SEGOU.held_on,
    present=40,
    concerns="eau.0 education.1 pistes.0 assainissement.0 recettes.3 communication.1 sante.3",
    recommendations="eau.0 education.1 pistes.0 assainissement.0 recettes.3 communication.2",
    carried=(
        (
            Status.DONE,
            "La concertation s’est tenue en octobre 2017 et a réuni soixante délégués.",
            "Le compte rendu est joint au dossier de la séance.",
        ),
        (Status.NOT_DONE, "Aucun poste n’a été ouvert.", "Recommandation reconduite une deuxième fois."),
        (
            Status.UNDER_WAY,
            "Quatre délégataires sur six appliquent la grille.",
            "Les deux derniers l’ont reçue en janvier 2018.",
        ),
        (Status.DONE, "La dotation de 2017 a été versée en juin, en une tranche.", "Ordres de virement produits."),
        (Status.NOT_DONE, "Les contrats des brigades n’ont pas été signés.", "Un modèle de contrat est à l’étude."),
        (Status.DONE, "Le calendrier est affiché depuis avril 2017.", ""),
        (
            Status.UNDER_WAY,
            "L’affichage est fait dans onze marchés sur vingt-quatre.",
            "Les relevés sont trimestriels.",
        ),
    ),
    added="Les chiffres ont été repris en bamanankan à la demande des participants.",
    remarks=remarks.SEGOU,
    proposals=proposals.SEGOU,
)
MOPTI = Session(
    number=5,
    place=places.MOPTI,
    held_on=places.MOPTI.held_on,
    present=29,
    concerns="sante.0 education.3 pistes.2 recettes.2 eau.3",
    recommendations="sante.0 education.3 pistes.2 recettes.3 communication.1",
    follow_ups="eau.0 education.2 recettes.0 pistes.1",
    added="Deux communes, retenues par l’état des routes, avaient transmis leurs questions par écrit.",
)
BAMAKO = Session(
    number=6,
    place=places.BAMAKO,
    held_on=places.BAMAKO.held_on,
    present=37,
    concerns="assainissement.3 eau.1 communication.0 recettes.1 sante.3 assainissement.2",
    recommendations="assainissement.3 eau.1 recettes.1 communication.0 sante.3",
    follow_ups="assainissement.0 sante.1 communication.2 recettes.3",
    added="Chacune des six communes du District était représentée.",
    remarks=remarks.BAMAKO,
    proposals=proposals.BAMAKO,
)
TOMBOUCTOU = Session(
    number=7,
    place=places.TOMBOUCTOU,
    held_on=places.TOMBOUCTOU.held_on,
    present=27,
    concerns="eau.2 education.1 sante.1 communication.2",
    recommendations="eau.2 education.1 sante.0 communication.3",
    follow_ups="education.0 eau.2 pistes.1",
)
GAO = Session(
    number=8,
    place=places.GAO,
    held_on=places.GAO.held_on,
)
MENAKA = Session(
    number=9,
    place=places.MENAKA,
    held_on=places.MENAKA.held_on,
    present=26,
    concerns="pistes.1 eau.0 education.0 communication.1 sante.2",
    recommendations="pistes.1 eau.1 education.0 communication.0 sante.1",
    follow_ups="sante.1 pistes.0 eau.2 communication.1",
    added="Les débats ont été traduits en tamasheq et en songhaï.",
)
