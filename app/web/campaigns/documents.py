"""The versions of a campaign's two documents: who wrote them and when, any two compared, an earlier one restored."""

from __future__ import annotations

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.typography import french
from app.directory.models import Role
from app.people.invalid import Forbidden
from app.reports.history.comparing import of_campaign
from app.web import errors
from app.web.campaigns.meetings import campaign_or_404
from app.web.guards import me, role
from app.web.htmx import go
from app.workshops import queries, reach, terms
from app.workshops.entries import OutdatedForm
from app.workshops.models import Campaign
from app.workshops.texts import versions

blueprint = Blueprint("texts", __name__)


@blueprint.errorhandler(Forbidden)
def _forbidden(error: Forbidden) -> tuple[str, int]:
    return errors.page(403, str(error))


NAMES = {"termes": "terms", "programme": "programme"}
"""The documents as addresses name them."""
MEANWHILE = (
    "Une autre personne a modifié ce document entre-temps : regardez ce qui a changé, puis rétablissez si besoin."
)


@blueprint.get("/campagnes/<int:campaign_id>/versions/<document>")
@role(*queries.INSIDERS)
def page(campaign_id: int, document: str) -> ResponseReturnValue:
    return _page(campaign_or_404(campaign_id), document)


@blueprint.post("/campagnes/<int:campaign_id>/versions/<document>/<int:number>/retablir")
@role(Role.COORDINATION)
def restore(campaign_id: int, document: str, number: int) -> ResponseReturnValue:
    campaign, kind = campaign_or_404(campaign_id), _kind_or_404(document)
    try:
        changed = terms.restore(me(), campaign, kind, number, request.form.get("base", 0, type=int))
    except LookupError:
        abort(404)
    except OutdatedForm:
        return _page(campaign, document, french(MEANWHILE)), 409
    done = f"La version {number} est rétablie, comme version {versions.current(campaign, kind)}."
    flash(done if changed else french(f"Rien n’a changé : c’est déjà le texte de la version {number}."))
    return go(url_for(".page", campaign_id=campaign.id, document=document))


def _page(campaign: Campaign, document: str, warning: str = "") -> str:
    """`de` and `a` are the numbers of two versions, the last two where not given; `avant` leads down the list."""
    kind = _kind_or_404(document)
    listed = versions.listed(campaign, kind, request.args.get("avant", 0, type=int))
    current = versions.current(campaign, kind)
    newer = _within(request.args.get("a", current, type=int), listed.first, current)
    older = _within(request.args.get("de", newer - 1, type=int), listed.first, current)
    older, newer = sorted((older, newer))
    return render_template(
        "campaigns/versions.html",
        campaign=campaign,
        document=document,
        listed=listed,
        current=current,
        older=older,
        newer=newer,
        compared=of_campaign(campaign.id, kind, older, newer) if older != newer else None,
        warning=warning,
        may_change=reach.covers(me(), campaign),
    )


def _within(number: int, first: int, last: int) -> int:
    """The nearest of the versions that were kept."""
    return min(max(number, first), last) if first else 0


def _kind_or_404(document: str) -> str:
    return NAMES.get(document) or abort(404)
