"""The sheet of the report page: the text in the view that was chosen, its marks tied to the cards beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template, request, url_for
from markupsafe import Markup

from app import template
from app.content.blocks import Content
from app.content.marks import Voice, Writer
from app.reports.amending.board import Asked, change, tones_of, undecided
from app.reports.amending.listing import AmendmentRow
from app.reports.amending.markup import TextMode, adopted, changed, proposed
from app.reports.history.since_transmission import PartVersion, versions
from app.reports.models.report import AmendmentState, Report, decode
from app.reports.output import document
from app.reports.pages.report_page import ReportPage
from app.reports.text.parts import PartView
from app.workflow import Stage

Waiting = tuple[AmendmentRow, ...]
Changes = tuple[tuple[int, str], ...]
Voices = tuple[tuple[int, Voice], ...]


@dataclass(frozen=True, slots=True)
class ReportText:
    """The text as it is shown: each part as HTML by key, None where the view leaves the part out.

    `sentence` says what the view shows; `views` are those that can be chosen, none before a first reading.
    """

    view: TextMode
    views: Sequence[TextMode]
    sentence: str
    parts: Mapping[str, Markup]

    @property
    def marked(self) -> bool:
        return self.view in (TextMode.CHANGES, TextMode.DIFFERENCES, TextMode.ADOPTED)

    @property
    def whole(self) -> bool:
        """Whether all of the text is shown, with its cover."""
        return self.view is not TextMode.DIFFERENCES

    def shows(self, view: PartView) -> bool:
        return view.part.key in self.parts

    def part(self, view: PartView) -> Markup:
        return self.parts[view.part.key]


def open_sheet(page: ReportPage, asked: Asked) -> ReportText:
    """The report's text in the view named in the address, else in the one that serves at this stage."""
    waiting = undecided(page.amendments, asked) if page.may_see_history else ()
    views = tuple(TextMode) if page.may_see_history and page.report.reading_since else ()
    view = _chosen(page, views, waiting)
    parts, sentence = _SHOWN[view](page, waiting)
    return ReportText(view, views, sentence, parts)


def _chosen(page: ReportPage, views: Sequence[TextMode], waiting: Waiting) -> TextMode:
    wanted = request.args.get("vue", "")
    if wanted in views:
        return TextMode(wanted)
    return TextMode.CHANGES if views and waiting and page.report.stage is Stage.READING else TextMode.FINAL


Shown = tuple[dict[str, Markup], str]


def _final(page: ReportPage, waiting: Waiting) -> Shown:
    return {view.part.key: part_html(view, page) for view in page.parts}, ""


def _original(page: ReportPage, waiting: Waiting) -> Shown:
    sent = {key: found[0].content_json for key, found in versions(page.report, since=False).items()}
    follow_up = sent.get("follow_up", "[]")
    parts = {key: _part_html(key, text, *beside(key, follow_up, page.report)) for key, text in sent.items()}
    return parts, "Le texte tel qu’il a été transmis à la commission."


def _changes(page: ReportPage, waiting: Waiting) -> Shown:
    parts = _proposed(page, waiting, alone=False)
    if not waiting:
        return parts, "Aucun amendement n’attend de décision : c’est le texte actuel."
    return parts, f"Le texte actuel, avec {_counted(waiting)} à décider à leur place."


def _differences(page: ReportPage, waiting: Waiting) -> Shown:
    if waiting:
        parts = _proposed(page, waiting, alone=True)
        return _filled(parts), f"Les seuls passages que changeraient {_counted(waiting)} à décider."
    parts = _filled(_adopted_parts(page, alone=True))
    if not parts:
        return parts, "Aucun passage n’a changé depuis la transmission à la commission."
    return parts, "Les seuls passages qui ont changé depuis la transmission à la commission."


def _adopted(page: ReportPage, waiting: Waiting) -> Shown:
    return _adopted_parts(page, alone=False), "Du texte transmis au texte actuel : ce qui a été adopté, et de qui."


_SHOWN = {
    TextMode.ORIGINAL: _original,
    TextMode.CHANGES: _changes,
    TextMode.DIFFERENCES: _differences,
    TextMode.ADOPTED: _adopted,
    TextMode.FINAL: _final,
}


def _counted(waiting: Waiting) -> str:
    return "l’amendement" if len(waiting) == 1 else f"les {len(waiting)} amendements"


def _filled(parts: Mapping[str, Markup]) -> dict[str, Markup]:
    return {key: html for key, html in parts.items() if html.strip()}


def _proposed(page: ReportPage, waiting: Waiting, *, alone: bool) -> dict[str, Markup]:
    by_part = _by_part(waiting, page.amendments)
    parts: dict[str, Markup] = {}
    for view in page.parts:
        if view.part.key not in by_part:
            parts[view.part.key] = Markup("") if alone else part_html(view, page)
            continue
        beside = _beside_of(view, page)
        parts[view.part.key] = _proposed_html(view.part.key, view.content_json, *beside, *by_part[view.part.key], alone)
    return parts


