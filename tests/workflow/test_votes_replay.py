"""Votes, proxies, returns and minutes are what the log tells: rows changed by hand and events that cannot be are found."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import db
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice, Votes
from app.reports.replay.verifying import verify_report
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, minutes_of, report_at
from tests.tampering import disarm
from tests.workflow.test_log_replay import Tampering

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def tampering(cast: Cast, desk: Sealer) -> Tampering:
    """A reading sent back with its votes, and validated; Mariam's second proxy voted, and Binta's she ended by voting."""
    report = report_at(Stage.READING, cast)
    proxies.name(report, cast.mariam, cast.adama)
    proxies.name(report, cast.mariam, cast.oumar)
    proxies.name(report, cast.binta, cast.adama)
    validating.vote(report, cast.oumar, Choice.APPROVE, on_behalf_of=cast.mariam)
    validating.vote(report, cast.binta, Choice.APPROVE)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", ["method"], [], Votes.STAND)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.vote(report, cast.oumar, Choice.APPROVE)
    proxies.end(report, cast.mariam)
    validating.validate(report, cast.adama, minutes_of(report, desk))
    db.session.commit()
    disarm(db.session.connection())
    return Tampering(report.id)


def test_the_story_is_as_the_log_tells(tampering: Tampering) -> None:
    assert tampering.found() == []


ROWS = [
    ("UPDATE proxy SET holder_id = 1 WHERE id = 2", "proxy", "procuration n° 2 de la personne 3 : à qui"),
    ("UPDATE proxy SET giver_id = 1 WHERE id = 2", "proxy", "aucun événement du journal n’en parle"),
    ("UPDATE proxy SET ended_at = NULL WHERE id = 2", "proxy", "sa fin"),
    ("UPDATE proxy SET at = '2017-01-01 00:00:00+00:00' WHERE id = 1", "proxy", "la date"),
    ("DELETE FROM proxy WHERE id = 1", "proxy", "le journal en parle, la base ne l’a pas"),
    ("UPDATE ballot SET cast_by_id = NULL WHERE cast_by_id IS NOT NULL", "ballot", "qui a voté en son nom"),
    ("UPDATE ballot SET stands = (1 = 0) WHERE reading = 2", "ballot", "la validité"),
    ("DELETE FROM ballot WHERE reading = 2 AND person_id = 5", "ballot", "la base ne l’a pas"),
    ("UPDATE report SET return_json = '{}' WHERE id = :report", "report", "l’empreinte de ce qui est demandé"),
    ("UPDATE report SET return_json = '' WHERE id = :report", "report", "l’empreinte de ce qui est demandé"),
    ("UPDATE report SET roll_json = replace(roll_json, '3', '1') WHERE id = :report", "report", "la liste des votants"),
    ("UPDATE report SET minutes_hash = 'a' WHERE id = :report", "report", "l’empreinte du procès-verbal"),
]


def test_a_row_changed_by_hand_is_found_and_named(tampering: Tampering, subtests: pytest.Subtests) -> None:
    for statement, kind, says in ROWS:
        with subtests.test(statement), tampering.undone():
            tampering.by_hand(statement)
            findings = tampering.found()
            assert {finding.kind for finding in findings} == {kind}
            assert any(says in finding.sentence for finding in findings), findings


FORGED: list[tuple[str, dict[str, object], str]] = [
    ("vote", {"for": 1}, "au nom d’une personne qui n’en avait pas donné procuration"),
    ("vote", {"proxy_ended": 6}, "quelle procuration prend fin"),
    ("name_proxy", {"instead_of": 1}, "quelle procuration la sienne remplace"),
    ("name_proxy", {"giver": 1}, "une procuration qui n’est pas la sienne"),
    ("end_proxy", {"holder": 1}, "reprend une procuration qui n’était pas donnée"),
    ("return_to_rapporteur", {"text_hash": "a"}, "porte sur un texte qui n’était pas celui du rapport"),
    ("return_to_rapporteur", {"votes": "fall"}, "ne reprend pas les votes comme il a été dit"),
    ("transmit", {"carried": []}, "ne reprend pas les votes comme il a été dit"),
    ("transmit", {"to_confirm": [1]}, "ne reprend pas les votes comme il a été dit"),
]


def test_an_event_that_cannot_have_been_is_doubted(tampering: Tampering, subtests: pytest.Subtests) -> None:
    for act, facts, says in FORGED:
        with subtests.test(f"{act} {facts}"), tampering.undone():
            tampering.forge(act, facts)
            doubts = [finding for finding in verify_report(db.session, tampering.report) if finding.kind == "event"]
            assert any(says in finding.sentence for finding in doubts), doubts
