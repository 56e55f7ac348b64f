"""Adopting amendments: merged into the text in their author's name, and in the president's where he words them anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app import template, workflow
from app.audit.models import AuditEvent
from app.content import changes
from app.content.blocks import Content
from app.content.canonical import as_read
from app.content.changes import Outcome, Settled
from app.db import db
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.amending import outdated
from app.reports.amending.deciding import Settlement, decide, reject, reopen_ballots, require_undecided
from app.reports.history import taken_out
from app.reports.models.report import (
    UNDECIDED,
    Amendment,
    AmendmentState,
    Opinion,
    Origin,
    Report,
    ReportPart,
    Revision,
)
from app.reports.text import revisions
from app.reports.text.revisions import Collision


def adopt(
    report: Report,
    amendment: Amendment,
    person: Person,
    settled: Settlement | None = None,
    *,
    followed: bool = False,
) -> AuditEvent:
    """Adopt an amendment: its words are merged into the text as a revision by its author.

    What the president settled in words of his own becomes a second revision, by him. Amendments of the part that no longer
    apply are put to review. `followed`: he follows the rapporteur's opinion. Raises `editing.Collision` where the words
    collide with what has changed since and `settled` does not say what becomes of them, or was decided on other words;
    `steps.NotReady` where nothing would change, or nothing of the amendment is left to be made,
    `content.canonical.TooLong`, and what `steps.take` raises.
    """
    steps.admit(["adopt"], report, person)
    part = _part_of(report, amendment)
    before = revisions.current(part)

    def effect() -> dict[str, Any]:
        require_undecided(amendment)
        outcome = changes.apply(amendment.change, before.content)
        wording = _wording(part, amendment, outcome, before, settled)
        theirs = _write_proposed(report, part, amendment, wording.proposed, before, person)
        own = _write_modified(part, amendment, wording, theirs or before, before, person)
        decide(amendment, AmendmentState.ADOPTED, person)
        text_before, text_hash = report.text_hash, revisions.seal_text(report)
        db.session.flush()
        return {
            "amendment": amendment.number,
            "part": part.key,
            "number": theirs.number if theirs else None,
            "parent": before.number,
            **(revisions.fingerprints(theirs) if theirs else {}),
            "modified": {"number": own.number, **revisions.fingerprints(own)} if own else None,
            "text_hash": text_hash,
            "by_hand": bool(outcome.clashes),
            "followed": followed,
            "overtaken": outdated.overtake_on(report, part.key, (own or theirs or before).content),
            **taken_out.by(report, part.key, before.content, wording.final, but=amendment.number),
            "reopened": reopen_ballots(report) if text_hash != text_before else [],
        }

    return steps.take("adopt", report, person, effect, amendment=amendment)


def _part_of(report: Report, amendment: Amendment) -> ReportPart:
    """The part it amends. Raises `steps.NotReady` where the report has it no longer."""
    try:
        if amendment.part_key in template.BY_KEY:
            return revisions.part_of(report, amendment.part_key)
    except LookupError:
        pass
    raise steps.NotReady(
        f"La partie que vise l’amendement n° {amendment.number} n’existe plus dans le rapport : constatez sa caducité."
    )


def _wording(
    part: ReportPart, amendment: Amendment, outcome: Outcome, before: Revision, settled: Settlement | None
) -> Settled:
    """The author's wording and the president's. Raises `editing.Collision` and `steps.NotReady`, as `adopt` says."""
    if outcome.idle:
        raise steps.NotReady(
            f"Le texte dit déjà ce que demande l’amendement n° {amendment.number} : l’adopter ne changerait rien. "
            "Constatez sa caducité."
        )
    settled = settled or Settlement(before.number)
    decided = settled.choices.keys() | settled.texts.keys()
    open_ended = any((clash.block_id, clash.field) not in decided for clash in outcome.clashes)
    if open_ended or _outdated(part, amendment.change, before, settled):
        raise Collision(part, outcome.merged)
    wording = changes.settle(outcome, settled.choices, settled.texts)
    if as_read(wording.final) == as_read(before.content):
        raise steps.NotReady("Le texte resterait tel qu’il est : pour le garder, rejetez l’amendement.")
    return wording


def _outdated(part: ReportPart, change: changes.Change, before: Revision, settled: Settlement) -> bool:
    """Whether what was decided was decided on other words than those that stand now."""
    if settled.base == before.number or not (settled.choices or settled.texts):
        return False
    ids = {edit.id for edit in change.edits}
    shown = revisions.revision_of(part, settled.base).content
    return [block for block in shown if block.id in ids] != [block for block in before.content if block.id in ids]


def _write_proposed(
    report: Report, part: ReportPart, amendment: Amendment, content: Content, before: Revision, person: Person
) -> Revision | None:
    """The revision with the author's words; None where the text says the same already."""
    if before.says(content):
        return None
    author = db.session.get_one(Person, amendment.author_id)
    role = workflow.role_for(workflow.BY_KEY["amend"], situation.hands(report, author)) or "member"
    merged = amendment.base != before.number
    return revisions.write(
        part,
        content,
        author,
        role,
        Origin.AMENDMENT,
        parent=before,
        amendment=amendment,
        adopted_by=person,
        merged=merged,
    )


