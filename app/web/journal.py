"""The journal for those who supervise: events in scope, filtered, opened, and taken away as files."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
from flask import Blueprint, Response, abort, current_app, g, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from jinja2.utils import LRUCache
from markupsafe import Markup

from app import template, workflow
from app.audit import access, events, private, proofs, restorations
from app.content.typography import french
from app.db import db, only_reading
from app.reports.history.timeline import part_label
from app.reports.journal import detail as journal_detail
from app.reports.journal import export as journal_export
from app.reports.journal import filters as journal_filters
from app.reports.journal import listing as journal
from app.reports.journal.filters import Question
from app.reports.journal.listing import EventFor, JournalPage
from app.reports.journal.search import AUDITORS, EXAMINED, scope
from app.web.guards import me, role

blueprint = Blueprint("journal", __name__)

OTHER_ACTS = {
    "Campagnes": {
        "campaign_create": "Créer une campagne",
        "campaign_change": "Modifier une campagne",
        "terms_change": "Modifier les termes de référence",
        "programme_change": "Modifier le programme type",
        "workshop_create": "Prévoir une rencontre",
        "workshop_change": "Modifier une rencontre",
    },
    "Personnes et rôles": {
        "person_add": "Inscrire une personne",
        "person_change": "Corriger une fiche",
        "person_deactivate": "Désactiver un compte",
        "person_activate": "Réactiver un compte",
        "grant_propose": "Proposer un rôle",
        "grant_decline": "Écarter un rôle proposé",
        "grant_give": "Donner un rôle",
        "grant_take": "Retirer un rôle",
        "factor_add": "Inscrire un second facteur",
        "factor_remove": "Retirer un second facteur",
        "factor_asked": "Second facteur à la connexion",
        "session_end": "Terminer ses sessions",
        "reset_link": "Remettre un lien de mot de passe",
        "password_change": "Changer son mot de passe",
        "password_reset": "Choisir un mot de passe par un lien",
        "commission_save": "Enregistrer une commission",
        "territory_add": "Ajouter une collectivité",
        "erase": "Effacer des données personnelles",
        "verification_setting": "Ouvrir ou fermer la vérification",
        "restored": "Déclarer une restauration",
    },
    "Accès": {
        "sign_in": "Se connecter",
        "sign_in_failed": "Connexion refusée",
        "reset_mailed": "Demander un lien de mot de passe",
        "guessing": "Essais répétés",
        "unlock": "Lever l’attente après des essais",
        "sign_out": "Se déconnecter",
        "password_refused": "Mot de passe refusé",
        "factor_refused": "Second facteur refusé",
        "code_refused": "Code de signature refusé",
        "denied": "Accès refusé",
        "download": "Télécharger un fichier",
        "access_left_out": "Accès comptés sans être notés",
        "journal_export": "Exporter le journal",
    },
}
"""What is no act on a report, as the filter names it."""
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


@blueprint.get("/journal")
@role(*AUDITORS)
def page() -> ResponseReturnValue:
    question = journal_filters.read(request.args)
    before = min(max(request.args.get("avant", 0, type=int), 0), journal_filters.LARGEST)
    sheet = journal.page(me(), question.filters, before) if question.answerable else JournalPage()
    accounts = journal.about_accounts(me()) if not before and not question.asked else ()
    return render_template(
        "journal/page.html",
        question=question,
        sheet=sheet,
        before=before,
        accounts=accounts,
        names=journal_detail.names([*accounts, *sheet.lines]),
        scope=scope(me()),
        acts=_acts(),
        parts=template.STORED,
        examined=EXAMINED,
        most=journal_export.MOST,
        restorations=restorations.declared(db.session),
        **_sentences(),
    )


@blueprint.get("/journal/<int:event_id>")
@role(*AUDITORS)
def event(event_id: int) -> ResponseReturnValue:
    try:
        line = journal.event(me(), event_id)
    except LookupError:
        abort(404)
    names = journal_detail.names([line])
    opened = journal_detail.open_event(line, names)
    return render_template("journal/event.html", line=line, names=names, opened=opened, **_sentences())


@blueprint.get("/journal/<int:event_id>/preuve.json")
@role(*AUDITORS)
def proof(event_id: int) -> ResponseReturnValue:
    """The event's inclusion proof, to be checked on a machine without the application."""
    try:
        journal.event(me(), event_id)
        found = proofs.of_event(event_id)
    except LookupError:
        abort(404)
    except proofs.NotCovered:
        abort(422, french("Aucun point de contrôle ne couvre encore cet événement : il vient dans les quinze minutes."))
    answer = Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="preuve-{event_id}.json"'
    return answer


