"""The demo comes about by the steps people take, so that each of its reports could be a real one."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_security.utils import verify_password
from PIL import Image
from sqlalchemy import func, select

from app import create_app
from app.audit.models import AuditEvent
from app.commands.audit import audit
from app.commands.demo import demo
from app.content.blocks import FILE
from app.content.changes import collisions
from app.content.passages import PassageState
from app.db import db, now
from app.demo.people import COORDINATION, PASSWORD, SUPERVISOR, Character, cast_of, everybody
from app.demo.places import MENAKA, PLACES
from app.directory.models import Commission, Person
from app.documents.pictures import kept
from app.documents.scanning.binding import picture_of
from app.documents.store import Store
from app.mail.models import Letter
from app.people import commissions, persons
from app.reports import deadline, steps
from app.reports.access import situation
from app.reports.access.situation import signatures_of
from app.reports.attachments import acts as attaching
from app.reports.attachments import photographs
from app.reports.comments import threads
from app.reports.consistency.checking import findings_of
from app.reports.models.attachment import AttachmentKind
from app.reports.models.ballot import Choice, Votes
from app.reports.models.report import Amendment, AmendmentState, Opinion, Report
from app.reports.models.scan import ScanState
from app.reports.models.signature import Slot, Way
from app.reports.output import report_pdf
from app.reports.pages.tasks import tasks_of
from app.reports.signing import acts as signing
from app.reports.signing.invitation import inviting
from app.reports.signing.paper import filing
from app.reports.text import revisions
from app.reports.text.parts import part_views
from app.reports.validating import acts as validating
from app.reports.validating import proxies, returns
from app.template import Status
from app.workflow import Stage
from app.working_days import working_days_between
from app.workshops.models import Workshop
from tests.conftest import SETTINGS, Databases, Postgres

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def loaded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application of its own whose database holds the demo and nothing else; the tests leave it as it is."""
    app = empty(databases, tmp_path_factory.mktemp("demo"), "demo")
    result = app.test_cli_runner().invoke(demo, ["load"])
    assert result.exit_code == 0, result.output
    return app


def empty(databases: Databases, folder: Path, name: str, **settings: Any) -> Flask:
    if isinstance(databases, Postgres):
        databases.run(f'CREATE DATABASE "{name}"')
        settings["DATABASE_URL"] = databases.url(name)
    app = create_app({**SETTINGS, **settings}, folder / "instance")
    with app.app_context():
        upgrade()
    return app


@pytest.fixture
def world(loaded: Flask) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.rollback()


@pytest.fixture
def client(loaded: Flask) -> FlaskClient:
    return loaded.test_client()


@pytest.fixture
def run(loaded: Flask) -> Run:
    return lambda *words: loaded.test_cli_runner().invoke(demo, words)


def reports() -> dict[tuple[str, int], Report]:
    """The demo's reports by territory and year, without the one that is to rectify another."""
    found = db.session.scalars(select(Report).where(Report.rectifies_id.is_(None)).order_by(Report.id)).all()
    return {(each.workshop.territory.name, each.workshop.held_on.year): each for each in found}


def report_of(name: str, year: int = 2018) -> Report:
    return reports()[name, year]


def person(character: Character) -> Person:
    found = persons.by_email(character.email)
    assert found is not None
    return found


def signed_page(final: bytes) -> int:
    """The page of the file that has the room for the chair's signature."""
    with pikepdf.open(io.BytesIO(final)) as opened:
        (field,) = (each for each in opened.Root.AcroForm.Fields if each.T == "chair")
        return [page.obj.objgen for page in opened.pages].index(field.P.objgen) + 1


def amendments(report: Report) -> list[Amendment]:
    query = select(Amendment).where(Amendment.report_id == report.id).order_by(Amendment.number)
    return list(db.session.scalars(query))


