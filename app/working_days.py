"""The working days of Mali: Monday to Friday, less the public holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_ESTIMATED = " (estimé)"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday. `estimated`: its date follows the moon and is announced only shortly before."""

    day: date
    name: str
    estimated: bool


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and holiday_on(day) is None


def add_working_days(start: date, n: int) -> date:
    """The `n`th working day after `start`; `start` itself where `n` is 0. `n` may not be negative."""
    day = start
    for _ in range(n):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day


def working_days_between(start: date, end: date) -> int:
    """The working days after `start` up to and with `end`; 0 where `end` is not later."""
    return sum(map(is_working_day, _days(start, end)))


def holidays_between(start: date, end: date) -> list[Holiday]:
    """The public holidays after `start` up to and with `end` that take a working day from the week."""
    return [holiday for day in _days(start, end) if day.weekday() < 5 and (holiday := holiday_on(day))]


def holiday_on(day: date) -> Holiday | None:
    """The public holiday of that day, by its French name; None on any other day."""
    return _year(day.year).get(day)


def _days(start: date, end: date) -> Iterator[date]:
    """The days after `start` up to and with `end`."""
    return (start + _DAY * n for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=16)
def _year(year: int) -> dict[date, Holiday]:
    """The public holidays of a year, by day."""
    # Not at the top: the calendars take 12 MB and 150 ms, and few pages ask for a day.
    import holidays

    found = holidays.country_holidays("ML", years=year, language="fr")
    return {day: _holiday(day, name) for day, name in found.items()}


def _holiday(day: date, names: str) -> Holiday:
    """A day may bear several names, such as "Fête du Travail; Journée de la Tabaski (estimé)"."""
    name = names.replace(_ESTIMATED, "").replace("; ", " et ").replace("'", "’")
    return Holiday(day, name, estimated=_ESTIMATED in names)
