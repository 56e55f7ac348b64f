"""Working days of Mali: weekends and public holidays left out, and the ways of counting agree with each other."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.working_days import (
    add_working_days,
    holiday_on,
    holidays_between,
    is_working_day,
    working_days_between,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Jour de l’An"),
        (date(2026, 1, 20), "Journée de l’Armée"),
        (date(2026, 3, 26), "Journée du 26 mars"),
        (date(2026, 4, 6), "Lundi de Pâques"),
        (date(2026, 5, 1), "Fête du Travail"),
        (date(2026, 5, 25), "Journée de l’Afrique"),
        (date(2026, 9, 22), "Fête Nationale de la République du Mali"),
        (date(2026, 12, 25), "Fête de Noël"),
    ],
)
def test_the_holidays_of_the_law_are_no_working_days(day: date, name: str) -> None:
    holiday = holiday_on(day)
    assert holiday is not None and holiday.name == name
    assert not is_working_day(day)


def test_the_feast_of_tabaski_is_known_as_a_holiday_whose_date_is_estimated() -> None:
    feast = holiday_on(date(2026, 5, 27))
    assert feast is not None
    assert (feast.name, feast.estimated) == ("Journée de la Tabaski", True)
    new_year = holiday_on(date(2026, 1, 1))
    assert new_year is not None
    assert not new_year.estimated


def test_saturday_and_sunday_are_no_working_days_and_no_holidays() -> None:
    saturday = date(2026, 11, 28)
    assert [is_working_day(saturday + timedelta(days=n)) for n in range(-1, 3)] == [True, False, False, True]
    assert holiday_on(saturday) is None


def test_five_working_days_from_a_wednesday_before_the_national_day_go_round_it_and_the_weekend() -> None:
    # Wednesday 16 September 2026; the national day is Tuesday the 22nd.
    assert add_working_days(date(2026, 9, 16), 5) == date(2026, 9, 24)


def test_a_holiday_that_falls_on_a_weekend_takes_no_working_day() -> None:
    # 1 May 2027 is a Saturday.
    assert holidays_between(date(2027, 4, 28), date(2027, 5, 4)) == []
    assert [each.name for each in holidays_between(date(2026, 4, 28), date(2026, 5, 4))] == ["Fête du Travail"]


def test_no_day_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 9, 24), date(2026, 9, 16)) == 0
    assert working_days_between(date(2026, 9, 24), date(2026, 9, 24)) == 0


@given(DAYS, st.integers(0, 60))
def test_so_many_working_days_lie_between_a_day_and_the_day_that_many_working_days_later(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert working_days_between(start, end) == n
    assert n == 0 or is_working_day(end)


@given(DAYS, st.integers(0, 100))
def test_every_weekday_is_a_working_day_or_a_named_holiday(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    weekdays = sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, length + 1))
    assert working_days_between(start, end) + len(holidays_between(start, end)) == weekdays


def test_the_calendars_are_loaded_only_when_a_day_is_asked_for() -> None:
    code = "import sys, app.working_days; assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