@blueprint.post("/journal/export/<kind>")
@role(*AUDITORS)
def export(kind: str) -> ResponseReturnValue:
    question = journal_filters.read(request.form)
    if kind not in FORMATS or not question.answerable:
        abort(404)
    facts = {"format": kind, "filters": question.asked, "most": journal_export.MOST}
    events.record(access.STREAM, "journal_export", me(), facts, _capacity())
    g.place = url_for(".page", **question.asked)  # type: ignore[arg-type]  # the fields of the form, as text
    answer = Response(_file(kind, question), content_type=FORMATS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="journal.{kind}"'
    return answer


def _capacity() -> str:
    return next(each.value for each in AUDITORS if me().holds(each))


def _acts() -> dict[str, dict[str, str]]:
    """All acts by kind, for the filter."""
    return {"Rapports": {act.key: act.label for act in workflow.ACTS}, **OTHER_ACTS}


def _sentences() -> dict[str, Any]:
    """What the templates of single events ask for."""
    return {"sentence": _sentence, "history_place": _history_place}


def _sentence(line: EventFor, names: journal_detail.Names) -> Markup:
    """What an event says. An act on a report says the same for ever, by its sealed event and its author's name: those
    sentences are kept, for making fifty of them is a third of a page's time.
    """
    lasting = line.act not in OWN and private.SEALED not in line.facts
    found = _kept.get((line.hash, line.who)) if lasting else None
    if found is None:
        made = current_app.jinja_env.get_template("journal/_sentence.html")
        found = Markup(made.render(line=line, names=names, report_of=_report_of))
        if lasting:
            _kept[line.hash, line.who] = found
    return found


_kept: LRUCache = LRUCache(4096)


def _report_of(line: EventFor) -> SimpleNamespace:
    return SimpleNamespace(id=line.report)


@lru_cache(maxsize=2048)
def _history_place(report_id: int) -> str:
    """Addresses are worked out once: fifty on a page would cost a third of its time."""
    return url_for("history.page", report_id=report_id)


OWN = frozenset(act for acts in OTHER_ACTS.values() for act in acts)
"""The acts that are on no report, and say whom or what they concern."""


def _file(kind: str, question: Question) -> Iterator[bytes]:
    """The file, made while it is sent: read-only, and after the event that tells of it was committed."""
    person = me()

    def made() -> Iterator[bytes]:
        with only_reading():
            found = journal_export.events(person, question.filters)
            if kind == "jsonl":
                yield from journal_export.sealed_lines(found)
            elif kind == "csv":
                yield from journal_export.csv_lines(found, _plain, part_label)
            else:
                yield from _workbook(found)

    return stream_with_context(made())


def _workbook(found: Iterator[EventFor]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.xlsx"
        journal_export.write_workbook(path, found, _plain, part_label)
        with path.open("rb") as file:
            while piece := file.read(65_536):
                yield piece


_TAG = re.compile(r"<[^>]+>")


def _plain(line: EventFor) -> str:
    """An event's sentence without its links."""
    names = journal_detail.names([line]) if line.act in OWN else journal_detail.names(())
    return " ".join(html.unescape(_TAG.sub("", _sentence(line, names))).split())
