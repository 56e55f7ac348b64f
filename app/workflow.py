"""The workflow of a report: its stages, its acts, who may take them and what must hold first. One table, five readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app import offices


class Stage(StrEnum):
    """Where a report stands in its life."""

    DRAFTING = "drafting"  # the facilitator writes
    EDITING = "editing"  # the rapporteur edits
    READING = "reading"  # the commission reads, amends, votes
    VALIDATED = "validated"  # the text is frozen; two signatures are awaited
    SIGNED = "signed"  # both signatures stand on the file
    PUBLISHED = "published"  # everybody may read it
    ABANDONED = "abandoned"  # a rectification that was given up: off the circuit

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
    Stage.ABANDONED: ("Abandonné", "sans suite"),
}
SETTLED = (Stage.VALIDATED, Stage.SIGNED, Stage.PUBLISHED)
"""The stages at which the text is the one that the commission validated."""
CIRCUIT: tuple[Stage, ...] = tuple(stage for stage in Stage if stage is not Stage.ABANDONED)
"""The stages that a report passes through, in order."""


class Majority(StrEnum):
    """What carries a vote of the commission."""

    SIMPLE = "simple"  # more approvals than objections
    ABSOLUTE = "absolute"  # approvals are more than half of the votes, abstentions counted
    SEATS = "seats"  # approvals are more than half of the members
    TWO_THIRDS = "two_thirds"  # approvals are two thirds of approvals and objections

    @property
    def label(self) -> str:
        return {
            "simple": "Majorité simple",
            "absolute": "Majorité absolue des votants",
            "seats": "Majorité des membres",
            "two_thirds": "Majorité des deux tiers",
        }[self.value]

    @property
    def sentence(self) -> str:
        """What it asks for, in one plain sentence."""
        return {
            "simple": "plus de voix pour que de voix contre ; les abstentions ne comptent pas.",
            "absolute": "plus de la moitié des votes exprimés sont pour, abstentions comprises.",
            "seats": "plus de la moitié de tous les membres de la commission sont pour.",
            "two_thirds": "au moins deux tiers des voix pour ou contre sont pour ; les abstentions ne comptent pas.",
        }[self.value]

    @property
    def casting(self) -> bool:
        """Whether the president's voice may decide a tie: it stands neither for members who are absent nor for a third."""
        return self in (Majority.SIMPLE, Majority.ABSOLUTE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table looks at: the state of one report, as plain values."""

    stage: Stage
    missing: tuple[str, ...] = ()
    """Names of the required parts that are still empty."""
    blocking: tuple[str, ...] = ()
    """What the consistency check holds to be indefensible, as sentences; looked at only where an act asks for the check."""
    commission: bool = True
    """Whether a commission covers the territory."""
    members: int = 0
    quorum: int = 0
    ballots: int = 0
    approvals: int = 0
    objections: int = 0
    abstentions: int = 0
    majority: Majority = Majority.SIMPLE
    casting: bool | None = None
    """The president's voice where the commission lets it decide a tie: True for approval, False for objection."""
    undecided: int = 0
    """Amendments still to be decided."""
    signatories_named: bool = True
    signed: frozenset[str] = frozenset()
    """Slots already signed: "rapporteur", "chair"."""
    rectifying: bool = False
    """Whether the report rectifies another."""
    rectified_by: int = 0
    """The number of the report that rectifies this one, or is to; 0 for none."""
    public: bool = False
    """Whether there is a public version, in which nothing shows that has been erased since."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the table knows of a person before one report: the roles held over its territory, and personal ties."""

    roles: frozenset[str]
    slots: frozenset[str] = frozenset()
    """Slots that this person is the one named to sign."""
    has_signed: bool = False
    on_paper: bool = False
    """Whether this person's signature is on a paper that waits to be attested."""
    own_amendment: bool = False
    """Whether the amendment in question is this person's own."""
    own_scan: bool = False
    """Whether this person filed the scan in question."""
    holds_secret: bool = False
    """Whether this person handed over the link or the code by which the other signs, or has signed."""
    listed: bool = True
    """Whether the reading under way was opened with this person among its voters; True where none is."""
    passed_on: bool = False
    """Whether this person passed the text on to the commission, for the reading under way."""
    own_opinion: bool = False
    """Whether the opinion on the amendment in question is this person's."""


INCOMPATIBLE = (
    "Vous tenez ici deux charges incompatibles : {}. Demandez à une autre coordination de vous en retirer une."
)
Need = Callable[[Facts], str | None]
Bar = Callable[[Hands], str | None]


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count < 2 else many}"


