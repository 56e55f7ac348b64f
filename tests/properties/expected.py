"""What a report ought to be after each act: a model written by hand, which never looks at the workflow's table."""

from __future__ import annotations

from dataclasses import dataclass, field

MEMBERS = ("mariam", "oumar", "binta", "adama")
WRITERS = ("fanta", "issa", *MEMBERS)
QUORUM = 3
SIGNATORIES = {"issa": "rapporteur", "seydou": "chair"}
WHO = {
    "draft": {"fanta"},
    "hand_over": {"fanta"},
    "edit": {"issa"},
    "restore_draft": {"fanta"},
    "restore_edit": {"issa"},
    "return_draft": {"issa"},
    "transmit": {"issa"},
    "comment": set(WRITERS),
    "resolve": set(WRITERS),
    "reopen": set(WRITERS),
    "mark_read": set(MEMBERS),
    "amend": set(MEMBERS),
    "opine": {"issa"},
    "adopt": {"adama"},
    "reject": {"adama"},
    "defer": {"adama"},
    "lapse": {"adama"},
    "withdraw": set(MEMBERS),
    "vote": set(MEMBERS),
    "name_proxy": set(MEMBERS),
    "end_proxy": set(MEMBERS),
    "extend": {"adama"},
    "renew_masthead": {"coumba"},
    "return_to_rapporteur": {"adama"},
    "validate": {"adama"},
    "sign": set(SIGNATORIES),
    "refuse": set(SIGNATORIES),
    "invite": {"coumba"},
    "hand_code": {"adama"},
    "revoke_invitation": {"coumba"},
    "substitute": {"coumba"},
    "file_scan": {"issa", "seydou", "coumba", "fanta"},
    "attest": {"fanta", "mariam", "oumar", "binta", "adama", "coumba"},
    "refuse_scan": {"fanta", "issa", "mariam", "oumar", "binta", "adama", "coumba"},
    "publish": {"coumba", "adama"},
    "make_public": {"coumba"},
    "rectify": {"coumba", "adama"},
    **{act: {"fanta", "issa", "salif", "coumba"} for act in ("attach", "withdraw_attachment")},
}
WHERE = {
    "draft": ("drafting",),
    "hand_over": ("drafting",),
    "edit": ("editing",),
    "restore_draft": ("drafting",),
    "restore_edit": ("editing",),
    "return_draft": ("editing",),
    "transmit": ("editing",),
    **dict.fromkeys(("comment", "resolve", "reopen", "renew_masthead"), ("drafting", "editing", "reading")),
    "sign": ("validated",),
    **dict.fromkeys(
        ("refuse", "invite", "hand_code", "revoke_invitation", "substitute", "file_scan", "attest", "refuse_scan"),
        ("validated",),
    ),
    "publish": ("signed",),
    "make_public": ("published",),
    "rectify": ("published",),
    **dict.fromkeys(
        ("attach", "withdraw_attachment"), ("drafting", "editing", "reading", "validated", "signed", "published")
    ),
}
"""Where an act is not taken while the commission reads."""
MOVES = {
    "hand_over": "editing",
    "return_draft": "drafting",
    "transmit": "reading",
    "return_to_rapporteur": "editing",
    "validate": "validated",
    "refuse": "reading",
    "publish": "published",
}
TAKES_A_REASON = {"return_draft", "reject", "extend", "return_to_rapporteur", "refuse", "refuse_scan", "rectify"}
ABOUT_AN_AMENDMENT = {"opine", "adopt", "reject", "defer", "lapse", "withdraw"}
ABOUT_A_SCAN = {"attest", "refuse_scan"}
DECIDED = {
    "adopt": "adopted",
    "reject": "rejected",
    "defer": "deferred",
    "lapse": "lapsed",
    "withdraw": "withdrawn",
}
WAITING = ("open", "deferred", "review")


@dataclass(slots=True)
class Proposal:
    """An amendment, as the model keeps it."""

    author: str
    state: str = "open"


