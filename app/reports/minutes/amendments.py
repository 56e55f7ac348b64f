"""The minutes' amendments: who proposed what and why, the rapporteur's opinion, and what the president decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import template
from app.content.changes import before_after, lasts
from app.content.diff import BlockChange, Op, PieceState, Words, compare
from app.db import db
from app.documents.tree import Heading, Items, Marker, Node, Paragraph, Spans
from app.reports import deadline
from app.reports.amending import outdated
from app.reports.history import taken_out as undone
from app.reports.minutes.phrases import line, moment, names, quoted, sentence
from app.reports.models.report import Amendment, AmendmentState, Origin, Report, Revision, decode

AROUND = 60
"""Letters of unchanged text that are quoted on either side of what changes."""


def nodes(report: Report) -> Iterator[Node]:
    """Every amendment by number, in four queries; two more where the words of an adopted one were taken out again."""
    amendments = db.session.scalars(
        select(Amendment).where(Amendment.report_id == report.id).order_by(Amendment.number)
    ).all()
    if not amendments:
        yield Paragraph(sentence("Aucun amendement n’a été proposé."))
        return
    people = names(id for each in amendments for id in (each.author_id, each.opinion_by_id, each.decided_by_id))
    rewritten, taken_out = _rewritten(amendments), _taken_out(report, amendments)
    for amendment in amendments:
        part = template.BY_KEY[amendment.part_key]
        yield Heading(2, f"Amendement n° {amendment.number} – {part.label}", f"amendment-{amendment.number}", False)
        yield Items(
            Marker.DASH,
            tuple(
                _lines(
                    amendment,
                    people,
                    rewritten.get(amendment.id, ()),
                    taken_out.get(amendment.number),
                    deadline.late(report, amendment.at),
                )
            ),
        )


def _rewritten(amendments: Sequence[Amendment]) -> dict[int, Sequence[BlockChange]]:
    """By amendment, what the president worded otherwise when adopting it, as far as it is not erased."""
    before = aliased(Revision)
    rows = db.session.execute(
        select(Revision.amendment_id, before.content_json, Revision.content_json)
        .join(before, (before.part_id == Revision.part_id) & (before.number == Revision.parent))
        .where(
            Revision.amendment_id.in_([each.id for each in amendments]),
            Revision.origin == Origin.MODIFICATION,
        )
    )
    return {
        amendment_id: [each for each in compare(decode(old), decode(new)) if each.state is not PieceState.SAME]
        for amendment_id, old, new in rows
        if amendment_id is not None and old and new
    }


def _taken_out(report: Report, amendments: Sequence[Amendment]) -> dict[int, str]:
    """By number, that an adopted amendment's words were taken out again, by whom and when; not once they are back."""
    events = undone.told(report)
    gone = [each for each in amendments if each.number in events and each.state is AmendmentState.ADOPTED]
    texts = outdated.contents(report, {each.part_key for each in gone}) if gone else {}
    gone = [each for each in gone if not lasts(each.change, texts.get(each.part_key, ()))]
    people = names(events[each.number].actor_id for each in gone) if gone else {}
    return {
        each.number: f"adopté, puis retiré du texte par {people[event.actor_id]}, le {moment(event.at)}."
        for each in gone
        for event in [events[each.number]]
    }


def _lines(
    amendment: Amendment,
    people: Mapping[int | None, str],
    rewritten: Sequence[BlockChange],
    taken_out: str | None = None,
    late_one: bool = False,
) -> Iterator[Spans]:
    formal = " (forme seulement)" if amendment.formal else ""
    late = ", après l’échéance" if late_one else ""
    yield line("Proposé par", f"{people[amendment.author_id]}, le {moment(amendment.at)}{late}{formal}")
    for change in before_after(amendment.change):
        yield from _wordings(change)
    if amendment.reason:
        yield line("Motif", quoted(amendment.reason))
    yield line("Avis du rapporteur", _opinion(amendment, people))
    yield line("Décision", _decision(amendment, people))
    if taken_out is not None:
        yield line("Depuis", taken_out)
    for change in rewritten:
        yield from _wordings(change, "Modifié par le président, avant", "Modifié par le président, après")


def _wordings(change: BlockChange, before: str = "Avant", after: str = "Après") -> Iterator[Spans]:
    """A block's words before and after, as far as they differ."""
    if change.state is PieceState.MOVED:
        yield line("Déplacé", quoted(_side(change.fields.values(), Op.INSERT)))
        return
    touched = [words for words in change.fields.values() if any(op is not Op.EQUAL for op, _ in words)]
    old, new = _side(touched, Op.INSERT), _side(touched, Op.DELETE)
    if old:
        yield line(before if new else "Supprimé", quoted(old))
    if new:
        yield line(after if old else "Ajouté", quoted(new))


def _side(fields: Iterable[Words], without: Op) -> str:
    """One of two wordings, without the steps that only the other has."""
    return " / ".join(text for words in fields if (text := _excerpt(words, without)))


def _excerpt(words: Words, without: Op) -> str:
    last = len(words) - 1
    return "".join(
        _around(text, head=index > 0, tail=index < last) if op is Op.EQUAL else text
        for index, (op, text) in enumerate(words)
        if op is not without
    ).strip()


def _around(text: str, *, head: bool, tail: bool) -> str:
    """Text that stays, cut to what stands next to a change: its head, its tail, or both."""
    if len(text) <= (head + tail) * AROUND or not (head or tail):
        return text
    start = text[:AROUND].rsplit(" ", 1)[0] if head else ""
    end = text[-AROUND:].split(" ", 1)[-1] if tail else ""
    return f"{start} […] {end}"


def _opinion(amendment: Amendment, people: Mapping[int | None, str]) -> str:
    if amendment.opinion is None:
        return "aucun"
    said = f" {quoted(amendment.opinion_text)}" if amendment.opinion_text else ""
    return f"{amendment.opinion.label.lower()} ({people[amendment.opinion_by_id]}).{said}"


def _decision(amendment: Amendment, people: Mapping[int | None, str]) -> str:
    if amendment.decided_at is None:
        return amendment.state.label.lower()
    verb = "par" if amendment.state is not AmendmentState.WITHDRAWN else "par son auteur,"
    decided = (
        f"{amendment.state.label.lower()} {verb} {people[amendment.decided_by_id]}, le {moment(amendment.decided_at)}."
    )
    stop = "" if amendment.decision_reason.endswith((".", "!", "?")) else "."
    reason = f" Motif : {quoted(amendment.decision_reason)}{stop}" if amendment.decision_reason else ""
    return decided + reason
