"""Invitations to sign by code: who makes them, when they serve, and what the log answers for."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask

from app.db import db, now
from app.directory.models import Person, Role
from app.documents import conformance, verdict
from app.people import grants, persons
from app.people.invalid import Invalid
from app.reports import steps
from app.reports.models.ballot import Choice
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Slot, Way
from app.reports.replay import verifying
from app.reports.signing import acts as signing
from app.reports.signing import substituting
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import accepting, drawing, handing, inviting
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import final_of, minutes_of, report_at, sign
from tests.invited import KEY, without_password

TODAY = now().date()
DRAWN = drawing.read("[[10,200,100,20,200,380,300,50,500,200],[600,100,990,120],[700,300]]")


@pytest.fixture
def report(world: Flask, cast: Cast, desk: Sealer) -> Report:
    """A validated report, whose two signatories have not opened their accounts."""
    for person in (cast.issa, cast.seydou):
        without_password(person)
    return report_at(Stage.VALIDATED, cast, desk)


@dataclass
class Invited:
    """An invitation with both its secrets, which nobody but its person has together."""

    invitation: Invitation
    token: str
    code: str


def invited(report: Report, cast: Cast, slot: str = "chair") -> Invited:
    """Coumba hands over the link, Adama the code."""
    given = inviting.invite(report, slot, cast.coumba, TODAY)
    invitation, code = handing.hand_code(report, given.invitation.number, cast.adama, KEY, TODAY)
    return Invited(invitation, given.token, code)


def serves(given: Invited, report: Report) -> bool:
    return inviting.serves(given.invitation, report, TODAY)


def signed_by_code(
    given: Invited, report: Report, desk: Sealer, strokes: drawing.Strokes = DRAWN, name: str = ""
) -> None:
    final = b"" if report.final_hash else final_of(report)
    accepting.sign(given.invitation, report, report.text_hash, final, desk, strokes, name)


def without_account(cast: Cast) -> Person:
    """The governor's adviser, who presides and has no e-mail address."""
    values = {"first_name": "Bakary", "surname": "DIARRA", "title": "Conseiller du gouverneur", "sans_compte": "1"}
    person = persons.add(values, cast.coumba)
    grants.give(person, Role.CHAIR, "1", cast.coumba)
    return person


def test_a_chair_without_account_signs_by_code_and_the_file_is_as_good_as_any(
    report: Report, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    bakary = without_account(cast)
    report.workshop.chair_id = bakary.id
    given = invited(report, cast)
    assert handing.right(given.invitation, f"{given.code[:4]} {given.code[4:]}", KEY)
    sign(report, cast.issa, desk)
    signed_by_code(given, report, desk)
    assert report.stage is Stage.SIGNED
    pdf = desk.store.get(report.signed_hash)
    found = verdict.examine(pdf, lambda _: True, desk.authority.roots)
    assert found.genuine, found.findings
    assert found.signatures[1].name == "Bakary DIARRA"
    assert "lien remis par Coumba SIDIBE, code remis par Adama DEMBELE" in found.signatures[1].nature
    assert conformance.judged(pdf) == []
    place = tmp_path / "signed.pdf"
    place.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", place], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid") == 2
    assert inked(pdf) > 200
    assert verifying.verify_report(db.session, report.id) == []


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


def test_what_the_signature_keeps_says_by_which_invitation_and_how(report: Report, cast: Cast, desk: Sealer) -> None:
    given = invited(report, cast)
    signed_by_code(given, report, desk, (), "Seydou Ba")
    (signature,) = db.session.scalars(db.select(signing.Signature)).all()
    assert signature.way is Way.CODE and signature.person_id == cast.seydou.id
    assert signature.details == {
        "invitation": 1,
        "handed_by": cast.coumba.id,
        "code_by": cast.adama.id,
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
    report: Report, cast: Cast, desk: Sealer
) -> None:
    with pytest.raises(steps.NotAllowed):
        inviting.invite(report, "chair", cast.issa, TODAY)
    with pytest.raises(steps.NotReady):
        inviting.invite(report, "president", cast.coumba, TODAY)
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
    assert verifying.verify_report(db.session, report.id) == []


def test_an_invitation_from_before_a_refusal_does_not_serve_when_the_text_is_validated_again(
    report: Report, cast: Cast, desk: Sealer
) -> None:
    issas = invited(report, cast, "rapporteur")
    given = invited(report, cast)
    accepting.refuse(given.invitation, report, "Mon titre est faux.")
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama, minutes_of(report, desk))
    assert report.stage is Stage.VALIDATED
    assert not serves(issas, report) and not serves(given, report)
    assert verifying.verify_report(db.session, report.id) == []


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


