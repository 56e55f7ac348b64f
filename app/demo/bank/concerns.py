"""The bank of concerns raised at the demo's meetings, with the answers given: four by theme."""

from __future__ import annotations

# theme: (concern, answer). An empty answer: nobody gave one.
CONCERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "eau": (
        (
            "le nombre de forages en panne dans {la} et le délai de leur réparation.",
            "la réparation de six pompes est inscrite au budget ; les pièces ont été commandées et la pose était "
            "attendue avant la saison chaude.",
        ),
        (
            "le prix du mètre cube d’eau aux bornes-fontaines, qui diffère d’un quartier à l’autre.",
            "le tarif relève des délégataires ; une grille unique leur a été proposée et devait être examinée au "
            "trimestre suivant.",
        ),
        (
            "l’absence de comités de gestion formés autour des nouveaux points d’eau dans {la_bas}.",
            "deux sessions de formation des comités étaient programmées, avec l’appui du service de l’hydraulique.",
        ),
        (
            "le choix des villages retenus pour les adductions d’eau sommaires.",
            "les villages ont été classés d’après le nombre d’habitants par point d’eau ; la liste a été remise aux "
            "participants qui la demandaient.",
        ),
    ),
    "sante": (
        (
            "les ruptures de médicaments dans les centres de santé communautaires dans {la}.",
            "les ruptures tenaient au retard des approvisionnements ; un stock de sécurité de deux mois a été "
            "constitué au dépôt de {ici}.",
        ),
        (
            "la part du budget qui revient aux centres de santé et la date de son versement.",
            "les crédits sont délégués en deux tranches ; la première avait été notifiée, la seconde dépendait des "
            "recettes du semestre.",
        ),
        (
            "le manque de sages-femmes dans les aires de santé éloignées, surtout dans {plus_loin}.",
            "trois postes étaient ouverts ; les candidatures avaient été reçues et l’affectation restait à signer.",
        ),
        (
            "le transport des malades quand l’ambulance est immobilisée.",
            "",
        ),
    ),
    "education": (
        (
            "le retard de paiement des salaires des enseignants des écoles communautaires.",
            "les états de paiement avaient été transmis au Trésor ; le mandat de janvier était en cours de visa.",
        ),
        (
            "l’état des salles de classe sous hangar dans {la_bas}.",
            "douze salles devaient être construites dans l’année ; les procès-verbaux de choix des sites étaient "
            "signés.",
        ),
        (
            "l’utilisation des fonds de cantine quand l’école reste fermée.",
            "les fonds non consommés sont reportés sur la campagne suivante et le comité de gestion scolaire en rend "
            "compte par écrit.",
        ),
        (
            "le peu de manuels remis aux élèves du second cycle.",
            "la dotation avait été calculée sur les effectifs de l’année précédente ; un complément a été demandé.",
        ),
    ),
    "pistes": (
        (
            "l’état de la piste qui dessert les marchés dans {la}, coupée chaque hivernage.",
            "l’étude technique était achevée ; les travaux devaient commencer après la saison des pluies.",
        ),
        (
            "l’entretien des pistes réhabilitées, que personne ne semble assurer.",
            "une ligne d’entretien courant a été ouverte au budget ; elle couvrait le point-à-temps de quarante "
            "kilomètres.",
        ),
        (
            "les critères qui ont fait préférer un tronçon à un autre dans {plus_loin}.",
            "les tronçons ont été comparés d’après le trafic et les villages desservis ; la note de classement a été "
            "lue en séance.",
        ),
        (
            "le contrôle des chantiers de pistes et la qualité des ouvrages de franchissement.",
            "un bureau de contrôle suit chaque chantier ; ses rapports sont tenus à la disposition du public.",
        ),
    ),
    "assainissement": (
        (
            "les caniveaux bouchés de la ville de {ici} et le risque d’inondation.",
            "un curage général était prévu avant les premières pluies, avec la participation des comités de quartier.",
        ),
        (
            "l’absence de dépôt de transit pour les ordures ménagères.",
            "le terrain avait été trouvé ; la décision d’affectation attendait la signature du service des domaines.",
        ),
        (
            "les latrines des écoles, inutilisables dans {la_bas}.",
            "vingt blocs de latrines séparées figuraient au programme de l’année, dont la moitié sur fonds propres.",
        ),
        (
            "le coût de la vidange pour les ménages modestes.",
            "",
        ),
    ),
    "recettes": (
        (
            "le faible rendement de la taxe de développement régional et local.",
            "le taux de recouvrement était de quarante-deux pour cent au dernier arrêté ; des équipes de percepteurs "
            "et d’agents des communes ont été formées.",
        ),
        (
            "la destination des droits de place perçus dans les marchés.",
            "ces droits reviennent aux communes ; ils leur sont reversés chaque mois contre quittance.",
        ),
        (
            "l’écart entre les recettes prévues et celles qui ont été réalisées l’année précédente.",
            "l’écart venait d’une dotation arrivée après la clôture ; elle a été reprise dans le budget en cours.",
        ),
        (
            "le recensement des contribuables, qui n’a pas été refait depuis plusieurs années.",
            "le recensement était inscrit au programme du second semestre et devait commencer dans {la}.",
        ),
    ),
    "communication": (
        (
            "la difficulté d’obtenir une copie du budget voté.",
            "un exemplaire est affiché au siège {du_conseil} et un résumé de quatre pages est remis à qui le demande.",
        ),
        (
            "l’invitation tardive des associations aux séances budgétaires.",
            "le calendrier des séances serait désormais publié au début de chaque trimestre.",
        ),
        (
            "l’absence d’émission en langues nationales sur les choix budgétaires.",
            "une convention avec deux radios de proximité était en préparation.",
        ),
        (
            "le suivi donné aux décisions du débat public de l’année précédente.",
            "le point en a été fait au cours de la séance et figure en annexe au présent rapport.",
        ),
    ),
}
