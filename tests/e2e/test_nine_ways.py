"""Two signatories, three ways each: all nine mixtures signed in a browser, and what the world makes of the files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from sqlalchemy import select

from app.db import db
from app.documents import conformance, verdict
from app.reports.models.report import Report
from app.reports.models.signature import Signature, Slot, Way
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.e2e.signing_story import saved, sign_by_code, sign_on_paper, sign_with_account
from tests.factories import report_at, the_workshop, workshop_again
from tests.paper import KEPT_AT

Ways = dict[Slot, Way]
MIXTURES: list[Ways] = [dict(zip(Slot, ways, strict=True)) for ways in product(Way, Way)]
NAMES = {Slot.RAPPORTEUR: "Issa KONE", Slot.CHAIR: "Seydou BA"}
HANDS = "lien remis par Coumba SIDIBE, code remis par Adama DEMBELE"
ON_SCREEN = {
    Way.ELECTRONIC: "signature électronique interne (non qualifiée), avec son compte",
    Way.CODE: f"signature électronique interne (non qualifiée), par un code à usage unique : {HANDS}",
    Way.PAPER: f"à la main, sur papier ; numérisation attestée conforme par Fanta COULIBALY ; original conservé : {KEPT_AT}",
}
IN_THE_FILE = {
    Way.ELECTRONIC: "Signature électronique interne (non qualifiée)",
    Way.CODE: f"donnée par un code à usage unique ; {HANDS}",
    Way.PAPER: f"attestée conforme par Fanta COULIBALY ; original conservé : {KEPT_AT}",
}


class People:
    """Those who take part, each at a screen of their own; whoever signs by code holds a telephone, and no account."""

    def __init__(self, inspector: Inspector, cast: Cast) -> None:
        self.signatories = {
            Slot.RAPPORTEUR: inspector.enter(cast.issa),
            Slot.CHAIR: inspector.enter(cast.seydou),
        }
        self.coordination = inspector.enter(cast.coumba)
        self.president = inspector.enter(cast.adama)
        self.attester = inspector.enter(cast.fanta)
        self.telephone = inspector.enter(None)


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    app.config["BASE_URL"] = address
    found = Inspector(browser, app, address)
    yield found
    found.close()


def test_whatever_way_each_signs_the_file_bears_two_true_signatures(
    inspector: Inspector, app: Flask, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    numbers = in_the_house(app, lambda: validated(cast, len(MIXTURES)))
    people = People(inspector, cast)
    for number, ways in zip(numbers, MIXTURES, strict=True):
        place = f"/rapports/{number}"
        if set(ways.values()) == {Way.PAPER}:
            sign_on_paper(people.signatories[Slot.CHAIR], people.attester, place, list(Slot), tmp_path)
        else:
            for slot, way in ways.items():
                sign(app, people, place, slot, way, tmp_path)
        path = told_as_signed(people.coordination, place, ways, tmp_path)
        in_the_house(app, partial(true_to_the_end, number, path, ways, desk))
    inspector.verdict()


def validated(cast: Cast, many: int) -> list[int]:
    meetings = [the_workshop(), *(workshop_again(f"Campagne {number}") for number in range(2, many + 1))]
    return [report_at(Stage.VALIDATED, cast, workshop=meeting).id for meeting in meetings]


def sign(app: Flask, people: People, place: str, slot: Slot, way: Way, folder: Path) -> None:
    """On the telephone the rapporteur writes his name, the chair draws."""
    page = people.signatories[slot]
    if way is Way.ELECTRONIC:
        sign_with_account(page, place)
    elif way is Way.CODE:
        written = NAMES[slot] if slot is Slot.RAPPORTEUR else ""
        password = in_the_house(app, partial(opened, slot, None))
        sign_by_code(people.coordination, people.president, people.telephone, place, slot, written)
        in_the_house(app, partial(opened, slot, password))
    else:
        sign_on_paper(page, people.attester, place, [slot], folder)


def opened(slot: Slot, password: str | None) -> str | None:
    """Give this signatory's account that password, or none, as before it was opened; answers with the one before."""
    named = the_workshop()
    person = named.rapporteur if slot is Slot.RAPPORTEUR else named.chair
    assert person is not None
    before, person.password = person.password, password
    return before


def told_as_signed(page: Page, place: str, ways: Ways, folder: Path) -> Path:
    """The report's page says in plain words what each signature is; the signed file, from it."""
    page.goto(place)
    expect(page.locator("#workflow [aria-current=step]"), str(ways)).to_contain_text("Signé")
    for slot, way in ways.items():
        expect(page.locator("#next .note.good", has_text=f"Signé par {NAMES[slot]}")).to_contain_text(ON_SCREEN[way])
    return saved(page, "Rapport signé (PDF)", folder)


def true_to_the_end(number: int, path: Path, ways: Ways, desk: Sealer) -> None:
    """What is kept, and what each judge says of the file; before and after each signature it conforms."""
    report = db.session.get_one(Report, number)
    query = select(Signature).where(Signature.report_id == number).order_by(Signature.id)
    kept = {each.slot: each for each in db.session.scalars(query)}
    assert report.stage is Stage.SIGNED and {slot: each.way for slot, each in kept.items()} == ways
    pdf = path.read_bytes()
    assert pdf == desk.store.get(report.signed_hash)
    for name in (report.final_hash, *(each.file_hash for each in kept.values())):
        assert conformance.judged(desk.store.get(name)) == [], ways
    found = verdict.examine(pdf, lambda name: name == report.signed_hash, desk.authority.roots)
    assert found.genuine, (ways, found.findings)
    assert [each.name for each in found.signatures] == list(NAMES.values())
    for each in found.signatures:
        assert IN_THE_FILE[ways[Slot(each.slot)]] in " ".join(each.nature.split())
    assert said("pdfsig", path).count("Signature is Valid") == 2
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)
    assert [each.bottom_line for each in pyhanko_on(pdf, desk)] == [True, True]


def said(*command: Any) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def pyhanko_on(pdf: bytes, desk: Sealer) -> list[Any]:
    """What pyHanko says by itself of each signature, given the authority's root and the lists that the file keeps."""
    reader = PdfFileReader(BytesIO(pdf))
    given = {"trust_roots": list(desk.authority.roots), "allow_fetching": False, "revocation_mode": "require"}
    return [
        validate_pdf_signature(each, DocumentSecurityStore.read_dss(reader).as_validation_context(given))
        for each in reader.embedded_regular_signatures
    ]
