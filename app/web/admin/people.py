"""The coordination's desk: persons, their accounts and their roles. Commissions and territories are in places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for

from app.content.typography import french
from app.db import db
from app.directory.models import Grant, Person, Role, RoleProposal
from app.people import grants, holding_offices, keeping, passwords, persons, second_words
from app.people.factors import holding
from app.people.invalid import Forbidden, Invalid, SavedMeanwhile
from app.web import errors
from app.web.account.sign_in import reset_link
from app.web.admin import outbox, places
from app.web.admin.places import choices, page_after
from app.web.guards import me, role
from app.web.htmx import go
from app.web.login import LINK_LIVES
from app.web.public import verification

blueprint = Blueprint("administration", __name__)
blueprint.register_blueprint(places.blueprint)
blueprint.register_blueprint(outbox.blueprint)
blueprint.register_blueprint(verification.settings)


@blueprint.errorhandler(Forbidden)
def _forbidden(error: Forbidden) -> tuple[str, int]:
    return errors.page(403, str(error))


@blueprint.get("/administration")
@role(Role.COORDINATION)
def desk() -> Any:
    return redirect(url_for(".people"), 303)


@blueprint.get("/administration/personnes")
@role(Role.COORDINATION)
def people() -> str:
    search = request.args.get("q", "")
    found, further = persons.listing(search, page_after())
    clashes = holding_offices.clashes()
    return render_template(
        "admin/people.html",
        people=found,
        search=search,
        further=further,
        clashes=clashes,
        remedy=holding_offices.REMEDY,
        waiting=second_words.listing() if outbox.keeps_mail() else (),
    )


@blueprint.get("/administration/personnes/nouvelle")
@role(Role.COORDINATION)
def new_person() -> str:
    return render_template("admin/new_person.html", values={}, errors={})


@blueprint.post("/administration/personnes/nouvelle")
@role(Role.COORDINATION)
def add_person() -> Any:
    try:
        person = persons.add(request.form, me())
    except Invalid as refusal:
        return render_template("admin/new_person.html", values=request.form, errors=refusal.errors), 422
    if person.has_account:
        return _hand_over_link(person)
    flash(f"{person.name} est inscrit sans compte. Donnez-lui le rôle par lequel il signera.")
    return go(url_for(".person", person_id=person.id) + "#roles")


@blueprint.get("/administration/personnes/<int:person_id>")
@role(Role.COORDINATION)
def person(person_id: int) -> str:
    return _person_page(db.session.get(Person, person_id) or abort(404))


@blueprint.post("/administration/personnes/<int:person_id>")
@role(Role.COORDINATION)
def change_person(person_id: int) -> Any:
    person = _held(person_id)
    try:
        changed = persons.change(person, request.form, request.form.get("base", ""), me())
    except Invalid as refusal:
        return _person_page(person, request.form, refusal.errors), 422
    except SavedMeanwhile as meanwhile:
        return _person_page(person, request.form, overtaken=meanwhile.now), 409
    flash("La fiche est enregistrée." if changed else "Rien n’a changé.")
    return go(url_for(".person", person_id=person.id))


@blueprint.post("/administration/personnes/<int:person_id>/desactiver")
@role(Role.COORDINATION)
def deactivate(person_id: int) -> Any:
    person = _held(person_id)
    try:
        persons.deactivate(person, me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors), 422
    flash(french(f"Le compte de {person.name} est désactivé ; ses sessions sont fermées."))
    return go(url_for(".person", person_id=person.id))


@blueprint.post("/administration/personnes/<int:person_id>/activer")
@role(Role.COORDINATION)
def activate(person_id: int) -> Any:
    person = _held(person_id)
    persons.activate(person, me())
    flash(f"Le compte de {person.name} est réactivé.")
    return go(url_for(".person", person_id=person.id))


@blueprint.post("/administration/personnes/<int:person_id>/lien")
@role(Role.COORDINATION)
def offer_link(person_id: int) -> Any:
    person = _held(person_id)
    try:
        passwords.offer_link(person, me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors), 422
    return _hand_over_link(person)


@blueprint.post("/administration/personnes/<int:person_id>/facteurs/retirer")
@role(Role.COORDINATION)
def remove_factors(person_id: int) -> Any:
    person = _held(person_id)
    try:
        holding.remove_all(person, me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors), 422
    flash(f"Les seconds facteurs de {person.name} sont retirés.")
    return go(url_for(".person", person_id=person.id) + "#account")


@blueprint.post("/administration/personnes/<int:person_id>/roles")
@role(Role.COORDINATION)
def give_role(person_id: int) -> Any:
    person = _held(person_id)
    try:
        grant = grants.give(person, request.form.get("role", ""), request.form.get("place", ""), me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors, given=request.form), 422
    flash(french(_given(person, grant)))
    return go(url_for(".person", person_id=person.id) + "#roles")


def _given(person: Person, given: Grant | RoleProposal) -> str:
    """What became of a role that was to be given, in a sentence or two."""
    if isinstance(given, RoleProposal):
        return (
            f"Le rôle « {given.role.label} » est proposé pour {person.name} : "
            "une autre coordination nationale doit confirmer."
        )
    said = f"{person.name} a reçu le rôle « {given.role.label} »."
    if given.territory is None:
        said += (
            " Aucune autre coordination nationale ne pouvait le confirmer : "
            "il est donné sur votre seule parole, et le journal le dit."
        )
    if person.has_account and not person.password:
        said += " Préparez-lui maintenant un lien de mot de passe."
    return said


@blueprint.post("/administration/roles-proposes/<int:proposal_id>/confirmer")
@role(Role.COORDINATION)
@outbox.everywhere
def confirm_role(proposal_id: int) -> Any:
    proposal = _proposal(proposal_id)
    person, label = proposal.person, proposal.role.label
    try:
        grants.confirm(proposal, me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors), 422
    flash(french(f"{person.name} a reçu le rôle « {label} »."))
    return go(url_for(".person", person_id=person.id) + "#roles")


@blueprint.post("/administration/roles-proposes/<int:proposal_id>/ecarter")
@role(Role.COORDINATION)
@outbox.everywhere
def decline_role(proposal_id: int) -> Any:
    proposal = _proposal(proposal_id)
    person, label = proposal.person, proposal.role.label
    try:
        second_words.decline(proposal, me())
    except Invalid as refusal:
        return _person_page(person, errors=refusal.errors), 422
    flash(french(f"Le rôle « {label} », proposé pour {person.name}, est écarté."))
    return go(url_for(".people"))


def _proposal(proposal_id: int) -> RoleProposal:
    """The proposal, and the person it is for, both held."""
    proposal = second_words.locked(proposal_id) or abort(404)
    persons.locked(proposal.person_id)
    return proposal


@blueprint.get("/administration/personnes/<int:person_id>/roles/<int:grant_id>/retirer")
@role(Role.COORDINATION)
def confirm_taking(person_id: int, grant_id: int) -> str:
    person = db.session.get(Person, person_id) or abort(404)
    own = {"": french(keeping.OWN_ROLES)} if person.id == me().id else {}
    return render_template("admin/take_role.html", person=person, grant=_grant(person, grant_id), errors=own)


@blueprint.post("/administration/personnes/<int:person_id>/roles/<int:grant_id>/retirer")
@role(Role.COORDINATION)
def take_role(person_id: int, grant_id: int) -> Any:
    person = _held(person_id)
    grant = _grant(person, grant_id)
    label = grant.role.label
    try:
        grants.take(grant, me())
    except Invalid as refusal:
        shown = {"person": person, "grant": grant, "errors": refusal.errors}
        return render_template("admin/take_role.html", **shown), 422
    flash(french(f"Le rôle « {label} » est retiré à {person.name}."))
    return go(url_for(".person", person_id=person.id) + "#roles")


def _held(person_id: int) -> Person:
    """The person to be changed, their row held. Unknown is 404; who is beyond the coordinator's own reach is 403."""
    person = persons.locked(person_id) or abort(404)
    if person.id != me().id and not keeping.may_keep(me(), person):
        raise Forbidden
    return person


def _grant(person: Person, grant_id: int) -> Grant:
    return next((grant for grant in person.grants if grant.id == grant_id), None) or abort(404)


def _person_page(
    person: Person,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    overtaken: Mapping[str, str] | None = None,
) -> str:
    """One person's page. `values` are particulars as typed, `given` a role as chosen, `overtaken` what others saved."""
    return render_template(
        "admin/person.html",
        person=person,
        values=values or persons.particulars(person),
        base=persons.fingerprint(person),
        errors=errors or {},
        given=given or {},
        overtaken=overtaken or {},
        mine=person.id == me().id,
        factors=holding.has_any(person),
        may_keep=person.id != me().id and keeping.may_keep(me(), person),
        waiting=second_words.listing(person),
        roles=[(role.value, role.label) for role in Role],
        places=([(grants.EVERYWHERE, "Partout")] if keeping.reaches(me(), None) else []) + choices(),
    )


def _hand_over_link(person: Person) -> str:
    """The link is on this answer and nowhere else; the form sent again leads to the person's page."""
    g.place = url_for(".person", person_id=person.id)
    return render_template("admin/link.html", person=person, link=reset_link(person), days=LINK_LIVES.days)