def parts_filled(facts: Facts) -> str | None:
    if not facts.missing:
        return None
    return "À compléter d’abord : " + ", ".join(facts.missing) + "."


def slips_mended(facts: Facts) -> str | None:
    return "À corriger d’abord : " + " ".join(facts.blocking) if facts.blocking else None


def commission_named(facts: Facts) -> str | None:
    return (
        None if facts.commission else "Aucune commission ne couvre cette collectivité : la coordination doit la créer."
    )


def commission_seated(facts: Facts) -> str | None:
    return None if facts.members or not facts.commission else "La commission n’a encore aucun membre."


def quorum_within_reach(facts: Facts) -> str | None:
    if facts.quorum <= facts.members:
        return None
    return (
        f"Le quorum de la commission est de {plural(facts.quorum, 'vote', 'votes')}, et elle n’a que "
        f"{plural(facts.members, 'membre', 'membres')} : la coordination doit nommer des membres ou revoir le quorum."
    )


def amendments_decided(facts: Facts) -> str | None:
    if not facts.undecided:
        return None
    return f"Il reste {plural(facts.undecided, 'amendement', 'amendements')} à décider."


def quorum_reached(facts: Facts) -> str | None:
    if facts.ballots >= facts.quorum:
        return None
    return f"Quorum non atteint : {plural(facts.ballots, 'vote', 'votes')} sur {facts.quorum} requis."


def approvals_prevail(facts: Facts) -> str | None:
    carried, asked = _COUNTS[facts.majority]
    if carried(facts) or (facts.casting and tied(facts)):
        return None
    return f"{asked} ({facts.approvals} pour, {facts.objections} contre, {facts.abstentions} en abstention)."


def tied(facts: Facts) -> bool:
    """Whether the president's voice may decide: as many are for as against, and nobody abstained where that counts."""
    even = facts.approvals == facts.objections > 0
    return even and facts.majority.casting and (facts.majority is Majority.SIMPLE or not facts.abstentions)


_COUNTS: dict[Majority, tuple[Callable[[Facts], bool], str]] = {
    Majority.SIMPLE: (
        lambda facts: facts.approvals > facts.objections,
        "Les approbations doivent être plus nombreuses que les oppositions",
    ),
    Majority.ABSOLUTE: (
        lambda facts: 2 * facts.approvals > facts.ballots,
        "Les approbations doivent dépasser la moitié des votes",
    ),
    Majority.SEATS: (
        lambda facts: 2 * facts.approvals > facts.members,
        "Les approbations doivent dépasser la moitié des membres de la commission",
    ),
    Majority.TWO_THIRDS: (
        lambda facts: facts.approvals > 0 and facts.approvals >= 2 * facts.objections,
        "Les approbations doivent atteindre les deux tiers des voix pour ou contre",
    ),
}


def signatories_named(facts: Facts) -> str | None:
    if facts.signatories_named:
        return None
    return "La rencontre doit nommer un rapporteur signataire et un président de séance : voir la coordination."


def not_rectified(facts: Facts) -> str | None:
    if not facts.rectified_by:
        return None
    return f"Le rapport n° {facts.rectified_by} rectifie déjà celui-ci : il n’y en a qu’un à la fois."


