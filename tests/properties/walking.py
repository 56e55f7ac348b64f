"""A walk through the workflow: one report and its model, and how each act is taken in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select

from app import workflow
from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.prose import cut
from app.db import db
from app.directory.models import Person
from app.people.invalid import Invalid
from app.reports import deadline as clock
from app.reports import drafting
from app.reports.access import situation
from app.reports.amending import acts as amending
from app.reports.attachments import acts as attaching
from app.reports.attachments.acts import StoredFile
from app.reports.comments import acts as commenting
from app.reports.editing import acts as editing
from app.reports.editing import renewing, restoring
from app.reports.models.attachment import AttachmentKind
from app.reports.models.ballot import Choice
from app.reports.models.report import Amendment, Opinion, Report
from app.reports.models.signature import Signature, Slot
from app.reports.rectification import acts as rectification
from app.reports.signing import acts as signing
from app.reports.signing import publication, substituting
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import handing, inviting
from app.reports.signing.paper import attesting, filing
from app.reports.signing.paper.filing import Paper
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.working_days import add_working_days
from app.workshops import entries
from app.workshops.models import Workshop
from tests.cast import PEOPLE, Cast
from tests.factories import content_of, final_of, texts, unset
from tests.properties.expected import (
    ABOUT_A_SCAN,
    ABOUT_AN_AMENDMENT,
    MEMBERS,
    QUORUM,
    SIGNATORIES,
    WHERE,
    WHO,
    Model,
    Proposal,
)

# Acts that may change the words; two of them take over the campaign's terms of reference.
WORDING = {"draft", "edit", "restore_draft", "restore_edit", "adopt", "hand_over", "transmit", "renew_masthead"}


@dataclass(frozen=True, slots=True)
class Step:
    """One try.

    A "sensible" one takes, of all acts that go through now, the one `pick` falls on, and every other time one that no walk
    has taken yet; a "likely" one takes any act of the
    stage on any amendment, mostly by whom it is for; a "wild" one takes `act`, `who` and `number` as they come.
    """

    manner: str
    pick: int
    act: str
    who: str
    number: int
    reason: str
    days: int
    choice: Choice
    part: str
    behind: int
    other: bool


class Walk:
    """One report and its model, taking the same acts."""

    def __init__(self, cast: Cast, desk: Sealer, workshop: Workshop, final: list[bytes], taken: Counter[str]) -> None:
        self.cast, self.desk, self.final, self.taken = cast, desk, final, taken
        self.model = Model()
        self.words = 0
        self.report = drafting.open_report(workshop, cast.fanta)
        self.settle()

    def fill(self, whole: bool) -> None:
        """Write the draft; without its conclusion it cannot be handed over."""
        for key, content in texts().items():
            if whole or key != "conclusion":
                number = revisions.part_of(self.report, key).number
                editing.save_part(self.report, key, number, content, self.cast.fanta)
        self.settle()

    def go(self, step: Step) -> None:
        """Try what the step says."""
        ways = self.model.open_acts()
        act, who, number = step.act, step.who, step.number
        if step.manner == "sensible" and ways:
            acts = list(dict.fromkeys(act for act, _, _ in ways if step.other or not act.startswith("restore")))
            if step.days % 2:
                acts = [act for act in acts if not self.taken[act]] or acts
            ways = [way for way in ways if way[0] == acts[step.pick % len(acts)]]
            act, who, number = ways[(step.pick // len(acts) + step.number) % len(ways)]
            step = replace(step, reason=step.reason.strip() or "Motif.", days=abs(step.days) + 1)
        elif step.manner == "likely":
            acts = [each for each in WHO if self.model.stage in WHERE.get(each, ("reading",))] or list(WHO)
            act = acts[step.pick % len(acts)]
            who = who if step.other else sorted(WHO[act])[step.days % len(WHO[act])]
            number = 1 + number % (len(self.model.proposals) or 1)
        self.take(act, who, replace(step, number=number))
        self.agrees()

    def take(self, act: str, who: str, step: Step) -> bool:
        """Take the act, in the report and in the model, and commit; or undo it. Answers with whether it went through."""
        allowed = self.model.allows(act, who, step.number, step.reason)
        events, text = self.events(), self.report.text_hash
        refusal = self.attempt(act, who, step)
        if refusal is not None:
            excuse = isinstance(refusal, revisions.Collision | Unmoved) or excused(act, step, refusal)
            assert excuse or not allowed, f"{act} by {who} was refused: {refusal!r}"
            assert self.events() == events, "what was refused, or changed nothing, left an event"
            db.session.rollback()
            db.session.refresh(self.report)
            return False
        assert allowed, f"{act} by {who} went through at {self.model.stage}"
        assert self.events() == events + 1, f"{act} by {who} left {self.events() - events} events"
        assert act in WORDING or self.report.text_hash == text, f"{act} changed the text"
        self.taken[act] += 1
        self.model.took(act, who, step.number)
        self.model.overtaken(self.last_facts().get("overtaken", []))
        self.settle()
        return True

    def attempt(self, act: str, who: str, step: Step) -> Exception | None:
        """Take the act in the report; answers with what stood in the way."""
        try:
            TAKING[act](self, getattr(self.cast, who), who, step)
        except (NotAllowed, WrongStage, NotReady, Invalid, LookupError, revisions.Collision, Unmoved) as refusal:
            return refusal
        return None

    def settle(self) -> None:
        """Commit, and tell the model how the words stand now."""
        db.session.commit()
        self.model.text = self.report.text_hash
        rows = [block for block in content_of(self.report, "recommendations") if block.zone == "recommendations"]
        self.model.complete = bool(rows) and bool(content_of(self.report, "conclusion"))

    def events(self) -> int:
        query = select(func.count(AuditEvent.id)).where(AuditEvent.stream == f"report:{self.report.id}")
        return db.session.scalar(query) or 0

    def last_facts(self) -> dict[str, Any]:
        query = select(AuditEvent.body).where(AuditEvent.stream == f"report:{self.report.id}")
        facts: dict[str, Any] = orjson.loads(db.session.scalars(query.order_by(AuditEvent.seq.desc())).first())["facts"]
        return facts

    def rows(self, kind: type[Any]) -> list[Any]:
        return list(db.session.scalars(select(kind).where(kind.report_id == self.report.id)))

    def changed(self, content: Content) -> Content:
        """The content with words added to its last block that were never added before."""
        self.words += 1
        if not content:
            return cut(f"Les travaux ont pris fin {self.words} fois.", "body")
        name, text = next(iter(content[-1].fields.items()))
        last = replace(content[-1], fields={**content[-1].fields, name: f"{text} Et {self.words} fois."})
        return (*content[:-1], last)

    def agrees(self) -> None:
        """The report is where the model has it, and says of itself what the model says."""
        report, model = self.report, self.model
        amendments: list[Amendment] = self.rows(Amendment)
        assert (report.stage.value, report.reading) == (model.stage, model.reading)
        found = {each.number: each.state.value for each in amendments}
        assert found == {number: each.state for number, each in model.proposals.items()}
        facts, voices = situation.facts(report), model.voices
        counted = (facts.ballots, facts.approvals, facts.objections, facts.abstentions)
        assert counted == (len(voices), *(voices.count(choice) for choice in ("approve", "object", "abstain")))
        assert (facts.undecided, facts.quorum) == (len(model.undecided), QUORUM)
        assert facts.signed == {SIGNATORIES[who] for who in model.signed}
        assert len([each for each in self.rows(Signature) if not each.void]) == len(model.signed)
        assert bool(report.signed_hash) == (model.stage in ("signed", "published"))
        assert bool(report.published_at) == (model.stage == "published")
        names = {getattr(self.cast, who).id: who for who in MEMBERS}
        given = {names[proxy.giver_id]: names[proxy.holder_id] for proxy in proxies.of_report(report)}
        assert given == model.proxies
        waiting = [each for each in amendments if each.undecided]
        assert set(self.offered(facts, waiting)) == set(model.open_acts())

    def offered(self, facts: workflow.Facts, amendments: list[Amendment]) -> Iterator[tuple[str, str, int]]:
        """All that the workflow's table lets anybody do now: act, person, amendment (0 where it is about none)."""
        for who in PEOPLE:
            person: Person = getattr(self.cast, who)
            hands = situation.hands(self.report, person)
            for act in workflow.ACTS:
                if facts.stage not in act.stages or not workflow.role_for(act, hands) or workflow.unmet(act, facts):
                    continue
                if not act.concerns(facts.rectifying) or (act.key == "renew_masthead" and not self.report.reading):
                    continue
                ties = {
                    each.number: each.author_id == person.id
                    for each in amendments
                    if (act.key, each.state.value) != ("defer", "deferred")
                }
                if act.key in ABOUT_A_SCAN:
                    yield from self.offered_on_papers(act, who, hands)
                    continue
                if act.key in ("file_scan", "substitute"):
                    # What the table leaves to the form: a signature still to be given, another person who may sign.
                    if act.key == "file_scan" and self.model.to_file:
                        yield act.key, who, 0
                    continue
                for number, own in (ties if act.key in ABOUT_AN_AMENDMENT else {0: False}).items():
                    if not workflow.barred(act, replace(hands, own_amendment=own)):
                        yield act.key, who, number

    def offered_on_papers(self, act: workflow.Act, who: str, hands: workflow.Hands) -> Iterator[tuple[str, str, int]]:
        """The same of papers that wait; one whose signature was given otherwise meanwhile can only be refused."""
        signed = situation.signed_by(self.report)
        for scan in filing.scans_of(self.report):
            own = scan.filed_by_id == getattr(self.cast, who).id
            overtaken = act.key == "attest" and scan.slots in signed
            if scan.waits and not overtaken and not workflow.barred(act, replace(hands, own_scan=own)):
                yield act.key, who, scan.number