@pytest.mark.usefixtures("world")
def test_every_stage_is_there_and_kidal_has_no_report_yet() -> None:
    assert {key: report.stage for key, report in reports().items()} == {
        ("Ségou", 2017): Stage.PUBLISHED,
        ("Kayes", 2018): Stage.PUBLISHED,
        ("Koulikoro", 2018): Stage.SIGNED,
        ("Sikasso", 2018): Stage.VALIDATED,
        ("Ségou", 2018): Stage.READING,
        ("Mopti", 2018): Stage.READING,
        ("District de Bamako", 2018): Stage.EDITING,
        ("Tombouctou", 2018): Stage.DRAFTING,
        ("Gao", 2018): Stage.DRAFTING,
        ("Ménaka", 2018): Stage.VALIDATED,
    }
    workshops = db.session.scalars(select(Workshop).where(Workshop.campaign.has(budget_year=2018))).all()
    assert sorted(each.territory.name for each in workshops) == sorted(place.name for place in PLACES)


@pytest.mark.usefixtures("world")
def test_every_required_part_is_complete_in_reports_beyond_the_draft() -> None:
    for key, report in reports().items():
        missing = [view.part.key for view in part_views(report) if view.missing]
        if report.stage is not Stage.DRAFTING:
            assert missing == [], key
    assert [view.part.key for view in part_views(report_of("Tombouctou")) if view.missing] == ["conclusion"]
    assert len([view for view in part_views(report_of("Gao")) if view.missing]) > 5


@pytest.mark.usefixtures("world")
def test_the_check_finds_nothing_in_the_reports_but_what_the_drafts_show() -> None:
    found = {key: [each.rule.key for each in findings_of(report)] for key, report in reports().items()}
    assert found.pop(("Tombouctou", 2018)) == [
        "date_in_words", "plural_heading", "spaces", "status_missing", "other_year", "attendance_announced",
    ]  # fmt: skip
    assert "prefilled" in found.pop(("Gao", 2018))
    assert {key: rules for key, rules in found.items() if rules} == {}


def test_the_pdf_of_each_report_renders(world: Flask) -> None:
    store = Store(world.config["STORE_URL"])
    for key, report in reports().items():
        contents = {view.part.key: view.content for view in part_views(report)}
        assert report_pdf.draft(report, contents, now(), store).startswith(b"%PDF"), key


def test_the_signed_files_are_in_the_store(world: Flask) -> None:
    store = Store(world.config["STORE_URL"])
    for name in ("Kayes", "Koulikoro"):
        assert store.get(report_of(name).signed_hash).startswith(b"%PDF")
    sikasso = report_of("Sikasso")
    assert list(situation.signed_by(sikasso)) == ["rapporteur"]
    assert store.get(signing.latest_file(sikasso)).startswith(b"%PDF")


def test_the_chair_of_koulikoro_signed_on_paper_filed_by_one_and_attested_by_another(world: Flask) -> None:
    report, coordination = report_of("Koulikoro"), person(COORDINATION)
    signatures = signatures_of(report)
    assert {slot: each.way for slot, each in signatures.items()} == {"rapporteur": Way.ELECTRONIC, "chair": Way.PAPER}
    (scan,) = filing.scans_of(report)
    assert (scan.state, scan.filed_by_id) == (ScanState.ATTESTED, report.workshop.facilitator_id)
    assert signatures["chair"].attester == scan.settled_by == coordination != scan.filed_by
    assert "secrétariat général" in scan.kept_at and scan.placed_pages == []
    store = Store(world.config["STORE_URL"])
    kept = store.get(scan.file_hash)
    page = Image.open(io.BytesIO(picture_of(kept, signed_page(store.get(report.final_hash))))).convert("RGB")
    assert sum(count for count, (red, _, blue) in page.getcolors(2**24) or () if blue - red > 20) > 300, "ink"


@pytest.mark.usefixtures("world")
def test_the_paper_of_menaka_waits_for_the_coordination_or_the_facilitator_to_attest_it() -> None:
    report = report_of("Ménaka")
    (scan,) = filing.scans_of(report)
    assert (scan.state, scan.signed_slots, scan.filed_by_id) == (
        ScanState.FILED, [Slot.RAPPORTEUR, Slot.CHAIR], report.workshop.rapporteur_id,
    )  # fmt: skip
    facilitator, rapporteur, *_ = cast_of(MENAKA)
    asked = {
        each: [task.what for task in tasks_of(person(each)) if task.line.id == report.id]
        for each in (COORDINATION, facilitator, rapporteur)
    }
    attest = ["Attester un exemplaire signé sur papier"]
    assert asked == {COORDINATION: attest, facilitator: attest, rapporteur: []}


