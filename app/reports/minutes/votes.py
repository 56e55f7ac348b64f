"""The minutes' end: the members and whether they were there, the votes, and the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.documents.tree import Column, Node, Paragraph, Span, Spans, Table
from app.reports.minutes.phrases import line, sentence, stamp
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.report import Report
from app.reports.validating.seats import Seat
from app.workflow import Facts, approvals_prevail, plural

VOICES = {Choice.APPROVE: "Pour", Choice.OBJECT: "Contre", Choice.ABSTAIN: "Abstention"}
SHORT = 8
"""Digits of a hash that name a text in the table of votes."""


def members(seats: Sequence[Seat]) -> Table:
    columns = (Column("Membre", 1.6), Column("Qualité", 1.6), Column("Participation", 1.8))
    rows = tuple((_name(seat), seat.person.title, _part_taken(seat)) for seat in seats)
    return Table(columns, rows, "Membres de la commission et leur participation à la lecture")


def _name(seat: Seat) -> str:
    return f"{_known(seat)}, préside" if seat.presides else _known(seat)


def _known(seat: Seat) -> str:
    return f"{seat.person.name} (ne siège plus)" if seat.left else seat.person.name


def _part_taken(seat: Seat) -> str:
    """Who has voted or read took part; who is represented has given a proxy; the others were absent."""
    if seat.cast_by:
        return f"Procuration à {seat.cast_by.name}"
    if seat.ballot:
        return "A voté"
    if seat.given and not seat.idle:
        return f"Procuration à {seat.given.holder.name}"
    return "A lu" if seat.read else "N’a ni lu, ni voté"


def votes(seats: Sequence[Seat]) -> Node:
    """Who voted what, why, when and on which text."""
    rows = tuple(_vote(seat, seat.ballot) for seat in seats if seat.ballot)
    if not rows:
        return Paragraph(sentence("Aucun vote n’a été donné."))
    columns = (
        Column("Membre", 1.5),
        Column("Voix", 1.3),
        Column("Motif", 1.8),
        Column("Donnée le", 1.2),
        Column("Texte", 1, centred=True),
    )
    return Table(columns, rows, "Votes, et empreinte abrégée du texte sur lequel chacun a été donné")


def _vote(seat: Seat, ballot: Ballot) -> tuple[str, ...]:
    voice = VOICES[ballot.choice]
    if seat.cast_by:
        voice += f", par procuration ({seat.cast_by.name})"
    if not seat.listed:
        voice += ", hors de la liste des votants : ne compte pas"
    elif not seat.counted:
        voice += ", non confirmée : ne compte pas"
    elif seat.moved:
        voice += ", acquise d’un texte antérieur"
    if seat.late:
        voice += ", après l’échéance"
    return _known(seat), voice, ballot.reason, stamp(ballot.at), ballot.text_hash[:SHORT]


def result(report: Report, facts: Facts, closed: str) -> Iterator[Node]:
    """What the votes come to; `closed` says who closed the reading and when, nothing while it goes on."""
    yield Paragraph(_counted(facts))
    if closed:
        yield Paragraph(sentence(closed))
    else:
        text = "La lecture n’est pas close : ce procès-verbal est provisoire."
        yield Paragraph((Span(text, italic=True),))
    what = "Empreinte du texte validé" if closed else "Empreinte du texte en l’état"
    yield Paragraph(line(f"{what} (SHA-256)", ""))
    yield Paragraph(sentence(report.text_hash), centred=True)
    yield Paragraph(sentence("Les heures sont celles du Mali (temps universel)."))


def _counted(facts: Facts) -> Spans:
    abstentions = plural(facts.abstentions, "abstention", "abstentions")
    reached = "quorum atteint" if facts.ballots >= facts.quorum else "quorum non atteint"
    carried = approvals_prevail(facts) is None
    tied = carried and facts.casting and facts.approvals == facts.objections
    how = "voix prépondérante du président" if tied else facts.majority.label.lower()
    majority = f"majorité {'acquise' if carried else 'non acquise'} ({how})"
    return line(
        f"{facts.approvals} pour, {facts.objections} contre, {abstentions}",
        f"{reached} ({plural(facts.ballots, 'vote', 'votes')} sur {facts.quorum} requis), {majority}.",
    )