class Unmoved(Exception):
    """The act found nothing to change."""


Taking = Callable[[Walk, Person, str, Step], Any]


def excused(act: str, step: Step, refusal: Exception) -> bool:
    """Refusals that the model leaves to the details.

    A passed deadline, a bare objection, a passage that still stands, a thread that is not there, a proxy that cannot be, a
    text that stands already, an invitation that ended, a file that is not there or another's.
    """
    if act == "transmit":
        return step.days <= 0
    if act in ("resolve", "reopen", "name_proxy", "extend", "restore_draft", "restore_edit"):
        return True
    if act in ("invite", "hand_code", "revoke_invitation", "withdraw_attachment"):
        return True
    if act == "vote":
        return step.choice is Choice.OBJECT and not step.reason.strip()
    return act == "lapse" and isinstance(refusal, NotReady)


def write(walk: Walk, person: Person, who: str, step: Step) -> None:
    """Save a part, written on its newest revision or an older one, or without having changed it."""
    part = revisions.part_of(walk.report, step.part)
    base = max(1, part.number - step.behind)
    content = revisions.revision_of(part, base).content
    saved = editing.save_part(
        walk.report, step.part, base, content if step.other and step.behind else walk.changed(content), person
    )
    if not saved.new:
        raise Unmoved


def write_at(stage: str) -> Taking:
    def taking(walk: Walk, person: Person, who: str, step: Step) -> None:
        if walk.model.stage in ("drafting", "editing") and walk.model.stage != stage:
            raise Unmoved  # there a save is the other act
        write(walk, person, who, step)

    return taking


