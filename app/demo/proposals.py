"""The amendments that the demo's commissions propose, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.reports.models.report import AmendmentState, Opinion


@dataclass(frozen=True, slots=True)
class DemoProposal:
    """In part `part`, `old` is to read `new`. `seat` is the author's, counted as in `people.SEATS`.

    `formal`: the form alone is touched; `remark` is the place, among the commission's, of the one it grew out of.
    """

    part: str
    old: str
    new: str
    reason: str
    seat: int
    opinion: Opinion | None = None
    opinion_text: str = ""
    outcome: AmendmentState = AmendmentState.OPEN
    decision: str = ""
    formal: bool = False
    remark: int | None = None


KAYES = (
    DemoProposal(
        "recommendations",
        "Publier le classement des tronçons à réhabiliter, avec les notes obtenues",
        "Publier et commenter à la radio le classement des tronçons à réhabiliter, avec les notes obtenues",
        "Un tableau affiché n’est lu que par ceux qui viennent au siège.",
        seat=4,
        opinion=Opinion.FAVOURABLE,
        opinion_text="La demande a bien été faite en séance.",
        outcome=AmendmentState.ADOPTED,
    ),
    DemoProposal(
        "proceedings",
        "au début des débats",
        "avant l’exposé",
        "Elles ont été lues dès la reprise des travaux.",
        seat=5,
        opinion=Opinion.UNFAVOURABLE,
        opinion_text="Mes notes les placent après l’exposé.",
        outcome=AmendmentState.REJECTED,
        decision="L’enregistrement de la séance confirme qu’elles ont été lues après l’exposé.",
    ),
    DemoProposal(
        "conclusion",
        "climat de confiance",
        "climat de confiance et d’écoute",
        "Chacun a pu parler jusqu’au bout.",
        seat=6,
        outcome=AmendmentState.WITHDRAWN,
    ),
)
KOULIKORO = (
    DemoProposal(
        "recommendations",
        "Payer les enseignants des écoles communautaires avant le dix du mois suivant",
        "Payer les enseignants des écoles communautaires avant le cinq du mois suivant",
        "Le délai convenu en séance était le cinq du mois.",
        seat=6,
        opinion=Opinion.FAVOURABLE,
        opinion_text="Mes notes portent également le cinq.",
        outcome=AmendmentState.ADOPTED,
    ),
)
SIKASSO = (
    DemoProposal(
        "method",
        "en séance plénière",
        "en séance plénière, puis en trois groupes",
        "Les groupes ont siégé entre onze heures et midi.",
        seat=4,
        opinion=Opinion.LEFT,
        outcome=AmendmentState.ADOPTED,
    ),
    DemoProposal(
        "recommendations",
        "une émission mensuelle",
        "une émission hebdomadaire",
        "Une émission par mois ne suffit pas.",
        seat=7,
        opinion=Opinion.UNFAVOURABLE,
        opinion_text="Le coût n’a pas été discuté en séance.",
        outcome=AmendmentState.REJECTED,
        decision="L’assemblée a retenu une émission par mois.",
    ),
)
SEGOU = (
    DemoProposal(
        "method",
        "Chaque exposé, projeté à l’écran, a été suivi",
        "Chaque exposé, projeté à l’écran et traduit en bamanankan, a été suivi",
        "La traduction a été demandée par la salle et faite tout au long de la journée.",
        seat=5,
        opinion=Opinion.FAVOURABLE,
        opinion_text="C’est exact.",
        outcome=AmendmentState.ADOPTED,
    ),
    DemoProposal(
        "recommendations",
        "Curer les caniveaux de la ville de Ségou avant les premières pluies",
        "Curer tous les caniveaux de la région avant les premières pluies",
        "Les autres villes ont les mêmes difficultés.",
        seat=6,
        opinion=Opinion.UNFAVOURABLE,
        opinion_text="Le débat n’a porté que sur la ville.",
        outcome=AmendmentState.REJECTED,
        decision="La recommandation doit rester celle qui a été lue en séance et confiée à la mairie.",
    ),
    DemoProposal(
        "presentation",
        "les contrôles et les voies de recours du citoyen ;",
        "",
        "Le rapport ne peut citer un exposé que personne n’a entendu.",
        seat=4,
        opinion=Opinion.FAVOURABLE,
        opinion_text="L’exposé a été remis à une autre séance.",
        outcome=AmendmentState.ADOPTED,
        remark=0,
    ),
    DemoProposal(
        "introduction",
        "responsables d’associations et des journalistes",
        "responsables d’associations, neuf usagers de l’eau et des journalistes",
        "Les usagers de l’eau étaient venus nombreux ; le rapport doit le dire.",
        seat=6,
        opinion=Opinion.FAVOURABLE,
        opinion_text="Ils sont neuf sur la feuille de présence.",
        remark=1,
    ),
    DemoProposal(
        "introduction",
        "responsables d’associations et des journalistes",
        "responsables d’associations de femmes et de jeunes et des journalistes",
        "Dire quelles associations ont pris la parole.",
        seat=5,
        opinion=Opinion.UNFAVOURABLE,
        opinion_text="D’autres associations étaient là ; la liste annexée les nomme toutes.",
    ),
    DemoProposal(
        "recommendations",
        "dès la fin de l’hivernage",
        "dès la fin de l’hivernage et en confier le contrôle à un bureau indépendant",
        "Le contrôle des travaux a été demandé par plusieurs participants.",
        seat=4,
        opinion=Opinion.LEFT,
        outcome=AmendmentState.DEFERRED,
        decision="Le service des routes doit d’abord dire ce que coûterait ce contrôle.",
    ),
    DemoProposal(
        "method",
        "projeté à l’écran, a été suivi",
        "projeté à l’écran et résumé sur une feuille remise à chacun, a été suivi",
        "Beaucoup ont suivi sur la feuille, l’écran étant loin.",
        seat=7,
    ),
    DemoProposal(
        "ceremony",
        "prononcées dans l’ordre qui suit",
        "prononcées dans cet ordre",
        "Plus court.",
        seat=7,
        opinion=Opinion.FAVOURABLE,
        formal=True,
    ),
    DemoProposal(
        "proceedings",
        "Le programme, distribué à l’entrée, a été approuvé",
        "Le programme distribué à l’entrée a été approuvé",
        "Les virgules coupent la phrase.",
        seat=5,
        formal=True,
    ),
    DemoProposal(
        "conclusion",
        "la restitution à mi-parcours",
        "la restitution à mi-parcours, en septembre",
        "Une date aide à suivre l’engagement.",
        seat=7,
        opinion=Opinion.FAVOURABLE,
        opinion_text="La date a été citée par le président de séance ; l’ajout est fidèle aux débats.",
    ),
)
BAMAKO = (
    DemoProposal(
        "recommendations",
        "Étudier un tarif social de la vidange pour les ménages modestes",
        "Étudier puis appliquer un tarif social de la vidange pour les ménages modestes",
        "Une étude sans suite ne changerait rien pour les ménages.",
        seat=4,
        opinion=Opinion.LEFT,
    ),
)
RETURNED = (
    "Les chiffres du recouvrement manquent dans la réponse sur les droits de place : complétez-la avec la "
    "recette-perception, puis renvoyez-nous le texte."
)
"""Why the commission of Bamako sends the text back."""
LATE = "Deux membres étaient en mission sur le terrain : leurs amendements et leurs votes sont encore reçus."
"""Why the president of Mopti receives what comes in after the deadline."""
