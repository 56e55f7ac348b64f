"""The coordination's desk, next door: commissions and the tree of territories."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for

from app.content.typography import french
from app.db import db
from app.directory.models import Commission, Role
from app.directory.territories import Territory
from app.people import charting, commissions, keeping
from app.people.invalid import Invalid, SavedMeanwhile
from app.web.guards import me, role
from app.web.htmx import go
from app.workflow import Majority

blueprint = Blueprint("places", __name__)

LARGEST_KEY = 2**31 - 1
INDENT = "\u00a0" * 3


def page_after() -> int | None:
    """The key after which the asked page of a list begins; what cannot be a key asks for the first page."""
    asked = request.args.get("apres", type=int)
    return asked if asked is not None and 0 < asked <= LARGEST_KEY else None


def choices(without: Collection[int] = ()) -> list[tuple[int | str, str]]:
    """The territories the person coordinates, for a select: identifier and name, set in by depth; `without` some."""
    return [
        (territory.id, f"{INDENT * depth}{territory.name} ({territory.level.label.lower()})")
        for territory, depth in charting.whole()
        if territory.id not in without and keeping.reaches(me(), territory)
    ]


@blueprint.get("/administration/commissions")
@role(Role.COORDINATION)
def listing() -> str:
    return render_template("admin/commissions.html", commissions=commissions.listing())


@blueprint.get("/administration/commissions/nouvelle")
@role(Role.COORDINATION)
def new_commission() -> str:
    return _new_commission_page({"majority": Majority.SIMPLE.value, "reading_days": str(commissions.USUAL_READING)})


@blueprint.post("/administration/commissions/nouvelle")
@role(Role.COORDINATION)
def create_commission() -> Any:
    try:
        commission = commissions.create(request.form.get("place", ""), request.form, me())
    except Invalid as refusal:
        return _new_commission_page(request.form, refusal.errors), 422
    flash("La commission est enregistrée.")
    return go(url_for(".commission", commission_id=commission.id))


@blueprint.get("/administration/commissions/<int:commission_id>")
@role(Role.COORDINATION)
def commission(commission_id: int) -> str:
    return _commission_page(db.session.get(Commission, commission_id) or abort(404))


@blueprint.post("/administration/commissions/<int:commission_id>")
@role(Role.COORDINATION)
def change_commission(commission_id: int) -> Any:
    commission = commissions.locked(commission_id) or abort(404)
    try:
        changed = commissions.change(commission, request.form, request.form.get("base", ""), me())
    except Invalid as refusal:
        return _commission_page(commission, request.form, refusal.errors), 422
    except SavedMeanwhile as meanwhile:
        return _commission_page(commission, request.form, overtaken=meanwhile.now), 409
    flash("La commission est enregistrée." if changed else "Rien n’a changé.")
    return go(url_for(".commission", commission_id=commission.id))


@blueprint.get("/administration/collectivites")
@role(Role.COORDINATION)
def country() -> str:
    return _territory_page(None)


@blueprint.post("/administration/collectivites")
@role(Role.COORDINATION)
def add_at_root() -> Any:
    return _add_below(None)


@blueprint.get("/administration/collectivites/<int:territory_id>")
@role(Role.COORDINATION)
def territory(territory_id: int) -> str:
    return _territory_page(db.session.get(Territory, territory_id) or abort(404))


@blueprint.post("/administration/collectivites/<int:territory_id>")
@role(Role.COORDINATION)
def add_below(territory_id: int) -> Any:
    return _add_below(db.session.get(Territory, territory_id) or abort(404))


def _add_below(parent: Territory | None) -> Any:
    try:
        added = charting.add(parent, request.form.get("level", ""), request.form.get("name", ""), me())
    except Invalid as refusal:
        return _territory_page(parent, request.form, refusal.errors), 422
    flash(french(f"Ajout enregistré : {added.name} ({added.level.label.lower()})."))
    return go(url_for(".territory", territory_id=parent.id) if parent else url_for(".country"))


def _territory_page(
    parent: Territory | None, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    below, further = charting.below(parent, page_after())
    return render_template(
        "admin/territories.html",
        parent=parent,
        lineage=charting.lineage(parent) if parent else [],
        below=below,
        further=further,
        levels=[(level.value, level.label) for level in charting.levels_below(parent)],
        may_add=keeping.reaches(me(), parent),
        values=values or {},
        errors=errors or {},
    )


def _new_commission_page(values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    taken = {commission.territory_id for commission in commissions.listing()}
    return render_template(
        "admin/new_commission.html",
        places=choices(taken),
        majorities=list(Majority),
        values=values,
        errors=errors or {},
    )


def _commission_page(
    commission: Commission,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    overtaken: Mapping[str, str] | None = None,
) -> str:
    members = commissions.members(commission)
    return render_template(
        "admin/commission.html",
        commission=commission,
        members=members,
        needed=commissions.quorum(commission, len(members)),
        majorities=list(Majority),
        base=commissions.fingerprint(commission),
        may_change=keeping.reaches(me(), commission.territory),
        values=values or commissions.rules_of(commission)._asdict(),
        errors=errors or {},
        overtaken=overtaken or {},
    )