def no_public_version(facts: Facts) -> str | None:
    if not facts.public:
        return None
    return "Ce rapport a déjà sa version publique, et rien de ce qu’elle montre n’a été effacé : elle reste celle qui circule."


def not_own_amendment(hands: Hands) -> str | None:
    return "Vous ne pouvez pas décider de votre propre amendement." if hands.own_amendment else None


def listed(hands: Hands) -> str | None:
    if hands.listed:
        return None
    return "Vous n’êtes pas sur la liste des votants de cette lecture : vous présiderez la prochaine."


def not_own_text(hands: Hands) -> str | None:
    if not hands.passed_on:
        return None
    return "Vous avez transmis ce texte à la commission : une autre personne qui préside le valide."


def not_own_opinion(hands: Hands) -> str | None:
    if not hands.own_opinion:
        return None
    return "Vous avez donné l’avis sur cet amendement : une autre personne qui préside en décide."


def not_own_for_opinion(hands: Hands) -> str | None:
    return "Vous ne donnez pas d’avis sur votre propre amendement." if hands.own_amendment else None


def not_own_to_lapse(hands: Hands) -> str | None:
    if not hands.own_amendment:
        return None
    return "Cet amendement est le vôtre : s’il n’a plus d’objet, retirez-le vous-même."


def own_amendment(hands: Hands) -> str | None:
    return None if hands.own_amendment else "Seul l’auteur d’un amendement peut le retirer."


def named_signatory(hands: Hands) -> str | None:
    return None if hands.slots else "Seuls le rapporteur et le président de séance nommés pour cette rencontre signent."


def one_signature_each(hands: Hands) -> str | None:
    return "Vous avez déjà signé : la seconde signature est celle d’une autre personne." if hands.has_signed else None


def not_signed_before(hands: Hands) -> str | None:
    if hands.has_signed:
        return (
            "Vous avez signé ce rapport : vous ne pouvez plus refuser de le signer. L’autre signataire le peut encore, "
            "avec un motif ; une fois publié, le rapport se corrige par un rectificatif."
        )
    if hands.on_paper:
        return (
            "Un papier qui porte votre signature attend d’être attesté : vous ne pouvez plus refuser de signer. "
            "S’il n’est pas de vous, demandez à la coordination de refuser cet exemplaire."
        )
    return None


def no_signatory(hands: Hands) -> str | None:
    return "Qui signe ce rapport n’atteste pas : une autre personne doit le faire." if hands.slots else None


def no_other_signature(hands: Hands) -> str | None:
    if not hands.slots:
        return None
    return "Vous signez ce rapport : le code de l’autre signature se demande à une autre personne."


def no_secret_of_the_other(hands: Hands) -> str | None:
    if not hands.holds_secret:
        return None
    return (
        "Vous avez remis le lien ou le code de l’autre signature : vous ne signez pas ce rapport. La coordination peut "
        "révoquer cette invitation, ou désigner un suppléant."
    )


def not_own_scan(hands: Hands) -> str | None:
    return "Vous avez déposé cet exemplaire : une autre personne doit l’attester." if hands.own_scan else None


def both_signed(facts: Facts) -> bool:
    return {"rapporteur", "chair"} <= facts.signed


class Audience(StrEnum):
    """Who is told of an act; the one who takes it never is."""

    FACILITATOR = "facilitator"  # the workshop's
    RAPPORTEUR = "rapporteur"  # who holds the role over the territory
    COMMISSION = "commission"  # its members, president included
    PRESIDENT = "president"
    SIGNATORIES = "signatories"  # those named for the workshop who have not signed yet
    VOIDED = "voided"  # who had signed the file that falls by the act
    RELEASED = "released"  # who was asked for a signature that is wanted no more
    COORDINATION = "coordination"
    AUTHOR = "author"  # of the amendment in question
    OVERTAKEN = "overtaken"  # authors of the amendments that the act puts to review
    UNDONE = "undone"  # authors of adopted amendments whose words the act takes out again, and who presides
    VOTERS = "voters"  # those whose vote falls by the act
    MENTIONED = "mentioned"  # the person an observation names
    THREAD = "thread"  # those who wrote in the observation's thread
    PROXY = "proxy"  # who is given, or loses, a member's proxy
    FILER = "filer"  # who filed the scan, or attached the file, in question
    SUBSTITUTE = "substitute"  # who is to sign in another's stead
    HOLDER = "holder"  # whoever has the report in hand at its stage

    def at(self, stage: Stage) -> Audience | None:
        """Who that is at this stage; None for nobody."""
        return IN_HAND.get(stage) if self is Audience.HOLDER else self


