"""The rows of a report are what its log tells: a row changed by hand, put in or taken away is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
import pytest
from sqlalchemy import select, text

from app.audit.events import link
from app.audit.models import AuditEvent
from app.audit.verification import Finding, verify_chains
from app.content.canonical import canonical
from app.db import db
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_report, verify_reports
from app.reports.signing.acts import Sealer
from app.workflow import CIRCUIT, Stage
from tests.cast import Cast
from tests.factories import report_at
from tests.tampering import disarm
from tests.workflow.long_story import lived_through

pytestmark = pytest.mark.usefixtures("world")


@dataclass
class Tampering:
    """A database in somebody's hands, past the triggers."""

    report: int

    def by_hand(self, statement: str, **values: object) -> None:
        done = db.session.execute(
            text(statement), {"report": self.report, **values} if ":report" in statement else values
        )
        assert done.rowcount > 0  # type: ignore[attr-defined]

    def take_out(self, condition: str = "1 = 1") -> None:
        """Take events out of the log, and first out of the tree, which holds on to them."""
        self.by_hand(f"DELETE FROM leaf WHERE event_id IN (SELECT id FROM audit_event WHERE {condition})")
        self.by_hand(f"DELETE FROM audit_event WHERE {condition}")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is done inside leaves no trace."""
        attempt = db.session.begin_nested()
        try:
            yield
        finally:
            attempt.rollback()
            db.session.expire_all()

    def found(self) -> list[Finding]:
        db.session.flush()
        return verify_report(db.session, self.report)

    def forge(self, act: str, facts: dict[str, object]) -> None:
        """Put other facts in the last event of that act, and all the hashes from there on in order again."""
        stream = f"report:{self.report}"
        query = select(AuditEvent).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)
        events = list(db.session.scalars(query))
        seq = max(event.seq for event in events if event.act == act)
        last = events[seq - 1].prev
        for event in events[seq - 1 :]:
            told = orjson.loads(event.body)
            if event.seq == seq:
                told["facts"] |= facts
            body = canonical(told)
            event.body, event.prev, event.hash = body.decode(), last, link(last, body)
            last = event.hash
        db.session.flush()
        self.by_hand("UPDATE chain_head SET hash = :last WHERE stream = :stream", last=last, stream=stream)
        assert verify_chains(db.session) == []


@pytest.fixture
def tampering(cast: Cast, desk: Sealer) -> Tampering:
    report = lived_through(cast, desk)
    db.session.commit()
    disarm(db.session.connection())
    return Tampering(report.id)


@pytest.mark.parametrize("stage", CIRCUIT)
def test_a_report_is_as_its_log_tells_at_every_stage(cast: Cast, desk: Sealer, stage: Stage) -> None:
    report_at(stage, cast, desk)
    db.session.flush()
    assert verify_reports(db.session) == []


# What is changed by hand, the kind under which it is found, and what the finding says.
ROWS = [
    ("UPDATE report SET stage = 'reading' WHERE id = :report", "report", "l’étape vaut « reading », « published »"),
    ("UPDATE report SET stage = 'nowhere' WHERE id = :report", "report", "l’étape vaut « nowhere »"),
    ("UPDATE report SET reading = 1 WHERE id = :report", "report", "le numéro de lecture"),
    ("UPDATE report SET deadline = '2017-01-01' WHERE id = :report", "report", "la date limite"),
    ("UPDATE report SET text_hash = 'a' WHERE id = :report", "report", "l’empreinte du texte"),
    ("UPDATE report SET masthead_json = '' WHERE id = :report", "report", "l’empreinte de l’en-tête"),
    (
        "UPDATE report SET masthead_json = replace(masthead_json, 'Ségou', 'Bla') WHERE id = :report",
        "report",
        "l’empreinte de l’en-tête",
    ),
    ("UPDATE report SET final_hash = 'a' WHERE id = :report", "report", "l’empreinte du document à signer"),
    ("UPDATE report SET public_hash = 'a' WHERE id = :report", "report", "l’empreinte de la version publique"),
    ("UPDATE report SET public_masked = '' WHERE id = :report", "report", "ce que la version publique masque"),
    ("UPDATE report SET signed_hash = 'a' WHERE id = :report", "report", "l’empreinte du document signé"),
    ("UPDATE report SET published_at = NULL WHERE id = :report", "report", "la date de publication"),
    ("UPDATE report SET roll_json = '' WHERE id = :report", "report", "la liste des votants"),
    ("UPDATE report SET amendment_count = 0 WHERE id = :report", "report", "le nombre d’amendements"),
    ("UPDATE report SET stage_since = '2017-01-01 00:00:00+00:00' WHERE id = :report", "report", "la date de l’étape"),
    ("UPDATE report_part SET number = 1 WHERE key = 'method'", "part", "partie « Méthodologie » : le numéro"),
    ("UPDATE report_part SET content_hash = 'a' WHERE key = 'method'", "part", "l’empreinte"),
    ("UPDATE report_part SET filled = (1 = 0) WHERE key = 'method'", "part", "l’état complet"),
    (
        "UPDATE revision SET content_json = replace(content_json, 'débats', 'combats') WHERE number = 2",
        "revision",
        "partie « Méthodologie », révision 2 : l’empreinte du texte",
    ),
    ("UPDATE revision SET author_id = 7 WHERE number = 2 AND part_id = 5", "revision", "l’auteur"),
    ("UPDATE revision SET author_role = 'chair' WHERE number = 2 AND part_id = 5", "revision", "le rôle"),
    ("UPDATE revision SET parent = 0 WHERE number = 2 AND part_id = 5", "revision", "la révision précédente"),
    ("UPDATE revision SET origin = 'amendment' WHERE number = 2 AND part_id = 5", "revision", "l’origine"),
    ("UPDATE revision SET adopted_by_id = 1 WHERE number = 2 AND part_id = 5", "revision", "qui l’a adoptée"),
    ("UPDATE revision SET at = '2017-01-01 00:00:00+00:00' WHERE number = 2", "revision", "la date"),
    (
        "UPDATE revision SET runs_json = replace(runs_json, ',2]', ',1]') WHERE number = 2 AND part_id = 5",
        "revision",
        "l’empreinte des auteurs",
    ),
    ("UPDATE revision SET runs_json = '{}' WHERE number = 2 AND part_id = 5", "revision", "les auteurs des mots"),
    ("UPDATE amendment SET state = 'adopted' WHERE number = 3", "amendment", "l’état vaut « adopted », « rejected »"),
    ("UPDATE amendment SET opinion = 'unfavourable' WHERE number = 1", "amendment", "l’avis"),
    ("UPDATE amendment SET opinion_text = 'Non.' WHERE number = 1", "amendment", "le texte de l’avis"),
    ("UPDATE amendment SET opinion_by_id = 1 WHERE number = 1", "amendment", "l’auteur de l’avis"),
    ("UPDATE amendment SET decided_by_id = author_id WHERE number = 1", "amendment", "qui a décidé"),
    ("UPDATE amendment SET decision_reason = 'Non.' WHERE number = 3", "amendment", "le motif de la décision"),
    ("UPDATE amendment SET author_id = 1 WHERE number = 1", "amendment", "amendement n° 1 : l’auteur"),
    ("UPDATE amendment SET reason = 'Autre.' WHERE number = 1", "amendment", "le motif"),
    ("UPDATE amendment SET change_json = '[]' WHERE number = 1", "amendment", "l’empreinte du changement"),
    ("UPDATE amendment SET deposit = 1 WHERE number = 8", "amendment", "le dépôt"),
    ("UPDATE amendment SET formal = (1 = 1) WHERE number = 1", "amendment", "la forme"),
    ("UPDATE amendment SET comment = 7 WHERE number = 1", "amendment", "l’observation d’où il vient"),
    ("UPDATE amendment SET state = 'open' WHERE state = 'adopted' AND number = 8", "amendment", "l’état vaut « open »"),
    ("UPDATE revision SET origin = 'typed' WHERE origin = 'modification'", "revision", "l’origine"),
    ("UPDATE revision SET author_id = 1 WHERE origin = 'modification'", "revision", "l’auteur"),
    (
        "DELETE FROM amendment WHERE number = 3",
        "amendment",
        "amendement n° 3 : le journal en parle, la base ne l’a pas",
    ),
    ("UPDATE ballot SET choice = 'approve' WHERE choice = 'object'", "ballot", "le choix vaut « approve », « object »"),
    ("UPDATE ballot SET stands = (1 = 1) WHERE reading = 1", "ballot", "la validité"),
    ("UPDATE ballot SET reason = '' WHERE choice = 'object'", "ballot", "le motif"),
    ("UPDATE ballot SET text_hash = 'a' WHERE choice = 'object'", "ballot", "l’empreinte du texte"),
    ("DELETE FROM ballot WHERE choice = 'object'", "ballot", "le journal en parle, la base ne l’a pas"),
    (
        "INSERT INTO ballot (report_id, reading, person_id, choice, reason, text_hash, at, stands) "
        "SELECT report_id, reading, 1, choice, reason, text_hash, at, stands FROM ballot WHERE choice = 'object'",
        "ballot",
        "vote de la personne 1 en lecture 2 : la base l’a, aucun événement du journal n’en parle",
    ),
    ("DELETE FROM read_mark", "read_mark", "la base ne l’a pas"),
    ("UPDATE read_mark SET text_hash = 'a'", "read_mark", "l’empreinte du texte"),
    ("UPDATE signature SET person_id = 1 WHERE NOT void", "signature", "le signataire"),
    ("UPDATE signature SET void = (1 = 1)", "signature", "l’annulation"),
    ("DELETE FROM signature WHERE void", "signature", "la base ne l’a pas"),
    ("UPDATE invitation SET person_id = 1 WHERE number = 4", "invitation", "invitation n° 4 : la personne invitée"),
    ("UPDATE invitation SET code_hash = 'a' WHERE number = 4", "invitation", "l’empreinte du code"),
    ("UPDATE invitation SET code_by_id = by_id WHERE number = 4", "invitation", "qui a tiré le code"),
    ("UPDATE invitation SET token_hash = 'a' WHERE number = 4", "invitation", "l’empreinte du lien"),
    ("UPDATE invitation SET deadline = '2099-01-01' WHERE number = 4", "invitation", "le dernier jour"),
    ("UPDATE invitation SET ended = NULL WHERE number = 2", "invitation", "la fin vaut"),
    ("DELETE FROM invitation WHERE number = 3", "invitation", "invitation n° 3 : le journal en parle"),
    ("UPDATE signature SET attester_id = 2 WHERE attester_id = 1", "signature", "qui a attesté"),
    ("UPDATE scan SET kept_at = 'Ailleurs' WHERE number = 3", "scan", "exemplaire papier n° 3 : le lieu de l’original"),
    ("UPDATE scan SET file_hash = 'a' WHERE number = 1", "scan", "l’empreinte de la numérisation"),
    ("UPDATE scan SET state = 'filed' WHERE state = 'outdated'", "scan", "l’état vaut « filed », « outdated »"),
    ("UPDATE scan SET settled_by_id = 1 WHERE state = 'refused'", "scan", "qui en a décidé"),
    ("UPDATE scan SET at = '2017-01-01 00:00:00+00:00' WHERE number = 1", "scan", "la date"),
    ("DELETE FROM scan WHERE number = 2", "scan", "exemplaire papier n° 2 : le journal en parle"),
    ("UPDATE substitution SET person_id = 1", "substitution", "suppléance n° 1 : le suppléant"),
    ("UPDATE substitution SET ended = (1 = 0)", "substitution", "la fin"),
]


def test_a_row_changed_by_hand_is_found_and_named(tampering: Tampering, subtests: pytest.Subtests) -> None:
    for statement, kind, says in ROWS:
        with subtests.test(statement), tampering.undone():
            tampering.by_hand(statement)
            findings = tampering.found()
            assert {finding.kind for finding in findings} == {kind}
            assert any(says in finding.sentence for finding in findings), findings


def test_a_revision_put_in_by_hand_is_in_no_event(tampering: Tampering) -> None:
    copied = "content_json, runs_json, hash, author_id, author_role, at, origin, merged"
    tampering.by_hand(
        f"INSERT INTO revision (part_id, number, parent, {copied}) "
        f"SELECT part_id, 99, number, {copied} FROM revision WHERE number = 2 AND part_id = 5"
    )
    (finding,) = tampering.found()
    assert finding.sentence.endswith("révision 99 : la base l’a, aucun événement du journal n’en parle.")


def test_a_revision_taken_away_is_missed_by_its_event(tampering: Tampering) -> None:
    tampering.by_hand("DELETE FROM revision WHERE number = 2 AND part_id = 5")
    (finding,) = tampering.found()
    assert finding.sentence.endswith("révision 2 : le journal en parle, la base ne l’a pas.")


def test_a_vote_taken_out_of_the_log_leaves_a_ballot_that_no_event_tells(tampering: Tampering) -> None:
    tampering.take_out("act = 'vote' AND body LIKE '%object%'")
    assert "ballot" in {finding.kind for finding in tampering.found()}


def test_a_report_that_vanished_is_missed_by_its_log(tampering: Tampering) -> None:
    for table in (
        "notice",
        "attachment",
        "comment",
        "proxy",
        "signature",
        "invitation",
        "scan",
        "substitution",
        "read_mark",
        "ballot",
        "revision_private",
        "revision",
        "amendment",
        "report_part",
    ):
        tampering.by_hand(f"DELETE FROM {table}")
    tampering.by_hand("DELETE FROM report WHERE id = :report")
    findings = verify_reports(db.session)
    assert findings[0].sentence == (
        f"Rapport {tampering.report}, le rapport : le journal en parle, la base ne l’a pas."
    )


def test_a_report_without_a_log_is_found(cast: Cast, tampering: Tampering) -> None:
    tampering.take_out()
    tampering.by_hand("DELETE FROM chain_head")
    findings = verify_reports(db.session)
    assert "le rapport : la base l’a, aucun événement du journal n’en parle" in findings[0].sentence


def test_every_one_of_many_reports_is_replayed(tampering: Tampering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.reports.replay.verifying.BATCH", 1)
    original = db.session.get_one(Report, tampering.report)
    stage, since = original.stage, original.stage_since
    columns = "stage, reading, amendment_count, text_hash, final_hash, signed_hash, stage_since, created_at"
    tampering.by_hand(
        "INSERT INTO workshop (campaign_id, territory_id, held_on, place, venue, organising_body, steering_supervisor, "
        "staff_supervisor, version) SELECT campaign_id, 2, held_on, place, venue, organising_body, '', '', 1 "
        "FROM workshop"
    )
    tampering.by_hand(f"INSERT INTO report (workshop_id, {columns}) SELECT 2, {columns} FROM report")
    assert (stage, since) == (original.stage, original.stage_since)
    assert {finding.stream for finding in verify_reports(db.session)} == {f"report:{tampering.report + 1}"}


HEAD = {"organisation": "GSB", "title": "Rapport de la rencontre", "held_on": "2018-02-22", "place": "Ségou"}
# What an event is made to tell, with all hashes put in order again: the table of the workflow says that it cannot be.
FORGED: list[tuple[str, dict[str, object], str]] = [
    ("open", {"to": "editing"}, "ne mène pas à l’étape qu’il dit"),
    ("transmit", {"from": "drafting"}, "ne pouvait pas avoir lieu à cette étape"),
    ("transmit", {"reading": 7}, "ne compte pas juste les lectures"),
    ("transmit", {"text_hash": "a"}, "porte sur un texte qui n’était pas celui du rapport"),
    ("renew_masthead", {"masthead": HEAD}, "porte sur un texte qui n’était pas celui du rapport"),
    ("renew_masthead", {"masthead_before": HEAD}, "remplace un en-tête qui n’était pas celui du rapport"),
    ("renew_masthead", {"reopened": []}, "ne rouvre pas les votes"),
    ("renew_masthead", {"masthead": {**HEAD, "rectifies": {"report": 1, "what": "", "why": ""}}}, "imprime en tête"),
    ("validate", {"masthead": HEAD}, "garde un autre en-tête que celui qui était lu"),
    ("edit", {"number": 9}, "un numéro qui ne suit pas"),
    ("amend", {"amendment": 99}, "un numéro qui ne suit pas"),
    ("amend", {"deposit": 1}, "à un dépôt dont il n’est pas"),
    ("adopt", {"reopened": [1]}, "ne rouvre pas les votes"),
    ("adopt", {"overtaken": [1]}, "met à revoir l’amendement n° 1, qui ne pouvait pas l’être"),
    ("adopt", {"part": "method"}, "dans une autre partie que la sienne"),
    ("defer", {"amendment": 1}, "qui était déjà clos"),
    ("transmit", {"overtaken": [1]}, "met à revoir"),
    ("comment", {"comment": 9}, "un numéro qui ne suit pas"),
    ("comment", {"part": "introduction"}, "répond à ce qui n’a pas été observé là"),
    ("comment", {"revision": 1}, "une révision qui n’était pas en vigueur"),
    ("comment", {"reopened": False}, "ne dit pas juste si l’observation était réglée"),
    ("reopen", {"comment": 2}, "ce qui n’est qu’une réponse"),
    ("reopen", {"comment": 2}, "qui l’était déjà"),
    ("reject", {"amendment": 1}, "qui était déjà clos"),
    ("vote", {"reading": 1}, "vote dans une autre lecture"),
    ("validate", {"approvals": 9}, "compte plus de voix"),
    ("sign", {"final_hash": "a"}, "signe un autre document"),
    ("sign", {"invitation": 2}, "qui ne valait déjà plus"),
    ("invite", {"invitation": 9}, "un numéro qui ne suit pas"),
    ("invite", {"replaced": 1}, "quelle invitation la sienne remplace"),
    ("hand_code", {"invitation": 1}, "tire le code d’une invitation qui ne valait plus"),
    ("hand_code", {"signatory": 3}, "tire le code d’une autre invitation que la sienne"),
    ("revoke_invitation", {"invitation": 1}, "qui ne valait déjà plus"),
    ("refuse", {"voided": []}, "n’annule pas les signatures"),
    ("file_scan", {"scan": 9}, "un numéro qui ne suit pas"),
    ("file_scan", {"text_hash": "a"}, "porte sur un texte qui n’était pas celui du rapport"),
    ("attest", {"scan": 1}, "n’attendait plus de l’être"),
    ("attest", {"kept_at": "Ailleurs"}, "n’atteste pas l’exemplaire tel qu’il a été déposé"),
    ("attest", {"signed_hash": "a"}, "ne compte pas juste les signatures"),
    ("refuse_scan", {"filer": 7}, "ne dit pas juste qui avait déposé"),
    ("substitute", {"slot": "rapporteur"}, "que personne n’avait désigné"),
    ("publish", {"signed_hash": "a"}, "publie un autre document"),
    ("publish", {"report": 99}, "parle d’un autre rapport"),
    ("make_public", {"signed_hash": "a"}, "la version publique d’un autre document"),
    ("make_public", {"public": ""}, "ne nomme pas la version publique qu’il établit"),
]


def test_an_event_that_cannot_have_been_is_doubted(tampering: Tampering, subtests: pytest.Subtests) -> None:
    for act, facts, says in FORGED:
        with subtests.test(f"{act} {facts}"), tampering.undone():
            tampering.forge(act, facts)
            doubts = [finding for finding in tampering.found() if finding.kind == "event"]
            assert any(says in finding.sentence for finding in doubts), doubts


def test_an_event_that_does_not_tell_enough_is_doubted(tampering: Tampering) -> None:
    tampering.forge("validate", {"text_hash": None, "approvals": None})
    assert any("ne dit pas tout" in finding.sentence for finding in tampering.found())
