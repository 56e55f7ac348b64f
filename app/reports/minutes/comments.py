"""The minutes' observations: what was remarked on which part, in short, and whether it was settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import select

from app import template
from app.db import db
from app.documents.tree import Items, Marker, Node, Paragraph, Spans
from app.reports.minutes.phrases import line, moment, names, quoted, sentence
from app.reports.models.report import Comment, Report
from app.workflow import plural


def nodes(report: Report) -> Iterator[Node]:
    """Every thread by number, in two queries."""
    found = db.session.scalars(select(Comment).where(Comment.report_id == report.id).order_by(Comment.number)).all()
    if not found:
        yield Paragraph(sentence("Aucune observation n’a été faite."))
        return
    people = names(id for each in found for id in (each.author_id, each.resolved_by_id))
    answers = Counter(each.thread for each in found if each.number != each.thread)
    firsts = [each for each in found if each.number == each.thread]
    yield Items(Marker.DASH, tuple(_told(each, answers[each.number], people) for each in firsts))


def _told(comment: Comment, answers: int, people: Mapping[int | None, str]) -> Spans:
    part = template.BY_KEY[comment.part_key].label
    passage = f", sur {quoted(comment.quote)}" if comment.quote else ""
    settled = (
        f"réglée par {people[comment.resolved_by_id]}, le {moment(comment.resolved_at)}"
        if comment.resolved_at
        else "non réglée"
    )
    answered = f" ; {plural(answers, 'réponse', 'réponses')}" if answers else ""
    about = f"N° {comment.number}, {part}{passage}"
    return line(about, f"{quoted(comment.text)} ({people[comment.author_id]}{answered} ; {settled}).")
