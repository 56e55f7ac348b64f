"""The screens of notices and of the mail, as all others are looked at: axe, widths, the console."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app.db import db, now
from app.mail import outbox
from app.reports.models.ballot import Choice
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import amended, report_at

pytestmark = pytest.mark.browser


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def much_happened(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amended(report, "method", "débats", "échanges", cast.mariam, "Le mot est plus juste.")
    validating.vote(report, cast.oumar, Choice.APPROVE)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu de la rencontre est à corriger.", ["method"])


def letters_everywhere() -> None:
    for name in ("attend", "partie", "abandonnee"):
        letter = outbox.queue(
            f"{name}@exemple.ml", "Ségou – Budgets 2018 : rapport à éditer", "…", "…", domain="exemple.ml", at=now()
        )
        db.session.flush()
        if name == "partie":
            outbox.note_sent(letter, now())
        if name == "abandonnee":
            outbox.note_refusal(letter, "550 5.1.1 <abandonnee@exemple.ml>: Recipient address rejected", now())


def test_a_person_reads_opens_and_chooses_notices(inspector: Inspector, app: Flask, cast: Cast) -> None:
    in_the_house(app, lambda: much_happened(cast))
    issa = inspector.enter(cast.issa)
    inspector.visit(issa, "/notifications", "notices")
    bell = issa.get_by_role("link", name="Notifications : 3 non lues")
    expect(bell).to_be_visible()
    issa.get_by_role("button", name="Ouvrir : rapport renvoyé au rapporteur").click()
    expect(issa).to_have_url(re.compile("/rapports/1#main$"))
    expect(issa.get_by_role("link", name="Notifications : 2 non lues")).to_be_visible()
    issa.goto("/notifications")
    issa.get_by_role("button", name="Tout marquer comme lu").click()
    expect(issa.locator(".flashes")).to_contain_text("Tout est marqué comme lu.")
    inspector.look(issa, "notices-read")
    inspector.visit(issa, "/compte/notifications", "notice-choices")
    issa.get_by_role("group", name="Les amendements").get_by_label("Jamais").check()
    issa.get_by_role("button", name="Enregistrer").click()
    expect(issa.get_by_role("group", name="Les amendements").get_by_label("Jamais")).to_be_checked()
    inspector.verdict()


def test_the_coordination_looks_after_the_mail(inspector: Inspector, app: Flask, cast: Cast) -> None:
    coumba = inspector.enter(cast.coumba)
    inspector.visit(coumba, "/notifications", "notices-none")
    inspector.visit(coumba, "/administration/courrier", "mail-none")
    in_the_house(app, letters_everywhere)
    inspector.visit(coumba, "/administration/courrier", "mail")
    coumba.get_by_role("button", name="Renvoyer").click()
    expect(coumba.locator(".flashes")).to_contain_text("repart avec le prochain courrier")
    inspector.look(coumba, "mail-sent-again")
    inspector.verdict()
