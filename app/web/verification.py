"""Verification: whether a file is a signed report, to the byte; whether a code on paper is that of a signed text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asn1crypto import x509
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import codes, log_key
from app.audit.codes import BadCode
from app.audit.log_key import NoLogKey
from app.audit.note import Verifier
from app.documents import authority, verdict
from app.documents.authority import NoAuthority
from app.reports import answering
from app.reports.signing import report_signed_as
from app.web.guards import public

blueprint = Blueprint("verification", __name__)

NO_FILE = "Choisissez le fichier PDF à vérifier."


BAD_CODE = "Un code compte seize lettres et chiffres, par groupes de quatre : relisez-le."
LARGEST_NUMBER = 2**53


@blueprint.get("/verifier")
@public
def ask() -> ResponseReturnValue:
    typed = request.args.get("code", "")
    if not typed:
        return _page()
    try:
        return redirect(url_for(".code", code=codes.spoken(codes.heard(typed))), 303)
    except BadCode:
        return _page(422, typed=typed[:40], code_error=BAD_CODE)


@blueprint.post("/verifier")
@public
def answer() -> ResponseReturnValue:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(422, error=NO_FILE)
    pdf = upload.read(verdict.LARGEST + 1)
    report = report_signed_as(pdf)
    found = verdict.examine(pdf, lambda _: report is not None, _roots())
    return _page(found=found, report=report if found.genuine else None, name=upload.filename[:120])


@blueprint.get("/verifier/<code>")
@public
def code(code: str) -> ResponseReturnValue:
    """The answer to a code typed, or read from a QR code that says more beside it: see `anchors.Anchor.address`."""
    try:
        heard = codes.heard(code)
    except BadCode:
        return _page(404, typed=code[:40], code_error=BAD_CODE)
    told = answering.answer(heard, _keys(), _printed())
    typed = codes.spoken(heard)
    if told is None:
        return _page(404, typed=typed, code_error=answering.UNKNOWN)
    return _page(typed=typed, told=told)


def _printed() -> dict[str, int]:
    """What the QR code says of report, version, leaf and size; what is no number there is a wrong one."""
    found = {name: request.args.get(name, "") for name in ("r", "v", "f", "n") if name in request.args}
    return {
        name: int(value) if value.isascii() and value.isdecimal() and int(value[:20]) < LARGEST_NUMBER else -1
        for name, value in found.items()
    }


def _page(status: int = 200, **shown: Any) -> ResponseReturnValue:
    blank = {"found": None, "report": None, "error": "", "typed": "", "code_error": "", "told": None}
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
