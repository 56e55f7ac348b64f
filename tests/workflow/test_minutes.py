"""The minutes of a reading tell who was there, who amended what, opinions, decisions, votes and the result."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
from sqlalchemy import select

from app.db import db, now
from app.directory.models import Commission
from app.documents.conformance import findings, letters, pages_of
from app.documents.tree import Heading, Items, Node, Paragraph, Span, Table
from app.reports import minutes
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice, Votes
from app.reports.models.report import Opinion, Report
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.reports.validating.acts import Minutes, OutdatedMinutes
from app.workflow import Majority, Stage
from tests.cast import Cast
from tests.factories import DEADLINE, amended, report_at, sign

pytestmark = pytest.mark.usefixtures("world")

FOR, AGAINST, NEITHER = Choice.APPROVE, Choice.OBJECT, Choice.ABSTAIN


@pytest.fixture
def report(cast: Cast) -> Report:
    """A reading in which everything happened: three amendments, two observations, a proxy, votes of every kind."""
    report = report_at(Stage.READING, cast)
    adopted = amended(report, "method", "débats", "échanges", cast.mariam, "Le mot est plus juste.")
    rejected = amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.oumar)
    withdrawn = amended(report, "conclusion", "bonne humeur", "sérénité", cast.binta)
    amending.opine(report, adopted, Opinion.FAVOURABLE, "Bonne idée.", cast.issa)
    amending.opine(report, rejected, Opinion.UNFAVOURABLE, "", cast.issa)
    amending.adopt(report, adopted, cast.adama)
    amending.reject(report, rejected, cast.adama, "C’est trop demander")
    amending.withdraw(report, withdrawn, cast.binta)
    commenting.comment(report, cast.issa, "method", "Lesquels ?")
    commenting.comment(report, cast.oumar, "introduction", "La date manque.")
    commenting.resolve(report, 1, cast.issa)
    proxies.name(report, cast.mariam, cast.oumar)
    validating.vote(report, cast.oumar, FOR)
    validating.vote(report, cast.oumar, NEITHER, on_behalf_of=cast.mariam)
    validating.vote(report, cast.adama, AGAINST, "Il manque une réponse.")
    amending.mark_read(report, cast.binta)
    return report


def told(report: Report, closed: str = "") -> dict[str, list[str]]:
    """The minutes' lines by their first-level heading; a table's row is a line, cells parted by bars."""
    lines: dict[str, list[str]] = {}
    section: list[str] = []
    for node in minutes.document(report, closed, now()).nodes:
        if isinstance(node, Heading) and node.level == 1:
            section = lines.setdefault(node.text, [])
        else:
            section += [line.replace("\u00a0", " ").replace("\u202f", " ") for line in _lines(node)]
    return lines


def _lines(node: Node) -> list[str]:
    if isinstance(node, Heading):
        return [node.text]
    if isinstance(node, Paragraph):
        return [_text(node.spans)]
    if isinstance(node, Items):
        return [_text(item) for item in node.items]
    assert isinstance(node, Table)
    return [" | ".join(row) for row in node.rows]


def _text(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def parts(line: str) -> list[str]:
    return line.split(" | ")


def test_the_amendments_are_told_in_order_with_reason_opinion_and_decision(report: Report, cast: Cast) -> None:
    lines = [line.partition(", le ")[0] for line in told(report)["Amendements"]]
    assert lines == [
        "Amendement n° 1 – Méthodologie",
        "Proposé par : Mariam SANOGO",
        "Avant : « Des exposés ont été suivis de débats. »",
        "Après : « Des exposés ont été suivis de échanges. »",
        "Motif : « Le mot est plus juste. »",
        "Avis du rapporteur : favorable (Issa KONE). « Bonne idée. »",
        "Décision : adopté par Adama DEMBELE",
        "Amendement n° 2 – Recommandations",
        "Proposé par : Oumar CISSE",
        "Avant : « Réunir les usagers chaque trimestre. »",
        "Après : « Réunir les usagers chaque mois. »",
        "Avis du rapporteur : défavorable (Issa KONE).",
        "Décision : rejeté par Adama DEMBELE",
        "Amendement n° 3 – Conclusion",
        "Proposé par : Binta TRAORE",
        "Avant : « Les travaux ont pris fin dans la bonne humeur. »",
        "Après : « Les travaux ont pris fin dans la sérénité. »",
        "Avis du rapporteur : aucun",
        "Décision : retiré par son auteur, Binta TRAORE",
    ]
    assert any(line.endswith("Motif : « C’est trop demander ».") for line in told(report)["Amendements"])


def test_members_are_there_by_their_vote_their_reading_or_their_proxy(report: Report) -> None:
    rows = [parts(line) for line in told(report)["Membres de la commission"]]
    assert [(row[0], row[2]) for row in rows] == [
        ("Oumar CISSE", "A voté"),
        ("Adama DEMBELE, préside", "A voté"),
        ("Mariam SANOGO", "Procuration à Oumar CISSE"),
        ("Binta TRAORE", "A lu"),
    ]


def test_each_vote_is_told_with_its_reason_and_the_text_it_was_given_on(report: Report) -> None:
    rows = [parts(line) for line in told(report)["Votes"]]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("Oumar CISSE", "Pour", "", report.text_hash[:8]),
        ("Adama DEMBELE", "Contre", "Il manque une réponse.", report.text_hash[:8]),
        ("Mariam SANOGO", "Abstention, par procuration (Oumar CISSE)", "", report.text_hash[:8]),
    ]


def test_a_vote_that_fell_is_told_as_one_that_does_not_count(report: Report, cast: Cast) -> None:
    amending.adopt(report, amended(report, "method", "exposés", "discours", cast.oumar), cast.adama)
    voices = [parts(line)[1] for line in told(report)["Votes"]]
    assert voices[0] == "Pour, non confirmée : ne compte pas"


def test_the_observations_are_told_in_short(report: Report) -> None:
    first, second = told(report)["Observations"]
    assert first.startswith("N° 1, Méthodologie : « Lesquels ? » (Issa KONE ; réglée par Issa KONE, le ")
    assert second == "N° 2, Introduction : « La date manque. » (Oumar CISSE ; non réglée)."


def test_the_result_says_quorum_and_majority_and_names_the_text(report: Report, cast: Cast) -> None:
    counted, state, *rest = told(report)["Résultat"]
    assert counted == (
        "1 pour, 1 contre, 1 abstention : quorum atteint (3 votes sur 3 requis), majorité non acquise (majorité simple)."
    )
    assert "provisoire" in state
    assert report.text_hash in rest
    validating.vote(report, cast.binta, FOR)
    counted, state, *_ = told(report, "Adama a validé.")["Résultat"]
    assert "majorité acquise (majorité simple)" in counted
    assert state == "Adama a validé."


@pytest.mark.parametrize(
    ("majority", "result", "rule"),
    [
        (Majority.SIMPLE, "majorité acquise (voix prépondérante du président)", "simple (plus de voix pour"),
        (Majority.ABSOLUTE, "majorité non acquise", "absolue des votants (plus de la moitié"),
    ],
)
def test_the_casting_voice_and_the_rule_are_told(cast: Cast, majority: Majority, result: str, rule: str) -> None:
    commission = db.session.scalars(select(Commission)).one()
    commission.casting_vote, commission.majority = True, majority
    db.session.flush()
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.adama, FOR)
    validating.vote(report, cast.oumar, AGAINST, "Non.")
    validating.vote(report, cast.mariam, NEITHER)
    commission.casting_vote, commission.majority = False, Majority.SEATS
    lines = told(report)
    assert result in lines["Résultat"][0], "half of the votes but one, with an abstention"
    assert lines["La lecture"][3].startswith(f"Majorité : {rule}")
    assert lines["La lecture"][3].endswith("à égalité, la voix du président décide")


def test_a_reading_that_was_sent_back_is_told_as_it_went(report: Report, cast: Cast) -> None:
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", ["introduction"], [2], Votes.UNTOUCHED)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    course = [line.partition(" : ")[2] for line in told(report)["Déroulement"]]
    assert [line.partition(" par ")[0] for line in course] == [
        "lecture n° 1, transmise",
        "renvoyée au rapporteur",
        "lecture n° 2, transmise",
    ]
    assert "Motif : « Le lieu. ». Les votes donnés restent acquis si le texte revient inchangé" in course[1]
    assert course[2].endswith("3 votes restent acquis.")


def test_before_anything_happened_the_minutes_say_that_nothing_did(cast: Cast) -> None:
    lines = told(report_at(Stage.READING, cast))
    assert lines["Amendements"] == ["Aucun amendement n’a été proposé."]
    assert lines["Observations"] == ["Aucune observation n’a été faite."]
    assert lines["Votes"] == ["Aucun vote n’a été donné."]


def test_provisional_minutes_are_a_sound_file_that_says_so_on_every_page(report: Report) -> None:
    pdf = minutes.provisional(report, now())
    assert findings(pdf, ()) == []
    assert all("(provisoire)" in letters(page) for page in pages_of(pdf)), "at the foot"
    assert minutes.document(report, "", now()).watermark == "PROVISOIRE"


def test_closing_sets_the_minutes_once_and_nothing_stands_in_the_way(report: Report, cast: Cast, desk: Sealer) -> None:
    assert minutes.closing(report, cast.adama, now(), desk.store) is None, "one for, one against"
    validating.vote(report, cast.binta, FOR)
    made = minutes.closing(report, cast.adama, now(), desk.store)
    assert made is not None
    assert findings(made.pdf, ()) == []
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        (attached,) = opened.attachments.values()
        assert report.text_hash.encode() in attached.get_file().read_bytes()
        assert "/AcroForm" not in opened.Root
    validating.validate(report, cast.adama, made)
    assert desk.store.get(report.minutes_hash) == made.pdf
    assert not any("provisoire" in letters(page) for page in pages_of(made.pdf))
    assert verify_reports(db.session) == []


def test_minutes_that_do_not_tell_the_last_event_are_not_kept(report: Report, cast: Cast, desk: Sealer) -> None:
    validating.vote(report, cast.binta, FOR)
    made = Minutes(b"%PDF-", validating.last_event(report), desk.store)
    amending.mark_read(report, cast.adama)
    with pytest.raises(OutdatedMinutes):
        validating.validate(report, cast.adama, made)


def test_after_a_refusal_the_next_validation_has_minutes_of_its_own(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    first = report.minutes_hash
    sign(report, cast.issa, desk)
    signing.refuse(report, cast.seydou, "Mon titre n’est pas le bon.")
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.confirm(report, person)
    made = minutes.closing(report, cast.adama, now(), desk.store)
    validating.validate(report, cast.adama, made)
    assert report.minutes_hash not in ("", first)
    assert desk.store.exists(first), "what was kept stays"
    assert "signature refusée par Seydou BA" in told(report)["Déroulement"][2]
    assert verify_reports(db.session) == []