def restore_at(stage: str) -> Taking:
    def taking(walk: Walk, person: Person, who: str, step: Step) -> None:
        if walk.model.stage in ("drafting", "editing") and walk.model.stage != stage:
            raise Unmoved  # there restoring is the other act
        part = revisions.part_of(walk.report, step.part)
        # The model knows of two parts whether they are empty, as first versions are.
        first = 1 if step.part in ("conclusion", "recommendations") else 2
        number = max(first, part.number - 1 - step.behind)
        restoring.restore(walk.report, step.part, number, part.number, person)

    return taking


def mark_read(walk: Walk, person: Person, who: str, step: Step) -> None:
    known = walk.model.marks.get(who) == walk.model.text
    amending.mark_read(walk.report, person)
    if known:
        raise Unmoved
    walk.model.marks[who] = walk.model.text


def amend(walk: Walk, person: Person, who: str, step: Step) -> None:
    """Propose other words, or that the last row or paragraph go."""
    part = revisions.part_of(walk.report, step.part)
    base = max(1, part.number - step.behind)
    content = revisions.revision_of(part, base).content
    proposed = content[:-1] if step.other and len(content) > 1 else walk.changed(content)
    for made in amending.amend(walk.report, step.part, base, proposed, step.reason, person):
        walk.model.proposals[made.number] = Proposal(who, made.state.value)