@lru_cache(maxsize=64)
def _by_part(waiting: Waiting, amendments: tuple[AmendmentRow, ...]) -> dict[str, tuple[Changes, Voices]]:
    """By part what is proposed for it, as it is stored, and who speaks."""
    tones = tones_of(amendments)
    found: dict[str, list[AmendmentRow]] = {}
    for each in waiting:
        found.setdefault(each.part_key, []).append(each)
    return {
        key: (
            tuple((each.number, each.change_json) for each in here),
            tuple((each.number, _author_of(each, tones[each.author_id])) for each in here),
        )
        for key, here in found.items()
    }


def _author_of(amendment: AmendmentRow, tone: int) -> Voice:
    review = " · à revoir" if amendment.state is AmendmentState.REVIEW else ""
    label = f"n°\u00a0{amendment.number} · {amendment.author.initials}{review}"
    return _voice(label, f"amendement de {amendment.author.name}", tone, amendment.number)


def _voice(label: str, name: str, tone: int, number: int) -> Voice:
    return Voice(label, name, tone, f"#amendment-{number}", f"passage-{number}")


def _adopted_parts(page: ReportPage, *, alone: bool) -> dict[str, Markup]:
    since = versions(page.report, since=True)
    tones = tones_of(page.amendments)
    parts: dict[str, Markup] = {}
    for view in page.parts:
        found = since.get(view.part.key, [])
        if len(found) < 2:
            parts[view.part.key] = Markup("") if alone else part_html(view, page)
            continue
        texts = tuple((each.number, each.content_json) for each in found)
        voices = tuple((each.number, _writer_of(each, tones)) for each in found[1:])
        parts[view.part.key] = _adopted_html(view.part.key, texts, *_beside_of(view, page), voices, alone)
    return parts


def _writer_of(version: PartVersion, tones: Mapping[int, int]) -> Voice:
    author = version.author
    initials, name = (author.initials, author.name) if author else ("–", "reprise")
    tone = tones.get(author.id, 0) if author else 0
    if version.amendment is None:
        return Voice(initials, name, tone, "#review", "")
    return _voice(f"n°\u00a0{version.amendment} · {initials}", f"texte de {name}", tone, version.amendment)


def part_html(view: PartView, page: ReportPage) -> Markup:
    """A part as the screen shows it: the same nodes that the PDF prints."""
    return _part_html(view.part.key, view.content_json, *_beside_of(view, page))


def _beside_of(view: PartView, page: ReportPage) -> tuple[str, str, str]:
    follow_up = page.view("follow_up").content_json if view.part.key == "unmet" else "[]"
    return beside(view.part.key, follow_up, page.report)


def beside(key: str, follow_up: str, report: Report) -> tuple[str, str, str]:
    """What a part is shown with besides its own content: annex 2's, the line above the chair's signature, where the
    report's photographs are.
    """
    return (
        follow_up if key == "unmet" else "[]",
        document.signed_at(report) if key == "signatures" else "",
        images_of(report) if key == "photographs" else "",
    )


def images_of(report: Report) -> str:
    """The folder in which a browser finds the report's photographs."""
    return url_for("pictures.image", report_id=report.id, file="")


@lru_cache(maxsize=1024)
def _part_html(key: str, content_json: str, follow_up_json: str, made_at: str, images: str) -> Markup:
    contents = {"follow_up": decode(follow_up_json), key: decode(content_json)}
    nodes = list(document.part_nodes(template.BY_KEY[key], contents, made_at))
    return Markup(render_template("report/_nodes.html", nodes=nodes, marking=None, images=images))


@lru_cache(maxsize=256)
def _proposed_html(
    key: str,
    content_json: str,
    follow_up_json: str,
    made_at: str,
    images: str,
    changes: Changes,
    voices: Voices,
    alone: bool,
) -> Markup:
    content = proposed(decode(content_json), [(number, change(stored)) for number, stored in changes])
    return _marked_html(key, content, follow_up_json, made_at, images, voices, alone)


@lru_cache(maxsize=256)
def _adopted_html(
    key: str,
    texts: tuple[tuple[int, str], ...],
    follow_up_json: str,
    made_at: str,
    images: str,
    voices: Voices,
    alone: bool,
) -> Markup:
    content = adopted([(number, decode(text)) for number, text in texts])
    return _marked_html(key, content, follow_up_json, made_at, images, voices, alone)


def _marked_html(
    key: str, content: Content, follow_up_json: str, made_at: str, images: str, voices: Voices, alone: bool
) -> Markup:
    contents = {"follow_up": proposed(decode(follow_up_json), ()), key: content}
    nodes = document.part_nodes(template.BY_KEY[key], contents, made_at)
    shown = list(changed(nodes) if alone else nodes)
    return Markup(render_template("report/_nodes.html", nodes=shown, marking=Writer(dict(voices)), images=images))