IN_HAND: dict[Stage, Audience] = {
    Stage.DRAFTING: Audience.FACILITATOR,
    Stage.EDITING: Audience.RAPPORTEUR,
    Stage.READING: Audience.COMMISSION,
    Stage.VALIDATED: Audience.SIGNATORIES,
    Stage.SIGNED: Audience.COORDINATION,
}
"""A published report is in nobody's hands any more."""


@dataclass(frozen=True, slots=True)
class Tell:
    """An audience to tell. `asks`: the act asks them to do something; `moved`: only when it moved the report on; `urgent`:
    at once, whatever they chose.
    """

    to: Audience
    asks: bool = False
    moved: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the table.

    `stages`: where it may be taken; `to`: the stage it leads to, at once or when `when` holds; `who`: the roles that may;
    `needs`: what must hold of the report, each with the sentence the user reads; `bars`: what must hold of the person;
    `reason`: whether it takes a written reason; `tells`: who is told of it; `checked`: whether the consistency check is
    run first, and a word asked for where it warns; `rectifying`: whether only a rectification takes it.
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
    tells: tuple[Tell, ...] = ()
    checked: bool = False
    rectifying: bool = False

    def concerns(self, rectifying: bool) -> bool:
        """Whether there is such an act for a report, which rectifies another or does not."""
        return rectifying or not self.rectifying


def tell(*audiences: Audience) -> tuple[Tell, ...]:
    """They are told."""
    return tuple(Tell(to) for to in audiences)


def alert(*audiences: Audience) -> tuple[Tell, ...]:
    """They are told at once, though nothing is asked of them."""
    return tuple(Tell(to, urgent=True) for to in audiences)


def ask(*audiences: Audience, moved: bool = False) -> tuple[Tell, ...]:
    """They are told, and asked to act."""
    return tuple(Tell(to, asks=True, moved=moved) for to in audiences)


D, E, R, V, S, P, X = Stage
FACILITATOR, RAPPORTEUR, MEMBER, PRESIDENT = "facilitator", "rapporteur", "member", "president"
CHAIR, COORDINATION, SUPERVISOR = "chair", "coordination", "supervisor"
COMMISSION = (MEMBER, PRESIDENT)
WRITERS = (FACILITATOR, RAPPORTEUR, MEMBER, PRESIDENT)
KEEPERS = (FACILITATOR, RAPPORTEUR, COORDINATION, SUPERVISOR)

