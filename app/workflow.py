"""The workflow of a report: its stages, its acts, who may take them and what must hold first. One table, five readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a report stands in its life."""

    DRAFTING = "drafting"  # the facilitator writes
    EDITING = "editing"  # the rapporteur edits
    READING = "reading"  # the commission reads, amends, votes
    VALIDATED = "validated"  # the text is frozen; two signatures are awaited
    SIGNED = "signed"  # both signatures stand on the file
    PUBLISHED = "published"  # everybody may read it

    @property
    def label(self) -> str:
        return _STAGES[self][0]

    @property
    def holder(self) -> str:
        """Who has the text at this stage, as in "chez le facilitateur"."""
        return _STAGES[self][1]

    @property
    def order(self) -> int:
        return list(Stage).index(self)


_STAGES: dict[Stage, tuple[str, str]] = {
    Stage.DRAFTING: ("Brouillon", "chez le facilitateur"),
    Stage.EDITING: ("Édition", "chez le rapporteur"),
    Stage.READING: ("Lecture CRSB", "chez la commission"),
    Stage.VALIDATED: ("Validé", "chez les signataires"),
    Stage.SIGNED: ("Signé", "chez la coordination"),
    Stage.PUBLISHED: ("Publié", "à la disposition de tous"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table looks at: the state of one report, as plain values."""

    stage: Stage
    missing: tuple[str, ...] = ()
    """Names of the required parts that are still empty."""
    commission: bool = True
    """Whether a commission covers the territory."""
    members: int = 0
    quorum: int = 0
    ballots: int = 0
    approvals: int = 0
    objections: int = 0
    abstentions: int = 0
    undecided: int = 0
    """Amendments still to be decided."""
    signatories_named: bool = True
    signed: frozenset[str] = frozenset()
    """Slots already signed: "rapporteur", "chair"."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the table knows of a person before one report: the roles held over its territory, and personal ties."""

    roles: frozenset[str]
    slots: frozenset[str] = frozenset()
    """Slots that this person is the one named to sign."""
    has_signed: bool = False
    own_amendment: bool = False
    """Whether the amendment in question is this person's own."""


Need = Callable[[Facts], str | None]
Bar = Callable[[Hands], str | None]


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count < 2 else many}"


def parts_filled(facts: Facts) -> str | None:
    if not facts.missing:
        return None
    return "À compléter d’abord : " + ", ".join(facts.missing) + "."


def commission_named(facts: Facts) -> str | None:
    return (
        None if facts.commission else "Aucune commission ne couvre cette collectivité : la coordination doit la créer."
    )


def commission_seated(facts: Facts) -> str | None:
    return None if facts.members or not facts.commission else "La commission n’a encore aucun membre."


def amendments_decided(facts: Facts) -> str | None:
    if not facts.undecided:
        return None
    return f"Il reste {plural(facts.undecided, 'amendement', 'amendements')} à décider."


def quorum_reached(facts: Facts) -> str | None:
    if facts.ballots >= facts.quorum:
        return None
    return f"Quorum non atteint : {plural(facts.ballots, 'vote', 'votes')} sur {facts.quorum} requis."


def approvals_prevail(facts: Facts) -> str | None:
    if facts.approvals > facts.objections:
        return None
    return (
        f"Les approbations ({facts.approvals}) doivent être plus nombreuses que les oppositions ({facts.objections})."
    )


def signatories_named(facts: Facts) -> str | None:
    if facts.signatories_named:
        return None
    return "La rencontre doit nommer un rapporteur signataire et un président de séance : voir la coordination."


def not_own_amendment(hands: Hands) -> str | None:
    return "Vous ne pouvez pas décider de votre propre amendement." if hands.own_amendment else None


def own_amendment(hands: Hands) -> str | None:
    return None if hands.own_amendment else "Seul l’auteur d’un amendement peut le retirer."


def named_signatory(hands: Hands) -> str | None:
    return None if hands.slots else "Seuls le rapporteur et le président de séance nommés pour cette rencontre signent."


def one_signature_each(hands: Hands) -> str | None:
    return "Vous avez déjà signé : la seconde signature est celle d’une autre personne." if hands.has_signed else None


def both_signed(facts: Facts) -> bool:
    return {"rapporteur", "chair"} <= facts.signed


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the table.

    `stages`: where it may be taken; `to`: the stage it leads to, at once or when `when` holds; `who`: the roles that may;
    `needs`: what must hold of the report, each with the sentence the user reads; `bars`: what must hold of the person;
    `reason`: whether it takes a written reason.
    """

    key: str
    label: str
    stages: tuple[Stage, ...]
    to: Stage | None
    who: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    bars: tuple[Bar, ...] = ()
    reason: bool = False
    when: Callable[[Facts], bool] | None = None


D, E, R, V, S, P = Stage
FACILITATOR, RAPPORTEUR, MEMBER, PRESIDENT = "facilitator", "rapporteur", "member", "president"
CHAIR, COORDINATION = "chair", "coordination"
COMMISSION = (MEMBER, PRESIDENT)

# fmt: off
ACTS: tuple[Act, ...] = (
    #   act                    on the button                 from   to    who                          must hold first
    Act("open",                "Ouvrir le rapport",          (),    D,    (FACILITATOR, COORDINATION)),
    Act("draft",               "Rédiger",                    (D,),  None, (FACILITATOR,)),
    Act("hand_over",           "Soumettre au rapporteur",    (D,),  E,    (FACILITATOR,),              (parts_filled,)),
    Act("edit",                "Modifier",                   (E,),  None, (RAPPORTEUR,)),
    Act("return_draft",        "Renvoyer au facilitateur",   (E,),  D,    (RAPPORTEUR,),               reason=True),
    Act("transmit",            "Transmettre à la commission", (E,), R,    (RAPPORTEUR,),               (parts_filled, commission_named, commission_seated)),
    Act("mark_read",           "Marquer comme lu",           (R,),  None, COMMISSION),
    Act("amend",               "Proposer un amendement",     (R,),  None, COMMISSION),
    Act("opine",               "Donner un avis",             (R,),  None, (RAPPORTEUR,)),
    Act("adopt",               "Adopter",                    (R,),  None, (PRESIDENT,),                bars=(not_own_amendment,)),
    Act("reject",              "Rejeter",                    (R,),  None, (PRESIDENT,),                bars=(not_own_amendment,), reason=True),
    Act("lapse",               "Constater la caducité",      (R,),  None, (PRESIDENT,),                bars=(not_own_amendment,)),
    Act("withdraw",            "Retirer",                    (R,),  None, COMMISSION,                  bars=(own_amendment,)),
    Act("vote",                "Voter",                      (R,),  None, COMMISSION),
    Act("return_to_rapporteur", "Renvoyer au rapporteur",    (R,),  E,    (PRESIDENT,),                reason=True),
    Act("validate",            "Valider",                    (R,),  V,    (PRESIDENT,),                (amendments_decided, quorum_reached, approvals_prevail, signatories_named)),
    Act("sign",                "Signer",                     (V,),  S,    (RAPPORTEUR, CHAIR),         bars=(named_signatory, one_signature_each), when=both_signed),
    Act("refuse",              "Refuser de signer",          (V,),  R,    (RAPPORTEUR, CHAIR),         bars=(named_signatory,), reason=True),
    Act("publish",             "Publier",                    (S,),  P,    (COORDINATION, PRESIDENT)),
)
# fmt: on
BY_KEY: dict[str, Act] = {act.key: act for act in ACTS}


def role_for(act: Act, hands: Hands) -> str | None:
    """The role by which these hands may take the act; None where they may not."""
    return next((role for role in act.who if role in hands.roles), None)


def barred(act: Act, hands: Hands) -> str | None:
    """Why this person may not, though the role would do."""
    return next((why for bar in act.bars if (why := bar(hands))), None)


def unmet(act: Act, facts: Facts) -> str | None:
    """What does not hold yet, as the user reads it."""
    return next((why for need in act.needs if (why := need(facts))), None)


def diagram() -> str:
    """The acts that move a report, as a Mermaid state diagram; the README shows it."""
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [f"  {stage.value}: {stage.label}" for stage in Stage]
    for act in ACTS:
        if act.to is None:
            continue
        label = act.label + (" ×2" if act.when else "")
        lines += [f"  {source.value} --> {act.to.value}: {label}" for source in act.stages]
        if not act.stages:
            lines.append(f"  [*] --> {act.to.value}: {label}")
    return "\n".join(lines) + "\n"
