"""Campaigns on the screen: the list, a campaign's facts, its terms of reference and its model programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for

from app import template
from app.content.blocks import Block, Content
from app.content.canonical import TooLong, content_hash
from app.content.prose import join
from app.directory.models import Role
from app.documents.tree import Heading, Node, Paragraph, Span, Table
from app.people.invalid import Forbidden
from app.reports.editing import renewing
from app.reports.output import document
from app.template import Zone
from app.web import errors, forms
from app.web.campaigns.meetings import campaign_or_404, standings
from app.web.guards import me, role
from app.web.htmx import go
from app.workshops import queries, reach, terms, wording
from app.workshops.campaigns import FIELDS, create_campaign, facts_of
from app.workshops.entries import InvalidEntries, OutdatedForm
from app.workshops.models import Campaign
from app.workshops.terms import PROGRAMME, Section

blueprint = Blueprint("campaigns", __name__)


@blueprint.errorhandler(Forbidden)
def _forbidden(error: Forbidden) -> tuple[str, int]:
    return errors.page(403, str(error))


@blueprint.get("/campagnes")
@role(*queries.INSIDERS)
def listing() -> Any:
    shown = queries.campaigns(request.args.get("apres", ""))
    return render_template("campaigns/list.html", page=shown, counts=queries.counts(me(), shown.rows))


@blueprint.get("/campagnes/<int:campaign_id>")
@role(*queries.INSIDERS)
def page(campaign_id: int) -> Any:
    campaign = campaign_or_404(campaign_id)
    shown = queries.workshops(me(), campaign, request.args.get("apres", ""))
    return render_template(
        "campaigns/page.html",
        campaign=campaign,
        page=shown,
        standings=standings(shown.rows),
        may_change=reach.covers(me(), campaign),
    )


@blueprint.get("/campagnes/nouvelle")
@role(Role.COORDINATION)
def new() -> Any:
    return _form(None, {})


@blueprint.post("/campagnes/nouvelle")
@role(Role.COORDINATION)
def create() -> Any:
    try:
        campaign = create_campaign(me(), request.form)
    except InvalidEntries as wrong:
        return _form(None, request.form, wrong.errors), 422
    flash("La campagne est créée.")
    return go(url_for(".page", campaign_id=campaign.id))


@blueprint.get("/campagnes/<int:campaign_id>/modifier")
@role(Role.COORDINATION)
def edit(campaign_id: int) -> Any:
    campaign = _to_change(campaign_id)
    return _form(campaign, facts_of(campaign))


@blueprint.post("/campagnes/<int:campaign_id>/modifier")
@role(Role.COORDINATION)
def change(campaign_id: int) -> Any:
    campaign = _to_change(campaign_id)
    try:
        changed = renewing.change_campaign(me(), campaign, request.form, request.form.get("version", 0, type=int))
    except InvalidEntries as wrong:
        return _form(campaign, request.form, wrong.errors), 422
    except OutdatedForm as meanwhile:
        return _form(campaign, request.form, differences=meanwhile.differences), 409
    flash("La campagne est enregistrée." if changed else "Rien n’a changé.")
    return go(url_for(".page", campaign_id=campaign.id))


@blueprint.get("/campagnes/<int:campaign_id>/termes")
@role(*queries.INSIDERS)
def terms_page(campaign_id: int) -> Any:
    campaign = campaign_or_404(campaign_id)
    content = campaign.terms_content
    sections = [(section, _nodes(section, section.of(content))) for section in terms.SECTIONS]
    may_change = reach.covers(me(), campaign)
    return render_template("campaigns/terms.html", campaign=campaign, sections=sections, may_change=may_change)


@blueprint.get("/campagnes/<int:campaign_id>/termes/<key>")
@role(Role.COORDINATION)
def edit_terms(campaign_id: int, key: str) -> Any:
    campaign, section = _to_change(campaign_id), _section_or_404(key)
    return _editor(campaign, section, section.of(campaign.terms_content))


@blueprint.post("/campagnes/<int:campaign_id>/termes/<key>")
@role(Role.COORDINATION)
def save_terms(campaign_id: int, key: str) -> Any:
    return _save(_to_change(campaign_id), _section_or_404(key))


@blueprint.get("/campagnes/<int:campaign_id>/programme")
@role(*queries.INSIDERS)
def programme(campaign_id: int) -> Any:
    campaign = campaign_or_404(campaign_id)
    content = campaign.programme_content
    nodes = _nodes(PROGRAMME, content) if content else []
    may_change = reach.covers(me(), campaign)
    return render_template("campaigns/programme.html", campaign=campaign, nodes=nodes, may_change=may_change)


@blueprint.get("/campagnes/<int:campaign_id>/programme/modifier")
@role(Role.COORDINATION)
def edit_programme(campaign_id: int) -> Any:
    campaign = _to_change(campaign_id)
    return _editor(campaign, PROGRAMME, campaign.programme_content)


@blueprint.post("/campagnes/<int:campaign_id>/programme/modifier")
@role(Role.COORDINATION)
def save_programme(campaign_id: int) -> Any:
    return _save(_to_change(campaign_id), PROGRAMME)


def _to_change(campaign_id: int) -> Campaign:
    """The campaign, for who coordinates all its territories; for others that do coordinate it is 403."""
    campaign = campaign_or_404(campaign_id)
    reach.check(me(), campaign)
    return campaign


def _section_or_404(key: str) -> Section:
    return terms.BY_KEY.get(key) or abort(404)


def _form(
    campaign: Campaign | None,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    differences: Mapping[str, Any] | None = None,
) -> str:
    """The campaign's form; `differences` from what was saved in between stand above what was typed."""
    return render_template(
        "campaigns/form.html",
        campaign=campaign,
        values={field: values.get(field, "") for field in FIELDS},
        errors=errors or {},
        differences=differences,
        organiser=wording.ORGANISER,
    )