@dataclass(slots=True)
class Model:
    """One report. `text` names the state of its words; `ballots` hold each member's choice, reason, text and standing,
    `proxies` who votes for whom: holder by giver."""

    stage: str = "drafting"
    complete: bool = False
    text: str = ""
    reading: int = 0
    proposals: dict[int, Proposal] = field(default_factory=dict)
    ballots: dict[str, tuple[str, str, str, bool]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    proxies: dict[str, str] = field(default_factory=dict)
    rectified: bool = False
    public: bool = False
    invited: dict[str, int] = field(default_factory=dict)
    """The last invitation of each slot that was neither revoked nor replaced, by its number."""
    invitations: int = 0
    papers: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Papers that wait to be attested: who filed each, and whose signature it bears."""
    filed: int = 0

    @property
    def voices(self) -> list[str]:
        """The choices that count."""
        return [choice for choice, _, _, stands in self.ballots.values() if stands]

    @property
    def undecided(self) -> list[int]:
        return [number for number, each in self.proposals.items() if each.state in WAITING]

    def allows(self, act: str, who: str, number: int | None = None, reason: str = "") -> bool:
        """Whether the act goes through, as far as the person, the stage and the state of the report decide."""
        if who not in WHO[act] or self.stage not in WHERE.get(act, ("reading",)):
            return False
        if act in TAKES_A_REASON and not reason.strip():
            return False
        if act in ("hand_over", "transmit") and not self.complete:
            return False
        if act in ABOUT_AN_AMENDMENT:
            return self._allows_about(act, who, number)
        if act == "sign":
            return who not in self.signed
        if act == "refuse":
            return who not in self.signed and who not in {signatory for _, signatory in self.papers.values()}
        if act == "rectify":
            return not self.rectified
        if act == "make_public":
            return not self.public
        if act == "renew_masthead":
            return self.reading > 0  # before that there is none to be renewed
        if act == "file_scan":
            return self.to_file is not None
        if act in ABOUT_A_SCAN:
            return self._allows_about_a_paper(act, who, number or 0)
        if act == "substitute":
            return False  # nobody else here may preside or report
        return act != "validate" or self._may_be_validated()

    def open_acts(self) -> list[tuple[str, str, int]]:
        """All that goes through now, given a reason: act, person, amendment (0 where it is about none)."""
        return [
            (act, who, number)
            for act in WHO
            for who in sorted(WHO[act])
            for number in self._things(act)
            if self.allows(act, who, number, "Motif.")
        ]

    def _things(self, act: str) -> list[int]:
        """What the act may be about: amendments, papers, or nothing by itself."""
        if act in ABOUT_A_SCAN:
            return list(self.papers)
        return list(self.proposals) if act in ABOUT_AN_AMENDMENT else [0]

    @property
    def to_file(self) -> str | None:
        """Whose signature comes next on a paper: the first of those neither given nor waiting on one."""
        waiting = {signatory for _, signatory in self.papers.values()}
        return next((who for who in SIGNATORIES if who not in self.signed and who not in waiting), None)

    def _allows_about_a_paper(self, act: str, who: str, number: int) -> bool:
        if number not in self.papers:
            return False
        filer, signatory = self.papers[number]
        return act == "refuse_scan" or (who != filer and signatory not in self.signed)

    def _allows_about(self, act: str, who: str, number: int | None) -> bool:
        proposal = self.proposals.get(number or 0)
        if proposal is None or proposal.state not in WAITING or (act, proposal.state) == ("defer", "deferred"):
            return False
        if act == "withdraw":
            return proposal.author == who
        return act == "opine" or proposal.author != who

    def _may_be_validated(self) -> bool:
        voices = self.voices
        return not self.undecided and len(voices) >= QUORUM and voices.count("approve") > voices.count("object")

    def may_hold(self, giver: str, holder: str) -> bool:
        """Whether a member may give another the proxy: each holds one at most, and nobody who holds one gives his own."""
        others = {one: other for one, other in self.proxies.items() if one != giver}
        return holder != giver and not {giver, holder} & set(others.values()) and holder not in others

    def took(self, act: str, who: str, number: int | None = None) -> None:
        """The act went through."""
        if act in DECIDED:
            self.proposals[number or 0].state = DECIDED[act]
        if act == "adopt" or (act == "renew_masthead" and self.stage == "reading"):
            self._reopen()
        if act == "transmit":
            self.reading += 1
            self.ballots, self.marks = {}, {}
        if act == "sign":
            self.signed.add(who)
            self.stage = "signed" if len(self.signed) == len(SIGNATORIES) else self.stage
        self.rectified |= act == "rectify"
        self.public |= act == "make_public"
        if act == "file_scan":
            self.filed += 1
            self.papers[self.filed] = (who, self.to_file or "")
        if act == "attest":
            self.signed.add(self.papers[number or 0][1])
            self.stage = "signed" if len(self.signed) == len(SIGNATORIES) else self.stage
        if act in ABOUT_A_SCAN:
            del self.papers[number or 0]
        if act == "refuse":
            self.signed, self.papers = set(), {}
            self._reopen()
        self.stage = MOVES.get(act, self.stage)

    def overtaken(self, numbers: list[int]) -> None:
        """The text has changed where these amendments touch it."""
        for number in numbers:
            assert self.proposals[number].state in ("open", "deferred")
            self.proposals[number].state = "review"

    def _reopen(self) -> None:
        self.ballots = {who: (*ballot[:3], False) for who, ballot in self.ballots.items()}
