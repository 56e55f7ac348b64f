"""The bank of the campaigns' own documents: terms of reference, quotas, model programme."""

from __future__ import annotations

# Zone of the terms: its Markdown. What has no heading of its own to change keeps the template's.
TERMS: dict[str, str] = {
    "subject": "RENCONTRES PUBLIQUES SUR LE BUDGET {annee} DES RÉGIONS ET DU DISTRICT DE BAMAKO",
    "context": (
        "Le budget d’une collectivité est voté en séance publique, mais peu de citoyens savent le lire. Depuis "
        "plusieurs années, le Groupe de Suivi Budgétaire réunit, dans chaque région et dans le District de Bamako, "
        "ceux qui votent le budget, ceux qui l’exécutent et ceux pour qui il est fait.\n\n"
        "Les rencontres précédentes ont montré deux besoins : que les chiffres soient expliqués simplement, et que "
        "chaque recommandation ait un destinataire, une échéance et une preuve. La campagne {annee} répond à l’un et "
        "à l’autre."
    ),
    "objectives": (
        "La campagne s’adresse aux élus, aux agents publics, aux organisations de la société civile et aux médias de "
        "chaque collectivité visitée."
    ),
    "general_objective": (
        "Mettre les citoyens en mesure de comprendre le budget {annee} de leur collectivité, d’en suivre l’exécution "
        "et de peser sur le suivant."
    ),
    "specific_objectives": (
        "À la fin de chaque rencontre :\n\n"
        "- les grandes lignes du budget voté ont été exposées et discutées ;\n"
        "- l’état des recommandations de l’année précédente a été établi avec leurs preuves ;\n"
        "- de nouvelles recommandations, datées et adressées, ont été arrêtées ;\n"
        "- la presse locale dispose d’un dossier en français et en langues nationales."
    ),
    "method": "Chaque rencontre est conduite en trois temps, sous la responsabilité de la collectivité qui reçoit.",
    "step_1": (
        "La collectivité et la commission régionale de suivi budgétaire (CRSB) arrêtent la date et la salle. Elles "
        "envoient les invitations au moins dix jours à l’avance, sollicitent l’autorité qui présidera l’ouverture et "
        "relisent ensemble l’exposé du facilitateur."
    ),
    "step_2": (
        "Le facilitateur expose la préparation et l’exécution du budget en moins d’une heure. Suivent les questions, "
        "les réponses, le point des recommandations passées et la rédaction des nouvelles. Un bureau de séance dirige "
        "les débats ; le rapporteur note les propos et leurs auteurs."
    ),
    "step_3": (
        "Le facilitateur rédige le rapport dans les cinq jours et le remet au rapporteur. La CRSB le lit, propose ses "
        "amendements et le valide. Le rapporteur et le président de séance le signent, puis il est publié."
    ),
    "supervision": (
        "Deux équipes accompagnent les rencontres. Elles s’accordent avant la première séance sur leur façon de faire."
    ),
    "steering_committee": (
        "Un membre du comité de pilotage assiste à chaque rencontre. Il consacre la journée suivante à un échange "
        "avec la commission régionale."
    ),
    "programme_staff": (
        "L’équipe technique du programme apporte son aide à la préparation et relève les enseignements de chaque "
        "séance."
    ),
    "sponsorship": "Dans chaque région, la rencontre est placée sous le parrainage du gouverneur.",
    "media": "Les radios de proximité, la télévision nationale et la presse écrite sont invitées à toute la séance.",
    "products": (
        "- un rapport illustré, validé et signé ;\n"
        "- les enregistrements sonores et filmés de la séance ;\n"
        "- le rapport de mission de chaque superviseur."
    ),
    "participants": "Quarante personnes sont attendues à chaque rencontre, selon la répartition suivante.",
    "funding": "La campagne est financée par le Groupe de Suivi Budgétaire et ses partenaires.",
}
# Category, number of people.
QUOTAS = (
    ("Élus et agents de la collectivité régionale ou du District", "5"),
    ("Délégués des conseils de cercle", "3"),
    ("Délégués des conseils communaux", "3"),
    ("Services techniques : finances, plan, éducation, santé, eau, promotion de la femme", "8"),
    ("Société civile : femmes, jeunes, usagers de l’école, de la santé et de l’eau, comité de plaidoyer", "15"),
    ("Agence de développement régional", "2"),
    ("Presse et radios", "4"),
)
# Hours, what takes place, who leads it.
PROGRAMME = (
    ("8 h 30 – 9 h", "Arrivée et inscription des participants", "Secrétariat de la rencontre"),
    ("9 h – 9 h 20", "Salutations de la commission régionale", "Présidence de la CRSB"),
    ("9 h 20 – 9 h 40", "Message du comité de pilotage", "Superviseur"),
    ("9 h 40 – 10 h", "Allocution d’ouverture", "Présidence de séance"),
    ("10 h – 10 h 30", "Photographie et pause", "Secrétariat de la rencontre"),
    ("10 h 30 – 11 h 30", "Exposé sur le budget {annee} : préparation, vote, exécution", "Facilitateur"),
    ("11 h 30 – 12 h", "Point sur les recommandations de {annee_passee}", "Rapporteur"),
    ("12 h – 13 h 30", "Questions et réponses", "Bureau de séance"),
    ("13 h 30 – 14 h 15", "Adoption des recommandations", "Bureau de séance"),
    ("14 h 15 – 14 h 30", "Clôture", "Présidence de séance"),
)