def _save(campaign: Campaign, section: Section) -> Any:
    """Keep what was typed into a section, or show it again: after a grid's button, a slip, or another's save."""
    known = _stored(campaign, section)
    base = request.form.get("base", "")
    if request.form.get("grid"):
        return _editor(campaign, section, forms.rearranged(request.form, section.zones, known), base)
    typed = forms.read_zones(request.form, section.zones, known)
    try:
        if section is PROGRAMME:
            changed = terms.save_programme(me(), campaign, typed, base)
        else:
            changed = terms.save_terms(me(), campaign, section, typed, base)
    except InvalidEntries as wrong:
        return _editor(campaign, section, typed, base, wrong.errors), 422
    except TooLong as wrong:
        return _editor(campaign, section, typed, base, {wrong.field: str(wrong)}), 422
    except OutdatedForm:
        return _editor(campaign, section, typed, theirs=_stored(campaign, section)), 409
    flash("Le texte est enregistré." if changed else "Rien n’a changé.")
    return go(_place(campaign, section))


def _stored(campaign: Campaign, section: Section) -> Content:
    return section.of(campaign.programme_content if section is PROGRAMME else campaign.terms_content)


def _nodes(section: Section, content: Content) -> list[Node]:
    """A section as the report's annex prints it."""
    part = replace(template.TERMS, key=section.key, level=0, zones=section.zones)
    return list(document.part_nodes(part, {section.key: content}, ""))


def _both(section: Section, mine: Content, theirs: Content) -> list[tuple[str, list[Node]]]:
    """The two texts of a clash, each under its title."""
    titles = ("Votre texte", "Texte enregistré entre-temps")
    return [
        (title, [_beside(node, title) for node in _nodes(section, content)])
        for title, content in zip(titles, (mine, theirs), strict=True)
    ]


def _beside(node: Node, title: str) -> Node:
    """A node that stands twice on a page: no heading out of its order of headings, no two tables of one name."""
    if isinstance(node, Heading):
        return Paragraph((Span(node.text, bold=True),))
    return replace(node, label=f"{node.label} ({title.lower()})") if isinstance(node, Table) else node


def _place(campaign: Campaign, section: Section) -> str:
    if section is PROGRAMME:
        return url_for(".programme", campaign_id=campaign.id)
    return url_for(".terms_page", campaign_id=campaign.id, _anchor=section.key)


def _editor(
    campaign: Campaign,
    section: Section,
    content: Content,
    base: str = "",
    errors: Mapping[str, str] | None = None,
    theirs: Content | None = None,
) -> str:
    """A section's editor holding `content`; `theirs` is what was saved in between, shown beside it."""
    return render_template(
        "campaigns/editor.html",
        campaign=campaign,
        section=section,
        zones=[_opened(zone, content) for zone in section.zones],
        base=base or content_hash(_stored(campaign, section)),
        errors=errors or {},
        both=None if theirs is None else _both(section, content, theirs),
        place=request.path,
        leave=_place(campaign, section),
    )


def _opened(zone: Zone, content: Content) -> tuple[Zone, str, list[Block]]:
    """A zone with what its editor starts with: the text, or the rows and at least an empty one."""
    blocks = [block for block in content if block.zone == zone.key]
    if zone.shape is None:
        return zone, join(blocks), []
    return zone, "", blocks or [forms.blank(zone)]
