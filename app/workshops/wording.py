"""French phrases made from a workshop's facts: bodies with their preposition, dates in words, the report's title."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from babel.dates import format_date
from num2words import num2words

from app.workshops.models import Campaign, Workshop

ORGANISER = "{organisateur}"
"""What stands in a campaign's report title for the organising body."""

_ARTICLE = re.compile(r"(?:(?P<word>les?|la)\s+|l(?P<elided>['’])\s*)(?=\S)", re.IGNORECASE)
_VOWELS = frozenset("aeiouœæ")
_DE = {"le": "du ", "la": "de la ", "les": "des "}
_NUMERIC = re.compile(
    r"(?:(?P<year>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<y>\d{4}))"
)
_WRITTEN = re.compile(r"(?P<day>\d{1,2})\s*(?:er)?\s+(?P<month>[a-z]+)\s+(?P<year>\d{4})")


def with_de(body: str) -> str:
    """`body` after the preposition "de": "le Conseil régional" gives "du Conseil régional", "Oxfam" gives "d’Oxfam"."""
    body = body.strip()
    article = _ARTICLE.match(body)
    if article is None:
        return ("d’" if folded(body)[:1] in _VOWELS else "de ") + body
    rest = body[article.end() :]
    return ("de l’" if article["elided"] else _DE[article["word"].lower()]) + rest


def report_title(campaign: Campaign, workshop: Workshop) -> str:
    """The title of the cover, in its own letters and without the date."""
    return campaign.report_title.replace(ORGANISER, with_de(workshop.organising_body))


def date_in_words(held_on: date) -> str:
    """The opening words of a report: "L’an deux mille dix-huit et le vingt-deux février"."""
    year, number = num2words(held_on.year, lang="fr"), num2words(held_on.day, lang="fr")
    return f"L’an {year} et le {'premier' if held_on.day == 1 else number} {_month(held_on)}"


def month_and_year(held_on: date) -> str:
    """ "Février 2018"."""
    return f"{_month(held_on).capitalize()} {held_on.year}"


def day(held_on: date) -> str:
    """ "22 février 2018", "1er mars 2018"."""
    return f"{held_on.day}{'er' if held_on.day == 1 else ''} {_month(held_on)} {held_on.year}"


def read_day(text: str) -> date | None:
    """The date that was typed: "2018-02-22", "22/02/2018", "jeudi 1er mars 2018"; None for anything else."""
    text = folded(text)
    try:
        if numeric := _NUMERIC.fullmatch(text):
            figures = numeric.group("year", "m", "d") if numeric["year"] else numeric.group("y", "month", "day")
            return date(*(int(figure) for figure in figures))
        if written := _WRITTEN.search(text):
            return date(int(written["year"]), _MONTHS.index(written["month"]) + 1, int(written["day"]))
    except ValueError:
        return None
    return None


def folded(text: str) -> str:
    """`text` as it is looked for: small letters, no accents, one space between words, one sign for the apostrophe."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return " ".join(bare.replace("’", "'").split())


def _month(held_on: date) -> str:
    return format_date(held_on, format="MMMM", locale="fr")


_MONTHS = [folded(_month(date(2000, month, 1))) for month in range(1, 13)]
