"""The bank of what became of earlier recommendations, as annex 2 tells it: four by theme, one for each status."""

from __future__ import annotations

from app.template import Status

# theme: (recommendation, status, state of execution, observations).
FOLLOW_UPS: dict[str, tuple[tuple[str, Status, str, str], ...]] = {
    "eau": (
        (
            "Équiper de pompes manuelles les puits à grand diamètre dans {la}",
            Status.DONE,
            "Huit pompes posées et réceptionnées.",
            "Les comités de gestion sont en place.",
        ),
        (
            "Analyser deux fois l’an la qualité de l’eau des forages",
            Status.UNDER_WAY,
            "Une première campagne d’analyses a porté sur trente forages.",
            "La seconde est inscrite au budget.",
        ),
        (
            "Raccorder le quartier du lycée au réseau d’eau potable",
            Status.NOT_DONE,
            "Aucun crédit n’a été engagé.",
            "Le raccordement dépend de l’extension du château d’eau.",
        ),
        (
            "Réserver un puits pastoral aux troupeaux de passage",
            Status.MOOT,
            "Le couloir de transhumance a été déplacé.",
            "",
        ),
    ),
    "sante": (
        (
            "Clôturer la maternité du centre de santé de référence",
            Status.DONE,
            "Clôture achevée et réceptionnée.",
            "",
        ),
        (
            "Équiper les centres de santé de panneaux solaires",
            Status.UNDER_WAY,
            "Cinq centres équipés sur douze.",
            "Le second lot est en passation de marché.",
        ),
        (
            "Ouvrir une aire de santé dans {la_bas}",
            Status.NOT_DONE,
            "Le dossier n’a pas été examiné.",
            "L’affectation du personnel n’est pas acquise.",
        ),
        (
            "Louer un local pour le dépôt de médicaments",
            Status.MOOT,
            "Un dépôt a été construit entre-temps.",
            "",
        ),
    ),
    "education": (
        (
            "Doter les écoles du premier cycle de tables-bancs",
            Status.DONE,
            "Six cents tables-bancs livrés.",
            "Les bordereaux sont signés par les directeurs d’école.",
        ),
        (
            "Électrifier les internats des lycées",
            Status.UNDER_WAY,
            "Les études sont faites.",
            "Les travaux commencent au second semestre.",
        ),
        (
            "Recruter des moniteurs d’alphabétisation dans {plus_loin}",
            Status.NOT_DONE,
            "Aucun recrutement n’a eu lieu.",
            "Crédits insuffisants.",
        ),
        (
            "Transférer la cantine de l’école du marché",
            Status.MOOT,
            "L’école a été reconstruite sur place.",
            "",
        ),
    ),
    "pistes": (
        (
            "Poser des buses aux points critiques de la piste dans {la}",
            Status.DONE,
            "Neuf ouvrages posés.",
            "Les brigades villageoises en assurent la surveillance.",
        ),
        (
            "Baliser les pistes rurales réhabilitées",
            Status.UNDER_WAY,
            "Le balisage couvre la moitié du linéaire.",
            "Il s’achève au trimestre suivant.",
        ),
        (
            "Réhabiliter le bac de traversée dans {la_bas}",
            Status.NOT_DONE,
            "L’appel d’offres est resté infructueux.",
            "Il doit être relancé.",
        ),
        (
            "Élargir la piste du campement",
            Status.MOOT,
            "Le tronçon a été repris par le programme national.",
            "",
        ),
    ),
    "assainissement": (
        (
            "Acheter deux bennes pour l’enlèvement des ordures",
            Status.DONE,
            "Les deux bennes sont en service.",
            "",
        ),
        (
            "Aménager la décharge contrôlée de {ici}",
            Status.UNDER_WAY,
            "Le terrain est borné et l’étude d’impact remise.",
            "Le financement de la clôture est recherché.",
        ),
        (
            "Drainer les eaux de pluie du grand marché",
            Status.NOT_DONE,
            "Les travaux n’ont pas commencé.",
            "Le devis dépasse le crédit ouvert.",
        ),
        (
            "Louer un camion de vidange",
            Status.MOOT,
            "Un opérateur privé s’est installé.",
            "",
        ),
    ),
    "recettes": (
        (
            "Imprimer des quittances sécurisées pour les droits de marché",
            Status.DONE,
            "Les carnets sont distribués dans toutes les communes.",
            "",
        ),
        (
            "Tenir une concertation annuelle sur la mobilisation des recettes",
            Status.UNDER_WAY,
            "La réunion préparatoire s’est tenue.",
            "La concertation est fixée au second trimestre.",
        ),
        (
            "Équiper les perceptions de moyens de déplacement",
            Status.NOT_DONE,
            "Aucun achat n’a été fait.",
            "La demande est reconduite au budget suivant.",
        ),
        (
            "Créer une régie à la gare routière",
            Status.MOOT,
            "La gare a été cédée à la commune.",
            "",
        ),
    ),
    "communication": (
        (
            "Ouvrir un tableau d’affichage budgétaire au siège {du_conseil}",
            Status.DONE,
            "Le tableau est tenu à jour chaque mois.",
            "",
        ),
        (
            "Former les organisations de femmes et de jeunes à la lecture du budget",
            Status.UNDER_WAY,
            "Deux sessions ont réuni soixante personnes.",
            "Les localités éloignées restent à couvrir.",
        ),
        (
            "Traduire le résumé du budget dans les langues parlées dans {la_region}",
            Status.NOT_DONE,
            "La traduction n’a pas été commandée.",
            "Un partenaire est recherché.",
        ),
        (
            "Renouveler l’abonnement au bulletin d’information régional",
            Status.MOOT,
            "Le bulletin ne paraît plus.",
            "",
        ),
    ),
}
