"""Random people take random acts on a report: it is always where the model says, and the log tells all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.audit.verification import verify_chains
from app.db import db
from app.directory.territories import Level, Territory
from app.reports.models.ballot import Choice
from app.reports.replay import verifying
from app.reports.signing.acts import Sealer
from app.workflow import ACTS
from app.workshops.models import Workshop
from tests.cast import PEOPLE, Cast
from tests.factories import the_workshop
from tests.invited import without_password
from tests.properties.expected import WHO
from tests.properties.walking import TAKING, Step, Walk

EXAMPLES, STEPS = 3, 24  # from each start
# The way from one stage to the next, for walks that start further on.
AHEAD: tuple[tuple[str, str], ...] = (
    ("hand_over", "fanta"),
    ("transmit", "issa"),
    ("vote", "mariam"),
    ("vote", "oumar"),
    ("vote", "adama"),
    ("validate", "adama"),
    ("sign", "issa"),
    ("sign", "seydou"),
)
# Acts that depend on one another, which chance alone brings together too seldom.
TOUR: tuple[tuple[str, str], ...] = (
    *((act, "fanta") for act in ("comment", "resolve", "reopen", "draft", "restore_draft", "hand_over")),
    *((act, "issa") for act in ("edit", "restore_edit", "transmit")),
    *((act, "mariam") for act in ("name_proxy", "end_proxy")),
    ("amend", "oumar"),
    *((act, "adama") for act in ("defer", "reject")),
    ("renew_masthead", "coumba"),
    *((act, "salif") for act in ("attach", "withdraw_attachment")),
    *(("vote", who) for who in ("mariam", "oumar", "adama")),
    ("validate", "adama"),
    ("invite", "coumba"),
    ("hand_code", "adama"),
    ("revoke_invitation", "coumba"),
    ("file_scan", "fanta"),
    ("refuse_scan", "mariam"),
    ("file_scan", "fanta"),
    ("attest", "mariam"),
    ("sign", "seydou"),
    *((act, "coumba") for act in ("publish", "make_public")),
)
STARTS = (0, 1, 2, 2, 2, 2, 5, 6, 7, 8)  # most acts belong to the reading
STEP = st.builds(
    Step,
    manner=st.sampled_from(["sensible", "sensible", "likely", "likely", "wild"]),
    pick=st.sampled_from(range(60)),
    act=st.sampled_from(sorted(WHO)),
    who=st.sampled_from(sorted(PEOPLE)),
    number=st.integers(0, 4),
    reason=st.sampled_from(["Le lieu est à corriger.", "Une réponse manque.", "", "  "]),
    days=st.integers(-1, 3),
    choice=st.sampled_from([Choice.APPROVE, Choice.APPROVE, *Choice]),
    part=st.sampled_from(["method", "conclusion", "recommendations"]),
    behind=st.integers(0, 2),
    other=st.booleans(),
)
PLAIN = Step("sensible", 0, "", "", 0, "Motif.", 5, Choice.APPROVE, "method", 0, False)


def another_workshop(cast: Cast, number: int) -> Workshop:
    """A meeting of a circle of its own below Ségou, whose commission reads its report."""
    first = the_workshop()
    circle = Territory(level=Level.CIRCLE, name=f"Cercle {number}", parent_id=first.territory_id, path="/")
    db.session.add(circle)
    db.session.flush()
    circle.path = f"{first.territory.path}{circle.id}/"
    workshop = Workshop(
        campaign_id=first.campaign_id,
        territory=circle,
        held_on=first.held_on,
        place=circle.name,
        venue="salle de réunion",
        organising_body="le Conseil de cercle",
        facilitator_id=cast.fanta.id,
        rapporteur_id=cast.issa.id,
        chair_id=cast.seydou.id,
    )
    db.session.add(workshop)
    db.session.flush()
    return workshop


def test_the_model_and_the_walk_know_every_act_on_a_report_that_rectifies_none() -> None:
    assert set(WHO) == set(TAKING) == {act.key for act in ACTS} - {"open", "abandon"}


def test_whoever_does_whatever_the_report_is_where_the_model_says(world: Flask, cast: Cast, desk: Sealer) -> None:
    numbers, final, taken = count(1), list[bytes](), Counter[str]()
    without_password(cast.seydou)

    def walk(ahead: int, whole: bool, steps: list[Step]) -> None:
        db.session.rollback()
        walking = Walk(cast, desk, another_workshop(cast, next(numbers)), final, taken)
        walking.fill(whole or ahead > 0)
        for act, who in AHEAD[:ahead]:
            assert walking.take(act, who, PLAIN)
        for step in steps:
            walking.go(step)
        assert verifying.verify_report(db.session, walking.report.id) == []

    touring = Walk(cast, desk, another_workshop(cast, next(numbers)), final, taken)
    touring.fill(whole=True)
    for act, who in TOUR:
        # The proxy goes to Oumar; the paper attested is the second that was filed.
        number = {"defer": 1, "reject": 1, "refuse_scan": 1, "attest": 2}.get(act, 0)
        assert touring.take(act, who, replace(PLAIN, pick=int(act == "name_proxy"), number=number)), act
        touring.agrees()
    # A walk that fails is not made shorter: that would take minutes, and the message names the act and the person.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    rules = settings(max_examples=EXAMPLES, deadline=None, phases=phases, suppress_health_check=list(HealthCheck))
    for ahead in STARTS:
        many = given(st.just(ahead), st.booleans(), st.lists(STEP, min_size=STEPS, max_size=STEPS))
        rules(many(walk))()
    assert verify_chains(db.session) == []
    assert verifying.verify_reports(db.session) == []
    # Walks that stay at home would prove nothing. A passage is rarely gone by chance; nobody else here may stand in.
    assert {act for act in WHO if not taken[act]} <= {"lapse", "substitute"}
