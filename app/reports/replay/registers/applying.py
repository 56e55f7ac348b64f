"""Telling the registers' past: what each act on persons, roles, territories, commissions and meetings makes of the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.people.persons import FIELDS, KEPT_OUT_OF_THE_LOG
from app.reports.replay.registers.state import LoggedEvent, Place, Registers


def tell(registers: Registers, told: LoggedEvent) -> None:
    """Go through one more event; acts that change no row of these are none of its business."""
    teller = _TELLERS.get((told.stream.partition(":")[0], told.act))
    if teller is None:
        return
    try:
        teller(registers, told)
    except (LookupError, TypeError, ValueError, AttributeError):
        registers.want(told, False, "ne dit pas tout ce que son acte demande")


def _person_add(registers: Registers, told: LoggedEvent) -> None:
    known = told.said if told.whole else {}
    names = [name for name in FIELDS if name not in KEPT_OUT_OF_THE_LOG] if "surname" in known else []
    values = {name: known.get(name, "") for name in names}
    registers.enter(told, ("person", told.said["person"]), {**values, "active": True, "created_at": told.at})


def _person_change(registers: Registers, told: LoggedEvent) -> None:
    place = ("person", told.said["person"])
    if not told.whole:
        registers.write(told, place, {})
        registers.forget(place, *FIELDS)
        return
    changed: dict[str, list[Any]] = told.said["changed"]
    registers.change(told, place, {name: (pair[0], pair[1]) for name, pair in changed.items() if pair})
    registers.forget(place, *(name for name, pair in changed.items() if not pair))


def _person_turn(registers: Registers, told: LoggedEvent) -> None:
    active = told.act == "person_activate"
    registers.change(told, ("person", told.said["person"]), {"active": (not active, active)})


def _erase(registers: Registers, told: LoggedEvent) -> None:
    if "person" not in told.said:  # some events were emptied, no row
        return
    number = told.said["person"]
    left = {"email": f"efface-{number}", "phone": "", "civility": "", "title": "", "body": "", "active": False}
    if not told.said["name_stays"]:
        left |= {"first_name": "Personne", "surname": f"effacée n° {number}"}
    registers.write(told, ("person", number), left)


def _grant(told: LoggedEvent) -> Place:
    return "grant", (told.said["person"], told.said["role"], told.said["territory"])


def _proposal(told: LoggedEvent) -> Place:
    return "role_proposal", (told.said["person"], told.said["role"])


def _grant_propose(registers: Registers, told: LoggedEvent) -> None:
    proposer = told.said["proposed_by"]
    registers.want(told, told.actor == proposer, "propose un rôle au nom d’une autre personne")
    registers.enter(told, _proposal(told), {"proposed_by_id": proposer, "at": told.at})


def _grant_decline(registers: Registers, told: LoggedEvent) -> None:
    declined = registers.lines.pop(_proposal(told), None)
    registers.want(told, declined is not None, "écarte un rôle qui n’était pas proposé")


def _second_word(registers: Registers, told: LoggedEvent) -> None:
    """A role everywhere is given by two, or by one where there is nobody else; before, nothing was said of it."""
    person, proposer = told.said["person"], told.said.get("proposed_by")
    waiting = registers.lines.pop(_proposal(told), None)
    if proposer is not None:
        said = waiting is not None and waiting.values["proposed_by_id"].value == proposer
        registers.want(told, said, "confirme un rôle que cette personne n’avait pas proposé")
        registers.want(
            told, told.actor not in (proposer, person), "fait confirmer un rôle par qui le propose ou le reçoit"
        )
    if told.said.get("alone"):
        others = _national_coordinators(registers) - {told.actor, person}
        registers.want(
            told, not others, "donne sans seconde parole un rôle qu’une autre coordination pouvait confirmer"
        )


def _national_coordinators(registers: Registers) -> set[int]:
    held = [key[0] for kind, key in registers.lines if kind == "grant" and key[1:] == ("coordination", None)]
    lines = {each: registers.lines.get(("person", each)) for each in held}
    return {each for each, line in lines.items() if line is not None and line.values["active"].value}


def _grant_give(registers: Registers, told: LoggedEvent) -> None:
    if told.said["territory"] is None:
        _second_word(registers, told)
    there = ("person", told.said["person"]) in registers.lines
    registers.want(told, there, "donne un rôle à qui n’avait pas été inscrit")
    registers.enter(told, _grant(told), {"given_at": told.at})


def _grant_take(registers: Registers, told: LoggedEvent) -> None:
    taken = registers.lines.pop(_grant(told), None)
    registers.want(told, taken is not None, "retire un rôle qui n’était pas donné")


def _territory_add(registers: Registers, told: LoggedEvent) -> None:
    number, parent = told.said["territory"], told.said["parent"]
    values = {"parent_id": parent, "level": told.said["level"], "name": told.said["name"]}
    above = registers.lines.get(("territory", parent))
    registers.want(
        told, parent is None or above is not None, "place une collectivité sous une autre qui n’existait pas"
    )
    if parent is None or above is not None:
        values["path"] = f"{above.values['path'].value if above else '/'}{number}/"
    registers.enter(told, ("territory", number), values)


def _commission_save(registers: Registers, told: LoggedEvent) -> None:
    place = ("commission", told.said["commission"])
    territory = told.said["territory"]
    if place not in registers.lines:
        registers.enter(told, place, {"territory_id": territory})
        registers.write(told, place, {name: new for name, (_, new) in told.said["changed"].items()})
        return
    registers.change(told, place, {name: (old, new) for name, (old, new) in told.said["changed"].items()})
    registers.change(told, place, {"territory_id": (territory, territory)})


def _campaign(registers: Registers, told: LoggedEvent) -> Place:
    number = told.said["campaign"]
    registers.want(told, told.stream == f"campaign:{number}", "parle d’une autre campagne que la sienne")
    return "campaign", number


def _campaign_create(registers: Registers, told: LoggedEvent) -> None:
    versions = {"version": 1, "terms_version": 1, "programme_version": 1}
    texts = {"terms": told.said["terms"], "programme": told.said["programme"]}
    values = {**told.said["values"], **versions, **texts, "created_at": told.at}
    registers.enter(told, _campaign(registers, told), values)


def _campaign_change(registers: Registers, told: LoggedEvent) -> None:
    _changed(registers, told, _campaign(registers, told))


def _changed(registers: Registers, told: LoggedEvent, place: Place) -> None:
    registers.change(told, place, {name: (pair["old"], pair["new"]) for name, pair in told.said["changes"].items()})
    registers.follow(told, place, "version", told.said["version"])


def _text_change(registers: Registers, told: LoggedEvent) -> None:
    name = told.act.removesuffix("_change")
    place = _campaign(registers, told)
    registers.change(told, place, {name: (told.said["old_hash"], told.said["hash"])})
    registers.follow(told, place, f"{name}_version", told.said["version"])


def _workshop_create(registers: Registers, told: LoggedEvent) -> None:
    _, campaign = _campaign(registers, told)
    values = {"campaign_id": campaign, "territory_id": told.said["territory"], "version": 1}
    registers.enter(told, ("workshop", told.said["workshop"]), {**told.said["values"], **values})


def _workshop_change(registers: Registers, told: LoggedEvent) -> None:
    _campaign(registers, told)
    _changed(registers, told, ("workshop", told.said["workshop"]))


_TELLERS: dict[tuple[str, str], Callable[[Registers, LoggedEvent], None]] = {
    ("people", "person_add"): _person_add,
    ("people", "person_change"): _person_change,
    ("people", "person_activate"): _person_turn,
    ("people", "person_deactivate"): _person_turn,
    ("people", "erase"): _erase,
    ("people", "grant_propose"): _grant_propose,
    ("people", "grant_decline"): _grant_decline,
    ("people", "grant_give"): _grant_give,
    ("people", "grant_take"): _grant_take,
    ("people", "territory_add"): _territory_add,
    ("people", "commission_save"): _commission_save,
    ("campaign", "campaign_create"): _campaign_create,
    ("campaign", "campaign_change"): _campaign_change,
    ("campaign", "terms_change"): _text_change,
    ("campaign", "programme_change"): _text_change,
    ("campaign", "workshop_create"): _workshop_create,
    ("campaign", "workshop_change"): _workshop_change,
}