def test_link_and_code_never_reach_one_person_and_no_signatory_has_the_others(report: Report, cast: Cast) -> None:
    given = inviting.invite(report, "chair", cast.coumba, TODAY)
    number = given.invitation.number
    for nobody in (cast.coumba, cast.mariam, cast.fanta, cast.salif, cast.seydou):
        with pytest.raises(steps.NotAllowed):
            handing.hand_code(report, number, nobody, KEY, TODAY)
    with pytest.raises(steps.NotAllowed, match="Vous signez ce rapport : le code de l’autre signature"):
        handing.hand_code(report, number, cast.issa, KEY, TODAY)
    assert given.invitation.code_by_id is None and not handing.right(given.invitation, "00000000", KEY)
    assert [person.id for person in handing.who_may(report)] == [cast.adama.id]


def test_who_drew_the_link_and_came_to_preside_since_does_not_draw_the_code(report: Report, cast: Cast) -> None:
    """Whatever roles he holds by now: an old database, a race, a friend who changes them."""
    given = inviting.invite(report, "chair", cast.coumba, TODAY)
    given.invitation.by_id = cast.adama.id
    db.session.flush()
    with pytest.raises(steps.NotAllowed, match="Vous avez remis le lien"):
        handing.hand_code(report, given.invitation.number, cast.adama, KEY, TODAY)


def test_who_has_an_account_signs_with_it_and_an_account_opened_since_ends_the_invitation(
    report: Report, cast: Cast, desk: Sealer
) -> None:
    given = invited(report, cast)
    cast.seydou.password = cast.coumba.password
    db.session.flush()
    assert not serves(given, report)
    with pytest.raises(steps.NotReady, match="Seydou BA a un compte et signe avec lui"):
        invited(report, cast)
    with pytest.raises(steps.NotReady, match="ne vaut déjà plus"):
        handing.hand_code(report, 1, cast.adama, KEY, TODAY)
    sign(report, cast.seydou, desk)


def test_an_invitation_made_before_by_one_hand_serves_once_another_has_drawn_its_code(
    report: Report, cast: Cast, desk: Sealer
) -> None:
    given = invited(report, cast)
    given.invitation.code_by_id = None
    assert not handing.right(given.invitation, given.code, KEY)
    with pytest.raises(steps.NotAllowed, match="ne viennent pas de deux personnes"):
        signed_by_code(given, report, desk)
    with pytest.raises(steps.NotAllowed, match="ne viennent pas de deux personnes"):
        accepting.refuse(given.invitation, report, "Non.")
    _, code = handing.hand_code(report, 1, cast.adama, KEY, TODAY)
    assert handing.right(given.invitation, code, KEY) and not handing.right(given.invitation, given.code, KEY)
    signed_by_code(given, report, desk)
    assert verifying.verify_report(db.session, report.id) == []


def test_who_drew_the_code_of_one_signature_does_not_give_the_other(report: Report, cast: Cast, desk: Sealer) -> None:
    """Adama draws the chair’s code, and is then named to sign in the rapporteur’s stead."""
    grants.give(cast.adama, "rapporteur", "1", cast.coumba)
    given = invited(report, cast)
    substituting.substitute(
        report, cast.coumba, Slot.RAPPORTEUR, cast.adama.id, "Note n° 4", b"%PDF-1.7 note", desk.store
    )
    with pytest.raises(steps.NotAllowed, match="remis le lien ou le code de l’autre signature"):
        sign(report, cast.adama, desk)
    signed_by_code(given, report, desk)
    with pytest.raises(steps.NotAllowed, match="remis le lien ou le code de l’autre signature"):
        sign(report, cast.adama, desk)
    substituting.take_back(report, cast.coumba, Slot.RAPPORTEUR)
    sign(report, cast.issa, desk)
    assert report.stage is Stage.SIGNED


def test_by_the_code_that_a_signatory_drew_nobody_signs(report: Report, cast: Cast, desk: Sealer) -> None:
    """As an old database may have it: Issa, who has signed, once drew the chair’s code."""
    given = invited(report, cast)
    given.invitation.code_by_id = cast.issa.id
    given.invitation.at = report.stage_since.replace(year=2017)
    sign(report, cast.issa, desk)
    with pytest.raises(steps.NotAllowed, match="a signé ce rapport"):
        signed_by_code(given, report, desk)


@pytest.mark.parametrize(
    "posted",
    ["{", "{}", "[[1]]", "[[1,2.5]]", "[[1,-2]]", "[[1001,2]]", '[["1","2"]]', "[[]]", "[" + "[1,2]," * 60 + "[1,2]]"],
)
def test_what_is_no_drawing_is_refused(posted: str) -> None:
    with pytest.raises(drawing.UnreadableDrawing):
        drawing.read(posted)


def test_a_slip_of_the_finger_is_no_signature() -> None:
    assert drawing.read("") == drawing.read("[[10,10,20,12]]") == ()
