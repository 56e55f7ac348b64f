"""The observations that the demo's commissions make while they read, with what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from app.demo.people import PRESIDENT, RAPPORTEUR


@dataclass(frozen=True, slots=True)
class DemoRemark:
    """`seat` (as in `people.SEATS`) says `text` of part `part` or of the words `quote` in it, calling upon `mention`.

    `answers` are seats with what they say; `settled_by` is the seat that holds the matter settled.
    """

    part: str
    quote: str
    text: str
    seat: int
    mention: int | None = None
    answers: tuple[tuple[int, str], ...] = ()
    settled_by: int | None = None


SEGOU = (
    DemoRemark(
        "presentation",
        "les contrôles et les voies de recours du citoyen",
        "Ce point était au programme, mais je ne me souviens pas qu’il ait été exposé.",
        seat=4,
        answers=((RAPPORTEUR, "Vérification faite sur l’enregistrement : il a été remis à une autre séance."),),
    ),
    DemoRemark(
        "introduction",
        "des responsables d’associations et des journalistes",
        "Les usagers de l’eau étaient une dizaine, et le texte ne les nomme pas. Est-ce un oubli ?",
        seat=6,
        mention=RAPPORTEUR,
        answers=(
            (RAPPORTEUR, "La feuille de présence en compte neuf. Proposez une rédaction, je lui serai favorable."),
        ),
    ),
    DemoRemark(
        "ceremony",
        "exprimé le soutien de ses pairs",
        "Monsieur TRAORE a-t-il parlé avant ou après le président de la commission ?",
        seat=5,
        answers=((RAPPORTEUR, "Après : l’ordre du rapport est celui de la tribune."),),
        settled_by=5,
    ),
    DemoRemark(
        "recommendations",
        "",
        "Relisons les échéances une à une : celles d’avant l’hivernage seront les premières qu’on nous demandera.",
        seat=PRESIDENT,
        mention=RAPPORTEUR,
    ),
)
BAMAKO = (
    DemoRemark(
        "concerns",
        "ils leur sont reversés chaque mois contre quittance",
        "Combien de versements ont été constatés, et pour quel montant ? La réponse ne le dit pas.",
        seat=6,
        mention=RAPPORTEUR,
    ),
)
