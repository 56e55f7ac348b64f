"""The check on the real report, as its source has it: the nine slips that nobody caught before it was signed."""

from __future__ import annotations

import pytest

from app.reports.consistency.case import Case
from app.reports.consistency.rules import RuleFinding, check
from tests.e2e import source
from tests.unit import typed_report

pytestmark = pytest.mark.skipif(
    not source.FILE.exists(), reason=f"the real report is not at {source.FILE}: it was not checked"
)


@pytest.fixture(scope="module")
def case() -> Case:
    return typed_report.case(source.read())


def found(case: Case, rule: str) -> list[RuleFinding]:
    return [finding for finding in check(case) if finding.rule.key == rule]


def rank(case: Case, finding: RuleFinding) -> int:
    """The place of the finding's row in its grid, from 1."""
    rows = case.rows(finding.slip.part, finding.slip.zone)
    return [row.id for row in rows].index(finding.slip.block) + 1


def test_the_nine_slips_are_found_each_in_its_place(case: Case) -> None:
    (month,) = found(case, "date_in_words")
    assert month.slip.part == "introduction" and month.slip.mend is not None
    (year,) = found(case, "other_year")
    assert (year.slip.part, rank(case, year)) == ("programme", 8)
    (dates,) = found(case, "two_dates")
    assert (dates.slip.part, dates.slip.zone, rank(case, dates)) == ("terms", "staff_missions", 6)
    (left_out,) = found(case, "unmet_left_out")
    assert (left_out.slip.part, rank(case, left_out)) == ("follow_up", 12)
    (unsaid,) = found(case, "status_missing")
    assert (unsaid.slip.part, rank(case, unsaid)) == ("follow_up", 3) and unsaid.blocking
    (empty,) = found(case, "attendance_announced")
    assert empty.slip.part == "attendance"
    (nobody,) = found(case, "no_supervisor")
    assert (nobody.slip.zone, rank(case, nobody)) == ("staff_missions", 4)
    (plural,) = found(case, "plural_heading")
    assert (plural.slip.part, rank(case, plural)) == ("bureau", 3)
    titles = found(case, "two_titles")
    assert {finding.slip.part for finding in titles} == {"ceremony", "signatures"}


def test_beyond_them_it_finds_what_the_project_asks_of_a_report_and_nothing_more(case: Case) -> None:
    nine = {
        "date_in_words", "other_year", "two_dates", "unmet_left_out", "status_missing", "attendance_announced",
        "no_supervisor", "plural_heading", "two_titles",
    }  # fmt: skip
    # Nobody is asked to act, statuses are told in words only, one of part III is not told as undone; one space.
    assert {finding.rule.key for finding in check(case)} - nine == {
        "unaddressed",
        "status_unchosen",
        "unmet_put_in",
        "spaces",
    }
