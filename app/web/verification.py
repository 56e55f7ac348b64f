"""Verification: whether a file is a signed report, to the byte; whether a code on paper is that of a signed text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from asn1crypto import x509
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.audit import codes, log_key
from app.audit.codes import BadCode
from app.audit.log_key import NoLogKey
from app.audit.note import Verifier
from app.db import db, only_reading
from app.documents import authority, verdict
from app.documents.authority import NoAuthority
from app.documents.verifying.reading import Seen, number
from app.documents.verifying.waiting import Full, Gone, Line, Waiting
from app.people import attempts
from app.people.models import Person, Role
from app.reports import answering
from app.reports.rectifying import links
from app.reports.verifying import files, opening
from app.reports.verifying.files import Coded, Means
from app.reports.verifying.signatories import signatories
from app.web.files import store
from app.web.guards import me, public_while, role
from app.web.htmx import go
from app.web.mail import everywhere

blueprint = Blueprint("verification", __name__)
blueprint.add_app_template_global(links.of, "neighbours")
settings = Blueprint("settings", __name__)

NO_FILE = "Choisissez le fichier à vérifier."
BAD_CODE = "Un code compte seize lettres et chiffres, par groupes de quatre : relisez-le."
FULL = "Trop de fichiers attendent d’être lus : redéposez le vôtre dans quelques minutes."
GONE = "Ce fichier n’attend plus : il a été lu, ou sa page a été fermée trop longtemps. Déposez-le de nouveau."
AGAIN = 3
"""Seconds after which the page of who waits asks again."""
MOST, WINDOW = 30, timedelta(minutes=10)
"""Files that one address may have looked at without an account, and in what time."""
open_to_all = public_while(opening.is_open)


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
    _admit()
    file = Waiting(upload.filename[:120], upload.read(verdict.LARGEST + 1))
    if not files.is_foreign(file.content):
        return _looked_at(file)
    try:
        ticket = _line().join(file, *_asker())
    except Full:
        return _page(503, error=FULL)
    return _in_turn(ticket, redirect(url_for(".wait", ticket=ticket), 303))


def _admit() -> None:
    """Who has no account may come so often; each time counts before anything is done, and whatever comes of it."""
    if current_user.is_authenticated:
        return
    address = request.remote_addr or ""
    attempts.admit("verify", address, MOST, WINDOW)
    attempts.count("verify", address, WINDOW)
    db.session.commit()


@blueprint.get("/verifier/attente/<ticket>")
@open_to_all
def wait(ticket: str) -> ResponseReturnValue:
    """The place in the line; the answer itself once it is this file's turn. Asks again by itself, without a script."""
    try:
        before = _line().before(ticket)
        page = render_template("verification/waiting.html", before=before)
        return _in_turn(ticket, (page, 200, {"Refresh": str(AGAIN)}))
    except Gone:
        return _page(404, error=GONE)


def _in_turn(ticket: str, otherwise: ResponseReturnValue) -> ResponseReturnValue:
    """The page about a file that waits, where it is its turn: one is read at a time, whoever asks."""
    with _line().turn(ticket) as file:
        return otherwise if file is None else _looked_at(file)


def _line() -> Line:
    return Line(Path(current_app.config["UPLOADS_FOLDER"]) / "verifier")


def _asker() -> tuple[str, bool]:
    """Whose file it is, and whether it is somebody with an account."""
    if current_user.is_authenticated:
        return f"person {me().id}", True
    return request.remote_addr or "", False


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
    coded = Coded(Seen(1, heard, _printed()), answering.answer(heard, _keys(), _square()))
    typed = codes.spoken(heard)
    if coded.told is None:
        return _page(404, typed=typed, code_error=answering.UNKNOWN)
    signed = signatories(coded.told.report, _viewer()) if coded.told.report.signed_hash else ()
    return _page(typed=typed, coded=coded, signed=signed)


@settings.get("/administration/verification")
@role(Role.COORDINATION)
@everywhere
def setting() -> str:
    return render_template("verification/setting.html", open=opening.is_open(), last=opening.last_by())


@settings.post("/administration/verification")
@role(Role.COORDINATION)
@everywhere
def settle() -> ResponseReturnValue:
    if opening.settle(request.form.get("public") == "1", me()):
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
