"""Verification: whether a file is a signed report, to the byte; whether a code on paper is that of a signed text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from asn1crypto import x509
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.audit import log_key
from app.audit.log_key import NoLogKey
from app.audit.note import Verifier
from app.content import codes
from app.content.codes import BadCode
from app.db import db, only_reading
from app.directory.models import Person, Role
from app.documents import authority, verdict
from app.documents.authority import NoAuthority
from app.documents.verifying.reading import Seen, number
from app.documents.verifying.waiting import Full, Gone, Waiting, WaitingLine
from app.people import attempts
from app.reports.access import rectified
from app.reports.proofs import code_lookup
from app.reports.verification import files, public_setting
from app.reports.verification.files import Coded, Means
from app.reports.verification.signatories import signatories
from app.web.admin.outbox import everywhere
from app.web.files import store
from app.web.guards import me, public_while, role
from app.web.htmx import go

blueprint = Blueprint("verification", __name__)
blueprint.add_app_template_global(rectified.of, "neighbours")
settings = Blueprint("settings", __name__)

NO_FILE = "Choisissez le fichier à vérifier."
BAD_CODE = "Un code compte seize lettres et chiffres, par groupes de quatre : relisez-le."
FULL = "Trop de fichiers attendent d’être lus : redéposez le vôtre dans quelques minutes."
GONE = "Ce fichier n’attend plus : il a été lu, ou sa page a été fermée trop longtemps. Déposez-le de nouveau."
AGAIN = 3
"""Seconds after which the page of who waits asks again."""
MOST, WINDOW = 30, timedelta(minutes=10)
"""Files that one address may have looked at without an account, and in what time."""
open_to_all = public_while(public_setting.is_open)


@blueprint.get("/verifier")
@open_to_all
def ask() -> ResponseReturnValue:
    typed = request.args.get("code", "")
    if not typed:
        return _page()
    try:
        return redirect(url_for(".code", code=codes.spoken(codes.heard(typed))), 303)
    except BadCode:
        return _page(422, typed=typed[:40], code_error=BAD_CODE)


@blueprint.post("/verifier")
@open_to_all
def answer() -> ResponseReturnValue:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(422, error=NO_FILE)
    stranger = "" if current_user.is_authenticated else request.remote_addr or ""
    if stranger:
        attempts.admit("verify", stranger, MOST, WINDOW)
    file = Waiting(upload.filename[:120], upload.read(verdict.LARGEST + 1))
    try:
        shown = _queued(file) if files.is_foreign(file.content) else _looked_at(file)
    except Full:
        return _page(503, error=FULL)
    if stranger:
        attempts.count("verify", stranger, WINDOW)
    return shown


def _queued(file: Waiting) -> ResponseReturnValue:
    """Nothing is read yet: the visit counts before that, whatever comes of it."""
    known = current_user.is_authenticated
    asker = f"person {me().id}" if known else attempts.network(request.remote_addr or "")
    db.session.rollback()  # nobody who writes waits while the file goes to the disk
    return redirect(url_for(".wait", ticket=_line().join(file, asker, known)), 303)


@blueprint.get("/verifier/attente/<ticket>")
@open_to_all
def wait(ticket: str) -> ResponseReturnValue:
    """The place in the line; the answer itself once it is this file's turn. Asks again by itself, without a script."""
    line = _line()
    try:
        before = line.before(ticket)
        with line.turn(ticket) as file:
            if file is not None:
                return _looked_at(file)
    except Gone:
        return _page(404, error=GONE)
    return render_template("verification/waiting.html", before=before), 200, {"Refresh": str(AGAIN)}


def _line() -> WaitingLine:
    return WaitingLine(Path(current_app.config["UPLOADS_FOLDER"]) / "verifier")


def _looked_at(file: Waiting) -> ResponseReturnValue:
    """The page about a file. Reading it takes a while: nobody who writes waits for it."""
    db.session.rollback()
    with only_reading():
        found = files.look_at(file.content, Means(_roots(), _keys(), store().get), _viewer())
        return _page(200 if found.verdict or found.coded else 422, found=found, name=file.name)


@blueprint.get("/verifier/<code>")
@open_to_all
def code(code: str) -> ResponseReturnValue:
    """The answer to a code typed, or read from a QR code that says more beside it: see `anchors.Anchor.address`."""
    try:
        heard = codes.heard(code)
    except BadCode:
        return _page(404, typed=code[:40], code_error=BAD_CODE)
    coded = Coded(Seen(1, heard, _printed()), code_lookup.answer(heard, _keys(), _square()))
    typed = codes.spoken(heard)
    if coded.told is None:
        return _page(404, typed=typed, code_error=code_lookup.UNKNOWN)
    signed = signatories(coded.told.report, _viewer()) if coded.told.report.signed_hash else ()
    return _page(typed=typed, coded=coded, signed=signed)


@settings.get("/administration/verification")
@role(Role.COORDINATION)
@everywhere
def setting() -> str:
    return render_template("verification/setting.html", open=public_setting.is_open(), last=public_setting.last_by())


@settings.post("/administration/verification")
@role(Role.COORDINATION)
@everywhere
def settle() -> ResponseReturnValue:
    if public_setting.settle(request.form.get("public") == "1", me()):
        flash("Le réglage est enregistré : il vaut dès maintenant.")
    else:
        flash("Rien n’a changé.")
    return go(url_for(".setting"))


def _viewer() -> Person | None:
    return me() if current_user.is_authenticated else None


def _square() -> dict[str, int]:
    """What the QR code says of report, version, leaf and size, which the log can confirm."""
    return {name: value for name, value in _printed().items() if name in ("r", "v", "f", "n")}


def _printed() -> dict[str, int]:
    """All the numbers a QR code of ours has beside its code; what is no number there is a wrong one."""
    names = ("r", "v", "f", "n", "p", "t")
    return {name: number(request.args[name]) for name in names if name in request.args}


def _page(status: int = 200, **shown: Any) -> ResponseReturnValue:
    blank = {"found": None, "signed": (), "error": "", "typed": "", "code_error": "", "coded": None}
    return render_template("verification/page.html", **{**blank, **shown}), status


def _keys() -> tuple[Verifier, ...]:
    try:
        return log_key.verifiers(Path(current_app.config["KEYS_FOLDER"]))
    except NoLogKey:
        return ()


def _roots() -> list[x509.Certificate]:
    try:
        return list(authority.load(Path(current_app.config["KEYS_FOLDER"])).roots)
    except NoAuthority:
        return []
