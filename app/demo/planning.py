"""The demo's two campaigns: their terms of reference, their model programme, their meetings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import content_hash
from app.content.prose import cut, new_id
from app.content.typography import french
from app.demo.bank.terms import PROGRAMME, QUOTAS, TERMS
from app.demo.founding import Ground
from app.demo.people import cast_of
from app.demo.places import PLACES, SEGOU, DemoPlace
from app.demo.sessions import SEGOU_BEFORE
from app.demo.texts import row
from app.directory.models import Person
from app.workshops import campaigns, meetings, terms, wording
from app.workshops.models import Campaign, Workshop

TITLE = "Rapport de la rencontre publique sur le budget primitif {annee} {organisateur}"


def campaign_before(ground: Ground) -> Workshop:
    """The campaign of the year before; answers with the one meeting of it that the demo tells of."""
    days = {SEGOU.name: SEGOU_BEFORE.held_on}
    planned = _campaign(ground.coordination, 2017, date(2017, 2, 1), date(2017, 3, 31), days)
    return _workshop(planned, SEGOU, ground)


def campaign(ground: Ground) -> dict[str, Workshop]:
    """The campaign under way; answers with its meetings by the name of their territory."""
    days = {place.name: place.held_on for place in PLACES}
    planned = _campaign(ground.coordination, 2018, date(2018, 2, 1), date(2018, 3, 31), days)
    return {place.name: _workshop(planned, place, ground) for place in PLACES}


def _campaign(coordination: Person, year: int, first: date, last: date, days: Mapping[str, date]) -> Campaign:
    typed = {
        "name": f"Budgets régionaux {year}",
        "organisation": "Groupe de Suivi Budgétaire",
        "report_title": TITLE.replace("{annee}", str(year)),
        "budget_year": str(year),
        "starts_on": first.isoformat(),
        "ends_on": last.isoformat(),
    }
    created = campaigns.create_campaign(coordination, typed)
    for section in terms.SECTIONS:
        before = section.of(created.terms_content)
        terms.save_terms(coordination, created, section, _section(section, before, year, days), content_hash(before))
    programme = tuple(
        row(
            "slots",
            **{name: _dated(text, year) for name, text in zip(("hours", "text", "responsible"), slot, strict=True)},
        )
        for slot in PROGRAMME
    )
    terms.save_programme(coordination, created, programme, content_hash(created.programme_content))
    return created


def _section(section: terms.Section, before: Content, year: int, days: Mapping[str, date]) -> Content:
    blocks: list[Block] = []
    for zone in section.zones:
        if zone.shape is not None:
            blocks += _grid(zone.key, days)
        elif zone.heading and zone.key in TERMS:
            blocks.append(Block(new_id(), zone.key, BlockKind.HEADING, {"text": _dated(TERMS[zone.key], year)}))
        elif zone.heading:
            blocks += [block for block in before if block.zone == zone.key]
        else:
            blocks += cut(_dated(TERMS[zone.key], year), zone.key)
    return tuple(blocks)


def _grid(zone: str, days: Mapping[str, date]) -> list[Block]:
    if zone == "quotas":
        return [row(zone, category=french(category), number=number) for category, number in QUOTAS]
    return [
        row(
            zone,
            territory=place.name,
            person=place.steering if zone == "steering_missions" else place.staff,
            date=wording.day(days[place.name]),
            venue=place.venue,
        )
        for place in PLACES
        if place.name in days
    ]


def _dated(text: str, year: int) -> str:
    return french(text.format(annee=year, annee_passee=year - 1))


def _workshop(campaign: Campaign, place: DemoPlace, ground: Ground) -> Workshop:
    """As the form proposes it from the terms of reference, with the hall and the people that the coordination adds."""
    territory = ground.territories[place.name]
    facilitator, rapporteur, _, chair, *_ = (ground.people[each] for each in cast_of(place))
    typed = {
        **meetings.prefilled(campaign, territory, meetings.seats(territory)),
        "place": place.seat,
        "venue": place.hall,
        "facilitator_id": str(facilitator.id),
        "rapporteur_id": str(rapporteur.id),
        "chair_id": str(chair.id),
    }
    return meetings.create_workshop(ground.coordination, campaign, territory, typed)
