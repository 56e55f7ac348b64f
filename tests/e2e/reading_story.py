"""A whole reading as it should go, written by hand: the text, twelve amendments, what is decided, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

INTRODUCTION = (
    "La rencontre s’est tenue à Ségou le 22 février.",
    "Elle a réuni les élus, les services techniques et les citoyens.",
    "Le budget de la région a été présenté en séance publique.",
)
METHOD = ("Des exposés ont été suivi de débats.",)
CONCLUSION = ("Les travaux ont pris fin dans la bonne humeur.", "Le président a remercié les particpants.")
RECOMMENDATIONS = (
    "Publier le budget de la région.",
    "Réunir les usagers chaque trimestre.",
    "Former les élus à la lecture du budget.",
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person files at once on one part: (old words, new words) in the order of the text; old "" adds a row."""

    who: str
    part: str
    edits: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]
    reason: str = ""
    formal: bool = False


SITTINGS = (
    Sitting(
        "mariam",
        "introduction",
        (("22 février.", "22 février 2018."), ("et les citoyens", "et cent vingt citoyens")),
        (1, 2),
        "Le rapport se lit encore dans dix ans.",
    ),
    Sitting(
        "oumar",
        "introduction",
        (("et les citoyens", "et des citoyens venus des cercles"), ("séance publique", "séance ouverte au public")),
        (3, 4),
    ),
    Sitting("binta", "recommendations", (("région.", "région avant le 31 mars."),), (5,), "Une date rend vérifiable."),
    Sitting("oumar", "recommendations", (("chaque trimestre", "chaque semestre"),), (6,)),
    Sitting("oumar", "recommendations", (("à la lecture du budget", "et les agents"),), (7,)),
    Sitting("binta", "recommendations", (("", "Afficher les comptes dans chaque mairie."),), (8,)),
    Sitting("mariam", "method", (("suivi de", "suivis de"),), (9,), formal=True),
    Sitting("mariam", "conclusion", (("particpants", "participants"),), (10,), formal=True),
    Sitting("binta", "conclusion", (("ont pris fin", "ont pris fin à 17 heures"),), (11,)),
    Sitting("oumar", "introduction", (("Le budget de", "Le budget primitif de"),), (12,)),
)

REWRITTEN = "Elle a réuni les élus, les services techniques et cent vingt citoyens venus des huit cercles."
"""How the president settles n° 3, which n° 2 has overtaken."""
MODIFIED = "Les travaux ont pris fin à 17 h 30 dans la bonne humeur."
"""How the president modifies n° 11."""

FINAL = {
    "introduction": (
        "La rencontre s’est tenue à Ségou le 22 février 2018.",
        REWRITTEN,
        "Le budget primitif de la région a été présenté en séance ouverte au public.",
    ),
    "method": ("Des exposés ont été suivis de débats.",),
    "conclusion": (MODIFIED, "Le président a remercié les participants."),
    "recommendations": (
        "Publier le budget de la région avant le 31 mars.",
        "Réunir les usagers chaque trimestre.",
        "Former les élus à la lecture du budget.",
        "Afficher les comptes dans chaque mairie.",
    ),
}

STATES = {
    1: "Adopté",
    2: "Adopté",
    3: "Adopté",
    4: "Adopté",
    5: "Adopté",
    6: "Rejeté",
    7: "Retiré",
    8: "Adopté",
    9: "Adopté",
    10: "Adopté",
    11: "Adopté",
    12: "Adopté",
}

WRITTEN = {
    "introduction": (
        (
            ("fanta", "La rencontre s’est tenue à Ségou le 22 février"),
            ("mariam", " 2018"),
            ("fanta", "."),
        ),
        (
            ("fanta", "Elle a réuni les élus, les services techniques et "),
            ("mariam", "cent vingt"),
            ("fanta", " citoyens"),
            ("oumar", " venus des"),
            ("adama", " huit"),
            ("oumar", " cercles"),
            ("fanta", "."),
        ),
        (
            ("fanta", "Le budget"),
            ("oumar", " primitif"),
            ("fanta", " de la région a été présenté en séance "),
            ("oumar", "ouverte au public"),
            ("fanta", "."),
        ),
    ),
    "method": ((("fanta", "Des exposés ont été "), ("mariam", "suivis"), ("fanta", " de débats.")),),
    "conclusion": (
        (
            ("fanta", "Les travaux ont pris fin"),
            ("binta", " à 17 "),
            ("adama", "h 30"),
            ("fanta", " dans la bonne humeur."),
        ),
        (("fanta", "Le président a remercié les "), ("mariam", "participants"), ("fanta", ".")),
    ),
    "recommendations": (
        (("fanta", "Publier le budget de la région"), ("binta", " avant le 31 mars"), ("fanta", ".")),
        (("fanta", "Réunir les usagers chaque trimestre."),),
        (("fanta", "Former les élus à la lecture du budget."),),
        (("binta", "Afficher les comptes dans chaque mairie."),),
    ),
}
"""Who wrote which words of the final text, paragraph by paragraph or row by row."""

