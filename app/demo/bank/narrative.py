"""The bank of narrative passages of the demo's reports: four of each kind, for four ways of telling a meeting."""

from __future__ import annotations

# Markdown; the opening gives the date in words, the venue, the chair and the presence.
OPENINGS = (
    "{date}, s’est tenue à {ici}, {salle}, la séance publique consacrée au budget primitif {annee} {de_organisateur}. "
    "{chair}, {chair_titre}, présidait les travaux, en présence de {steering}, membre du comité de pilotage du Groupe "
    "de Suivi Budgétaire.",
    "{date}, élus, agents publics et citoyens se sont réunis à {ici}, {salle}, pour débattre du budget primitif "
    "{annee} {de_organisateur}. La séance était placée sous la présidence de {chair}, {chair_titre}. {steering} y "
    "représentait le comité de pilotage du Groupe de Suivi Budgétaire.",
    "{date}, {ici} a accueilli, {salle}, la rencontre publique sur la préparation et l’exécution du budget primitif "
    "{annee} {de_organisateur}. Elle a été présidée par {chair}, {chair_titre}, et suivie pour le comité de pilotage "
    "par {steering}.",
    "{date}, la population a été conviée à {ici}, {salle}, à un échange sur le budget primitif {annee} "
    "{de_organisateur}. {chair}, {chair_titre}, en assurait la présidence ; {steering} y assistait au nom du comité de "
    "pilotage.",
)
AIMS = (
    "La rencontre était organisée par {organisateur} avec le Groupe de Suivi Budgétaire. Elle visait à faire "
    "comprendre à chacun d’où viennent les ressources de la collectivité, qui décide de leur emploi et comment il en "
    "est rendu compte.\n\n"
    "Trois résultats en étaient attendus :\n\n"
    "- les participants savent lire les grandes lignes du budget et en suivre les étapes ;\n"
    "- la suite donnée aux recommandations de {annee_passee} est connue de tous ;\n"
    "- les médias rapportent à la population les choix du budget voté.",
    "Elle était l’œuvre commune {de_organisateur} et du Groupe de Suivi Budgétaire, dans le but de rapprocher la "
    "gestion des deniers publics de ceux qui en bénéficient.\n\n"
    "Il s’agissait plus précisément :\n\n"
    "- d’exposer les étapes du budget, de l’avant-projet au compte administratif ;\n"
    "- de dire ce que sont devenues les recommandations de l’année {annee_passee} ;\n"
    "- de recueillir les avis et les demandes des usagers des services publics.",
    "{Organisateur} et le Groupe de Suivi Budgétaire, qui l’organisaient ensemble, souhaitaient donner à la société "
    "civile les moyens de prendre part aux choix budgétaires.\n\n"
    "Au terme de la journée, il était attendu :\n\n"
    "- que le contenu du budget voté soit connu et expliqué ;\n"
    "- que l’état des engagements pris en {annee_passee} soit dressé avec leurs preuves ;\n"
    "- que les journalistes présents disposent de chiffres vérifiés.",
    "Préparée par {organisateur} et le Groupe de Suivi Budgétaire, elle répondait au devoir de rendre compte et au "
    "droit de savoir.\n\n"
    "Ses objectifs étaient les suivants :\n\n"
    "- présenter le budget voté et les règles de son exécution ;\n"
    "- examiner, point par point, la mise en œuvre des recommandations de {annee_passee} ;\n"
    "- convenir de recommandations précises, avec un destinataire et une échéance.",
)
ATTENDANCE = (
    "Y ont pris part {present} personnes : conseillers, agents des services techniques, représentants des cercles et "
    "des communes, associations et médias. La liste de présence est jointe en annexe.",
    "La liste annexée à ce rapport compte {present} participants, venus des collectivités, des services techniques, "
    "des associations et de la presse.",
    "Au total, {present} personnes ont émargé, parmi lesquelles des élus, des techniciens, des responsables "
    "d’associations et des journalistes ; leurs noms figurent en annexe.",
    "L’assistance se composait de {present} personnes, dont la liste est annexée : élus, techniciens, organisations de "
    "femmes et de jeunes, organes de presse.",
)
LEADS = (
    "Trois orateurs se sont succédé à la tribune avant le début des exposés.",
    "La cérémonie a donné lieu à trois allocutions.",
    "Trois prises de parole ont marqué l’ouverture.",
    "L’ouverture a comporté trois allocutions, prononcées dans l’ordre qui suit.",
)
# By the commission's president, the supervisor, the chair; each after the other's words.
WELCOMES = (
    "{lui} a salué l’assistance au nom de la commission et rappelé que chacun pouvait poser ses questions librement, "
    "dans la langue de son choix.",
    "{lui} a remercié les participants venus de loin, en particulier ceux qui avaient fait le voyage depuis {la} et "
    "{la_bas}.",
    "{lui} a salué l’affluence et dit attendre de la journée des engagements que l’on puisse vérifier.",
    "{lui} a présenté la commission, ses membres et le travail accompli depuis la dernière rencontre.",
)
SUPPORTS = (
    "{lui} a situé la séance dans la campagne en cours et insisté sur l’utilité des recommandations datées, que l’on "
    "retrouve d’une année sur l’autre.",
    "{lui} a exprimé le soutien de ses pairs et souhaité que le rapport soit validé sans tarder par la commission.",
    "{lui} a félicité les organisateurs et rappelé qu’un budget se juge autant à son exécution qu’à son vote.",
    "{lui} a cité l’exemple de collectivités où le débat public a permis d’achever des chantiers arrêtés, et encouragé "
    "{le_conseil} dans cette voie.",
)
DECLARATIONS = (
    "{lui} a assuré l’assemblée de la disponibilité {du_conseil}, invité chacun à parler sans détour, puis déclaré les "
    "travaux ouverts.",
    "{lui} a rappelé les priorités de l’année, l’eau, la santé et l’école, avant de déclarer la séance ouverte.",
    "{lui} a souligné que les impôts payés dans {la_region} doivent se voir dans {la_region}, puis a ouvert les "
    "travaux.",
    "{lui} a demandé aux services techniques de répondre avec franchise et a prononcé l’ouverture de la séance.",
)
PROCEEDINGS = (
    "Une fois les invités partis, les participants se sont présentés à tour de rôle. L’ordre du jour a été lu et "
    "accepté sans changement, puis un bureau de séance a été désigné.",
    "Après une courte suspension, l’assemblée a examiné le programme du jour, y a ajouté un échange avec les médias et "
    "a choisi son bureau.",
    "Les travaux ont repris par la présentation des délégations. Le programme a été approuvé et la conduite des débats "
    "confiée au bureau dont la composition suit.",
    "Le programme, distribué à l’entrée, a été approuvé à main levée. L’assemblée a ensuite mis en place le bureau "
    "chargé de diriger les échanges.",
)
METHODS = (
    "Chaque exposé, projeté à l’écran, a été suivi de questions prises par groupes de cinq. Les termes techniques ont "
    "été expliqués en français et dans les langues parlées par l’assistance.",
    "Les exposés ont alterné avec les débats. Un tableau des chiffres principaux avait été remis à chacun, et les "
    "réponses ont été données séance tenante.",
    "L’équipe de facilitation a présenté les chiffres, puis la parole a circulé dans la salle. Les questions écrites "
    "ont été lues avec les autres, sans nom d’auteur.",
    "L’assemblée a travaillé en séance plénière. Les personnes ressources ont complété les réponses sur les points de "
    "droit et de comptabilité.",
)
POINTS = (
    (
        "les étapes de la préparation du budget et leur calendrier ;",
        "les ressources propres, les dotations et les apports des partenaires ;",
        "les dépenses de fonctionnement et d’investissement votées pour {annee} ;",
        "l’état d’exécution à la fin du mois précédent ;",
        "la suite donnée aux recommandations de {annee_passee}.",
    ),
    (
        "le rôle de chaque acteur, de l’ordonnateur au comptable ;",
        "les grandes masses du budget {annee} ;",
        "les projets retenus et leur localisation ;",
        "les contrôles et les voies de recours du citoyen ;",
        "le tableau de suivi des recommandations.",
    ),
    (
        "le cadre légal du budget des collectivités ;",
        "la comparaison des prévisions de {annee_passee} et de {annee} ;",
        "les recettes attendues et les moyens de les recouvrer ;",
        "les investissements par secteur ;",
        "les engagements de la rencontre précédente.",
    ),
    (
        "le cycle du budget en six étapes ;",
        "le budget {annee} en recettes et en dépenses ;",
        "les marchés publics en cours ;",
        "la place de la société civile à chaque étape ;",
        "la mise en œuvre des recommandations antérieures.",
    ),
)
CONCERN_LEADS = (
    "",
    "Au cours du débat, les préoccupations ci-après ont été exprimées :",
    "Les participants ont ensuite interrogé le bureau sur :",
    "",
)
CONCERN_CLOSINGS = (
    "Le bureau a répondu à la plupart des questions ; celles qui demandaient une vérification ont été "
    "inscrites au procès-verbal.",
    "Les réponses ont été données par l’équipe de facilitation et les personnes ressources, chiffres à l’appui.",
    "L’assemblée a pris acte des réponses et demandé que les pièces citées lui soient communiquées.",
    "Les échanges ont duré près de deux heures et permis de lever la plupart des doutes.",
)
RECOMMENDATION_LEADS = (
    "Au terme des débats, l’assemblée a arrêté les recommandations suivantes :",
    "À l’issue des échanges, il a été recommandé de :",
    "Les recommandations ci-après ont été lues et approuvées en séance :",
    "L’assemblée demande aux destinataires nommés ci-après de :",
)
CONCLUSIONS = (
    "La journée s’est achevée à quatorze heures trente. {chair_bref} a remercié l’assistance pour la qualité de ses "
    "questions et pris l’engagement, au nom {du_conseil}, de rendre compte de la suite donnée à chaque recommandation.",
    "Les travaux ont pris fin dans un climat de confiance. {chair_bref} a invité la commission à suivre les échéances "
    "convenues et donné rendez-vous à tous pour la restitution à mi-parcours.",
    "En levant la séance, {chair_bref} a relevé que les attentes exprimées rejoignent les priorités du budget. La "
    "commission a été chargée de diffuser les conclusions dans {la}, {la_bas} et {plus_loin}.",
    "Un dernier mot a été donné aux jeunes et aux femmes, qui ont souhaité être associés plus tôt à la préparation du "
    "budget. {chair_bref} en a pris l’engagement avant de clore la rencontre.",
)
