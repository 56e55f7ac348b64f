"""Signing on paper: every mixture of ways reaches the signed report; papers filed, attested, refused, outdated; P.O."""

from __future__ import annotations

import subprocess
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Territory
from app.documents import conformance, verdict
from app.people.invalid import Invalid
from app.reports.access import situation
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.models.scan import ScanState
from app.reports.models.signature import Slot, Way
from app.reports.notifications.inbox import Notice
from app.reports.pages.lists import page_of
from app.reports.pages.tasks import tasks_of
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing import substituting
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import accepting
from app.reports.signing.paper import attesting
from app.reports.steps import NotAllowed, NotReady
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import final_of, report_at, sign
from tests.invited import invitation_of, without_password
from tests.paper import KEPT_AT, filed

pytestmark = pytest.mark.usefixtures("world")

BOTH = (Slot.RAPPORTEUR, Slot.CHAIR)
MIXTURES = list(product(Way, Way))


def give(report: Report, slot: Slot, way: Way, cast: Cast, desk: Sealer) -> None:
    """The slot's signatory signs in this way; what is on paper Coumba files and Fanta attests."""
    person = cast.issa if slot is Slot.RAPPORTEUR else cast.seydou
    if way is Way.PAPER:
        attesting.attest(report, filed(report, cast.coumba, desk, [slot]), cast.fanta, desk)
    elif way is Way.CODE:
        final = b"" if report.final_hash else final_of(report)
        without_password(person)
        invitation = invitation_of(report, cast, slot.value)
        accepting.sign(invitation, report, report.text_hash, final, desk, (), person.name)
    else:
        sign(report, person, desk)
    db.session.flush()


