"""Invitations to sign by code: who makes them, when they serve, and what the log answers for."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask

from app.db import db, now
from app.documents import conformance, verdict
from app.people import grants, persons
from app.people.invalid import Invalid
from app.people.models import Person, Role
from app.reports import replay, signing, steps, validating
from app.reports.ballots import Choice
from app.reports.invitations import accepting, drawing, inviting
from app.reports.invitations.inviting import Given
from app.reports.invitations.models import Ended
from app.reports.models import Report
from app.reports.signatures import Way
from app.reports.signing import Desk
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import final_of, minutes_of, report_at, sign

KEY = b"the server's"
TODAY = now().date()
DRAWN = drawing.read("[[10,200,100,20,200,380,300,50,500,200],[600,100,990,120],[700,300]]")


@pytest.fixture
def report(world: Flask, cast: Cast, desk: Desk) -> Report:
    return report_at(Stage.VALIDATED, cast, desk)


def invited(report: Report, cast: Cast, slot: str = "chair") -> Given:
    return inviting.invite(report, slot, cast.coumba, KEY, TODAY)


def serves(given: Given, report: Report) -> bool:
    return inviting.serves(given.invitation, report, TODAY)


def signed_by_code(given: Given, report: Report, desk: Desk, strokes: drawing.Strokes = DRAWN, name: str = "") -> None:
    final = b"" if report.final_hash else final_of(report)
    accepting.sign(given.invitation, report, report.text_hash, final, desk, strokes, name)


def without_account(cast: Cast) -> Person:
    """The governor's adviser, who presides and has no e-mail address."""
    values = {"first_name": "Bakary", "surname": "DIARRA", "title": "Conseiller du gouverneur", "sans_compte": "1"}
    person = persons.add(values, cast.coumba)
    grants.give(person, Role.CHAIR, "1", cast.coumba)
    return person


def test_a_chair_without_account_signs_by_code_and_the_file_is_as_good_as_any(
    report: Report, cast: Cast, desk: Desk, tmp_path: Path
) -> None:
    bakary = without_account(cast)
    report.workshop.chair_id = bakary.id
    given = invited(report, cast)
    assert accepting.right(given.invitation, given.token, f"{given.code[:4]} {given.code[4:]}", KEY)
    sign(report, cast.issa, desk)
    signed_by_code(given, report, desk)
    assert report.stage is Stage.SIGNED
    pdf = desk.store.get(report.signed_hash)
    found = verdict.examine(pdf, lambda _: True, desk.authority.roots)
    assert found.genuine, found.findings
    assert found.signatures[1].name == "Bakary DIARRA"
    assert "code à usage unique" in found.signatures[1].nature
    assert conformance.judged(pdf) == []
    place = tmp_path / "signed.pdf"
    place.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", place], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid") == 2
    assert inked(pdf) > 200
    assert replay.verify_report(db.session, report.id) == []


def inked(pdf: bytes) -> int:
    """How many dots have the colour of a drawn signature, on all pages."""
    count = 0
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    for page in document:
        picture = page.render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
        count += sum(
            n for n, (red, green, blue) in picture.getcolors(1 << 20) if blue > 80 and red < 80 and blue > red + 40
        )
    return count


def test_what_the_signature_keeps_says_by_which_invitation_and_how(report: Report, cast: Cast, desk: Desk) -> None:
    given = invited(report, cast)
    signed_by_code(given, report, desk, (), "Seydou Ba")
    (signature,) = db.session.scalars(db.select(signing.Signature)).all()
    assert signature.way is Way.CODE and signature.person_id == cast.seydou.id
    assert signature.details == {
        "invitation": 1,
        "handed_by": cast.coumba.id,
        "mark": "typed",
        "written": "Seydou Ba",
    }
    assert given.invitation.ended is Ended.SIGNED and not serves(given, report)