def vote(walk: Walk, person: Person, who: str, step: Step) -> None:
    given = (step.choice.value, step.reason.strip(), walk.model.text, True)
    known = walk.model.ballots.get(who) == given
    validating.vote(walk.report, person, step.choice, step.reason)
    if known:
        raise Unmoved
    walk.model.ballots[who] = given
    walk.model.proxies.pop(who, None)  # who votes takes the proxy back


def comment(walk: Walk, person: Person, who: str, step: Step) -> None:
    """On a part, or in answer to the first thread."""
    thread = 1 if step.other and walk.report.comment_count else None
    commenting.comment(walk.report, person, step.part, "Le nom du lieu est à vérifier.", thread=thread)


def turn(act: Callable[[Report, int, Person], Any]) -> Taking:
    return lambda walk, person, who, step: act(walk.report, 1 + step.pick % 3, person)


def name_proxy(walk: Walk, person: Person, who: str, step: Step) -> None:
    holder = MEMBERS[step.pick % len(MEMBERS)]
    known, may = walk.model.proxies.get(who) == holder, walk.model.may_hold(who, holder)
    try:
        proxies.name(walk.report, person, getattr(walk.cast, holder))
    except NotReady:
        assert not may, f"{who} may give {holder} the proxy"
        raise
    if known:
        raise Unmoved
    assert may, f"{who} may not give {holder} the proxy"
    walk.model.proxies[who] = holder


def end_proxy(walk: Walk, person: Person, who: str, step: Step) -> None:
    known = who in walk.model.proxies
    ended = proxies.end(walk.report, person)
    assert (ended is not None) == known
    if not known:
        raise Unmoved
    del walk.model.proxies[who]


def extend(walk: Walk, person: Person, who: str, step: Step) -> None:
    later = add_working_days(walk.report.deadline or date.today(), step.days) if step.days > 0 else None
    clock.extend(walk.report, person, later, step.reason, date.today())


def renew_masthead(walk: Walk, person: Person, who: str, step: Step) -> None:
    """The meeting is said to have been elsewhere; before a first reading that is no act on the report."""
    workshop, events = walk.report.workshop, walk.events()
    walk.words += 1
    try:
        renewing.change_workshop(person, workshop, {"place": f"Ségou {walk.words}"}, workshop.version)
    except entries.InvalidEntries as refusal:
        raise NotAllowed(str(refusal)) from refusal
    if walk.events() == events:
        raise Unmoved


def sign(walk: Walk, person: Person, who: str, step: Step) -> None:
    """The domain signs the file it is given: one that was really set serves all walks."""
    if not walk.final and walk.model.stage == "validated":
        walk.final.append(final_of(walk.report))
    signing.sign(walk.report, person, walk.report.text_hash, walk.final[0] if walk.final else b"", walk.desk)


def make_public(walk: Walk, person: Person, who: str, step: Step) -> None:
    publication.establish(walk.report, person, unset(walk.report, walk.desk))


def rectify(walk: Walk, person: Person, who: str, step: Step) -> None:
    rectification.rectify(walk.report, person, "La conclusion.", step.reason)


def invite(walk: Walk, person: Person, who: str, step: Step) -> None:
    """The chair, who has no account."""
    slot = SIGNATORIES["seydou"]
    given = inviting.invite(walk.report, slot, person, date.today())
    walk.model.invitations += 1
    assert given.invitation.number == walk.model.invitations
    walk.model.invited[slot] = walk.model.invitations


def hand_code(walk: Walk, person: Person, who: str, step: Step) -> None:
    """Of the last invitation, where there is one that serves."""
    handing.hand_code(walk.report, walk.model.invitations, person, b"key", date.today())


def revoke_invitation(walk: Walk, person: Person, who: str, step: Step) -> None:
    number = 1 + step.pick % (walk.model.invitations or 1)
    slot = next((slot for slot, each in walk.model.invited.items() if each == number), None)
    try:
        inviting.revoke(walk.report, number, person)
    except (NotReady, LookupError):
        assert slot is None, f"invitation {number} still stands"
        raise
    assert slot is not None, f"invitation {number} stood no longer"
    del walk.model.invited[slot]