@pytest.mark.usefixtures("world")
def test_the_chair_of_sikasso_has_no_account_and_is_invited_to_sign_by_a_code() -> None:
    report = report_of("Sikasso")
    (invitation,) = inviting.of_report(report)
    chair = invitation.person
    assert (invitation.slot, chair.id, chair.has_account) == (Slot.CHAIR, report.workshop.chair_id, False)
    assert chair.password is None
    assert inviting.serves(invitation, report, now().date())
    assert not db.session.scalar(select(func.count(Letter.id))), "nothing was mailed"


@pytest.mark.usefixtures("world")
def test_the_coordination_sees_the_invitation_without_its_link_or_code(client: FlaskClient) -> None:
    client.post("/connexion", data={"email": COORDINATION.email, "password": PASSWORD})
    page = client.get(f"/rapports/{report_of('Sikasso').id}/invitations")
    assert page.status_code == 200 and "Salimata BENGALY" in page.text
    assert "/signer/" not in page.text and not re.search(r"\b\d{4}[ \u202f\u00a0]?\d{4}\b", page.text)


def test_segou_2017_has_three_captioned_pictures_and_the_report_of_the_mission(world: Flask) -> None:
    report, store = report_of("Ségou", 2017), Store(world.config["STORE_URL"])
    rows = photographs.pictures_of(report)
    assert [row.fields["text"][:15] for row in rows] == ["Illustration\u00a0: "] * 3
    assert {row.fields["consent"] for row in rows} == {"oui"}
    for row in rows:
        found = kept(row.fields[FILE])
        assert (found.width, found.height) == (1200, 800)
        assert Image.open(io.BytesIO(store.get(found.file))).format == "JPEG"
    (attached,) = attaching.attachments_of(report)
    assert (attached.kind, attached.author) == (AttachmentKind.MISSION_REPORT, person(SUPERVISOR))
    assert attached.name.endswith(".docx")


@pytest.mark.usefixtures("world")
def test_segou_shows_an_amendment_in_every_state_that_a_reading_knows() -> None:
    report = report_of("Ségou")
    assert [(each.number, each.state) for each in amendments(report) if each.state is not AmendmentState.OPEN] == [
        (1, AmendmentState.ADOPTED),
        (2, AmendmentState.REJECTED),
        (3, AmendmentState.ADOPTED),
        (6, AmendmentState.DEFERRED),
        (7, AmendmentState.REVIEW),
    ]
    found = amendments(report)
    assert {each.opinion for each in found} == {*Opinion, None}
    assert [each.number for each in found if each.formal] == [8, 9]
    asked = {each.number: each.change for each in found if each.undecided and each.part_key == "introduction"}
    introduction = revisions.current(revisions.part_of(report, "introduction")).content
    assert collisions(asked, introduction) == ((4, 5),)


@pytest.mark.usefixtures("world")
def test_segou_is_observed_in_every_way() -> None:
    found = threads.threads(report_of("Ségou"))
    assert {each.part.key: each.place.standing for each in found} == {
        "introduction": PassageState.PRESENT,
        "recommendations": PassageState.PART,
        "presentation": PassageState.GONE,
        "ceremony": PassageState.PRESENT,
    }
    by_part = {each.part.key: each for each in found}
    assert [key for key, each in by_part.items() if not each.open] == ["ceremony"]
    assert [key for key, each in by_part.items() if not each.answers] == ["recommendations"]
    assert (by_part["introduction"].amendments, by_part["presentation"].amendments) == ([4], [3])


@pytest.mark.usefixtures("world")
def test_the_visitor_has_a_vote_to_confirm_at_segou_and_another_to_give_by_proxy() -> None:
    report, member = report_of("Ségou"), persons.by_email("membre@demo.ml")
    president = persons.by_email("president@demo.ml")
    assert member is not None and president is not None
    facts = situation.facts(report)
    assert (facts.members, facts.ballots, facts.approvals, facts.abstentions) == (5, 2, 1, 1)
    ballot = validating.ballot_of(report, member)
    assert ballot is not None and not ballot.stands
    assert validating.confirm(report, member).stands
    (proxy,) = proxies.of_report(report)
    assert proxy.holder_id == member.id
    validating.vote(report, member, Choice.APPROVE, on_behalf_of=proxy.giver)
    with pytest.raises(steps.NotReady, match="Il reste 7 amendements à décider"):
        validating.validate(report, president)


