"""Verification: whether an uploaded file is a signed report, to the byte."""

from __future__ import annotations

from pathlib import Path

from asn1crypto import x509
from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.documents import authority, verdict
from app.documents.authority import NoAuthority
from app.reports.signing import report_signed_as
from app.web.guards import public

blueprint = Blueprint("verification", __name__)

NO_FILE = "Choisissez le fichier PDF à vérifier."


@blueprint.get("/verifier")
@public
def ask() -> ResponseReturnValue:
    return render_template("verification/page.html", found=None, report=None, error="")


@blueprint.post("/verifier")
@public
def answer() -> ResponseReturnValue:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return render_template("verification/page.html", found=None, report=None, error=NO_FILE), 422
    pdf = upload.read(verdict.LARGEST + 1)
    report = report_signed_as(pdf)
    found = verdict.examine(pdf, lambda _: report is not None, _roots())
    name = upload.filename[:120]
    return render_template(
        "verification/page.html", found=found, report=report if found.genuine else None, error="", name=name
    )


def _roots() -> list[x509.Certificate]:
    try:
        return list(authority.load(Path(current_app.config["KEYS_FOLDER"])).roots)
    except NoAuthority:
        return []