def file_scan(walk: Walk, person: Person, who: str, step: Step) -> None:
    """A paper with the next signature that is lacking."""
    if not walk.final and walk.model.stage == "validated":
        walk.final.append(final_of(walk.report))
    final = walk.final[0] if walk.final else b""
    paper = Paper(b"%PDF-1.7 paper", 1, (), final, walk.report.text_hash)
    slots = [Slot(SIGNATORIES[walk.model.to_file])] if walk.model.to_file else []
    filing.file_scan(walk.report, person, paper, slots, "Siège du groupe", walk.desk.store)


def attest(walk: Walk, person: Person, who: str, step: Step) -> None:
    attesting.attest(walk.report, filing.numbered(walk.report, step.number), person, walk.desk)


def refuse_scan(walk: Walk, person: Person, who: str, step: Step) -> None:
    attesting.refuse_scan(walk.report, filing.numbered(walk.report, step.number), person, step.reason)


def substitute(walk: Walk, person: Person, who: str, step: Step) -> None:
    """Nobody else here holds a signatory's role."""
    substituting.substitute(walk.report, person, Slot.CHAIR, 1, "Arrêté", b"%PDF-", walk.desk.store)


def transmit(walk: Walk, person: Person, who: str, step: Step) -> None:
    today = date.today()
    deadline = add_working_days(today, step.days) if step.days > 0 else today + timedelta(days=step.days)
    editing.transmit(walk.report, person, deadline, today)


def opine(report: Report, amendment: Amendment, person: Person) -> Any:
    return amending.opine(report, amendment, Opinion.LEFT, "Sans avis.", person)


def plainly(act: Callable[[Report, Person], Any]) -> Taking:
    return lambda walk, person, who, step: act(walk.report, person)


def with_reason(act: Callable[[Report, Person, str], Any]) -> Taking:
    return lambda walk, person, who, step: act(walk.report, person, step.reason)


def deciding(act: Callable[[Report, Amendment, Person], Any]) -> Taking:
    return lambda walk, person, who, step: act(walk.report, amending.numbered(walk.report, step.number), person)


def reject(walk: Walk, person: Person, who: str, step: Step) -> None:
    amending.reject(walk.report, amending.numbered(walk.report, step.number), person, step.reason)


def attach(walk: Walk, person: Person, who: str, step: Step) -> None:
    attaching.attach(
        walk.report, person, StoredFile(AttachmentKind.MISSION_REPORT, "Mission.pdf", "application/pdf", 9, "0" * 64)
    )


def withdraw_attachment(walk: Walk, person: Person, who: str, step: Step) -> None:
    attaching.withdraw(walk.report, 1 + step.pick % 2, person)


TAKING: dict[str, Taking] = {
    "draft": write_at("drafting"),
    "hand_over": plainly(drafting.hand_over),
    "edit": write_at("editing"),
    "restore_draft": restore_at("drafting"),
    "restore_edit": restore_at("editing"),
    "return_draft": with_reason(editing.return_draft),
    "transmit": transmit,
    "comment": comment,
    "resolve": turn(commenting.resolve),
    "reopen": turn(commenting.reopen),
    "mark_read": mark_read,
    "amend": amend,
    "opine": deciding(opine),
    "adopt": deciding(amending.adopt),
    "reject": reject,
    "defer": deciding(amending.defer),
    "lapse": deciding(amending.lapse),
    "withdraw": deciding(amending.withdraw),
    "vote": vote,
    "name_proxy": name_proxy,
    "end_proxy": end_proxy,
    "extend": extend,
    "renew_masthead": renew_masthead,
    "return_to_rapporteur": with_reason(validating.return_to_rapporteur),
    "validate": plainly(validating.validate),
    "sign": sign,
    "refuse": with_reason(signing.refuse),
    "invite": invite,
    "hand_code": hand_code,
    "revoke_invitation": revoke_invitation,
    "substitute": substitute,
    "file_scan": file_scan,
    "attest": attest,
    "refuse_scan": refuse_scan,
    "publish": plainly(signing.publish),
    "make_public": make_public,
    "rectify": rectify,
    "attach": attach,
    "withdraw_attachment": withdraw_attachment,
}