@pytest.mark.usefixtures("world")
def test_the_reading_of_segou_ends_soon_and_that_of_mopti_should_have_ended() -> None:
    today = deadline.today()
    deadlines = {name: report_of(name).deadline for name in ("Ségou", "Mopti")}
    assert deadlines["Ségou"] is not None and working_days_between(today, deadlines["Ségou"]) == 3
    assert deadline.overdue(Stage.READING, deadlines["Mopti"])


@pytest.mark.usefixtures("world")
def test_annex_2_of_segou_answers_for_what_2017_left_open() -> None:
    def texts(year: int, key: str) -> list[dict[str, str]]:
        view = next(view for view in part_views(report_of("Ségou", year)) if view.part.key == key)
        return [dict(block.fields) for block in view.content if "text" in block.fields and len(block.fields) > 1]

    closed = {Status.DONE, Status.MOOT}
    left = [each["text"] for each in texts(2017, "follow_up") if each["status"] not in closed]
    left += [each["text"] for each in texts(2017, "recommendations")]
    answered = texts(2018, "follow_up")
    assert [each["text"] for each in answered] == left
    assert len(left) == 7
    assert all(each["status"] and each["execution"] for each in answered)


@pytest.mark.usefixtures("world")
def test_bamako_has_come_back_from_the_commission_with_a_reason_and_what_to_look_at() -> None:
    report = report_of("District de Bamako")
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.stream == f"report:{report.id}").order_by(AuditEvent.seq)
    ).all()
    back = next(event for event in events if event.act == "return_to_rapporteur")
    assert "droits de place" in back.body
    asked = returns.last(report)
    assert asked is not None
    assert (asked.parts, asked.comments, asked.votes) == (["concerns"], [1], Votes.UNTOUCHED)
    assert events[-1].act == "edit"


@pytest.mark.usefixtures("world")
def test_the_list_of_presence_is_as_long_as_the_introduction_says() -> None:
    for key, report in reports().items():
        parts = {view.part.key: view.content for view in part_views(report)}
        present = [block for block in parts["attendance"] if "name" in block.fields]
        if present:
            assert f"{len(present)} p" in " ".join(block.text for block in parts["introduction"]), key
            assert len({block.fields["name"] for block in present}) == len(present), key


@pytest.mark.usefixtures("world")
def test_no_two_reports_tell_the_same_story() -> None:
    for key in ("introduction", "ceremony", "concerns", "recommendations", "conclusion"):
        told = [view.content for report in reports().values() for view in part_views(report) if view.part.key == key]
        words = [" ".join(text for block in content for text in block.words.values()) for content in told]
        written = [text for text in words if len(text) > 250]
        assert len(set(written)) == len(written), key


@pytest.mark.usefixtures("world")
def test_each_territory_has_a_full_commission_and_everybody_the_one_password() -> None:
    assert db.session.scalar(select(func.count(Commission.id))) == len(PLACES) == 10
    assert [len(commissions.members(each)) for each in commissions.listing()] == [5] * 10
    people = db.session.scalars(select(Person)).all()
    assert {person.email or "" for person in people} == {each.email for each in everybody()}
    assert len({person.password for person in people if person.has_account}) == 1
    assert [person.name for person in people if not person.has_account] == ["Salimata BENGALY"]
    assert verify_password(PASSWORD, people[0].password)


def test_the_visitor_signs_in_with_the_demo_password(client: FlaskClient) -> None:
    form = {"email": "facilitateur@demo.ml", "password": PASSWORD}
    assert client.post("/connexion", data=form).status_code == 303
    assert client.get("/").status_code == 200


def test_loading_twice_is_refused_in_a_sentence(run: Run) -> None:
    result = run("load")
    assert result.exit_code == 1
    assert "ne se charge que dans une base vide" in result.output


