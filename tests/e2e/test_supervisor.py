"""A supervisor finds who changed a recommendation, sees the words, and proves it on a machine without the application."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.anchoring import anchor
from app.audit import log_key
from app.audit.standalone import seben_audit
from app.db import db
from app.reports.amending import acts as amending
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.conftest import Enter
from tests.factories import amended, report_at

pytestmark = pytest.mark.browser


@pytest.fixture
def key(app: Flask, cast: Cast, keys: Path) -> str:
    """A recommendation amended by Oumar and adopted by Adama, in a log with a signed checkpoint; answers its public key."""
    with app.app_context():
        report = report_at(Stage.READING, cast)
        made = amended(
            report, "recommendations", "chaque trimestre", "chaque mois", cast.oumar, "Le besoin est pressant."
        )
        amending.adopt(report, made, cast.adama)
        db.session.commit()
        anchor(app.config, "activity")
        return str(log_key.verifiers(keys)[0])


def test_who_changed_a_recommendation_is_found_shown_and_proved_elsewhere(
    enter: Enter, cast: Cast, key: str, tmp_path: Path
) -> None:
    salif = enter(cast.salif)
    find(salif)
    expect(salif.locator("main")).to_contain_text("Adama DEMBELE a adopté l’amendement")
    expect(salif.locator("main del")).to_contain_text("trimestre")
    expect(salif.locator("main ins")).to_contain_text("mois")
    proof = take(salif, tmp_path)
    told = json.loads(json.loads(proof.read_text())["event"]["body"])
    assert (told["act"], told["actor"], told["facts"]["part"]) == ("adopt", cast.adama.id, "recommendations")
    good = check(proof, key, tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr
    assert check(forged(proof), key, tmp_path).returncode != 0


def find(page: Page) -> None:
    """From the journal to the event, by what the supervisor knows: the part, and what was done to it."""
    page.goto("/journal")
    page.get_by_label("Acte").select_option("adopt")
    page.get_by_label("Partie").select_option("recommendations")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("link", name="avant, après").first.click()
    page.wait_for_url("**/journal/*")


def take(page: Page, folder: Path) -> Path:
    page.get_by_text("Le sceau de cet événement").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Preuve, à vérifier sans l’application").click()
    path = folder / "preuve.json"
    download.value.save_as(path)
    return path


def forged(proof: Path) -> Path:
    """The same proof, in which somebody else did it."""
    told = json.loads(proof.read_text())
    body = json.loads(told["event"]["body"])
    told["event"]["body"] = json.dumps({**body, "actor": body["actor"] + 1}, separators=(",", ":"), ensure_ascii=False)
    path = proof.with_name("fausse.json")
    path.write_text(json.dumps(told))
    return path


def check(proof: Path, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the verifier says, alone in a folder where nothing of the application can be imported."""
    alone = Path(shutil.copy(seben_audit.__file__, folder / "seben_audit.py"))
    command = [sys.executable, "-I", str(alone), "check-proof", str(proof), "--key", key]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