MINUTES = """
Amendement n° 1 – Introduction
– Proposé par : Mariam SANOGO, le jour
– Avant : « La rencontre s’est tenue à Ségou le 22 février. »
– Après : « La rencontre s’est tenue à Ségou le 22 février 2018. »
– Motif : « Le rapport se lit encore dans dix ans. »
– Avis du rapporteur : favorable (Issa KONE).
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 2 – Introduction
– Proposé par : Mariam SANOGO, le jour
– Avant : « Elle a réuni les élus, les services techniques et les citoyens. »
– Après : « Elle a réuni les élus, les services techniques et cent vingt citoyens. »
– Motif : « Le rapport se lit encore dans dix ans. »
– Avis du rapporteur : s’en remet à la commission (Issa KONE).
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 3 – Introduction
– Proposé par : Oumar CISSE, le jour
– Avant : « Elle a réuni les élus, les services techniques et les citoyens. »
– Après : « Elle a réuni les élus, les services techniques et des citoyens venus des cercles. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
– Modifié par le président, avant : « Elle a réuni les élus, les services techniques et des citoyens venus des cercles. »
– Modifié par le président, après : « Elle a réuni les élus, les services techniques et cent vingt citoyens venus des huit cercles. »
Amendement n° 4 – Introduction
– Proposé par : Oumar CISSE, le jour
– Avant : « Le budget de la région a été présenté en séance publique. »
– Après : « Le budget de la région a été présenté en séance ouverte au public. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 5 – Recommandations
– Proposé par : Binta TRAORE, le jour
– Avant : « Publier le budget de la région. »
– Après : « Publier le budget de la région avant le 31 mars. »
– Motif : « Une date rend vérifiable. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 6 – Recommandations
– Proposé par : Oumar CISSE, le jour
– Avant : « Réunir les usagers chaque trimestre. »
– Après : « Réunir les usagers chaque semestre. »
– Avis du rapporteur : défavorable (Issa KONE). « Le trimestre est la règle de la région. »
– Décision : rejeté par Adama DEMBELE, le jour. Motif : « Avis défavorable du rapporteur : « Le trimestre est la règle de la région. » ».
Amendement n° 7 – Recommandations
– Proposé par : Oumar CISSE, le jour
– Avant : « Former les élus à la lecture du budget. »
– Après : « Former les élus et les agents. »
– Avis du rapporteur : aucun
– Décision : retiré par son auteur, Oumar CISSE, le jour.
Amendement n° 8 – Recommandations
– Proposé par : Binta TRAORE, le jour
– Ajouté : « Afficher les comptes dans chaque mairie. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 9 – Méthodologie
– Proposé par : Mariam SANOGO, le jour (forme seulement)
– Avant : « Des exposés ont été suivi de débats. »
– Après : « Des exposés ont été suivis de débats. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 10 – Conclusion
– Proposé par : Mariam SANOGO, le jour (forme seulement)
– Avant : « Le président a remercié les particpants. »
– Après : « Le président a remercié les participants. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Amendement n° 11 – Conclusion
– Proposé par : Binta TRAORE, le jour
– Avant : « Les travaux ont pris fin dans la bonne humeur. »
– Après : « Les travaux ont pris fin à 17 heures dans la bonne humeur. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
– Modifié par le président, avant : « Les travaux ont pris fin à 17 heures dans la bonne humeur. »
– Modifié par le président, après : « Les travaux ont pris fin à 17 h 30 dans la bonne humeur. »
Amendement n° 12 – Introduction
– Proposé par : Oumar CISSE, le jour
– Avant : « Le budget de la région a été présenté en séance publique. »
– Après : « Le budget primitif de la région a été présenté en séance publique. »
– Avis du rapporteur : aucun
– Décision : adopté par Adama DEMBELE, le jour.
Observations
– N° 1, Recommandations, sur « Publier le budget de la région. » : « Et les comptes ? » (Binta TRAORE ; 1 réponse ; non réglée).
Votes
Membre Voix Motif Donnée le Texte
Oumar CISSE Pour, par procuration (Mariam SANOGO) le jour TEXTE
Adama DEMBELE Pour le jour TEXTE
Mariam SANOGO Pour le jour TEXTE
Binta TRAORE Pour le jour TEXTE
Résultat
4 pour, 0 contre, 0 abstention : quorum atteint (4 votes sur 3 requis), majorité acquise (majorité simple).
Adama DEMBELE, qui préside la commission, a validé le rapport le jour. A passé outre 1 avertissement (destinataire) : « Les destinataires sont connus. »
"""
"""The minutes of the reading from the first amendment to the result, days and hours apart."""