@pytest.mark.parametrize(("rapporteur", "chair"), MIXTURES, ids=lambda way: str(way))
def test_whatever_way_each_signs_the_report_is_signed_by_both(
    rapporteur: Way, chair: Way, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    report = report_at(Stage.VALIDATED, cast)
    ways = {Slot.RAPPORTEUR: rapporteur, Slot.CHAIR: chair}
    # Either may come first: the chair does where the two ways differ in one direction.
    for slot in BOTH if rapporteur <= chair else BOTH[::-1]:
        give(report, slot, ways[slot], cast, desk)
    assert report.stage is Stage.SIGNED
    pdf = desk.store.get(report.signed_hash)
    found = verdict.examine(pdf, lambda name: name == report.signed_hash, desk.authority.roots)
    assert found.genuine, found.findings
    assert [each.name for each in found.signatures] == ["Issa KONE", "Seydou BA"]
    for each in found.signatures:
        on_paper = ways[Slot(each.slot)] is Way.PAPER
        assert each.attester == ("Fanta COULIBALY" if on_paper else "")
        assert ("Signature manuscrite sur papier" in each.nature and KEPT_AT in each.nature) == on_paper
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 2
    if Way.PAPER in ways.values():
        assert conformance.judged(pdf) == []
    assert {slot: each.way for slot, each in signatures_of(report).items()} == {s.value: w for s, w in ways.items()}
    assert verify_reports(db.session) == []


def test_one_paper_with_both_signatures_is_sealed_by_one_attestation(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    scan = filed(report, cast.seydou, desk, BOTH)
    assert situation.on_paper(report) == set(BOTH)
    assert "Attester un exemplaire signé sur papier" in [task.what for task in tasks_of(cast.coumba)]
    assert tasks_of(cast.seydou) == [] == tasks_of(cast.issa)
    attesting.attest(report, scan, cast.mariam, desk)
    assert report.stage is Stage.SIGNED
    found = verdict.examine(desk.store.get(report.signed_hash), lambda _: True, desk.authority.roots)
    assert found.genuine and {each.attester for each in found.signatures} == {"Mariam SANOGO"}
    assert {each.attester_id for each in signatures_of(report).values()} == {cast.mariam.id}
    assert verify_reports(db.session) == []


def test_neither_signatory_nor_filer_attests_and_nobody_twice(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    scan = filed(report, cast.coumba, desk, [Slot.CHAIR])
    for barred in (cast.issa, cast.seydou, cast.coumba, cast.salif):
        with pytest.raises(NotAllowed):
            attesting.attest(report, scan, barred, desk)
    attesting.attest(report, scan, cast.fanta, desk)
    with pytest.raises(NotReady):
        attesting.attest(report, scan, cast.mariam, desk)
    with pytest.raises(NotReady):
        attesting.refuse_scan(report, scan, cast.mariam, "Trop tard.")
    with pytest.raises(Invalid) as refused:
        filed(report, cast.coumba, desk, [Slot.CHAIR])
    assert "déjà donnée" in refused.value.errors["slots"]
    assert verify_reports(db.session) == []


def test_a_refused_paper_gives_way_to_another_and_one_overtaken_is_not_attested(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    first = filed(report, cast.seydou, desk, [Slot.CHAIR])
    with pytest.raises(Invalid):
        filed(report, cast.fanta, desk, [Slot.CHAIR])
    with pytest.raises(NotReady):
        attesting.refuse_scan(report, first, cast.adama, "  ")
    attesting.refuse_scan(report, first, cast.adama, "La page 2 est coupée.")
    assert (first.state, first.reason, first.settled_by_id) == (
        ScanState.REFUSED,
        "La page 2 est coupée.",
        cast.adama.id,
    )
    second = filed(report, cast.seydou, desk, [Slot.CHAIR])
    sign(report, cast.seydou, desk)
    with pytest.raises(NotReady) as overtaken:
        attesting.attest(report, second, cast.fanta, desk)
    assert "donnée autrement" in str(overtaken.value)
    assert verify_reports(db.session) == []


def test_when_the_text_goes_back_papers_are_outdated_and_substitutes_released(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    scan = filed(report, cast.coumba, desk, [Slot.RAPPORTEUR])
    stood_in(report, cast, desk)
    signing.refuse(
        report, db.session.get_one(Person, situation.signatories(report)[Slot.CHAIR]), "Une date est fausse."
    )
    assert scan.state is ScanState.OUTDATED
    assert substituting.standing_of(report) == {}
    assert verify_reports(db.session) == []


@pytest.mark.parametrize(
    ("slots", "kept_at", "field"), [((), KEPT_AT, "slots"), (BOTH, "  ", "kept_at"), (BOTH, "x" * 121, "kept_at")]
)
def test_a_paper_is_filed_with_its_signatures_and_its_place(
    slots: tuple[Slot, ...], kept_at: str, field: str, cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast)
    with pytest.raises(Invalid) as refused:
        filed(report, cast.coumba, desk, slots, kept_at=kept_at)
    assert list(refused.value.errors) == [field]


def vice(cast: Cast) -> Person:
    """Kadia, who may preside sessions too."""
    kadia = Person(email="kadia@exemple.ml", first_name="Kadia", surname="DIARRA", fs_uniquifier="kadia", active=True)
    kadia.title = "Deuxième vice-présidente"
    kadia.grants.append(Grant(role=Role.CHAIR, territory_id=db.session.get_one(Territory, 1).id))
    db.session.add(kadia)
    db.session.flush()
    return kadia


def stood_in(report: Report, cast: Cast, desk: Sealer) -> Person:
    """Kadia, named to sign in Seydou's stead."""
    kadia = vice(cast)
    substituting.substitute(
        report, cast.coumba, Slot.CHAIR, kadia.id, "Arrêté n° 12 du 3 mars 2018", b"%PDF-1.7 arrete", desk.store
    )
    return kadia


@pytest.mark.parametrize("way", [Way.ELECTRONIC, Way.PAPER])
def test_a_substitute_signs_in_another_s_stead_and_everybody_can_see_it(way: Way, cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    kadia = stood_in(report, cast, desk)
    assert "Kadia DIARRA" in page_of(cast.coumba)[0].holder.where
    assert [task.anchor for task in tasks_of(kadia)] == ["sign"]
    assert tasks_of(cast.seydou) == []
    with pytest.raises(NotAllowed):
        sign(report, cast.seydou, desk)
    if way is Way.PAPER:
        scan = filed(report, cast.coumba, desk, [Slot.CHAIR])
        with pytest.raises(NotAllowed):
            attesting.attest(report, scan, kadia, desk)
        attesting.attest(report, scan, cast.fanta, desk)
    else:
        sign(report, kadia, desk)
    sign(report, cast.issa, desk)
    signature = signatures_of(report)["chair"]
    assert (signature.person_id, signature.details["stands_for"]) == (kadia.id, cast.seydou.id)
    assert desk.store.get(signature.details["document"]) == b"%PDF-1.7 arrete"
    found = verdict.examine(desk.store.get(report.signed_hash), lambda _: True, desk.authority.roots)
    assert found.genuine
    assert found.signatures[1].name == "P.O. Kadia DIARRA"
    assert verify_reports(db.session) == []


def test_a_substitute_is_another_person_named_by_a_document(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    kadia = vice(cast)
    kadia.grants.append(Grant(role=Role.RAPPORTEUR, territory_id=1))
    db.session.flush()

    def named(slot: Slot, who: int, reference: str = "Arrêté", document: bytes = b"\x89PNG\r\n") -> None:
        substituting.substitute(report, cast.coumba, slot, who, reference, document, desk.store)

    for wrong in ((kadia.id, "", b""), (cast.issa.id, "Arrêté", b"GIF89a"), (cast.seydou.id, "x" * 201, b"%PDF-")):
        with pytest.raises(Invalid):
            named(Slot.CHAIR, *wrong)
    named(Slot.RAPPORTEUR, kadia.id)
    with pytest.raises(Invalid):  # one person does not sign twice
        named(Slot.CHAIR, kadia.id)
    with pytest.raises(Invalid):
        substituting.take_back(report, cast.coumba, Slot.CHAIR)
    substituting.take_back(report, cast.coumba, Slot.RAPPORTEUR)
    sign(report, cast.issa, desk)
    with pytest.raises(NotReady):
        named(Slot.RAPPORTEUR, kadia.id)
    assert verify_reports(db.session) == []


def test_whose_signature_waits_on_paper_refuses_no_more_until_the_paper_is_turned_down(
    cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast)
    scan = filed(report, cast.coumba, desk, [Slot.CHAIR])
    with pytest.raises(NotAllowed, match="demandez à la coordination de refuser cet exemplaire"):
        signing.refuse(report, cast.seydou, "Le total du budget est inexact.")
    attesting.refuse_scan(report, scan, cast.fanta, "Ce n’est pas sa signature.")
    signing.refuse(report, cast.seydou, "Le total du budget est inexact.")
    assert report.stage is Stage.READING


def test_whose_signature_on_paper_was_attested_refuses_no_more(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    attesting.attest(report, filed(report, cast.coumba, desk, [Slot.CHAIR]), cast.fanta, desk)
    with pytest.raises(NotAllowed, match="Vous avez signé ce rapport"):
        signing.refuse(report, cast.seydou, "Le total du budget est inexact.")
    assert list(situation.signed_by(report)) == ["chair"]


def test_who_signed_in_another_s_stead_refuses_no_more_nor_does_the_one_named(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    stood_in(report, cast, desk)
    stand_in = db.session.get_one(Person, situation.signatories(report)[Slot.CHAIR])
    sign(report, stand_in, desk)
    for person in (stand_in, cast.seydou):
        with pytest.raises(NotAllowed):
            signing.refuse(report, person, "Le total du budget est inexact.")
    assert situation.signed_by(report) == {"chair": stand_in.id}
    signing.refuse(report, cast.issa, "Le total du budget est inexact.")
    told = db.session.scalars(select(Notice.person_id).where(Notice.act == "refuse")).all()
    assert stand_in.id in told and verify_reports(db.session) == []