def test_loading_once_again_says_nothing(run: Run) -> None:
    result = run("load", "--once")
    assert (result.exit_code, result.output) == (0, "")


def test_a_base_with_other_people_is_left_alone_even_by_once(app: Flask) -> None:
    result = app.test_cli_runner().invoke(demo, ["load", "--once"])
    assert result.exit_code == 1
    assert "ne se charge que dans une base vide" in result.output


def test_production_refuses_the_demo(app: Flask) -> None:
    app.config["PRODUCTION"] = True
    for words in (["load"], ["load", "--once"], ["reset", "--yes"]):
        result = app.test_cli_runner().invoke(demo, words)
        assert result.exit_code == 1
        assert "en production" in result.output


def test_the_people_are_printed_in_an_aligned_table_with_the_password(run: Run) -> None:
    result = run("people")
    rows = result.output.splitlines()
    columns = {line.rindex("  ") for line in rows[:-2]}
    assert len(columns) == 1
    assert len(rows) == len(everybody()) + 3
    assert PASSWORD in rows[-1]
    assert [line for line in rows if "sans compte" in line] == [line for line in rows if "Salimata BENGALY" in line]


def test_people_of_a_demo_that_is_not_there_are_not_invented(app: Flask) -> None:
    result = app.test_cli_runner().invoke(demo, ["people"])
    assert result.exit_code == 1
    assert "n’est pas chargée" in result.output


class TestReset:
    """A demo of its own for each: what is erased is really erased."""

    @pytest.fixture(autouse=True)
    def _only_sqlite(self, databases: Databases) -> None:
        if isinstance(databases, Postgres):
            pytest.skip("a reset is for local SQLite; the refusal elsewhere has its own test")

    def test_reset_erases_what_was_there_and_loads_again(self, databases: Databases, tmp_path: Path) -> None:
        app = empty(databases, tmp_path, "reset", DEMO=True)
        instance = Path(app.instance_path)
        (instance / "files").mkdir()
        (instance / "files" / "old").write_text("old")
        (instance / "settings.py").write_text("")
        with app.app_context():
            persons.add({"email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP"}, None)
            db.session.commit()
        result = app.test_cli_runner().invoke(demo, ["reset", "--yes"])
        assert result.exit_code == 0, result.output
        with app.app_context():
            assert persons.by_email("awa@exemple.ml") is None
            assert report_of("Kayes").stage is Stage.PUBLISHED
        assert not (instance / "files" / "old").exists()
        assert (instance / "settings.py").exists()

    @pytest.mark.parametrize(
        ("settings", "words", "sentence"),
        [
            ({"DEMO": False}, ["reset", "--yes"], "n’est pas une démonstration"),
            ({"DEMO": True}, ["reset"], "confirmez avec"),
            ({"DEMO": True, "STORE_URL": "s3://bucket/files"}, ["reset", "--yes"], "pas sur cette machine"),
            ({"DEMO": True, "KEYS_FOLDER": "/nowhere/keys"}, ["reset", "--yes"], "hors du dossier"),
        ],
    )
    def test_reset_refuses_and_erases_nothing(
        self, databases: Databases, tmp_path: Path, settings: dict[str, Any], words: list[str], sentence: str
    ) -> None:
        app = empty(databases, tmp_path, "refused", **settings)
        result = app.test_cli_runner().invoke(demo, words)
        assert result.exit_code == 1
        assert "Rien n’a été effacé" in result.output and sentence in result.output
        assert (Path(app.instance_path) / "seben.sqlite").exists()


def test_reset_refuses_another_database_than_sqlite(app: Flask) -> None:
    app.config.update(DEMO=True, DATABASE_URL="postgresql+psycopg://somewhere/seben")
    result = app.test_cli_runner().invoke(demo, ["reset", "--yes"])
    assert result.exit_code == 1
    assert "seule une base SQLite locale" in result.output


def test_the_demo_is_as_its_log_tells(loaded: Flask) -> None:
    result = loaded.test_cli_runner().invoke(audit, ["verify"])
    assert result.exit_code == 0 and "199 fiches" in result.output, result.output
