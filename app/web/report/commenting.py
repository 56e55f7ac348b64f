"""Commenting: the form of an observation, its thread, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import template
from app.content import passages
from app.content.passages import Readings
from app.db import db
from app.directory.models import Person
from app.reports.access import visibility
from app.reports.comments import acts as commenting
from app.reports.comments import mentions
from app.reports.comments.threads import read_part
from app.reports.history import timeline as history
from app.reports.models.report import Comment, Report
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.web.converters import LARGEST
from app.web.guards import act, me, reads
from app.web.htmx import go, htmx
from app.web.report import page as report_page

blueprint = Blueprint("commenting", __name__)

WORDS_CHOSEN = "mots"
"""In place of a block's id, stands for the words selected in the page."""
LONGEST_LABEL = 90
SEVERAL = "Les mots choisis se trouvent à plusieurs endroits de cette partie\u00a0: dites lequel dans la liste."
NOWHERE = (
    "Les mots choisis ne se retrouvent pas tels quels dans cette partie\u00a0: choisissez le passage dans la liste."
)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an observation, as filled in so far.

    `block` and `quote` are the words selected in the page, where they were found; `passage` is what is chosen in the list:
    nothing (the whole part), `WORDS_CHOSEN`, or the id of a block. `advice` says what remains to be chosen.
    """

    part: template.Part
    choices: Sequence[tuple[str, str]]
    people: Sequence[Person]
    block: str
    quote: str
    passage: str
    text: str
    mention: str
    advice: str = ""
    sentence: str = ""


@blueprint.get("/rapports/<int:report_id>/parties/<key>/observer")
@act("comment")
def observe(report: Report, key: str) -> ResponseReturnValue:
    """`bloc` and `mots`: the block and the words selected in the page, where there are any."""
    return _show(report, _form(report, key, request.args))


@blueprint.post("/rapports/<int:report_id>/parties/<key>/observer")
@act("comment")
def comment(report: Report, key: str) -> ResponseReturnValue:
    read = _read(report, key)
    block, quote = _passage(request.form, read)
    try:
        made = commenting.comment(
            report, me(), key, request.form.get("text", ""), block_id=block, quote=quote, mention=_mention()
        )
    except NotReady as error:
        return _show(report, _form(report, key, request.form, str(error)), 422)
    return _done(report, made.number)


def _read(report: Report, key: str) -> Readings:
    try:
        return read_part(revisions.current(revisions.part_of(report, key)).content_json)
    except LookupError:
        abort(404)


def _passage(form: Mapping[str, str], read: Readings) -> tuple[str, str]:
    """The block and the words that were pointed at: those selected in the page, or a whole passage of the list."""
    chosen, quote = form.get("passage", ""), passages.one_line(form.get("mots", ""))
    if chosen == WORDS_CHOSEN:
        return form.get("bloc", ""), quote
    # Words that stand in several places, or were not found, and the passage that the person said they are in.
    if not form.get("bloc") and quote and passages.picked(quote, read.get(chosen, ())):
        return chosen, quote
    return chosen, ""


def _mention() -> int | None:
    number = request.form.get("mention", type=int)
    return number if number is None or 0 < number <= LARGEST else 0


def _form(report: Report, key: str, given: Mapping[str, str], sentence: str = "") -> Form:
    read = _read(report, key)
    block, quote = given.get("bloc", ""), passages.one_line(given.get("mots", ""))
    found = _found(block, quote, read)
    if len(found) == 1:
        block, suggested, advice = found[0], WORDS_CHOSEN, ""
        quote = passages.picked(quote, read[block])
    else:
        suggested, advice = (block if block in read else ""), (SEVERAL if found else NOWHERE) if quote else ""
        block = ""
    chosen = given.get("passage", suggested)
    usable = chosen in read or (chosen == WORDS_CHOSEN and block)
    return Form(
        part=template.BY_KEY[key],
        choices=[(block_id, _short(texts[-1])) for block_id, texts in read.items()],
        people=mentions.mentionable(report, me()),
        block=block,
        quote=quote,
        passage=chosen if usable else "",
        text=given.get("text", ""),
        mention=given.get("mention", ""),
        advice=advice,
        sentence=sentence,
    )


def _found(block: str, quote: str, read: Readings) -> list[str]:
    """The blocks in which the words selected stand: the one named, else all of the part."""
    if quote and passages.picked(quote, read.get(block, ())):
        return [block]
    return passages.picked_from(quote, read)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[:LONGEST_LABEL].rsplit(" ", 1)[0] + " …"


def _show(report: Report, form: Form, status: int = 200) -> ResponseReturnValue:
    """The form in its part: the fragment alone for htmx, which puts it where the form was, else the whole report page."""
    if not htmx.wants_fragment:
        return report_page.show(report, status, observing=form)
    answer = make_response(render_template("comments/_form.html", form=form, report=report), status)
    answer.headers["HX-Retarget"] = f"#observe-{form.part.key}"
    answer.headers["HX-Reswap"] = "outerHTML settle:0"
    return answer


@blueprint.get("/rapports/<int:report_id>/observations/<int:number>")
@reads
def thread(report: Report, number: int) -> ResponseReturnValue:
    """Where an observation is led to; answers are led to the thread they stand in."""
    if not history.may_see(report, me()):
        abort(404)
    row = _numbered(report, number)
    if htmx.wants_fragment:
        return _answer(report, row.thread)
    return go(url_for("reports.page", report_id=report.id, _anchor=f"observation-{row.thread}"))


def _numbered(report: Report, number: int) -> Comment:
    row = db.session.scalar(select(Comment).where(Comment.report_id == report.id, Comment.number == number))
    if row is None:
        abort(404)
    return row


@blueprint.post("/rapports/<int:report_id>/observations/<int:number>/repondre")
@act("comment")
def reply(report: Report, number: int) -> ResponseReturnValue:
    first = _first(report, number)
    text = request.form.get("text", "")
    commenting.comment(report, me(), first.part_key, text, thread=number, mention=_mention())
    return _done(report, number)


@blueprint.post("/rapports/<int:report_id>/observations/<int:number>/regler")
@act("resolve")
def resolve(report: Report, number: int) -> ResponseReturnValue:
    _first(report, number)
    commenting.resolve(report, number, me())
    return _done(report, number)


@blueprint.post("/rapports/<int:report_id>/observations/<int:number>/rouvrir")
@act("reopen")
def reopen(report: Report, number: int) -> ResponseReturnValue:
    _first(report, number)
    commenting.reopen(report, number, me())
    return _done(report, number)


def _first(report: Report, number: int) -> Comment:
    try:
        return commenting.first_of(report, number)
    except LookupError:
        abort(404)


def _done(report: Report, number: int) -> ResponseReturnValue:
    if not htmx.wants_fragment:
        return go(url_for("reports.page", report_id=report.id, _anchor=f"observation-{number}"))
    g.place = url_for("commenting.thread", report_id=report.id, number=number)
    return _answer(report, number)


def _answer(report: Report, number: int, failed: Mapping[str, object] | None = None) -> str:
    """The thread as it now stands, or all of them where the whole list is to be replaced, with the counts around it."""
    page = open_page(report, me())
    shown = next(each for each in page.threads if each.number == number)
    return render_template(
        "comments/_answer.html",
        page=page,
        report=report,
        thread=shown,
        whole=htmx.target_id == "observations",
        failed=failed,
    )


@blueprint.errorhandler(NotReady)
@blueprint.errorhandler(commenting.AlreadySo)
def refused(error: NotReady | commenting.AlreadySo) -> ResponseReturnValue:
    """What cannot be done with a thread: the sentence beside it, what was typed still in its form."""
    db.session.rollback()
    g.pop("place", None)
    values = request.view_args or {}
    report = visibility.visible_report(me(), values["report_id"])
    if report is None:
        abort(404)
    status = 422 if isinstance(error, NotReady) else 409
    failed = {"form": request.form.get("which", ""), "sentence": str(error), "values": request.form}
    if htmx.wants_fragment:
        return _answer(report, values["number"], failed), status
    return report_page.show(report, status, failed=failed)
