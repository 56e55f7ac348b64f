"""Workshops on the screen: planning one, its page, and the state of its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from sqlalchemy import or_, select

from app.db import db
from app.directory.models import Role
from app.directory.territories import Territory
from app.reports import drafting
from app.reports.access.visibility import seen_reports
from app.reports.editing import renewing
from app.reports.models.report import Report
from app.reports.pages import holder
from app.reports.pages.holder import Holder
from app.web.guards import me, role
from app.web.htmx import go
from app.workflow import Stage
from app.workshops import queries
from app.workshops.entries import InvalidEntries, OutdatedForm
from app.workshops.meetings import FIELDS, create_workshop, facts_of, prefilled, seats
from app.workshops.models import Campaign, Workshop

blueprint = Blueprint("workshops", __name__)


@dataclass(frozen=True, slots=True)
class ReportStanding:
    """How a workshop's report stands, and who has it; `report_id` is 0 for those who may not open it."""

    stage: Stage
    report_id: int
    holder: Holder


@blueprint.get("/campagnes/<int:campaign_id>/rencontres/nouvelle")
@role(Role.COORDINATION)
def new(campaign_id: int) -> Any:
    campaign = campaign_or_404(campaign_id)
    if "collectivite" not in request.args:
        wanted = request.args.get("q", "")
        found = queries.free_territories(me(), campaign, wanted)
        return render_template("workshops/territory.html", campaign=campaign, wanted=wanted, territories=found)
    territory = _free_or_404(campaign, request.args.get("collectivite", 0, type=int))
    return _form(campaign, territory, prefilled(campaign, territory, seats(territory)))


@blueprint.post("/campagnes/<int:campaign_id>/rencontres/nouvelle")
@role(Role.COORDINATION)
def create(campaign_id: int) -> Any:
    campaign = campaign_or_404(campaign_id)
    territory = db.session.get(Territory, request.form.get("territory", 0, type=int)) or abort(404)
    try:
        workshop = create_workshop(me(), campaign, territory, request.form)
    except InvalidEntries as wrong:
        return _form(campaign, territory, request.form, errors=wrong.errors), 422
    flash("La rencontre est planifiée.")
    return go(url_for(".page", workshop_id=workshop.id))


@blueprint.get("/rencontres/<int:workshop_id>")
@role(*queries.INSIDERS)
def page(workshop_id: int) -> Any:
    workshop = _visible_or_404(workshop_id)
    return render_template(
        "workshops/page.html",
        workshop=workshop,
        standing=standings([workshop]).get(workshop.id),
        may_open=drafting.may_open(workshop, me()) is not None,
        may_change=_coordinates(workshop),
    )


@blueprint.get("/rencontres/<int:workshop_id>/modifier")
@role(Role.COORDINATION)
def edit(workshop_id: int) -> Any:
    workshop = _changeable_or_404(workshop_id)
    return _form(workshop.campaign, workshop.territory, facts_of(workshop), workshop)


@blueprint.post("/rencontres/<int:workshop_id>/modifier")
@role(Role.COORDINATION)
def change(workshop_id: int) -> Any:
    workshop = _changeable_or_404(workshop_id)
    version = request.form.get("version", 0, type=int)
    try:
        changed = renewing.change_workshop(me(), workshop, request.form, version)
    except InvalidEntries as wrong:
        return _form(workshop.campaign, workshop.territory, request.form, workshop, errors=wrong.errors), 422
    except OutdatedForm as meanwhile:
        differences = meanwhile.differences
        return _form(workshop.campaign, workshop.territory, request.form, workshop, differences=differences), 409
    flash("La rencontre est enregistrée." if changed else "Rien n’a changé.")
    return go(url_for(".page", workshop_id=workshop.id))


def standings(workshops: Sequence[Workshop]) -> dict[int, ReportStanding]:
    """How the reports of these workshops stand, by the workshop's id; those without a report are left out."""
    ids = [workshop.id for workshop in workshops]
    # The latest that is published speaks for the workshop: of those given here the last one stays.
    current = (Report.workshop_id.in_(ids), or_(Report.rectifies_id.is_(None), Report.stage == Stage.PUBLISHED))
    seen = {
        report.workshop_id: report.id
        for report in db.session.scalars(seen_reports(me()).where(*current).order_by(Report.id))
    }
    rows = db.session.execute(
        holder.told(
            select(Report.workshop_id, Report.stage, Report.stage_since)
            .join(Workshop, Workshop.id == Report.workshop_id)
            .join(Territory, Territory.id == Workshop.territory_id)
        )
        .where(*current)
        .order_by(Report.id)
    )
    return {row.workshop_id: _standing(row, seen.get(row.workshop_id, 0)) for row in rows}


def _standing(row: Any, report_id: int) -> ReportStanding:
    return ReportStanding(row.stage, report_id, holder.read(row, row.stage, row.stage_since))


def campaign_or_404(campaign_id: int) -> Campaign:
    return db.session.get(Campaign, campaign_id) or abort(404)


def _free_or_404(campaign: Campaign, territory_id: int) -> Territory:
    return queries.free_territory(me(), campaign, territory_id) or abort(404)


def _visible_or_404(workshop_id: int) -> Workshop:
    return queries.workshop(me(), workshop_id) or abort(404)


def _changeable_or_404(workshop_id: int) -> Workshop:
    workshop = _visible_or_404(workshop_id)
    if not _coordinates(workshop):
        abort(403)
    return workshop


def _coordinates(workshop: Workshop) -> bool:
    return me().holds(Role.COORDINATION, workshop.territory.path)


def _form(
    campaign: Campaign,
    territory: Territory,
    values: Mapping[str, Any],
    workshop: Workshop | None = None,
    *,
    errors: Mapping[str, str] | None = None,
    differences: Mapping[str, Any] | None = None,
) -> str:
    """The workshop's form; `differences` from what was saved in between stand above what was typed."""
    return render_template(
        "workshops/form.html",
        campaign=campaign,
        territory=territory,
        workshop=workshop,
        values={field: values.get(field, "") for field in FIELDS},
        seats=seats(territory, workshop),
        frozen=workshop is not None and renewing.frozen(workshop),
        errors=errors or {},
        differences=differences,
    )