def _write_modified(
    part: ReportPart, amendment: Amendment, wording: Settled, parent: Revision, before: Revision, person: Person
) -> Revision | None:
    """The revision with the president's own words; None where he has put in none."""
    if wording.final == wording.proposed:
        return None
    return revisions.write(
        part,
        wording.final,
        person,
        "president",
        Origin.MODIFICATION,
        parent=parent,
        amendment=amendment,
        adopted_by=person,
        earlier=before,
    )


def adopt_formal(
    report: Report, person: Person, numbers: Collection[int] | None = None
) -> tuple[list[Amendment], list[Amendment]]:
    """Adopt at one go the amendments of form alone that are `plain`; answers with them, and with those of form left.

    One's own are neither. `numbers`: those that were shown; what was filed since is left. Raises `steps.NotReady` where
    there is nothing to adopt, and what `steps.take` raises.
    """
    steps.admit(["adopt"], report, person)
    waiting = outdated.undecided(report, None, UNDECIDED)
    texts = outdated.contents(report, {amendment.part_key for amendment in waiting})
    of_form = [amendment for amendment in waiting if amendment.formal and amendment.author_id != person.id]
    ready = {each.number for each in plain(waiting, texts) if numbers is None or each.number in numbers}
    adopted = [amendment for amendment in of_form if amendment.number in ready]
    if not adopted:
        raise steps.NotReady("Aucun amendement de forme ne peut être adopté d’office : décidez-les un par un.")
    for amendment in adopted:
        # What was adopted before it in this very go may have left it nothing to do, or stand in its way.
        if not made_alone(amendment, revisions.current(_part_of(report, amendment)).content):
            continue
        adopt(report, amendment, person)
    return [each for each in adopted if not each.undecided], [each for each in of_form if each.undecided]


def made_alone(amendment: Amendment, content: Content) -> bool:
    """Whether the amendment changes a text that reads `content`, and nobody need choose how."""
    outcome = changes.apply(amendment.change, content)
    return not outcome.clashes and not outcome.gone and not outcome.idle


def plain(waiting: Iterable[Amendment], texts: Mapping[str, Content]) -> list[Amendment]:
    """Of the undecided amendments `waiting`, those of form alone that nobody need look at again.

    They are open, apply to the text as it stands (`texts`, by part) and collide with none of the others.
    """
    by_part: dict[str, dict[int, Amendment]] = {}
    for amendment in waiting:
        by_part.setdefault(amendment.part_key, {})[amendment.number] = amendment
    found: list[Amendment] = []
    for key, amendments in by_part.items():
        asked = {number: amendment.change for number, amendment in amendments.items()}
        if key not in texts or not any(amendment.formal for amendment in amendments.values()):
            continue
        met = {number for pair in changes.collisions(asked, texts[key]) for number in pair}
        found += [
            amendment
            for number, amendment in amendments.items()
            if amendment.formal and amendment.state is AmendmentState.OPEN and number not in met
            if made_alone(amendment, texts[key])
        ]
    return sorted(found, key=lambda amendment: amendment.number)


def follow_opinion(report: Report, amendment: Amendment, person: Person) -> AuditEvent:
    """Decide as the rapporteur advises: adopt, or reject with his sentence as the reason.

    Raises `steps.NotReady` where he advises neither, and what `adopt` and `reject` raise.
    """
    require_undecided(amendment)
    if amendment.opinion is Opinion.FAVOURABLE:
        return adopt(report, amendment, person, followed=True)
    if amendment.opinion is Opinion.UNFAVOURABLE:
        said = f"\u00a0: «\u202f{amendment.opinion_text}\u202f»" if amendment.opinion_text else "."
        return reject(report, amendment, person, f"Avis défavorable du rapporteur{said}")
    if amendment.opinion is Opinion.LEFT:
        raise steps.NotReady("Le rapporteur s’en remet à la commission : adoptez ou rejetez cet amendement.")
    raise steps.NotReady("Le rapporteur n’a pas encore donné son avis sur cet amendement.")