def test_who_has_lost_the_role_or_is_deactivated_is_not_invited(report: Report, cast: Cast) -> None:
    given = invited(report, cast)
    cast.seydou.active = False
    assert not serves(given, report)
    with pytest.raises(steps.NotReady, match="désactivée"):
        invited(report, cast)
    cast.seydou.active = True
    grants.take(cast.seydou.grants[0], cast.coumba)
    with pytest.raises(steps.NotReady, match="plus de rôle"):
        invited(report, cast)


def test_nobody_but_coordination_invites_and_only_for_a_signature_that_is_missing(
    report: Report, cast: Cast, desk: Desk
) -> None:
    with pytest.raises(steps.NotAllowed):
        inviting.invite(report, "chair", cast.issa, KEY, TODAY)
    with pytest.raises(steps.NotReady):
        inviting.invite(report, "president", cast.coumba, KEY, TODAY)
    sign(report, cast.seydou, desk)
    with pytest.raises(steps.NotReady):
        invited(report, cast)


def test_an_invitation_ends_by_a_newer_one_by_revocation_by_its_last_day_and_by_wrong_codes(
    report: Report, cast: Cast
) -> None:
    first = invited(report, cast)
    second = invited(report, cast)
    assert (serves(first, report), serves(second, report)) == (False, True)
    assert first.invitation.ended is Ended.REPLACED
    last = second.invitation.deadline
    assert inviting.serves(second.invitation, report, last)
    assert not inviting.serves(second.invitation, report, last + timedelta(days=1))
    inviting.revoke(report, 2, cast.coumba)
    assert not serves(second, report)
    with pytest.raises(steps.NotReady):
        inviting.revoke(report, 2, cast.coumba)
    third = invited(report, cast)
    assert [accepting.left_after(third.invitation, report) for _ in range(5)] == [4, 3, 2, 1, 0]
    assert not serves(third, report)
    assert replay.verify_report(db.session, report.id) == []


def test_an_invitation_from_before_a_refusal_does_not_serve_when_the_text_is_validated_again(
    report: Report, cast: Cast, desk: Desk
) -> None:
    issas = invited(report, cast, "rapporteur")
    given = invited(report, cast)
    accepting.refuse(given.invitation, report, "Mon titre est faux.")
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama, minutes_of(report, desk))
    assert report.stage is Stage.VALIDATED
    assert not serves(issas, report) and not serves(given, report)
    assert replay.verify_report(db.session, report.id) == []


def test_neither_link_nor_code_is_kept(report: Report, cast: Cast) -> None:
    given = invited(report, cast)
    everything = ""
    for table in db.metadata.sorted_tables:
        everything += str(db.session.execute(table.select()).all())
    assert given.token not in everything and given.code not in everything
    assert inviting.found_by(given.token) is given.invitation
    assert inviting.found_by(given.token[:-1]) is None


def test_without_an_account_one_only_signs(world: Flask, cast: Cast) -> None:
    bakary = without_account(cast)
    assert bakary.email is None and bakary.password is None
    with pytest.raises(Invalid):
        grants.give(bakary, Role.MEMBER, "1", cast.coumba)
    persons.add({"first_name": "Awa", "surname": "DIOP", "sans_compte": "1"}, cast.coumba)
    with pytest.raises(Invalid):
        persons.add({"first_name": "Awa", "surname": "DIOP"}, cast.coumba)


@pytest.mark.parametrize(
    "posted",
    ["{", "{}", "[[1]]", "[[1,2.5]]", "[[1,-2]]", "[[1001,2]]", '[["1","2"]]', "[[]]", "[" + "[1,2]," * 60 + "[1,2]]"],
)
def test_what_is_no_drawing_is_refused(posted: str) -> None:
    with pytest.raises(drawing.Unreadable):
        drawing.read(posted)


def test_a_slip_of_the_finger_is_no_signature() -> None:
    assert drawing.read("") == drawing.read("[[10,10,20,12]]") == ()