# fmt: off
A = Audience
ACTS: tuple[Act, ...] = (
    #   act                    on the button                 from      to    who                          must hold first, and who is told
    Act("open",                "Ouvrir le rapport",          (),       D,    (FACILITATOR, COORDINATION, PRESIDENT), tells=ask(A.FACILITATOR)),
    Act("draft",               "Rédiger",                    (D,),     None, (FACILITATOR,), tells=tell(A.UNDONE)),
    Act("hand_over",           "Soumettre au rapporteur",    (D,),     E,    (FACILITATOR,),              (parts_filled, slips_mended), tells=ask(A.RAPPORTEUR), checked=True),
    Act("edit",                "Modifier",                   (E,),     None, (RAPPORTEUR,), tells=tell(A.UNDONE)),
    Act("restore_draft",       "Rétablir",                   (D,),     None, (FACILITATOR,), tells=tell(A.UNDONE)),
    Act("restore_edit",        "Rétablir",                   (E,),     None, (RAPPORTEUR,), tells=tell(A.UNDONE)),
    Act("return_draft",        "Renvoyer au facilitateur",   (E,),     D,    (RAPPORTEUR,),               reason=True, tells=ask(A.FACILITATOR)),
    Act("transmit",            "Transmettre à la commission", (E,),    R,    (RAPPORTEUR,),               (parts_filled, slips_mended, commission_named, commission_seated, quorum_within_reach), tells=ask(A.COMMISSION, A.OVERTAKEN) + tell(A.FACILITATOR), checked=True),
    Act("comment",             "Observer",                   (D, E, R), None, WRITERS,                    tells=ask(A.MENTIONED) + tell(A.THREAD)),
    Act("resolve",             "Marquer comme réglée",       (D, E, R), None, WRITERS,                    tells=tell(A.THREAD)),
    Act("reopen",              "Rouvrir",                    (D, E, R), None, WRITERS,                    tells=tell(A.THREAD)),
    Act("mark_read",           "Marquer comme lu",           (R,),     None, COMMISSION),
    Act("amend",               "Proposer un amendement",     (R,),     None, COMMISSION,                  tells=ask(A.RAPPORTEUR) + tell(A.PRESIDENT)),
    Act("opine",               "Donner un avis",             (R,),     None, (RAPPORTEUR,),               bars=(not_own_for_opinion,), tells=tell(A.AUTHOR)),
    Act("adopt",               "Adopter",                    (R,),     None, (PRESIDENT,),                bars=(listed, not_own_amendment, not_own_opinion), tells=tell(A.AUTHOR, A.UNDONE) + ask(A.OVERTAKEN, A.VOTERS)),
    Act("reject",              "Rejeter",                    (R,),     None, (PRESIDENT,),                bars=(listed, not_own_amendment, not_own_opinion), reason=True, tells=tell(A.AUTHOR)),
    Act("defer",               "Réserver",                   (R,),     None, (PRESIDENT,),                bars=(listed, not_own_amendment, not_own_opinion), tells=tell(A.AUTHOR)),
    Act("lapse",               "Constater la caducité",      (R,),     None, (PRESIDENT,),                bars=(listed, not_own_to_lapse, not_own_opinion), tells=tell(A.AUTHOR)),
    Act("withdraw",            "Retirer",                    (R,),     None, COMMISSION,                  bars=(own_amendment,), tells=tell(A.PRESIDENT)),
    Act("vote",                "Voter",                      (R,),     None, COMMISSION),
    Act("name_proxy",          "Donner procuration",         (R,),     None, COMMISSION,                  tells=ask(A.PROXY)),
    Act("end_proxy",           "Reprendre sa procuration",   (R,),     None, COMMISSION,                  tells=tell(A.PROXY)),
    Act("extend",              "Prolonger la lecture",       (R,),     None, (PRESIDENT,),                bars=(listed,), reason=True, tells=tell(A.COMMISSION, A.RAPPORTEUR)),
    Act("renew_masthead",      "Modifier l’en-tête",         (D, E, R), None, (COORDINATION,),             tells=ask(A.VOTERS) + tell(A.HOLDER)),
    Act("return_to_rapporteur", "Renvoyer au rapporteur",    (R,),     E,    (PRESIDENT,),                bars=(listed,), reason=True, tells=ask(A.RAPPORTEUR) + tell(A.COMMISSION)),
    Act("validate",            "Valider",                    (R,),     V,    (PRESIDENT,),                (amendments_decided, quorum_reached, approvals_prevail, signatories_named, slips_mended), bars=(listed, not_own_text), tells=ask(A.SIGNATORIES) + tell(A.COMMISSION, A.RAPPORTEUR, A.FACILITATOR), checked=True),
    Act("sign",                "Signer",                     (V,),     S,    (RAPPORTEUR, CHAIR),         bars=(named_signatory, one_signature_each, no_secret_of_the_other), when=both_signed, tells=ask(A.SIGNATORIES) + ask(A.COORDINATION, moved=True)),
    Act("refuse",              "Refuser de signer",          (V,),     R,    (RAPPORTEUR, CHAIR),         bars=(named_signatory, not_signed_before), reason=True, tells=ask(A.PRESIDENT, A.VOTERS) + alert(A.VOIDED, A.RELEASED, A.FACILITATOR, A.COORDINATION) + tell(A.RAPPORTEUR, A.COMMISSION)),
    Act("invite",              "Faire signer par code",      (V,),     None, (COORDINATION,),              tells=ask(A.PRESIDENT)),
    Act("hand_code",           "Tirer le code",              (V,),     None, (PRESIDENT, RAPPORTEUR),     bars=(no_other_signature,), tells=tell(A.COORDINATION)),
    Act("revoke_invitation",   "Révoquer l’invitation",      (V,),     None, (COORDINATION,)),
    Act("substitute",          "Désigner un suppléant",      (V,),     None, (COORDINATION,),              tells=ask(A.SUBSTITUTE) + tell(A.SIGNATORIES)),
    Act("file_scan",           "Déposer l’exemplaire signé", (V,),     None, (RAPPORTEUR, CHAIR, COORDINATION, FACILITATOR), tells=ask(A.COORDINATION, A.FACILITATOR)),
    Act("attest",              "Attester l’exemplaire",      (V,),     S,    (FACILITATOR, RAPPORTEUR, MEMBER, PRESIDENT, COORDINATION), bars=(no_signatory, not_own_scan), when=both_signed, tells=ask(A.SIGNATORIES) + ask(A.COORDINATION, moved=True) + tell(A.FILER)),
    Act("refuse_scan",         "Refuser l’exemplaire",       (V,),     None, (FACILITATOR, RAPPORTEUR, MEMBER, PRESIDENT, COORDINATION), reason=True, tells=ask(A.FILER)),
    Act("publish",             "Publier",                    (S,),     P,    (COORDINATION, PRESIDENT),   tells=tell(A.FACILITATOR, A.RAPPORTEUR, A.COMMISSION)),
    Act("make_public",         "Établir la version publique", (P,),    None, (COORDINATION,),             (no_public_version,)),
    Act("rectify",             "Rectifier",                  (P,),     None, (COORDINATION, PRESIDENT),   (not_rectified,), reason=True, tells=tell(A.RAPPORTEUR, A.SIGNATORIES, A.COMMISSION, A.COORDINATION)),
    Act("abandon",             "Abandonner la rectification", (D, E, R), X, (COORDINATION, PRESIDENT),   reason=True, tells=tell(A.FACILITATOR, A.RAPPORTEUR, A.SIGNATORIES, A.COMMISSION), rectifying=True),
    Act("attach",              "Joindre un fichier",         (D, E, R, V, S, P), None, KEEPERS,           tells=tell(A.HOLDER)),
    Act("withdraw_attachment", "Retirer une pièce jointe",   (D, E, R, V, S, P), None, KEEPERS,           tells=tell(A.FILER, A.HOLDER)),
)
# fmt: on
BY_KEY: dict[str, Act] = {act.key: act for act in ACTS}


def role_for(act: Act, hands: Hands) -> str | None:
    """The role by which these hands may take the act; None where they may not, as by an office that goes with none such."""
    return next((role for role in act.who if role in hands.roles and role not in offices.suspended(hands.roles)), None)


def incompatible(act: Act, hands: Hands) -> str | None:
    """Why the role by which these hands might take the act may not be exercised."""
    why = offices.suspended(hands.roles)
    return next((INCOMPATIBLE.format(why[role]) for role in act.who if role in why), None)


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
